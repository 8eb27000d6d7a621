"""The page of a company: what it is, this month beside last month, projects, figures, what was created."""

from collections.abc import Callable

import pytest
from django.test import Client

from accounts.models import Person
from agora.drafts import ProjectDraft
from companies.models import Company, Operation, OperationKind, OperationState, UapService
from tests.billing.known import bill_known, line
from tests.desk.reading import column, events, facts, number_of_queries, table, words
from tests.usage.known import at, company, covered, gap, project, rtc, used

pytestmark = pytest.mark.usefixtures("noon")

Known = Callable[..., Company]
SignedIn = Callable[..., Client]


def shown(browser: Client, company_id: str = "10001", query: str = "") -> str:
    answer = browser.get(f"/companies/{company_id}/{query}")
    assert answer.status_code == 200
    return answer.content.decode()


def operation(by: Person, **fields: object) -> Operation:
    """An operation that is done."""
    values = {
        "kind": OperationKind.PROJECT,
        "form_token": "4c18781f-16b2-43c5-9281-2eddfd313bd8",
        "natural_key": "key",
        "company_id": "10001",
        "payload": ProjectDraft(company_id="10001", name="Classroom").as_payload(),
        "payload_sha256": "",
        "state": OperationState.DONE,
        "result_remote_id": "u_1",
        "created_by": by,
        "created_at": at("2026-09-01 08:00"),
    }
    return Operation.objects.create(**values | fields)


def test_the_head_says_what_Agora_lists(known_company: Known, signed_in: SignedIn) -> None:
    known_company(
        "10001",
        "Acme",
        area="CN",
        country="CN",
        industry="3",
        interest="2",
        environment="99",
        app_limit=9,
        member_limit=8,
    )
    assert facts(shown(signed_in("viewer"))) == {
        "Company ID": "10001",
        "Area": "China",
        "Country": "China",
        "Industry": "Education",
        "Interested in": "Video",
        "Platform": "Unknown (99)",
        "Projects": "0 of 9",
        "Member limit": "8",
        "Last usage": "None known",
        "First seen": "1 Jan 2026, 00:00 UTC",
        "Owner": "Nobody",
    }


def test_what_Agora_did_not_tell_is_no_data(signed_in: SignedIn) -> None:
    company("10001", "Acme")
    found = facts(shown(signed_in("viewer")))
    assert {found[name] for name in ("Area", "Country", "Industry", "Member limit")} == {"No data"}


def test_the_contact_is_the_one_that_was_sent(
    known_company: Known, signed_in: SignedIn, person: Callable[..., Person]
) -> None:
    known_company("10001", "Acme")
    sent = {"company_name": "Acme", "first_name": "Ann", "last_name": "<b>Doe</b>", "email": "ann@acme.example"}
    operation(
        person("operator", email="op@example.com"),
        kind=OperationKind.COMPANY,
        company_id="",
        payload=sent,
        result_remote_id="10001",
    )
    found = facts(shown(signed_in("viewer")))
    assert (found["Contact"], found["E-mail address"], found["Created here by"]) == (
        "Ann <b>Doe</b>",
        "ann@acme.example",
        "op@example.com, 1 Sep 2026, 08:00 UTC",
    )


def test_a_company_from_elsewhere_has_no_contact(known_company: Known, signed_in: SignedIn) -> None:
    known_company("10001", "Acme")
    assert "Agora does not tell its contact" in words(shown(signed_in("viewer")))


def test_this_month_stands_beside_the_same_days_of_last_month(known_company: Known, signed_in: SignedIn) -> None:
    known_company("10001", "Acme")
    used("2026-08-21", company_id="10001", figures=rtc(audio=100))
    used("2026-08-22", company_id="10001", figures=rtc(audio=5000))
    used("2026-09-21", company_id="10001", figures=rtc(audio=100, sd=23))
    used("2026-09-22", company_id="10001", figures=rtc(audio=5000))
    rows = table(shown(signed_in("viewer")), "1 – 21 Sep")
    assert rows == [["Video & Audio minutes", "123", "100", "+23.0 %"]]


def test_a_product_is_compared_once_it_was_used(known_company: Known, signed_in: SignedIn) -> None:
    known_company("10001", "Acme")
    used("2026-09-02", company_id="10001", pair="cloudRecording/duration", figures={
        "audio_audience": 1, "sd_audience": 2, "hd_audience": 3, "hdp_audience": 4,
    })  # fmt: skip
    rows = table(shown(signed_in("viewer")), "1 – 21 Sep")
    assert rows == [["Video & Audio minutes", "0", "0", "unchanged"], ["Cloud Recording minutes", "10", "0", "new"]]


def test_months_with_gaps_are_marked_and_not_compared(signed_in: SignedIn) -> None:
    company("10001", "Acme")
    covered("2026-07-01", "2026-09-23", settled="2026-09-21", company_id="10001")
    gap("2026-08-03", "2026-08-04", company_id="10001")
    used("2026-08-02", company_id="10001", figures=rtc(audio=10))
    used("2026-09-02", company_id="10001", figures=rtc(audio=20))
    page = shown(signed_in("viewer"))
    assert (table(page, "1 – 21 Sep"), "19 of 21 days" in page) == ([["Video & Audio minutes", "20", "10*", "–"]], True)


def test_amounts_are_compared_in_each_currency_by_itself(known_company: Known, signed_in: SignedIn) -> None:
    known_company("10001", "Acme")
    for month in ("08", "09"):
        for number in range(1, 22):
            bill_known(f"2026-{month}-{number:02d}")
    line("2026-08-01", "10001", "p1", "10")
    line("2026-09-01", "10001", "p1", "5")
    line("2026-09-02", "10001", "", "2.005", currency="CNY")
    line("2026-09-02", "10002", "", "900")
    assert table(shown(signed_in("finance")), "1 – 21 Sep")[:2] == [
        ["CNY", "2.00", "0.00", "new"],
        ["USD", "5.00", "10.00", "−50.0 %"],
    ]


def test_projects_are_listed_with_the_services_that_are_known(known_company: Known, signed_in: SignedIn) -> None:
    acme = known_company("10001", "Acme")
    first = project(acme, "u_1", "Classroom", status="1", created=at("2026-05-04 10:00"))
    project(acme, "u_2", "<i>Old</i>", status="-1")
    reported = {"reported_at": at("2026-09-01 08:00")}
    UapService.objects.create(project=first, type_id=7, region=1, status="1", **reported)
    UapService.objects.create(project=first, type_id=3, region=2, status="0", **reported)
    covered("2026-07-01", "2026-09-23", company_id="10001", project_id="u_1")
    used("2026-09-20", company_id="10001", project_id="u_1", figures=rtc(hd=77))
    assert table(shown(signed_in("viewer")), "Project ID") == [
        ["<i>Old</i>", "u_2", "Deleted", "None known", "No data", "–"],
        [
            "Classroom",
            "u_1",
            "Enabled",
            "CDN live streaming, Outside China: off Cloud recording, China",
            "77",
            "2026-05-04",
        ],
    ]


def test_project_IDs_that_differ_only_by_case_are_two_projects(known_company: Known, signed_in: SignedIn) -> None:
    acme = known_company("10001", "Acme")
    project(acme, "u_a", "Small")
    project(acme, "u_A", "Large")
    browser = signed_in("viewer")
    titles = [words(browser.get(f"/companies/10001/projects/{one}/").content.decode()) for one in ("u_a", "u_A")]
    assert ["Small" in titles[0], "Large" in titles[0], "Large" in titles[1]] == [True, False, True]


def test_the_product_of_chart_and_table_stands_in_the_address(known_company: Known, signed_in: SignedIn) -> None:
    known_company("10001", "Acme")
    used("2026-09-20", company_id="10001", pair="rtm/counter", figures={"dau": 12})
    page = shown(signed_in("viewer"), query="?product=rtm&since=2026-09-20&until=2026-09-20")
    chart = 'data-chart-url="/companies/10001/chart/usage/?product=rtm&amp;since=2026-09-20&amp;until=2026-09-20"'
    figures = column(page, "Daily active users", "Daily active users")
    assert (chart in page, figures) == (True, {"Sun, 20 Sep 2026": "12"})


def test_daily_peaks_are_never_summed(known_company: Known, signed_in: SignedIn) -> None:
    known_company("10001", "Acme")
    used("2026-09-20", company_id="10001", pair="rtm/counter", figures={"dau": 12})
    used("2026-09-21", company_id="10001", pair="rtm/counter", figures={"dau": 30})
    rows = table(shown(signed_in("viewer"), query="?product=rtm"), "Daily active users")
    assert [row for row in rows if "Sum" in row[0] or "42" in row] == []


def test_its_bill_of_every_day_is_listed_with_every_decimal(known_company: Known, signed_in: SignedIn) -> None:
    known_company("10001", "Acme")
    bill_known("2026-09-20")
    line("2026-09-20", "10001", "u_1", "1.00000001")
    page = shown(signed_in("finance"), query="?since=2026-09-19&until=2026-09-20")
    assert [row[:3] for row in table(page, "USD")] == [
        ["Sum of the known days", "1.00000001", "1 of 2 days · the others have no data yet"],
        ["Sun, 20 Sep 2026", "1.00000001", "settled"],
        ["Sat, 19 Sep 2026", "no data", "no data"],
    ]


def test_what_was_created_below_it_is_listed(
    known_company: Known, signed_in: SignedIn, person: Callable[..., Person]
) -> None:
    known_company("10001", "Acme")
    made = operation(person("operator", email="op@example.com"))
    operation(
        person("operator"), company_id="20002", form_token="70a0a14b-f38c-4aaf-aa46-04d8fae3e38c", natural_key="other"
    )
    page = shown(signed_in("operator"))
    assert (events(page), f'href="/onboarding/{made.pk}/"' in page) == (
        ["Project: Classroom Done 1 Sep 2026, 08:00 UTC · op@example.com"],
        True,
    )


def test_whoever_may_not_create_is_offered_neither_forms_nor_operations(
    known_company: Known, signed_in: SignedIn, person: Callable[..., Person]
) -> None:
    known_company("10001", "Acme")
    operation(person("operator"))
    page = shown(signed_in("viewer"))
    assert ("/projects/create/" in page, 'href="/onboarding/' in page) == (False, False)


def test_whoever_may_create_is_offered_a_new_project(known_company: Known, signed_in: SignedIn) -> None:
    known_company("10001", "Acme")
    assert 'href="/companies/10001/projects/create/"' in shown(signed_in("operator"))


def test_it_leads_to_its_usage_and_bills(known_company: Known, signed_in: SignedIn) -> None:
    known_company("10001", "Acme")
    page = shown(signed_in("finance"))
    links = ["/usage/?product=video-audio&amp;since=", "/bills/?since=", "&amp;company=10001"]
    assert [link in page for link in links] == [True, True, True]


def test_a_company_that_is_gone_says_so(known_company: Known, signed_in: SignedIn) -> None:
    known_company("10001", "Acme", gone_at=at("2026-09-10 05:00"))
    page = words(shown(signed_in("operator")))
    assert ("no longer lists this company" in page, "New project" in page) == (True, False)


@pytest.mark.parametrize("address", ["/companies/404/", "/companies/404/chart/usage/", "/companies/404/chart/bills/"])
def test_an_ID_that_was_never_listed_is_not_found(address: str, signed_in: SignedIn) -> None:
    assert signed_in("admin").get(address).status_code == 404


def test_the_form_of_a_new_company_is_no_company(signed_in: SignedIn) -> None:
    assert "Create a company" in words(signed_in("operator").get("/companies/create/").content.decode())


@pytest.mark.parametrize("query", ["?period=never", "?since=x", "?product=zebra", "?since=2026-09-09&until=2026-09-01"])
def test_an_address_that_makes_no_sense_shows_the_usual_days(
    query: str, known_company: Known, signed_in: SignedIn
) -> None:
    known_company("10001", "Acme")
    assert "23 Aug – 21 Sep 2026 UTC" in words(shown(signed_in("finance"), query=query)).replace("Last 30 days, ", "")


def test_it_asks_the_database_as_often_for_30_projects_as_for_one(known_company: Known, signed_in: SignedIn) -> None:
    acme, browser = known_company("10001", "Acme"), signed_in("finance")
    reported = {"type_id": 7, "region": 1, "status": "1", "reported_at": at("2026-09-01 08:00")}
    UapService.objects.create(project=project(acme, "u_0"), **reported)
    for_one = number_of_queries(browser, "/companies/10001/")
    for number in range(1, 31):
        UapService.objects.create(project=project(acme, f"u_{number}"), **reported)
    assert number_of_queries(browser, "/companies/10001/") == for_one
