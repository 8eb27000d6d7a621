"""The form of a company: from what is typed to what Agora creates, and what a person reads about it."""

import json
from collections.abc import Callable

import pytest
from django.test import Client
from django.utils import timezone

from agora.connect import client_from_settings
from agora.transport import OpenGate
from companies.models import Company, Operation, OperationState
from sandbox.faults import Fault, Match
from tests.companies.conftest import company_draft, company_values, created, dispatched, operation_after, writes
from tests.sandbox_server import RunningSandbox

URL = "/companies/create/"


def test_a_company_is_created_at_agora_exactly_once_with_every_field(
    agora: RunningSandbox, signed_in: Callable[..., Client]
) -> None:
    operation_after(signed_in("operator"), URL, company_values())
    dispatched()
    dispatched()
    assert [json.loads(entry.body) for entry in agora.sandbox.truth.entries() if entry.effect] == [
        {
            "companyName": "Acme Learning",
            "name": "Acme Learning",
            "email": "Ann@acme.example",
            "firstName": "Ann",
            "lastName": "Doe",
            "country": "DE",
            "area": "Non-CN",
            "appLimit": 7,
            "memberLimit": 8,
            "industry": 3,
            "interest": 2,
            "environment": 4,
            "sendPasswordResetEmail": True,
        }
    ]


def test_what_is_left_out_is_sent_with_the_documents_defaults(
    agora: RunningSandbox, signed_in: Callable[..., Client]
) -> None:
    optional = ("app_limit", "member_limit", "industry", "interest", "environment", "send_password_reset_email")
    operation_after(signed_in("operator"), URL, company_values(**dict.fromkeys(optional)))
    dispatched()
    assert json.loads(agora.sandbox.truth.entries()[-1].body) == {
        "companyName": "Acme Learning",
        "name": "Acme Learning",
        "email": "Ann@acme.example",
        "firstName": "Ann",
        "lastName": "Doe",
        "country": "DE",
        "area": "Non-CN",
        "appLimit": 10,
        "memberLimit": 10,
        "sendPasswordResetEmail": False,
    }


def test_a_confirmed_company_is_stored_and_its_page_linked(
    agora: RunningSandbox, signed_in: Callable[..., Client]
) -> None:
    client = signed_in("operator")
    operation = operation_after(client, URL, company_values())
    dispatched()
    stored = Company.objects.get()
    assert (stored.name, stored.country, stored.app_limit) == ("Acme Learning", "DE", 7)
    assert f'href="/companies/{stored.company_id}/"' in client.get(f"/onboarding/{operation.pk}/").content.decode()


def test_a_form_that_is_wrong_keeps_what_was_typed_and_sends_nothing(
    agora: RunningSandbox, signed_in: Callable[..., Client]
) -> None:
    answer = signed_in("operator").post(URL, company_values(email="no address", first_name="Zoë <b>"))
    assert "This is no e-mail address" in answer.content.decode()
    assert "Zoë &lt;b&gt;" in answer.content.decode()
    assert (Operation.objects.count(), writes(agora)) == (0, 0)


@pytest.mark.parametrize("role", ["viewer", "finance"])
def test_whoever_may_not_create_is_refused(role: str, agora: RunningSandbox, signed_in: Callable[..., Client]) -> None:
    client = signed_in(role)
    assert [client.get(URL).status_code, client.post(URL, company_values()).status_code] == [403, 403]
    assert Operation.objects.count() == 0


def test_a_form_without_the_csrf_token_is_refused(agora: RunningSandbox, signed_in: Callable[..., Client]) -> None:
    client = signed_in("operator")
    client.handler.enforce_csrf_checks = True
    assert client.post(URL, company_values()).status_code == 403
    assert Operation.objects.count() == 0


def test_a_refusal_is_read_beside_the_field_it_speaks_of(
    agora: RunningSandbox, signed_in: Callable[..., Client]
) -> None:
    client = signed_in("operator")
    client_from_settings(OpenGate()).create_company(company_draft())
    refused = operation_after(client, URL, company_values(company_name="Another"))
    dispatched()
    refused.refresh_from_db()
    assert (refused.state, refused.message_field) == (OperationState.REFUSED, "email")
    form = client.get(f"{URL}?again={refused.pk}").context["form"]
    assert form.errors["email"] == [refused.message]


def test_the_form_of_a_refused_company_holds_what_was_typed_under_a_new_token(
    agora: RunningSandbox, signed_in: Callable[..., Client]
) -> None:
    client = signed_in("operator")
    agora.sandbox.faults.order(Fault(action="status", status=400, body='{"message": "country is invalid"}'))
    refused = operation_after(client, URL, company_values(send_password_reset_email=None))
    dispatched()
    form = client.get(f"{URL}?again={refused.pk}").context["form"]
    assert (form["first_name"].value(), form["send_password_reset_email"].value()) == ("Ann", False)
    assert form["form_token"].value() != str(refused.form_token)
    assert form.errors["country"] == ["country is invalid"]


def test_a_server_that_is_down_is_told_in_words_and_tried_again(
    agora: RunningSandbox, signed_in: Callable[..., Client], settings: object
) -> None:
    settings.AGORA_BASE_URL, up = "http://127.0.0.1:9", settings.AGORA_BASE_URL  # type: ignore[attr-defined]
    client = signed_in("operator")
    operation = operation_after(client, URL, company_values())
    dispatched()
    page = client.get(f"/onboarding/{operation.pk}/").content.decode()
    assert "Agora could not be reached, so nothing was sent." in page
    settings.AGORA_BASE_URL = up  # type: ignore[attr-defined]
    dispatched(after=60)
    operation.refresh_from_db()
    assert (operation.state, created(agora)) == (OperationState.DONE, ["company"])


def test_an_unknown_outcome_is_told_in_words_and_never_sent_again(
    agora: RunningSandbox, signed_in: Callable[..., Client]
) -> None:
    agora.sandbox.faults.order(Fault(action="drop_after", match=Match(method="POST")))
    client = signed_in("operator")
    operation = operation_after(client, URL, company_values())
    dispatched()
    page = client.get(f"/onboarding/{operation.pk}/").content.decode()
    assert "do not enter it again" in page
    dispatched(after=3600)
    assert writes(agora) == 1


def test_c3_a_second_company_for_an_address_is_stopped_with_a_link_to_the_first(
    agora: RunningSandbox, signed_in: Callable[..., Client]
) -> None:
    first = operation_after(signed_in("operator"), URL, company_values())
    dispatched()
    answer = signed_in("approver").post(URL, company_values(company_name="Another", email="ANN@acme.example"))
    page = answer.content.decode()
    assert (answer.status_code, Operation.objects.count()) == (409, 1)
    assert "A company for this e-mail address exists already" in page
    assert f'href="/onboarding/{first.pk}/"' in page
    assert 'value="Another"' in page


def test_a_company_that_is_gone_at_agora_may_be_created_again(
    agora: RunningSandbox, signed_in: Callable[..., Client]
) -> None:
    client = signed_in("operator")
    operation_after(client, URL, company_values())
    dispatched()
    Company.objects.update(gone_at=timezone.now())
    operation_after(client, URL, company_values())
    assert Operation.objects.count() == 2


def test_an_area_that_does_not_go_with_the_country_is_questioned_and_sent(
    agora: RunningSandbox, signed_in: Callable[..., Client]
) -> None:
    client = signed_in("operator")
    operation = operation_after(client, URL, company_values(country="CN"))
    assert "This area does not go with this country" in client.get(f"/onboarding/{operation.pk}/").content.decode()
    dispatched()
    assert created(agora) == ["company"]
