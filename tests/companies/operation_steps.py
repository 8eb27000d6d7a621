"""The steps of a random walk through everything that can happen to creates, on the code that is in use.

Workers take single steps, are held up and killed; messages come twice; requests are lost, late or answered badly;
lists lag and fail; somebody else creates what looks the same; the key is refused; the database is restored; people
decide, also on pages that are out of date. A person is careful: nobody sends again what the page shows to be theirs.
"""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from django.conf import settings
from django.db import transaction
from hypothesis import strategies as st
from hypothesis.stateful import initialize, precondition, rule

from agora.drafts import ProjectDraft
from agora.errors import Held
from agora.transport.connection import Watch
from companies import queries
from companies.services import decisions, dispatch, refresh, restoring, sending, settling
from polling.models import SNAPSHOT, Stream
from polling.services import slots
from polling.services.connection import creates_held
from polling.services.reading import Busy
from sandbox.companies import Company as SandboxCompany
from sandbox.exchange import Request
from sandbox.faults import Delivery
from tests.companies.in_process import FATES
from tests.companies.operation_world import World
from tests.companies.worker import Worker
from tests.sandbox_server import KEY_ID, KEY_SECRET

STEPS = ("claim", "look", "sign", "begin", "write", "record")
WAITS = (1, 4, 12, 25, 31, 61, 121, 290, 420)
DECISIONS = ("adopt", "send again", "send again", "send again", "look again", "retry", "give up", "cancel")
KILLED = st.sampled_from([None, None, None, "before", "after"])
PLACES = st.integers(min_value=0, max_value=5)


class Killed(BaseException):
    """The process ends here, without any clean-up of its own."""


class Creates(World):
    """Every step that can be taken."""

    @initialize(
        kind=st.sampled_from(["company", "company", "project", "uap-service"]),
        repeated_emails=st.booleans(),
        skew=st.sampled_from([0, 0, 45, -45]),
        fate=st.sampled_from(FATES),
        killed=KILLED,
    )
    def begin_badly(self, kind: str, repeated_emails: bool, skew: float, fate: str, killed: str | None) -> None:
        """A create, and what becomes of it at first."""
        self.begin(kind, repeated_emails, skew)
        self.wire.fate = fate
        self.live(0, killed)

    # --- The portal ------------------------------------------------------------------------------------------

    @precondition(lambda self: len(self.operations()) < 3)
    @rule(number=st.integers(min_value=1, max_value=2))
    def submit_another(self, number: int) -> None:
        self.submitted(self.draft(number))

    @rule(place=PLACES, times=st.integers(min_value=1, max_value=2))
    def deliver_message(self, place: int, times: int) -> None:
        due = queries.due_operations(self.now).filter(pk=self.chosen(place).pk)
        for operation in [due.first() for _ in range(times)]:
            if operation and len(self.workers) < 4 and not creates_held():
                self.workers.append(Worker(operation=operation, reader=self.wire.reader()))

    @precondition(lambda self: self.workers)
    @rule(place=PLACES, fate=st.sampled_from(FATES), steps=st.integers(min_value=1, max_value=6))
    def work(self, place: int, fate: str, steps: int) -> None:
        worker = self.workers[place % len(self.workers)]
        self.wire.fate = fate
        for _ in range(steps):
            if not self.step(worker):
                self.workers.remove(worker)
                break
            self.notice()

    def step(self, worker: Worker) -> bool:
        """One step of a worker; False when that was its last one."""
        number = self.done.get(id(worker), 0)
        self.done[id(worker)] = number + 1
        try:
            went_well = getattr(worker, STEPS[number])()
        except Busy:
            sending.put_back(worker.operation, after=sending.BUSY_PAUSE, now=self.now)
            return False
        except Held as held:
            sending.put_back(worker.operation, until=held.until, now=self.now)
            return False
        if STEPS[number] == "record":
            worker.reader.note()
        return went_well is not False and number + 1 < len(STEPS)

    @precondition(lambda self: self.workers)
    @rule(place=PLACES)
    def kill_worker(self, place: int) -> None:
        self.workers.pop(place % len(self.workers))

    @rule(
        seconds=st.sampled_from(WAITS),
        fate=st.sampled_from(FATES),
        killed=KILLED,
        lists_fail=st.sampled_from([False, False, False, True]),
    )
    def live_badly(self, seconds: float, fate: str, killed: str | None, lists_fail: bool) -> None:
        """Some time passes, and a round of the dispatcher whose creates meet this fate."""
        self.wire.fate, self.wire.lists_fail = fate, lists_fail
        self.live(seconds, killed)
        self.wire.lists_fail = False

    @rule(seconds=st.sampled_from(WAITS))
    def live_well(self, seconds: float) -> None:
        self.wire.fate = "answered"
        self.live(seconds)

    def live(self, seconds: float, killed: str | None = None) -> None:
        """Let time pass, then work on everything that is due; each create is killed where it says."""
        self.pass_time(seconds)
        due = dispatch.dispatch_operations(now=self.now)
        for operation_id in due.to_send:
            self.send(operation_id, killed)
        for operation_id in due.to_settle:
            settling.settle_operation(operation_id, clock=lambda: self.now)

    def send(self, operation_id: int, killed: str | None) -> None:
        """Send an operation as a task does, in a process that is killed before or after it writes."""
        carried = self.wire.carried

        def carry(request: Request, watch: Watch) -> Delivery:
            if request.method == "POST" and killed == "before":
                raise Killed
            try:
                return carried(request, watch)
            finally:
                if request.method == "POST" and killed == "after":
                    raise Killed

        self.wire.carried = carry  # type: ignore[method-assign]
        try:
            with suppress(Killed):
                sending.send_operation(operation_id, clock=lambda: self.now)
        finally:
            self.wire.carried = carried  # type: ignore[method-assign]
            self.notice()

    @rule()
    def poll(self) -> None:
        kind, company_id = ("company", "") if self.kind == "company" else ("project", self.company_id)
        reader = self.wire.reader()
        with suppress(Busy):
            refresh.read_again(reader, kind, company_id, confirm=False)
        reader.note()

    @rule()
    def kill_reader(self) -> None:
        stream, scope = (Stream.COMPANIES, "") if self.kind == "company" else (Stream.PROJECTS, self.company_id)
        slots.take_lease(stream=stream, scope=scope, since=SNAPSHOT, until=SNAPSHOT, now=self.now)

    # --- The world outside -----------------------------------------------------------------------------------

    @rule(place=PLACES)
    def happen(self, place: int) -> None:
        """Something that is on its way arrives, takes effect, or is listed."""
        if self.wire.on_its_way and place % 3 == 0:
            self.wire.arrive(place % len(self.wire.on_its_way))
        elif self.wire.slow and place % 3 <= 1:
            self.wire.process(place % len(self.wire.slow))
        elif self.hidden:
            self.unhide(place % len(self.hidden))
        self.notice()

    @precondition(lambda self: self.kind != "uap-service")
    @rule(number=st.integers(min_value=0, max_value=1))
    def somebody_else_creates(self, number: int) -> None:
        world, draft = self.sandbox.world, self.draft(number)
        if isinstance(draft, ProjectDraft):
            company = world.company(int(self.company_id))
            if company and len(world.projects(company.id)) < company.app_limit:
                world.hide(world.create_project(company, draft.name).id, 0)
            return
        alike = world.create_company(
            lambda company_id, place: SandboxCompany(
                id=company_id, place=place, name="Acme Learning", email=f"{place}@else.example", country="DE",
                area="Non-CN",
            )
        )  # fmt: skip
        world.hide(alike.id, 0)

    @rule(is_right=st.sampled_from([True, True, False]))
    def change_key(self, is_right: bool) -> None:
        self.sandbox.gateway.keys[KEY_ID] = KEY_SECRET if is_right else "another"

    @precondition(lambda self: self.backup is None)
    @rule()
    def back_up(self) -> None:
        self.backup = transaction.savepoint()

    @precondition(lambda self: self.backup is not None and not self.is_restored)
    @rule()
    def restore(self) -> None:
        transaction.savepoint_rollback(str(self.backup))
        self.workers, self.pages, self.is_restored = [], {}, True
        self.versions.clear()
        settings.PORTAL_INSTANCE_ID = "restored"

    @precondition(lambda self: self.is_restored and creates_held() == "fenced")
    @rule()
    def after_restore(self) -> None:
        restoring.after_restore(now=self.now)

    # --- People ----------------------------------------------------------------------------------------------

    @rule(place=PLACES)
    def open_page(self, place: int) -> None:
        operation = self.chosen(place)
        self.pages[operation.pk] = operation

    @rule(
        place=PLACES,
        what=st.sampled_from(DECISIONS),
        is_fresh=st.booleans(),
    )
    def decide(self, place: int, what: str, is_fresh: bool) -> None:
        operation = self.chosen(place)
        page = operation if is_fresh else self.pages.get(operation.pk, operation)
        mine = [remote_id for remote_id in self.made_for(operation) if remote_id in page.candidates]
        facts: dict[str, Any] = {"operation": operation, "by": self.person, "now": self.now}
        told = facts | {"seen": page.version, "reason": "Looked it up"}
        try:
            if what == "adopt" and mine:
                decisions.adopt(**told, remote_id=mine[0])
            elif what == "send again" and not mine:
                decisions.send_again(**told)
                self.approvals[operation.form_token] += 1
            elif what == "give up" and not mine:
                decisions.give_up(**told)
            elif what == "cancel":
                decisions.cancel(**facts)
            elif what == "retry":
                decisions.retry(**facts)
            elif what == "look again":
                decisions.look_again(**facts)
        except decisions.DecisionError:
            return
