"""What a random walk of creates walks through: a clock, Agora, the portal's database, workers, people before pages."""

from __future__ import annotations

import datetime as dt
import uuid
from collections import Counter
from dataclasses import replace
from typing import ClassVar

from django.conf import settings
from django.core.cache import cache
from django.db import transaction
from hypothesis.stateful import RuleBasedStateMachine

from accounts.models import Person
from agora.drafts import AnyDraft, ProjectDraft, UapServiceDraft
from companies.models import Attempt, Operation
from companies.services import refresh
from companies.services.operations import OperationConflictError, submit
from polling.gate import PAUSE, PROBE_KEY
from polling.models import Stream
from polling.services import slots
from sandbox.api import Sandbox
from sandbox.options import Options
from tests.companies.conftest import company_draft
from tests.companies.in_process import Wire
from tests.companies.worker import Worker
from tests.sandbox_server import KEY_ID, KEY_SECRET

BEGIN = dt.datetime(2026, 3, 2, 10, tzinfo=dt.UTC)
LIST_LAG = 300


class World(RuleBasedStateMachine):
    """What there is: clock, Agora, operations, workers, and what people have before them."""

    person: ClassVar[Person]
    now_running: ClassVar[World]

    def __init__(self) -> None:
        super().__init__()
        type(self).now_running = World.now_running = self
        self.now = BEGIN
        self.workers: list[Worker] = []
        self.done: dict[int, int] = {}
        self.pages: dict[int, Operation] = {}
        self.requests: dict[str, uuid.UUID] = {}
        self.approvals: Counter[uuid.UUID] = Counter()
        self.versions: dict[uuid.UUID, int] = {}
        self.hidden: list[tuple[dt.datetime, int | str]] = []
        self.backup: str | None = None
        self.is_restored = False
        self.whole = transaction.atomic()
        self.whole.__enter__()
        cache.clear()
        settings.PORTAL_INSTANCE_ID = ""

    def begin(self, kind: str, repeated_emails: bool, skew: float) -> None:
        """A portal that has read Agora's lists, and one create."""
        options = Options(
            keys={KEY_ID: KEY_SECRET}, companies=1, projects=1, repeated_emails=repeated_emails, today=BEGIN.date()
        )
        self.sandbox = Sandbox(options)
        self.sandbox.clock.now = lambda: self.now + dt.timedelta(seconds=skew)  # type: ignore[method-assign]
        self.sandbox.world.list_lag = 1e9
        self.wire = Wire(sandbox=self.sandbox, clock=lambda: self.now)
        (company,) = self.sandbox.world.companies()
        self.company_id, self.project_id = str(company.id), self.sandbox.world.projects(company.id)[0].id
        reader = self.wire.reader()
        slots.expect_lists(stream=Stream.COMPANIES, scopes=[""], now=self.now)
        refresh.read_companies(reader)
        refresh.read_projects(reader, self.company_id)
        reader.note()
        self.kind, self.seen_effects = kind, 0
        self.submitted(self.draft(0))

    # --- What there is ---------------------------------------------------------------------------------------

    def draft(self, number: int) -> AnyDraft:
        """Creates that look the same in Agora's list, as far as the portal lets them."""
        if self.kind == "company":
            return replace(company_draft(), email=f"ann{number}@acme.example")
        if self.kind == "project":
            return ProjectDraft(company_id=self.company_id, name=["Live", "LIVE", "live"][number])
        return UapServiceDraft(
            company_id=self.company_id, project_id=self.project_id, type_id=7, region=[2, 1, 2][number]
        )

    def submitted(self, draft: AnyDraft) -> None:
        """Somebody sends the form twice."""
        token = uuid.uuid4()
        try:
            first, again = (submit(draft=draft, token=token, by=self.person, now=self.now) for _ in range(2))
        except OperationConflictError:
            return
        assert first == again

    def operations(self) -> list[Operation]:
        """Every operation, the oldest first."""
        return list(Operation.objects.order_by("pk"))

    def chosen(self, place: int) -> Operation:
        """One of them."""
        operations = self.operations()
        return operations[place % len(operations)]

    def notice(self) -> None:
        """Remember for which operation each request was made; hide what is new from the lists for a while."""
        for request_id, token in Attempt.objects.values_list("x_request_id", "operation__form_token"):
            self.requests[request_id] = token
        effects = self.sandbox.truth.effects()
        for effect in effects[self.seen_effects :]:
            kind, name = effect.split(" ")[:2]
            if kind != "service":
                self.hidden.append((self.now, int(name) if kind == "company" else name))
        self.seen_effects = len(effects)

    def made_for(self, operation: Operation) -> list[str]:
        """What was created by requests that were made for this operation."""
        entries = [entry for entry in self.sandbox.truth.entries() if entry.effect]
        return [
            entry.effect.split(" ")[1]
            for entry in entries
            if self.requests.get(entry.request_id) == operation.form_token
        ]

    def unhide(self, number: int) -> None:
        """Let the lists show one thing more."""
        _since, row_id = self.hidden.pop(number)
        self.sandbox.world.hide(row_id, 0)

    def pass_time(self, seconds: float) -> None:
        """Let time pass; what must have happened until then happens."""
        before, self.now = self.now, self.now + dt.timedelta(seconds=seconds)
        if before.timestamp() // PAUSE != self.now.timestamp() // PAUSE:
            cache.delete(PROBE_KEY)  # which goes by the real clock
        self.wire.slow = [slow for slow in self.wire.slow if slow.until > self.now]
        limit = self.now - dt.timedelta(seconds=LIST_LAG)
        for number in reversed(range(len(self.hidden))):
            if self.hidden[number][0] <= limit:
                self.unhide(number)
