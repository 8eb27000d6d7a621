"""The three kinds of creates, and the comparison with Agora's truth log after every test."""

import datetime as dt
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import pytest
from django.utils import timezone

from agora.drafts import AnyDraft, CompanyDraft, ProjectDraft, UapServiceDraft
from companies.models import Company, Operation, OperationKind, Project
from companies.services import refresh
from companies.services.decisions import send_again
from polling.services.reading import open_reader
from tests.companies.conftest import company_draft, dispatched
from tests.companies.truth import assert_told
from tests.sandbox_server import RunningSandbox

# Seconds after which Agora can show nothing more of what was sent, and the portal knows that it has looked.
SETTLED = 730

Submitted = Callable[..., Operation]


@dataclass(frozen=True, kw_only=True)
class Thing:
    """Something to create; `name` is how the truth log begins to speak of it."""

    kind: str
    name: str
    draft: AnyDraft

    @property
    def is_listed(self) -> bool:
        """Whether Agora has a list in which it appears."""
        return self.kind != OperationKind.UAP_SERVICE

    def twin(self) -> AnyDraft:
        """Another create of what looks the same in Agora's list."""
        if isinstance(self.draft, CompanyDraft):
            return replace(self.draft, email="twin@acme.example")
        assert isinstance(self.draft, ProjectDraft)
        return replace(self.draft, name=self.draft.name.upper())


@pytest.fixture(params=list(OperationKind.values))
def thing(request: pytest.FixtureRequest, project: Project) -> Thing:
    """A company, a project and a UAP service, one after the other."""
    company_id = project.company.company_id
    return {
        "company": Thing(kind="company", name="company", draft=company_draft()),
        "project": Thing(kind="project", name="project", draft=ProjectDraft(company_id=company_id, name="Live")),
        "uap-service": Thing(
            kind="uap-service",
            name="service",
            draft=UapServiceDraft(company_id=company_id, project_id=project.project_id, type_id=7, region=2),
        ),
    }[request.param]


@pytest.fixture(params=["company", "project"])
def listed_thing(request: pytest.FixtureRequest, company: Company) -> Thing:
    """A company and a project: what Agora's lists show."""
    draft = company_draft() if request.param == "company" else ProjectDraft(company_id=company.company_id, name="Live")
    return Thing(kind=request.param, name=request.param, draft=draft)


@pytest.fixture(autouse=True)
def compared(db: None, agora: RunningSandbox) -> Iterator[None]:
    """After every test the truth log is compared with the database."""
    yield
    assert_told(agora.sandbox)


def at(seconds: float) -> dt.datetime:
    """So many seconds from now."""
    return timezone.now() + dt.timedelta(seconds=seconds)


def seen(operation: Operation, after: float | None = None) -> Operation:
    """The operation as it is stored now, after one round of the dispatcher where a time is given."""
    if after is not None:
        dispatched(after)
    return Operation.objects.get(pk=operation.pk)


def approved(operation: Operation, by: object, after: float = SETTLED) -> Operation:
    """The operation after a person has had it sent again, and it was."""
    now = at(after)
    send_again(operation=operation, seen=operation.version, reason="Not there", by=by, now=now)
    return seen(operation, after + 1)


def made(agora: RunningSandbox) -> list[str]:
    """The IDs of what was created at Agora by requests of the portal, in order."""
    return [effect.split(" ")[1] for effect in agora.sandbox.truth.effects()]


def read_list(operation: Operation, after: float) -> None:
    """Read the list in which an operation's result appears, so many seconds from now."""
    reader = open_reader()
    reader.clock = lambda: at(after)
    refresh.read_again(reader, operation.kind, operation.company_id, confirm=False)
