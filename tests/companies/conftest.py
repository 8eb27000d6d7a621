"""A sandbox in place of Agora, things to create there, and a dispatcher whose clock is an argument."""

import datetime as dt
import uuid
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from accounts.models import Person
from agora.connect import client_from_settings
from agora.drafts import AnyDraft, CompanyDraft
from agora.transport import OpenGate
from companies.models import Company, Operation, Project
from companies.services import dispatch, mirror, sending, settling
from companies.services.operations import submit
from polling import turns
from polling.gate import PAUSE, PROBE_KEY
from tests.sandbox_server import RunningSandbox, running_sandbox

Values = dict[str, Any]


@pytest.fixture
def agora(settings: Any) -> Iterator[RunningSandbox]:
    """A sandbox with one company of one project, which the portal's settings point to."""
    cache.clear()
    with running_sandbox(companies=1, projects=1) as box:
        settings.AGORA_BASE_URL = box.base_url
        settings.AGORA_KEYS = [(box.key_id, box.key_secret)]
        settings.AGORA_REQUESTS_PER_SECOND = 1000
        yield box
    cache.clear()


@pytest.fixture
def company(db: None, agora: RunningSandbox) -> Company:
    """The sandbox's company, as the company list shows it."""
    listing = client_from_settings(OpenGate()).list_companies()
    mirror.store_companies(listing.records, seen_at=timezone.now() - dt.timedelta(days=1), gone=False)
    return Company.objects.get()


@pytest.fixture
def project(company: Company) -> Project:
    """The project of the sandbox's company, as the project list shows it."""
    listing = client_from_settings(OpenGate()).list_projects(company.company_id)
    mirror.store_projects(company, listing.records, seen_at=timezone.now() - dt.timedelta(days=1), gone=False)
    return Project.objects.get()


def company_values(**changes: Any) -> Values:
    """What a person types into the form of a company."""
    values = {
        "form_token": str(uuid.uuid4()),
        "company_name": "Acme Learning",
        "email": "Ann@acme.example",
        "first_name": "Ann",
        "last_name": "Doe",
        "country": "DE",
        "area": "Non-CN",
        "app_limit": "7",
        "member_limit": "8",
        "industry": "3",
        "interest": "2",
        "environment": "4",
        "send_password_reset_email": "on",
    }
    return {name: value for name, value in {**values, **changes}.items() if value is not None}


def company_draft(**changes: Any) -> CompanyDraft:
    """A company to create."""
    fields = {
        "company_name": "Acme Learning",
        "email": "ann@acme.example",
        "first_name": "Ann",
        "last_name": "Doe",
        "country": "DE",
        "area": "Non-CN",
    }
    return CompanyDraft(**{**fields, **changes})


@pytest.fixture
def submitted(person: Callable[..., Person]) -> Callable[..., Operation]:
    """Begin operations as one operator: `submitted(draft)`, a company unless told otherwise."""
    operator = person("operator")

    def begin(draft: AnyDraft | None = None, now: dt.datetime | None = None) -> Operation:
        return submit(draft=draft or company_draft(), token=uuid.uuid4(), by=operator, now=now or timezone.now())

    return begin


def dispatched(after: float = 0.0) -> None:
    """One round of the dispatcher, that many seconds from now, with everything sent and looked for that is due."""
    now = timezone.now() + dt.timedelta(seconds=after)
    let_pauses_end(now)
    due = dispatch.dispatch_operations(now=now)
    for operation_id in due.to_send:
        sending.send_operation(operation_id, clock=lambda: now)
    for operation_id in due.to_settle:
        settling.settle_operation(operation_id, clock=lambda: now)


def let_pauses_end(now: dt.datetime) -> None:
    """Let what all calls wait for end by a clock that was moved, too: the cache goes by the real one."""
    if turns.held_until() <= now.timestamp():
        turns.broker().delete(turns.HOLD_KEY)
    if now - timezone.now() >= dt.timedelta(seconds=PAUSE):
        cache.delete(PROBE_KEY)


def created(agora: RunningSandbox) -> list[str]:
    """What was created at Agora, in order; a thing that was created twice stands here twice."""
    return [effect.split(" ")[0] for effect in agora.sandbox.truth.effects()]


def writes(agora: RunningSandbox) -> int:
    """How many creates reached Agora, refused ones included."""
    return sum(entry.method == "POST" for entry in agora.sandbox.truth.entries())


def operation_after(client: Client, url: str, values: Values) -> Operation:
    """Post a form that is right, and give the operation whose page it leads to."""
    answer = client.post(url, values)
    assert answer.status_code == 303, answer.content.decode()
    return Operation.objects.get(pk=int(answer["Location"].rstrip("/").rsplit("/", 1)[1]))
