"""What looks the same and is not: nothing is linked by itself, and each thing to one create (C34, C35, C36, C43)."""

import json
import threading
from collections.abc import Callable

import pytest
from django.db import connection

from accounts.models import Person
from companies.models import Operation, OperationState
from companies.services import decisions
from sandbox.companies import Company as SandboxCompany
from sandbox.faults import Fault, Match
from tests.companies.conftest import company_draft, dispatched
from tests.companies.faults.conftest import SETTLED, Submitted, Thing, approved, at, made, seen
from tests.companies.worker import Worker
from tests.sandbox_server import RunningSandbox

POST = Match(method="POST")


def look_alike(agora: RunningSandbox, operation: Operation) -> str:
    """Let somebody else create what looks the same in every list; gives its ID."""
    world, asked = agora.sandbox.world, operation.payload
    if operation.kind == "project":
        company = world.company(int(operation.company_id))
        assert company is not None
        return world.create_project(company, asked["name"]).id
    fields = {name: asked[name] for name in ("country", "area", "app_limit", "member_limit")}
    codes = {name: asked[name] for name in ("industry", "interest", "environment")}
    return str(
        world.create_company(
            lambda number, place: SandboxCompany(
                id=number, place=place, name=asked["company_name"], email="else@else.example", **fields, **codes
            )
        ).id
    )


def adopted(operation: Operation, remote_id: str, by: Person, after: float = SETTLED) -> Operation:
    decisions.adopt(
        operation=operation, seen=operation.version, remote_id=remote_id, reason="Seen", by=by, now=at(after)
    )
    return seen(operation)


@pytest.mark.parametrize("after", [6, SETTLED])
def test_c34_a_single_look_alike_is_never_adopted_by_the_portal(
    after: float, listed_thing: Thing, agora: RunningSandbox, submitted: Submitted
) -> None:
    agora.sandbox.faults.order(Fault(action="drop_before", match=POST))
    operation = seen(submitted(listed_thing.draft), after=0)
    alike = look_alike(agora, operation)
    dispatched(after=after)
    operation = seen(operation, after=30 * 24 * 3600)
    assert (operation.state, operation.candidates) == (OperationState.REVIEW, [alike])


def test_c34_our_own_and_a_look_alike_are_shown_together(
    listed_thing: Thing, agora: RunningSandbox, submitted: Submitted, person: Callable[..., Person]
) -> None:
    agora.sandbox.faults.order(Fault(action="drop_after", match=POST))
    operation = seen(submitted(listed_thing.draft), after=0)
    alike = look_alike(agora, operation)
    operation = seen(operation, after=SETTLED)
    assert operation.candidates == [*made(agora), alike]
    assert adopted(operation, made(agora)[0], person("operator")).state == OperationState.DONE


def test_c34_a_look_alike_that_a_person_dismissed_does_not_stop_what_is_sent_again(
    listed_thing: Thing, agora: RunningSandbox, submitted: Submitted, person: Callable[..., Person]
) -> None:
    agora.sandbox.faults.order(Fault(action="drop_before", match=POST))
    operation = seen(submitted(listed_thing.draft), after=0)
    alike = look_alike(agora, operation)
    operation = approved(seen(operation, after=SETTLED), person("approver"))
    assert (operation.state, [operation.result_remote_id]) == (OperationState.DONE, made(agora))
    assert operation.dismissed_ids == [alike]


def test_c34_a_look_alike_that_appears_after_the_page_was_shown_stops_the_decision(
    listed_thing: Thing, agora: RunningSandbox, submitted: Submitted, person: Callable[..., Person]
) -> None:
    agora.sandbox.faults.order(Fault(action="drop_before", match=POST))
    on_screen = seen(seen(submitted(listed_thing.draft), after=0), after=SETTLED)
    look_alike(agora, on_screen)
    Operation.objects.filter(pk=on_screen.pk).update(next_action_at=at(0))
    dispatched(after=SETTLED + 60)
    now, by = at(SETTLED + 61), person("approver")
    with pytest.raises(decisions.StateChangedError):
        decisions.send_again(operation=seen(on_screen), seen=on_screen.version, reason="Not there", by=by, now=now)


def test_a_look_alike_that_is_there_before_it_is_sent_waits_for_a_person(
    listed_thing: Thing, agora: RunningSandbox, submitted: Submitted
) -> None:
    operation = submitted(listed_thing.draft)
    alike = look_alike(agora, operation)
    operation = seen(operation, after=120)
    assert (operation.state, operation.candidates, made(agora)) == (OperationState.REVIEW, [alike], [])


def test_c35_of_two_equal_creates_each_gets_one_of_two_candidates(
    listed_thing: Thing, agora: RunningSandbox, submitted: Submitted, person: Callable[..., Person]
) -> None:
    agora.sandbox.faults.order(Fault(action="drop_after", match=POST, times=2))
    operations = [submitted(listed_thing.draft), submitted(listed_thing.twin())]
    dispatched()
    first, second = (seen(operation, after=SETTLED) for operation in operations)
    assert [sorted(one.candidates) for one in (first, second)] == [sorted(made(agora))] * 2
    by = person("operator")
    mine, other = made(agora)
    assert adopted(first, mine, by).state == OperationState.DONE
    with pytest.raises(decisions.IdTakenError):
        adopted(seen(second), mine, by)
    assert adopted(seen(second), other, by).state == OperationState.DONE


def test_c35_an_id_that_was_linked_is_no_candidate_any_more(
    listed_thing: Thing, agora: RunningSandbox, submitted: Submitted, person: Callable[..., Person]
) -> None:
    agora.sandbox.faults.order(Fault(action="drop_after", match=POST, times=2))
    operations = [submitted(listed_thing.draft), submitted(listed_thing.twin())]
    dispatched()
    first, second = (seen(operation, after=SETTLED) for operation in operations)
    mine, other = made(agora)
    adopted(first, mine, person("operator"))
    decisions.look_again(operation=second, now=at(SETTLED + 1))
    assert seen(second, after=SETTLED + 2).candidates == [other]


def test_c36_what_agora_lists_in_another_case_and_as_text_is_shown_as_a_candidate(
    listed_thing: Thing, agora: RunningSandbox, submitted: Submitted, person: Callable[..., Person]
) -> None:
    agora.sandbox.faults.order(Fault(action="drop_after", match=POST))
    operation = seen(submitted(listed_thing.draft), after=0)
    rows = listed_rows(agora, operation)
    rows[-1] = {name: str(value).upper() for name, value in rows[-1].items()} | {"id": rows[-1]["id"]}
    rows[-1]["name"] = f" {rows[-1]['name']} "
    body = json.dumps({"rows": rows, "count": len(rows)})
    agora.sandbox.faults.order(Fault(action="body", match=Match(method="GET"), times=0, body=body))
    operation = seen(operation, after=SETTLED)
    assert (operation.state, operation.candidates) == (OperationState.REVIEW, made(agora))
    assert adopted(operation, made(agora)[0], person("operator")).state == OperationState.DONE


def listed_rows(agora: RunningSandbox, operation: Operation) -> list[dict[str, object]]:
    """The rows of the list in which this operation's result appears."""
    world = agora.sandbox.world
    if operation.kind == "project":
        return [project.row() for project in world.listed_projects(int(operation.company_id))]
    return [company.row() for company in world.listed_companies()]


def test_c36_codes_in_text_and_a_name_in_another_case_confirm_and_are_told(
    agora: RunningSandbox, submitted: Submitted
) -> None:
    company_id = max(company.id for company in agora.sandbox.world.companies()) + 1
    codes = '"country": "de", "area": "non-cn", "appLimit": "9", "industry": "12"'
    body = f'{{"id": "{company_id}", "name": " ACME learning ", {codes}}}'
    agora.sandbox.faults.order(Fault(action="body", match=POST, body=body))
    operation = seen(submitted(), after=0)
    assert operation.state == OperationState.DONE
    assert operation.differences == [["company_name", "Acme Learning", " ACME learning "], ["app_limit", "10", "9"]]


def test_an_answer_with_an_id_of_another_create_is_linked_to_neither(
    listed_thing: Thing, agora: RunningSandbox, submitted: Submitted
) -> None:
    first = seen(submitted(listed_thing.draft), after=0)
    name = "Acme Learning" if listed_thing.kind == "company" else "LIVE"
    remote_id = json.dumps(first.result_remote_id)
    agora.sandbox.faults.order(Fault(action="body", match=POST, body=f'{{"id": {remote_id}, "name": "{name}"}}'))
    second = seen(submitted(listed_thing.twin()), after=0)
    assert (second.state, second.reason) == (OperationState.UNCERTAIN, "taken")


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("round", range(3))
def test_c43_of_a_decision_and_a_late_confirmation_at_once_one_wins(
    round: int, agora: RunningSandbox, submitted: Submitted, person: Callable[..., Person]
) -> None:
    worker = Worker(operation=submitted(company_draft())).up_to("write")
    dispatched(after=121)
    operation = seen(worker.operation, after=302)
    assert operation.state == OperationState.REVIEW
    by, barrier, failures = person("operator"), threading.Barrier(2), []

    def at_once(work: Callable[[], object]) -> None:
        barrier.wait()
        try:
            work()
        except Exception as failure:
            failures.append(type(failure))
        connection.close()

    decide = lambda: adopted(operation, made(agora)[0], by)  # noqa: E731
    threads = [threading.Thread(target=at_once, args=[work]) for work in (decide, worker.record)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert set(failures) <= {decisions.StateChangedError}
    operation = seen(operation)
    assert (operation.state, [operation.result_remote_id]) == (OperationState.DONE, made(agora))
