"""The page of an operation: plain words for each state, the buttons it allows, live until it has ended."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from companies.models import Company, Operation, OperationState
from polling.models import Connection
from sandbox.faults import Fault, Match
from tests.companies.conftest import dispatched
from tests.companies.test_onboarding import put
from tests.sandbox_server import RunningSandbox

Submitted = Callable[..., Operation]
HTMX = {"HX-Request": "true"}


def page_of(client: Client, operation: Operation) -> str:
    return client.get(f"/onboarding/{operation.pk}/").content.decode()


@pytest.mark.parametrize(
    ("state", "columns", "words", "buttons"),
    [
        ("queued", {}, "Waiting to be sent. Nothing has reached Agora yet.", {"cancel"}),
        ("sending", {}, "Being created at Agora.", set()),
        ("retry-wait", {"reason": "busy"}, "Agora is busy and asked for a pause; nothing was created.", {"cancel"}),
        (
            "retry-wait",
            {"reason": "not-sent", "next_action_at": None, "tries": 5},
            "It was tried 5 times; now it waits for you.",
            {"cancel", "retry"},
        ),
        ("blocked", {"reason": "secret"}, "An administrator must set the secret of this very key.", {"cancel"}),
        ("uncertain", {"reason": "unknown"}, "It may exist, so do not enter it again.", {"give-up", "adopt"}),
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
    operation = put(submitted(), OperationState(state), sent_at=timezone.now(), **columns)
    page = page_of(client, operation)
    offered = {name for name in ("cancel", "retry", "give-up", "adopt") if f"/{operation.pk}/{name}/" in page}
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


@pytest.mark.parametrize(
    ("state", "trigger"),
    [("queued", "every 2s"), ("sending", "every 2s"), ("uncertain", "every 15s"), ("done", None), ("refused", None)],
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
