"""Running an import: every row becomes an ordinary operation, once, whatever is interrupted."""

import datetime as dt
from collections.abc import Callable

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import AuditEntry, Person
from companies.models import Import, ImportRow, ImportState, Operation, OperationState
from companies.queries import imports as reads
from companies.services.imports import running
from tests.companies.conftest import created, dispatched, writes
from tests.companies.tables import company_row, load_rows
from tests.companies.test_submit import together
from tests.sandbox_server import RunningSandbox

Browsers = Callable[..., Client]


def begin(client: Client, batch: Import) -> None:
    """Press the button that creates what is ready."""
    address = f"/onboarding/imports/{batch.pk}/start/"
    ready = client.get(address).context["summary"].ready
    assert client.post(address, {"expected": ready}).status_code == 303


def rounds(number: int) -> None:
    """So many rounds of the dispatcher, each of which begins further rows and sends what is due."""
    for _round in range(number):
        running.advance(now=timezone.now())
        dispatched()


def counts(batch: Import) -> dict[str, int]:
    return {str(place): number for place, number in reads.counted(reads.standings(batch)).items()}


def seven_bad_rows() -> list[list[str]]:
    bad = {
        5: {"email": "person5"},
        17: {"company": "A name of more than twenty signs"},
        31: {"country": "Atlantis"},
        44: {"area": "Mars"},
        58: {"first": ""},
        73: {"email": "PERSON3@company3.example"},
        99: {"last": "x" * 256},
    }
    return [company_row(number, **bad.get(number, {})) for number in range(1, 101)]


def test_a_hundred_rows_with_seven_bad_ones_become_93_companies_though_a_worker_dies(
    agora: RunningSandbox, signed_in: Browsers, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = signed_in("operator")
    batch = load_rows(client, seven_bad_rows())
    assert (counts(batch), writes(agora)) == ({"ready": 93, "problem": 7}, 0)
    begin(client, batch)
    rounds(2)
    with monkeypatch.context() as patched:
        patched.setattr(running, "submit", killed_after(running.submit))
        with pytest.raises(KeyboardInterrupt):
            running.advance(now=timezone.now())
    rounds(6)
    assert sorted(created(agora)) == ["company"] * 93
    assert (counts(batch), Import.objects.get().state) == ({"done": 93, "problem": 7}, ImportState.FINISHED)


def killed_after(submit: Callable[..., Operation]) -> Callable[..., Operation]:
    """A worker that is killed right after it has submitted."""

    def submit_and_die(**options: object) -> Operation:
        submit(**options)
        raise KeyboardInterrupt

    return submit_and_die


def test_nothing_is_begun_before_somebody_presses_create(agora: RunningSandbox, signed_in: Browsers) -> None:
    load_rows(signed_in("operator"), [company_row(1)])
    rounds(2)
    assert (Operation.objects.count(), writes(agora)) == (0, 0)


def test_at_most_twenty_rows_are_on_their_way_at_once(agora: RunningSandbox, signed_in: Browsers) -> None:
    client = signed_in("operator")
    batch = load_rows(client, [company_row(number) for number in range(30)])
    begin(client, batch)
    running.advance(now=timezone.now())
    running.advance(now=timezone.now())
    assert Operation.objects.count() == running.MOST_ON_THEIR_WAY


def test_a_pause_begins_no_further_row_until_somebody_goes_on(agora: RunningSandbox, signed_in: Browsers) -> None:
    client = signed_in("operator")
    batch = load_rows(client, [company_row(number) for number in range(30)])
    begin(client, batch)
    rounds(1)
    client.post(f"/onboarding/imports/{batch.pk}/pause/")
    rounds(2)
    paused = len(created(agora))
    client.post(f"/onboarding/imports/{batch.pk}/resume/")
    rounds(2)
    assert (paused, len(created(agora))) == (20, 30)


def test_cancelling_ends_what_is_not_sent_and_leaves_the_rest_to_be_begun(
    agora: RunningSandbox, signed_in: Browsers
) -> None:
    client = signed_in("operator")
    batch = load_rows(client, [company_row(number) for number in range(30)])
    begin(client, batch)
    running.advance(now=timezone.now())
    client.post(f"/onboarding/imports/{batch.pk}/cancel/")
    rounds(2)
    assert (created(agora), counts(batch)) == ([], {"failed": 20, "ready": 10})


def test_a_row_that_agora_refused_is_corrected_and_created(agora: RunningSandbox, signed_in: Browsers) -> None:
    client = signed_in("operator")
    create(client, agora, [company_row(1)])
    # Another portal's company has this address.
    Operation.objects.update(state=OperationState.CANCELLED, natural_key="gone")
    batch = create(client, agora, [company_row(1), company_row(2)])
    assert counts(batch) == {"failed": 1, "done": 1}
    client.post(f"/onboarding/imports/{batch.pk}/rows/2/", {"email": "other@company1.example"})
    begin(client, batch)
    rounds(2)
    assert (counts(batch), len(created(agora))) == ({"done": 2}, 3)


def create(client: Client, agora: RunningSandbox, rows: list[list[str]]) -> Import:
    """Load rows and create them."""
    batch = load_rows(client, rows)
    begin(client, batch)
    rounds(3)
    return batch


def test_only_what_failed_is_tried_again(agora: RunningSandbox, signed_in: Browsers) -> None:
    client = signed_in("operator")
    batch = load_rows(client, [company_row(1), company_row(2)])
    begin(client, batch)
    running.advance(now=timezone.now())
    first = batch.rows.get(number=2).operation
    assert first is not None
    client.post(f"/onboarding/{first.pk}/cancel/")
    rounds(1)
    client.post(f"/onboarding/imports/{batch.pk}/retry/")
    rounds(2)
    assert (counts(batch), len(created(agora))) == ({"done": 2}, 2)


def test_a_row_whose_outcome_was_given_up_is_not_tried_again(agora: RunningSandbox, signed_in: Browsers) -> None:
    client = signed_in("operator")
    batch = create(client, agora, [company_row(1)])
    operation = Operation.objects.get()
    operation.attempts.update(outcome="unknown")
    Operation.objects.update(state=OperationState.CANCELLED)
    client.post(f"/onboarding/imports/{batch.pk}/retry/")
    rounds(2)
    assert (counts(batch), len(created(agora))) == ({"given-up": 1}, 1)


def test_a_row_that_somebody_else_creates_meanwhile_stays_behind(
    agora: RunningSandbox, signed_in: Browsers, submitted: Callable[..., Operation]
) -> None:
    client = signed_in("operator")
    batch = load_rows(client, [company_row(1), company_row(2)])
    begin(client, batch)
    Operation.objects.filter(pk=submitted().pk).update(natural_key="person1@company1.example")
    rounds(2)
    assert counts(batch) == {"problem": 1, "done": 1}
    assert (batch.rows.get(number=2).asked_by, Import.objects.get().state) == (None, ImportState.FINISHED)


def test_a_row_that_is_changed_while_it_waits_is_not_sent(agora: RunningSandbox, signed_in: Browsers) -> None:
    client = signed_in("operator")
    batch = load_rows(client, [company_row(1)])
    begin(client, batch)
    client.post(f"/onboarding/imports/{batch.pk}/rows/2/", {"email": "other@company1.example"})
    rounds(2)
    assert (created(agora), counts(batch)) == ([], {"ready": 1})


def test_create_pressed_for_another_number_of_rows_sends_nothing(agora: RunningSandbox, signed_in: Browsers) -> None:
    client = signed_in("operator")
    batch = load_rows(client, [company_row(1), company_row(2)])
    answer = client.post(f"/onboarding/imports/{batch.pk}/start/", {"expected": "1"})
    rounds(1)
    assert (answer["Location"], created(agora)) == (f"/onboarding/imports/{batch.pk}/start/", [])


def test_rows_of_somebody_who_may_not_create_any_more_are_not_sent(agora: RunningSandbox, signed_in: Browsers) -> None:
    client = signed_in("operator")
    batch = load_rows(client, [company_row(1)])
    begin(client, batch)
    Person.objects.update(role="viewer")
    rounds(2)
    assert (created(agora), counts(batch)) == ([], {"ready": 1})


def test_pressing_create_twice_begins_each_row_once(agora: RunningSandbox, signed_in: Browsers) -> None:
    client = signed_in("operator")
    batch = load_rows(client, [company_row(1)])
    begin(client, batch)
    client.post(f"/onboarding/imports/{batch.pk}/start/", {"expected": "1"})
    rounds(2)
    assert created(agora) == ["company"]


def test_what_happens_to_an_import_is_in_the_audit_log(agora: RunningSandbox, signed_in: Browsers) -> None:
    client = signed_in("operator")
    batch = load_rows(client, [company_row(1)])
    begin(client, batch)
    for action in ("pause", "resume", "cancel"):
        client.post(f"/onboarding/imports/{batch.pk}/{action}/")
    found = AuditEntry.objects.filter(action__startswith="import.").order_by("pk")
    steps = ["loaded", "started", "paused", "resumed", "cancelled"]
    assert list(found.values_list("action", flat=True)) == [f"import.{step}" for step in steps]


def test_an_idle_portal_asks_one_question_for_imports(
    db: None, django_assert_num_queries: Callable[..., object], signed_in: Browsers
) -> None:
    load_rows(signed_in("operator"), [company_row(1)])
    with django_assert_num_queries(1):
        running.advance(now=dt.datetime.now(dt.UTC))


def test_each_row_has_an_operation_of_the_person_who_pressed_create(
    agora: RunningSandbox, signed_in: Browsers, person: Callable[..., Person]
) -> None:
    batch = load_rows(signed_in("operator"), [company_row(1)])
    begin(signed_in("approver"), batch)
    rounds(1)
    row = ImportRow.objects.select_related("operation__created_by").get()
    assert row.operation is not None
    assert row.operation.created_by.role == "approver"


def test_a_row_of_unknown_outcome_is_told_and_keeps_the_run_open(agora: RunningSandbox, signed_in: Browsers) -> None:
    client = signed_in("operator")
    batch = create(client, agora, [company_row(1), company_row(2)])
    Operation.objects.filter(natural_key__startswith="person1").update(state=OperationState.UNCERTAIN)
    Import.objects.update(state=ImportState.RUNNING)
    running.advance(now=timezone.now())
    page = client.get(f"/onboarding/imports/{batch.pk}/").content.decode()
    assert "do not enter it again" in page
    assert (counts(batch), Import.objects.get().state) == ({"unconfirmed": 1, "done": 1}, ImportState.RUNNING)


@pytest.mark.django_db(transaction=True)
def test_four_dispatchers_at_once_begin_each_row_once(agora: RunningSandbox, signed_in: Browsers) -> None:
    client = signed_in("operator")
    batch = load_rows(client, [company_row(number) for number in range(10)])
    begin(client, batch)
    together(4, lambda _place: running.advance(now=timezone.now()))
    assert Operation.objects.count() == 10
    rounds(2)
    assert (created(agora), counts(batch)) == (["company"] * 10, {"done": 10})
