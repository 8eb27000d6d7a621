"""The Bills page: sums, charts and tables, each currency by itself, down to the project."""

from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from agora.vocabulary import PAIRS
from billing.models import BillProblem
from billing.money import amount_text, money, places_of
from tests.billing.known import bill_known, line, revision
from tests.usage.known import at, company, covered, day, project, rtc, used

SEPTEMBER = "?since=2026-09-03&until=2026-09-05"


@pytest.fixture(autouse=True)
def _noon(db: None, settings: Any) -> Iterator[None]:
    settings.POLL_SINCE = day("2026-01-01")
    with time_machine.travel(at("2026-09-22 12:00"), tick=False):
        yield


@pytest.fixture
def browser(signed_in: Callable[..., Client]) -> Client:
    return signed_in("finance")


def shown(browser: Client, query: str) -> Any:
    """What the template of the page was given."""
    answer = browser.get(f"/bills/{query}")
    assert answer.status_code == 200
    return answer.context


def chart(browser: Client, query: str) -> dict[str, Any]:
    body: dict[str, Any] = browser.get(f"/bills/chart/{query}").json()
    return body


def three_days() -> None:
    """The 3rd and the 5th are known, the 4th is not."""
    acme = company("101", "Acme")
    project(acme, "p1", "First")
    for period in ("2026-09-03", "2026-09-05"):
        bill_known(period)
    line("2026-09-03", "101", "p1", "10.5")
    line("2026-09-03", "101", "", "-0.125")
    line("2026-09-03", "999", "10013", "7", currency="CNY")
    line("2026-09-05", "101", "p1", "1000")


def test_each_currency_has_a_sum_of_its_own_that_says_how_many_days_it_holds(browser: Client) -> None:
    three_days()
    sums = shown(browser, SEPTEMBER)["sums"]
    note = "2 of 3 days · the others have no data yet"
    assert [(one.currency, one.amount, one.note) for one in sums] == [("CNY", "7.00", note), ("USD", "1,010.375", note)]


def test_the_table_by_day_lines_decimals_up_and_says_no_data_yet_where_a_day_is_not_known(browser: Client) -> None:
    three_days()
    rows = shown(browser, SEPTEMBER)["rows"]
    assert [(row.period, row.cells, row.state.value) for row in rows] == [
        ("Sat, 5 Sep 2026", ["0.00", "1,000.000"], "settled"),
        ("Fri, 4 Sep 2026", ["", ""], "missing"),
        ("Thu, 3 Sep 2026", ["7.00", "10.375"], "settled"),
    ]


def test_a_day_with_a_correction_says_so(browser: Client) -> None:
    three_days()
    revision("2026-09-05", "101", "p1", "999", "1000", "2026-09-20 06:00")
    assert [row.state.value for row in shown(browser, SEPTEMBER)["rows"]] == ["corrected", "missing", "settled"]


def test_companies_are_listed_with_unknown_ones_and_lead_to_their_projects(browser: Client) -> None:
    three_days()
    rows = shown(browser, SEPTEMBER)["owner_rows"]
    assert [(row.name, row.id, row.listed, row.cells, row.query) for row in rows] == [
        ("", "999", False, ["7.00", ""], f"{SEPTEMBER}&company=999"),
        ("Acme", "101", True, ["", "1,010.375"], f"{SEPTEMBER}&company=101"),
    ]


def test_the_projects_of_a_company_are_listed_with_its_company_level(browser: Client) -> None:
    three_days()
    rows = shown(browser, f"{SEPTEMBER}&company=101")["owner_rows"]
    assert [(row.name, row.id, row.cells, row.query) for row in rows] == [
        ("First", "p1", ["1,010.500"], f"{SEPTEMBER}&company=101&project=p1"),
        ("", "", ["−0.125"], ""),
    ]


def test_a_company_that_agora_does_not_list_shows_its_money_all_the_same(browser: Client) -> None:
    three_days()
    context = shown(browser, f"{SEPTEMBER}&company=999")
    assert [(one.currency, one.amount) for one in context["sums"]] == [("CNY", "7.00")]


def test_a_project_has_only_its_own_lines(browser: Client) -> None:
    three_days()
    assert [one.amount for one in shown(browser, f"{SEPTEMBER}&company=101&project=p1")["sums"]] == ["1,010.50"]


def test_a_currency_can_be_looked_at_alone_and_the_others_chosen_again(browser: Client) -> None:
    three_days()
    context = shown(browser, f"{SEPTEMBER}&currency=CNY")
    assert (context["codes"], context["currencies"]) == (["CNY"], ["CNY", "USD"])


def test_months_are_whole_ones_and_say_how_many_of_their_days_are_known(browser: Client) -> None:
    three_days()
    rows = shown(browser, f"{SEPTEMBER}&view=months")["rows"]
    assert [(row.period, row.cells, row.note, row.query) for row in rows] == [
        ("September 2026", ["7.00", "1,010.375"], "2 of 30 days", "?period=2026-09")
    ]


def test_each_currency_has_a_canvas_of_its_own(browser: Client) -> None:
    three_days()
    page = browser.get(f"/bills/{SEPTEMBER}").content.decode()
    assert page.count("<canvas") == 2


def test_without_any_bill_there_is_still_a_canvas_and_a_reason(browser: Client) -> None:
    page = browser.get("/bills/").content.decode()
    assert (page.count("<canvas"), page.count("Nothing was billed")) == (1, 0)


def test_known_days_without_a_line_say_that_nothing_was_billed(browser: Client) -> None:
    bill_known("2026-09-03")
    assert "Nothing was billed" in browser.get("/bills/?since=2026-09-03&until=2026-09-03").content.decode()


def test_a_chart_is_labels_and_a_dataset_for_each_currency_with_gaps(browser: Client) -> None:
    three_days()
    states = ["settled", "missing", "settled"]
    assert chart(browser, SEPTEMBER) == {
        "labels": ["2026-09-03", "2026-09-04", "2026-09-05"],
        "datasets": [
            {"label": "CNY", "data": [7.0, None, 0.0], "states": states},
            {"label": "USD", "data": [10.375, None, 1000.0], "states": states},
        ],
    }


def test_a_month_that_lacks_days_looks_unfinished(browser: Client) -> None:
    three_days()
    assert chart(browser, f"{SEPTEMBER}&view=months&currency=USD") == {
        "labels": ["2026-09"],
        "datasets": [{"label": "USD", "data": [1010.375], "states": ["provisional"]}],
    }


def zero_day() -> None:
    company("101")
    bill_known("2026-09-03")
    line("2026-09-03", "101", "p1", "0")
    for business, model in PAIRS:
        covered("2026-09-01", "2026-09-20", company_id="101", pair=f"{business}/{model}")


def why_zero(browser: Client) -> list[str]:
    rows = shown(browser, "?since=2026-09-03&until=2026-09-03")["owner_rows"]
    return [str(row.why_zero) for row in rows]


def test_an_amount_of_zero_without_usage_says_so(browser: Client) -> None:
    zero_day()
    assert why_zero(browser) == ["no usage"]


def test_an_amount_of_zero_with_usage_is_inside_the_free_quota(browser: Client) -> None:
    zero_day()
    used("2026-09-03", figures=rtc(audio=5), company_id="101")
    assert why_zero(browser) == ["usage inside the free quota"]


def test_an_amount_of_zero_whose_usage_is_not_known_says_that(browser: Client) -> None:
    company("101")
    bill_known("2026-09-03")
    line("2026-09-03", "101", "p1", "0")
    assert why_zero(browser) == ["usage not known"]


def test_corrections_are_shown_old_and_new_the_newest_first(browser: Client) -> None:
    three_days()
    revision("2026-09-03", "101", "p1", "-1234.5", "10.5", "2026-09-20 06:00")
    revision("2026-09-05", "101", "p2", "2", None, "2026-09-21 06:00")
    rows = shown(browser, SEPTEMBER)["corrections"]
    assert [(row.period, row.old, row.new, row.seen_at) for row in rows] == [
        ("5 Sep 2026", "2.00\u00a0USD", "", "21 Sep, 06:00 UTC"),
        ("3 Sep 2026", "−1,234.50\u00a0USD", "10.50\u00a0USD", "20 Sep, 06:00 UTC"),
    ]


def test_lines_that_could_not_be_read_are_a_visible_problem_and_never_markup(browser: Client) -> None:
    three_days()
    BillProblem.objects.create(
        period=day("2026-09-05"), where="page 1", reason="NaN", raw="<b>NaN</b>", seen_at=at("2026-09-20 06:00")
    )
    page = browser.get(f"/bills/{SEPTEMBER}").content.decode()
    assert ("1 line of these bills could not be read as money" in page, "&lt;b&gt;NaN" in page) == (True, True)


def test_a_sentence_says_what_a_chart_shows(browser: Client) -> None:
    three_days()
    charts = shown(browser, f"{SEPTEMBER}&company=101")["charts"]
    assert [one.summary for one in charts] == [
        "Daily bills of Acme, 3 Sep – 5 Sep 2026 UTC: 1,010.375\u00a0USD in all, at most 1,000.00\u00a0USD (5 Sep)."
    ]


def test_the_downloads_ask_for_exactly_what_is_shown(browser: Client) -> None:
    three_days()
    context = shown(browser, "?period=2026-08&company=101&project=p1&currency=USD")
    assert (context["daily_bills_csv_url"], context["corrections_xlsx_url"]) == (
        "/bills/export.csv?since=2026-08-01&until=2026-08-31&company=101&project=p1&currency=USD",
        "/bills/corrections.xlsx?since=2026-08-01&until=2026-08-31&company=101&project=p1&currency=USD",
    )


def test_sums_of_the_largest_amounts_stay_exact(browser: Client) -> None:
    bill_known("2026-09-03")
    for number in range(12):
        line("2026-09-03", str(number), "p", "92233720368.54775807")
    (total,) = shown(browser, "?since=2026-09-03&until=2026-09-03")["sums"]
    assert total.amount == "1,106,804,644,422.57309684"


def test_sums_with_negative_amounts_stay_exact(browser: Client) -> None:
    bill_known("2026-09-03")
    for number, amount in enumerate(("-10.00000001", "3.00000002", "-0.5")):
        line("2026-09-03", str(number), "p", amount)
    (total,) = shown(browser, "?since=2026-09-03&until=2026-09-03")["sums"]
    assert total.amount == "−7.49999999"


@pytest.mark.parametrize("path", ["/bills/", "/bills/chart/"])
def test_S3_whoever_may_not_see_amounts_gets_none(signed_in: Callable[..., Client], path: str) -> None:
    statuses = [
        signed_in(role).get(path).status_code for role in ("viewer", "operator", "approver", "finance", "admin")
    ]
    given = signed_in("operator", sees_amounts=True).get(path).status_code
    assert (statuses, given) == ([403, 403, 403, 200, 200], 200)


@pytest.mark.parametrize(
    "query",
    ["?view=weeks", "?since=x", "?company=%00", "?project=p1", "?currency=" + "x" * 99, "?page=x", "?page=99"],
)
def test_S49_what_makes_no_sense_is_left_out_and_never_an_error(browser: Client, query: str) -> None:
    three_days()
    assert [browser.get(f"{path}{query}").status_code for path in ("/bills/", "/bills/chart/")] == [200, 200]


@pytest.mark.parametrize("query", ["", "&view=months", "&company=1"])
def test_the_number_of_queries_is_the_same_with_1_and_30_companies(browser: Client, query: str) -> None:
    bill_known("2026-09-03")
    shown(browser, "")
    counts = []
    for companies in (range(1, 2), range(2, 31)):
        for number in companies:
            project(company(str(number)), "p")
            line("2026-09-03", str(number), "p", "0")
            revision("2026-09-03", str(number), "p", "2", "0", "2026-09-20 07:00")
        with CaptureQueriesContext(connection) as queries:
            shown(browser, f"{SEPTEMBER}{query}")
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_amounts_are_exact_with_grouped_digits_and_a_true_minus_sign() -> None:
    amounts = [Decimal("100"), Decimal("-1234.5"), Decimal("0.00000001"), Decimal("0")]
    assert [amount_text(amount) for amount in amounts] == ["100.00", "−1,234.50", "0.00000001", "0.00"]


def test_a_column_of_amounts_lines_up_without_rounding_any() -> None:
    amounts = [Decimal("100"), Decimal("1.125"), None]
    places = places_of(amounts)
    assert [amount_text(amount, places) for amount in amounts if amount is not None] == ["100.000", "1.125"]


def test_money_bears_its_currency() -> None:
    assert money(Decimal("5"), "CNY") == "5.00\u00a0CNY"


def test_lines_of_a_day_that_was_never_whole_do_not_break_the_page(browser: Client) -> None:
    line("2026-09-04", "1", "p", "5.00")

    assert shown(browser, SEPTEMBER)["page"] is not None
