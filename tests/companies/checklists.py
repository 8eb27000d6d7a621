"""Checklists as people fill them in, for tests: presses on a page, and the dispatcher that carries on alone."""

import datetime as dt
import json
from typing import Any

from django.test import Client
from django.utils import timezone

from companies.models import Checklist, ChecklistStep, Operation
from companies.services import checklists
from tests.companies.conftest import company_values, dispatched

LIST = "/onboarding/checklists/"
BEGIN = f"{LIST}begin/"
TOKEN = "6b1e3a52-0000-4000-8000-000000000001"


def began(client: Client, query: str = "", **values: Any) -> str:
    """Begin a checklist, and give the address of its page."""
    answer = client.post(BEGIN + query, {"form_token": TOKEN, **values})
    assert answer.status_code == 303, answer.content.decode()
    return str(answer["Location"])


def on_page(client: Client, url: str) -> dict[str, Any]:
    """What the draft's page holds when it is opened, as a browser would send it."""
    seen = client.get(url).context["seen"]
    return {**json.loads(seen), "seen": seen}


def press(client: Client, url: str, button: str, page: dict[str, Any] | None = None, **typed: Any) -> Any:
    """Open the draft unless it is open, type, and press a button: `save`, `start`, `projects/add`."""
    return client.post(f"{url}{button}/", {**(page or on_page(client, url)), **typed})


def company_typed(**changes: Any) -> dict[str, Any]:
    """What a person types about the company."""
    values = company_values(**changes)
    del values["form_token"]
    return values


def add_project(client: Client, url: str, name: str, *services: str) -> ChecklistStep:
    """Add a project to a draft, with services like `7-2`."""
    place = press(client, url, "projects/add")["Location"].rsplit("-", 1)[1]
    press(client, url, "save", **{f"project-{place}-name": name, f"project-{place}-services": list(services)})
    return ChecklistStep.objects.get(pk=place)


def started(client: Client, *projects: tuple[str, ...], query: str = "", **changes: Any) -> str:
    """Fill a checklist in and start it; give the address of its page."""
    url = began(client, query)
    for name, *services in projects:
        add_project(client, url, name, *services)
    answer = press(client, url, "start", **({} if query else company_typed(**changes)))
    assert answer.status_code == 303, answer.content.decode()
    return url


def carried_on(rounds: int = 4, after: float = 0.0) -> None:
    """Rounds of the dispatcher, each with everything sent that is due."""
    for _ in range(rounds):
        checklists.advance(now=timezone.now() + dt.timedelta(seconds=after))
        dispatched(after)
    checklists.advance(now=timezone.now())


def step(kind: str, name: str = "") -> ChecklistStep:
    """The only step of a kind, or the project of that name."""
    rows = ChecklistStep.objects.select_related("operation", "checklist").filter(kind=kind)
    return rows.get(payload__name=name) if name else rows.get()


def checklist() -> Checklist:
    """The only checklist."""
    return Checklist.objects.get()


def operation_of(kind: str) -> Operation:
    """The operation of the only step of a kind."""
    operation = step(kind).operation
    assert operation is not None
    return operation
