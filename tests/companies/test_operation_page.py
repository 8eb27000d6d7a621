"""The page of an operation: plain words for each state, the buttons it allows, live until it has ended."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from companies.models import Company, Operation, OperationState
from polling.models import Connection
from sandbox.faults import Fault, Match
from tests.companies.checklists import started
from tests.companies.conftest import dispatched
from tests.companies.tables import as_csv, company_row, load_file
from tests.companies.test_import_run import begin, rounds
from tests.companies.test_onboarding import put
from tests.sandbox_server import RunningSandbox

Submitted = Callable[..., Operation]
HTMX = {"HX-Request": "true"}
NOW = timezone.now()


def page_of(client: Client, operation: Operation) -> str:
    return client.get(f"/onboarding/{operation.pk}/").content.decode()


EVERY_BUTTON = ("cancel", "retry", "look-again", "send-again", "give-up", "adopt")


@pytest.mark.parametrize(
    ("state", "columns", "words", "buttons"),
    [
        ("queued", {}, "Waiting to be sent. Nothing has reached Agora yet.", {"cancel"}),
        ("queued", {"attempt_no": 1}, "Waiting to be sent once more.", {"cancel"}),
        ("preparing", {}, "Checking whether Agora lists it already.", set()),
        ("sending", {}, "Being created at Agora.", set()),
        (
            "retry-wait",
            {"reason": "busy"},
            "Agora is busy and asked for a pause; nothing was created.",
            {"cancel", "retry"},
        ),
        ("blocked", {"reason": "secret"}, "An administrator must set the secret of this very key.", {"cancel"}),
        ("uncertain", {"reason": "unknown"}, "It may exist, so do not enter it again.", set()),
        (
            "review",
            {"reason": "not-there", "settled_at": NOW},
            "You are asked to decide.",
            {"look-again", "give-up", "adopt"},
        ),
        (
            "review",
            {"reason": "tries-used-up", "settled_at": NOW},
            "It was tried as often as the portal may, and never reached Agora.",
            {"look-again", "retry", "give-up", "adopt"},
        ),
        ("done", {"result_remote_id": "77", "evidence": "reply"}, "Created with the ID <code>77</code>.", set()),
        ("refused", {"reason": "refused", "message": "no <b>"}, "no &lt;b&gt;", set()),
        ("cancelled", {"decision_note": "Not needed"}, "Not needed", set()),
    ],
)
def test_each_state_has_its_words_and_its_buttons(
    state: str,
    columns: dict[str, Any],
    words: str,
    buttons: set[str],
    submitted: Submitted,
    signed_in: Callable[..., Client],
) -> None:
    client = signed_in("operator")
    operation = put(submitted(), OperationState(state), **{"sent_at": NOW, "settles_at": NOW, **columns})
    page = page_of(client, operation)
    offered = {name for name in EVERY_BUTTON if f"/{operation.pk}/{name}/" in page}
    assert words in page
    assert offered == buttons


def test_a_browser_hears_of_changes_only(
    agora: RunningSandbox, submitted: Submitted, signed_in: Callable[..., Client]
) -> None:
    client, operation = signed_in("operator"), submitted()
    url = f"/onboarding/{operation.pk}/"
    mark = client.get(url).context["page"].mark
    assert client.get(url, {"mark": mark}, headers=HTMX).status_code == 204
    dispatched()
    answer = client.get(url, {"mark": mark}, headers=HTMX)
    assert answer.status_code == 200
    assert "<html" not in answer.content.decode()
    assert "Created with the ID" in answer.content.decode()


def test_what_is_being_decided_is_never_moved_away_but_the_browser_is_told(
    submitted: Submitted, signed_in: Callable[..., Client]
) -> None:
    client, operation = signed_in("operator"), put(submitted(), OperationState.REVIEW, reason="not-there")
    url = f"/onboarding/{operation.pk}/"
    mark = client.get(url).context["page"].mark
    assert client.get(url, {"mark": mark, "told": "1"}, headers=HTMX).status_code == 204
    put(operation, OperationState.DONE, version=9)
    answer = client.get(url, {"mark": mark, "told": "1"}, headers=HTMX).content.decode()
    assert "it now stands at “Done”. What you typed is kept." in answer
    assert "<form" not in answer


def test_a_browser_hears_when_the_portal_looks_next(submitted: Submitted, signed_in: Callable[..., Client]) -> None:
    client, operation = signed_in("operator"), put(submitted(), OperationState.UNCERTAIN, sent_at=NOW, settles_at=NOW)
    url = f"/onboarding/{operation.pk}/"
    mark = client.get(url).context["page"].mark
    put(operation, OperationState.UNCERTAIN, next_action_at=NOW + dt.timedelta(seconds=25))
    assert client.get(url, {"mark": mark}, headers=HTMX).status_code == 200


def test_what_a_live_page_brings_counts_what_waits_and_says_the_state(
    submitted: Submitted, signed_in: Callable[..., Client]
) -> None:
    operation = put(submitted(), OperationState.REVIEW, reason="not-there")
    answer = signed_in("operator").get(f"/onboarding/{operation.pk}/", {"mark": "old"}, headers=HTMX).content.decode()
    assert "1 waits for a person" in answer
    assert '<span hx-swap-oob="innerHTML:#operation-said">Needs a decision</span>' in answer


def test_looking_for_changes_is_cheap(submitted: Submitted, signed_in: Callable[..., Client]) -> None:
    client, operation = signed_in("operator"), put(submitted(), OperationState.UNCERTAIN, sent_at=NOW)
    url = f"/onboarding/{operation.pk}/"
    mark = client.get(url).context["page"].mark
    with CaptureQueriesContext(connection) as queries_made:
        assert client.get(url, {"mark": mark}, headers=HTMX).status_code == 204
    assert len(queries_made) == 4  # session, person, operation, last reading of the list


@pytest.mark.parametrize(
    ("state", "trigger"),
    [
        ("queued", "every 2s"),
        ("sending", "every 2s"),
        ("preparing", "every 2s"),
        ("uncertain", "every 2s"),
        ("review", "every 15s"),
        ("done", None),
        ("refused", None),
    ],
)
def test_the_page_looks_again_until_it_has_ended(
    state: str, trigger: str | None, submitted: Submitted, signed_in: Callable[..., Client]
) -> None:
    page = page_of(signed_in("operator"), put(submitted(), OperationState(state), sent_at=timezone.now()))
    assert [words for words in ("every 2s", "every 15s") if words in page] == ([trigger] if trigger else [])


def test_every_attempt_shows_its_request_id(
    agora: RunningSandbox, submitted: Submitted, signed_in: Callable[..., Client]
) -> None:
    operation = submitted()
    dispatched()
    assert operation.attempts.get().x_request_id in page_of(signed_in("operator"), operation)


def test_a_wrong_clock_is_told_in_minutes(submitted: Submitted, signed_in: Callable[..., Client]) -> None:
    Connection.objects.create(pk=1, skew_seconds=-612.0)
    operation = put(submitted(), OperationState.BLOCKED, reason="clock")
    assert "It is 10.2 minutes off." in page_of(signed_in("operator"), operation)


def test_what_agora_stored_otherwise_is_told(
    agora: RunningSandbox, submitted: Submitted, signed_in: Callable[..., Client]
) -> None:
    body = '{"id": 77, "name": "Acme Learning", "country": "FR", "area": "Non-CN"}'
    agora.sandbox.faults.order(Fault(action="body", match=Match(method="POST"), body=body))
    operation = submitted()
    dispatched()
    assert "Country: sent “Germany (DE)”, stored “France (FR)”" in page_of(signed_in("operator"), operation)


def test_a_confirmed_company_that_was_never_listed_has_no_link_yet(
    submitted: Submitted, signed_in: Callable[..., Client]
) -> None:
    client = signed_in("operator")
    operation = put(submitted(), OperationState.DONE, result_remote_id="77", evidence="by-person")
    assert "Show the company" not in page_of(client, operation)
    now = timezone.now()
    Company.objects.create(company_id="77", name="Acme", first_seen_at=now, last_seen_at=now)
    assert "Show the company" in page_of(client, operation)


def test_an_operation_that_is_not_there_is_not_found(db: None, signed_in: Callable[..., Client]) -> None:
    client = signed_in("operator")
    assert [client.get(f"/onboarding/{number}/").status_code for number in ("999", "9" * 30)] == [404, 404]


def test_a_second_id_is_shown_as_what_it_is(submitted: Submitted, signed_in: Callable[..., Client]) -> None:
    columns = {"result_remote_id": "77", "evidence": "reply", "reason": "two-ids", "message": "78"}
    page = page_of(signed_in("operator"), put(submitted(), OperationState.DONE, **columns))
    assert "Agora confirmed it under a second ID, too: <code>78</code>." in page
    assert 'href="/companies/78/"' in page


def test_it_leads_back_to_the_checklist_or_import_that_it_is_a_part_of(
    agora: RunningSandbox, signed_in: Callable[..., Client]
) -> None:
    client = signed_in("operator")
    checklist_url = started(client)
    batch = load_file(client, as_csv([company_row(1)]), "schools.csv")
    begin(client, batch)
    rounds(1)
    pages = [client.get(f"/onboarding/{number}/").context["page"] for number in operation_numbers()]
    assert [page.whole for page in pages] == [
        (checklist_url, "Back to the checklist"),
        (f"/onboarding/imports/{batch.pk}/", "Back to the import “schools.csv”"),
    ]


def operation_numbers() -> list[int]:
    return list(Operation.objects.order_by("pk").values_list("pk", flat=True))
