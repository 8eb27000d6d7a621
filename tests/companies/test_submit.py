"""A form that is sent more than once, at once, or by two people begins one operation (rows C1 to C8)."""

import threading
import uuid
from collections.abc import Callable, Iterator

import pytest
from celery import Celery, current_app
from django.db import connection
from django.test import Client
from django.utils import timezone

from accounts.models import AuditEntry, Person
from companies.models import Operation, OperationState
from companies.services import sending
from companies.services.operations import submit
from sandbox.faults import Fault
from tests.companies.conftest import company_draft, company_values, created, dispatched, operation_after
from tests.sandbox_server import RunningSandbox

URL = "/companies/create/"


@pytest.fixture
def broker_is_down() -> Iterator[None]:
    """Let every message go to a port where nobody listens."""
    usual = current_app._get_current_object()
    Celery("down", broker="redis://127.0.0.1:9/0").set_current()
    yield
    usual.set_current()


def together(number: int, work: Callable[[int], object]) -> list[object]:
    """What `work` gives when that many threads do it at the same moment."""
    barrier, results = threading.Barrier(number), [object()] * number

    def run(place: int) -> None:
        barrier.wait()
        results[place] = work(place)
        connection.close()

    threads = [threading.Thread(target=run, args=[place]) for place in range(number)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


def test_c1_a_form_sent_twice_begins_one_operation(agora: RunningSandbox, signed_in: Callable[..., Client]) -> None:
    client, values = signed_in("operator"), company_values()
    assert operation_after(client, URL, values) == operation_after(client, URL, values)
    dispatched()
    assert created(agora) == ["company"]


@pytest.mark.django_db(transaction=True)
def test_c2_twenty_parallel_posts_of_one_form_begin_one_operation(
    agora: RunningSandbox, signed_in: Callable[..., Client]
) -> None:
    client, values = signed_in("operator"), company_values()
    clients = [Client() for _ in range(20)]
    for other in clients:
        other.cookies = client.cookies
    answers = together(20, lambda place: clients[place].post(URL, values).status_code)
    assert (set(answers), Operation.objects.count()) == ({303}, 1)


@pytest.mark.django_db(transaction=True)
def test_c2_parallel_forms_of_one_email_address_begin_one_operation(
    agora: RunningSandbox, signed_in: Callable[..., Client]
) -> None:
    client = signed_in("operator")
    clients = [Client() for _ in range(8)]
    for other in clients:
        other.cookies = client.cookies
    answers = together(8, lambda place: clients[place].post(URL, company_values()).status_code)
    assert (sorted(answers), Operation.objects.count()) == ([303, *[409] * 7], 1)  # type: ignore[type-var]


def test_c3_the_second_of_two_people_reads_who_is_creating_it(
    agora: RunningSandbox, signed_in: Callable[..., Client]
) -> None:
    first = operation_after(signed_in("operator", name="Ann Operator"), URL, company_values(email="Sam@acme.example"))
    answer = signed_in("admin").post(URL, company_values(email="sam@ACME.example", company_name="Other"))
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "This is already being created by Ann Operator." in page
    assert f'href="/onboarding/{first.pk}/"' in page
    assert 'value="Other"' in page


def test_c4_a_form_sent_again_with_other_values_changes_nothing(
    agora: RunningSandbox, signed_in: Callable[..., Client]
) -> None:
    client, values = signed_in("operator"), company_values()
    first = operation_after(client, URL, values)
    answer = client.post(URL, {**values, "company_name": "Other"})
    assert answer.status_code == 409
    assert "with other values" in answer.content.decode()
    assert Operation.objects.get().payload == first.payload


def test_c5_a_form_sent_again_after_its_end_leads_to_the_finished_operation(
    agora: RunningSandbox, signed_in: Callable[..., Client]
) -> None:
    client, values = signed_in("operator"), company_values()
    first = operation_after(client, URL, values)
    dispatched()
    assert operation_after(client, URL, values) == first
    dispatched()
    assert created(agora) == ["company"]


@pytest.mark.django_db(transaction=True)
def test_c7_a_broker_that_is_down_does_not_stop_a_create(
    agora: RunningSandbox, signed_in: Callable[..., Client], broker_is_down: None
) -> None:
    operation_after(signed_in("operator"), URL, company_values())
    dispatched()
    assert created(agora) == ["company"]


@pytest.mark.django_db(transaction=True)
def test_c8_workers_that_get_the_same_message_send_once(
    agora: RunningSandbox, submitted: Callable[..., Operation]
) -> None:
    operation = submitted()
    together(8, lambda place: sending.send_operation(operation.pk))
    operation.refresh_from_db()
    assert (operation.state, created(agora)) == (OperationState.DONE, ["company"])


def test_a_create_of_the_same_thing_may_begin_when_the_first_has_ended(
    agora: RunningSandbox, submitted: Callable[..., Operation]
) -> None:
    agora.sandbox.faults.order(Fault(action="status", status=400, body='{"message": "no"}'))
    first = submitted()
    dispatched()
    assert submitted() != first


def test_an_operation_and_its_audit_entry_are_stored_together(person: Callable[..., Person]) -> None:
    ann = person("operator")
    operation = submit(draft=company_draft(), token=uuid.uuid4(), by=ann, now=timezone.now(), ip="127.0.0.1")
    entry = AuditEntry.objects.get()
    assert (entry.action, entry.person, entry.object_id) == ("operation.submitted", ann, str(operation.pk))
