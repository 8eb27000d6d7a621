"""The list of operations: what waits for a person first, filters, what may be done at once, flat query counts."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from agora.drafts import ProjectDraft, UapServiceDraft
from companies import queries
from companies.models import Operation, OperationState, Project
from tests.companies.conftest import company_draft

Submitted = Callable[..., Operation]
LIST = "/onboarding/"


def put(operation: Operation, state: OperationState, **columns: Any) -> Operation:
    """Bring an operation into a state, whatever came before."""
    Operation.objects.filter(pk=operation.pk).update(state=state, **columns)
    return operation


def shown(client: Client, query: str = "") -> list[int]:
    return [row.operation.pk for row in client.get(LIST + query).context["rows"]]


def test_what_waits_for_a_person_comes_first_then_the_newest(
    submitted: Submitted, signed_in: Callable[..., Client]
) -> None:
    first, second, third = (submitted(company_draft(email=f"{name}@acme.example")) for name in "abc")
    put(first, OperationState.REVIEW)
    assert shown(signed_in("operator")) == [first.pk, third.pk, second.pk]


@pytest.mark.parametrize(
    ("state", "waits"),
    [
        (OperationState.QUEUED, 0),
        (OperationState.PREPARING, 0),
        (OperationState.SENDING, 0),
        (OperationState.RETRY_WAIT, 0),
        (OperationState.UNCERTAIN, 0),
        (OperationState.REVIEW, 1),
        (OperationState.BLOCKED, 1),
        (OperationState.DONE, 0),
        (OperationState.REFUSED, 0),
        (OperationState.CANCELLED, 0),
    ],
)
def test_only_what_a_person_must_settle_is_counted(state: OperationState, waits: int, submitted: Submitted) -> None:
    put(submitted(), state)
    assert queries.waiting_for_a_person() == waits


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("?search=acme+learn", ["Acme Learning"]),
        ("?search=ANN@acme", ["Acme Learning"]),
        ("?search=classroom", ["Live classroom"]),
        ("?state=review", ["Live classroom"]),
        ("?kind=company", ["Acme Learning"]),
        ("?kind=uap-service", ["Cloud recording, Outside China"]),
        ("?waiting=1", ["Live classroom"]),
        ("?search=nobody", []),
        ("?state=nonsense", ["Live classroom", "Cloud recording, Outside China", "Acme Learning"]),
        ("?person=999", ["Live classroom", "Cloud recording, Outside China", "Acme Learning"]),
        ("?page=99", ["Live classroom", "Cloud recording, Outside China", "Acme Learning"]),
    ],
)
def test_operations_are_found_by_name_address_state_and_kind(
    query: str, names: list[str], project: Project, submitted: Submitted, signed_in: Callable[..., Client]
) -> None:
    ids = {"company_id": project.company.company_id}
    submitted()
    put(submitted(ProjectDraft(**ids, name="Live classroom")), OperationState.REVIEW)
    submitted(UapServiceDraft(**ids, project_id=project.project_id, type_id=7, region=2))
    rows = signed_in("operator").get(LIST + query).context["rows"]
    assert [row.title for row in rows] == names


def test_operations_of_one_person_are_found(submitted: Submitted, signed_in: Callable[..., Client]) -> None:
    operation, client = submitted(), signed_in("operator")
    assert shown(client, f"?person={operation.created_by.pk}") == [operation.pk]


@pytest.mark.parametrize(
    ("days", "names"),
    [
        ("since=2026-03-02", ["c", "b"]),
        ("until=2026-03-02", ["b", "a"]),
        ("since=2026-03-02&until=2026-03-02", ["b"]),
        ("since=2026-03-04", []),
    ],
)
def test_operations_are_found_by_the_utc_days_on_which_they_were_asked_for(
    days: str, names: list[str], submitted: Submitted, signed_in: Callable[..., Client]
) -> None:
    moments = {"a": (1, 23, 59), "b": (2, 0, 0), "c": (3, 0, 0)}
    for name, (day, hour, minute) in moments.items():
        at = dt.datetime(2026, 3, day, hour, minute, tzinfo=dt.UTC)
        submitted(company_draft(company_name=name, email=f"{name}@acme.example"), now=at)
    rows = signed_in("operator").get(f"{LIST}?{days}").context["rows"]
    assert [row.title for row in rows] == names


@pytest.mark.parametrize(
    ("query", "field", "words"),
    [
        ("since=yesterday", "since", "Write a day as 2026-09-21."),
        ("until=2026-02-30", "until", "Write a day as 2026-09-21."),
        ("since=2126-03-03&until=2126-03-02", "until", "This day lies before the first one."),
    ],
)
def test_a_day_that_is_wrong_is_told_beside_its_field_and_narrows_nothing_down(
    query: str, field: str, words: str, submitted: Submitted, signed_in: Callable[..., Client]
) -> None:
    submitted()
    answer = signed_in("operator").get(f"{LIST}?{query}")
    assert answer.context["form"].errors[field] == [words]
    assert len(answer.context["rows"]) == 1
    assert f'id="id_{field}_error">{words}</p>' in answer.content.decode()


def test_a_list_that_is_filtered_away_says_so_and_leads_back(
    submitted: Submitted, signed_in: Callable[..., Client]
) -> None:
    submitted()
    page = signed_in("operator").get(LIST + "?search=nobody").content.decode()
    assert "Nothing matches these filters" in page
    assert f'href="{LIST}"' in page


def test_a_list_in_which_nothing_waits_says_so(submitted: Submitted, signed_in: Callable[..., Client]) -> None:
    submitted()
    assert "Nothing waits for a person" in signed_in("operator").get(LIST + "?waiting=1").content.decode()


def test_an_empty_list_leads_to_the_first_form(db: None, signed_in: Callable[..., Client]) -> None:
    page = signed_in("operator").get(LIST).content.decode()
    assert "Nothing was created here yet" in page
    assert 'href="/companies/create/"' in page


def test_a_long_list_has_pages(submitted: Submitted, signed_in: Callable[..., Client]) -> None:
    for number in range(51):
        submitted(company_draft(email=f"{number}@acme.example"))
    client = signed_in("operator")
    assert (len(shown(client)), len(shown(client, "?page=2"))) == (50, 1)


def test_the_number_of_queries_does_not_grow_with_the_list(
    project: Project, submitted: Submitted, signed_in: Callable[..., Client]
) -> None:
    client = signed_in("operator")
    states = list(OperationState)
    counts = []
    for names in (range(10), range(10, 40)):
        for name in names:
            operation = submitted(ProjectDraft(company_id=project.company.company_id, name=str(name)))
            put(operation, states[name % len(states)], reason="tries-used-up")
        with CaptureQueriesContext(connection) as queries_made:
            client.get(LIST)
        counts.append(len(queries_made))
    assert counts[0] == counts[1]


@pytest.mark.parametrize("role", ["viewer", "finance"])
def test_whoever_may_not_create_sees_no_operation(
    role: str, submitted: Submitted, signed_in: Callable[..., Client]
) -> None:
    operation, client = submitted(), signed_in(role)
    assert [client.get(LIST).status_code, client.get(f"{LIST}{operation.pk}/").status_code] == [403, 403]


def test_names_are_text_and_never_markup(submitted: Submitted, signed_in: Callable[..., Client]) -> None:
    submitted(company_draft(company_name="<script>x</script>"))
    page = signed_in("operator").get(LIST).content.decode()
    assert "&lt;script&gt;x&lt;/script&gt;" in page
    assert "<script>x" not in page


def test_an_operation_that_is_overdue_is_still_only_waiting(
    submitted: Submitted, signed_in: Callable[..., Client]
) -> None:
    operation = submitted(now=timezone.now())
    assert "Waiting to be sent" in signed_in("operator").get(f"{LIST}{operation.pk}/").content.decode()


OFFERS = {"Review": "review", "/retry/": "retry", "/cancel/": "cancel", "?again=": "edit"}


@pytest.mark.parametrize(
    ("state", "columns", "offered"),
    [
        ("queued", {}, {"cancel"}),
        ("preparing", {}, set()),
        ("sending", {}, set()),
        ("uncertain", {}, set()),
        ("retry-wait", {}, {"retry", "cancel"}),
        ("blocked", {}, {"cancel"}),
        ("review", {"reason": "not-there"}, {"review"}),
        ("review", {"reason": "tries-used-up", "tries": 5, "attempt_no": 5}, {"review", "retry"}),
        ("review", {"reason": "tries-used-up", "tries": 5, "attempt_no": 6}, {"review"}),
        ("review", {"reason": "tries-used-up", "candidates": ["7"]}, {"review"}),
        ("done", {"result_remote_id": "7"}, set()),
        ("refused", {}, {"edit"}),
        ("cancelled", {}, {"edit"}),
    ],
)
def test_a_row_offers_what_is_safe_in_its_state(
    state: str, columns: dict[str, Any], offered: set[str], submitted: Submitted, signed_in: Callable[..., Client]
) -> None:
    put(submitted(), OperationState(state), **columns)
    page = signed_in("operator").get(LIST).content.decode()
    row = page.partition('class="row-buttons"')[2].partition("</td>")[0]
    assert {name for words, name in OFFERS.items() if words in row} == offered


def test_after_an_action_the_list_is_filtered_as_before(submitted: Submitted, signed_in: Callable[..., Client]) -> None:
    client, operation = signed_in("operator"), submitted()
    page = client.get(LIST + "?search=Acme&page=2").content.decode()
    assert '<input type="hidden" name="back" value="search=Acme&amp;page=2">' in page
    answer = client.post(f"{LIST}{operation.pk}/cancel/", {"back": "search=Acme&page=2"}, follow=True)
    assert answer.redirect_chain == [(LIST + "?search=Acme&page=2", 302)]
    assert "“Acme Learning” is given up; nothing more is sent." in answer.content.decode()


@pytest.mark.parametrize("back", ["", "//evil.example/", "https://evil.example/?a=1", "\\r\\nX: y", "?x=1#a"])
def test_S39_an_action_never_leads_away_from_the_list(
    back: str, submitted: Submitted, signed_in: Callable[..., Client]
) -> None:
    answer = signed_in("operator").post(f"{LIST}{submitted().pk}/cancel/", {"back": back})
    assert answer["Location"].partition("?")[0] == LIST


@pytest.mark.parametrize(("number", "words"), [(1, "1 waits for a person"), (2, "2 wait for a person")])
def test_the_navigation_counts_what_waits_on_every_page(
    number: int, words: str, submitted: Submitted, signed_in: Callable[..., Client]
) -> None:
    for name in range(number):
        put(submitted(company_draft(email=f"{name}@acme.example")), OperationState.REVIEW)
    assert f'<span class="visually-hidden">{words}</span>' in signed_in("operator").get("/companies/").content.decode()


def test_the_navigation_counts_nothing_while_nothing_waits(
    submitted: Submitted, signed_in: Callable[..., Client]
) -> None:
    submitted()
    assert "nav-count" not in signed_in("operator").get("/companies/").content.decode()


@pytest.mark.parametrize("role", ["viewer", "finance"])
def test_the_navigation_counts_nothing_for_whoever_may_not_create(
    role: str, submitted: Submitted, signed_in: Callable[..., Client]
) -> None:
    put(submitted(), OperationState.REVIEW)
    client = signed_in(role)
    with CaptureQueriesContext(connection) as queries_made:
        page = client.get("/companies/").content.decode()
    assert "nav-count" not in page
    assert [query for query in queries_made.captured_queries if "companies_operation" in query["sql"]] == []


def test_a_page_of_an_error_counts_nothing(submitted: Submitted, signed_in: Callable[..., Client]) -> None:
    put(submitted(), OperationState.REVIEW)
    client = signed_in("operator")
    with CaptureQueriesContext(connection) as queries_made:
        client.get("/nowhere/")
    assert [query for query in queries_made.captured_queries if "companies_operation" in query["sql"]] == []


@pytest.mark.parametrize("path", [LIST, LIST + "{}/"])
def test_c38_a_copied_database_says_that_nothing_is_sent(
    path: str, submitted: Submitted, signed_in: Callable[..., Client], settings: Any
) -> None:
    client, operation = signed_in("operator"), submitted()
    address, words = path.format(operation.pk), "Nothing is sent to Agora: this database was copied"
    assert words not in client.get(address).content.decode()
    settings.PORTAL_INSTANCE_ID = "another"
    assert words in client.get(address).content.decode()
