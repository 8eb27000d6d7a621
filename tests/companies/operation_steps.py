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
from hypothesis.stateful import precondition, rule

from agora.drafts import ProjectDraft
from agora.errors import Held
from companies import queries
from companies.services import decisions, dispatch, refresh, restoring, sending, settling
from polling.models import SNAPSHOT, Stream
from polling.services import slots
from polling.services.connection import creates_held
from polling.services.reading import Busy
from sandbox.companies import Company as SandboxCompany
from tests.companies.in_process import FATES
from tests.companies.operation_world import World
from tests.companies.worker import Worker
from tests.sandbox_server import KEY_ID, KEY_SECRET

STEPS = ("claim", "look", "sign", "begin", "write", "record")
WAITS = (1, 4, 12, 25, 31, 61, 121, 290, 420)
PLACES = st.integers(min_value=0, max_value=5)


class Killed(BaseException):
    """The process ends here, without any clean-up of its own."""


class Creates(World):
    """Every step that can be taken."""

    # --- The portal ------------------------------------------------------------------------------------------

    @rule(number=st.integers(min_value=1, max_value=2))
    def submit_another(self, number: int) -> None:
        self.submitted(self.draft(number))

    @rule(place=PLACES, times=st.integers(min_value=1, max_value=2))
    def deliver_message(self, place: int, times: int) -> None:
        due = queries.due_operations(self.now).filter(pk=self.chosen(place).pk)
        if creates_held():
            self.whole_send(place, "answered", None)
            return
        for operation in [due.first() for _ in range(times)]:
            if operation and len(self.workers) < 4:
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

    @rule(place=PLACES, fate=st.sampled_from(FATES), killed=st.sampled_from([None, None, "before", "after"]))
    def whole_send(self, place: int, fate: str, killed: str | None) -> None:
        self.wire.fate = fate
        carried = self.wire.carried

        def carry(request: Any, watch: Any) -> Any:
            if request.method == "POST" and killed == "before":
                raise Killed
            try:
                return carried(request, watch)
            finally:
                if request.method == "POST" and killed == "after":
                    raise Killed

        self.wire.carried = carry  # type: ignore[method-assign]
        try:
            sending.send_operation(self.chosen(place).pk, clock=lambda: self.now)
        except Killed:
            return
        finally:
            self.wire.carried = carried  # type: ignore[method-assign]
            self.notice()

    @rule(lists_fail=st.sampled_from([False, False, True]))
    def dispatch_and_settle(self, lists_fail: bool) -> None:
        self.wire.lists_fail = lists_fail
        due = dispatch.dispatch_operations(now=self.now)
        for operation_id in due.to_settle:
            settling.settle_operation(operation_id, clock=lambda: self.now)
        self.wire.lists_fail = False

    @rule()
    def dispatch_alone(self) -> None:
        dispatch.dispatch_operations(now=self.now)

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

    @rule(seconds=st.sampled_from(WAITS))
    def wait(self, seconds: float) -> None:
        self.pass_time(seconds)

    @precondition(lambda self: self.wire.on_its_way)
    @rule(place=PLACES)
    def arrive(self, place: int) -> None:
        self.wire.arrive(place % len(self.wire.on_its_way))
        self.notice()

    @precondition(lambda self: self.wire.slow)
    @rule(place=PLACES)
    def process(self, place: int) -> None:
        self.wire.process(place % len(self.wire.slow))
        self.notice()

    @precondition(lambda self: self.hidden)
    @rule(place=PLACES)
    def list_one_more(self, place: int) -> None:
        self.unhide(place % len(self.hidden))

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

    @rule(is_right=st.booleans())
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
        what=st.sampled_from(["adopt", "send again", "give up", "cancel", "retry", "look again"]),
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
