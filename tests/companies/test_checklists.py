"""A checklist from its start to its end: every step is created once, in order, whatever happens in between."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from companies.models import Checklist, ChecklistStep, Company, Operation, OperationState
from companies.services import checklists, operations
from sandbox.faults import Fault, Match
from tests.companies.checklists import (
    add_project,
    began,
    carried_on,
    checklist,
    company_typed,
    on_page,
    operation_of,
    press,
    started,
    step,
)
from tests.companies.conftest import company_draft, created, dispatched
from tests.sandbox_server import RunningSandbox

SignedIn = Callable[..., Client]


def test_a_checklist_runs_through_without_a_browser(agora: RunningSandbox, signed_in: SignedIn) -> None:
    started(signed_in("operator"), ("{company} live", "7-2", "9-1"), ("Classroom",))
    carried_on()
    assert created(agora) == ["company", "project", "project", "service", "service"]
    assert checklist().finished_at is not None


def test_projects_bear_the_name_of_their_company(agora: RunningSandbox, signed_in: SignedIn) -> None:
    started(signed_in("operator"), ("{company} live",), company_name="Acme")
    carried_on()
    assert operation_of("project").payload["name"] == "Acme live"


def test_nothing_is_sent_before_the_start(agora: RunningSandbox, signed_in: SignedIn) -> None:
    client = signed_in("operator")
    press(client, began(client), "save", **company_typed())
    carried_on()
    assert (Operation.objects.count(), created(agora)) == (0, [])


def test_a_company_that_is_not_confirmed_keeps_its_projects_waiting(agora: RunningSandbox, signed_in: SignedIn) -> None:
    agora.sandbox.faults.order(Fault(action="status", status=502, processed=True, match=Match(method="POST")))
    started(signed_in("operator"), ("Classroom", "7-2"))
    carried_on()
    assert operation_of("company").state == OperationState.UNCERTAIN
    assert Operation.objects.count() == 1
