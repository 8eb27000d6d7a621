"""The daily bill: periods, pages, amounts to the last digit, and what changes afterwards."""

from collections import Counter
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal

import pytest

from sandbox.bills import UNLISTED_COMPANY, UNLISTED_PROJECT, Line, Revision
from sandbox.exchange import json_text
from sandbox.options import Dress
from tests.sandbox.caller import Caller, Said
from tests.sandbox_server import KEY_ID, KEY_SECRET, RunningSandbox, running_sandbox

TODAY = date(2026, 5, 20)
LATEST = date(2026, 5, 18)


@pytest.fixture
def may() -> Iterator[RunningSandbox]:
    with running_sandbox(today=TODAY) as running:
        yield running


def ask(running: RunningSandbox, **parameters: object) -> Said:
    caller = Caller(base_url=running.base_url, key_id=KEY_ID, key_secret=KEY_SECRET)
    return caller.get("/daily-bills", **parameters)


def lines(running: RunningSandbox, period: date = LATEST) -> list[Line]:
    return running.sandbox.bills.lines(period)


def history(running: RunningSandbox, days: int = 120) -> list[Line]:
    return [line for back in range(days) for line in lines(running, LATEST - timedelta(days=back))]


def dressed(**dress: str) -> dict[str, object]:
    with running_sandbox(today=TODAY, companies=3, page_size=5, dress=Dress(**dress)) as running:
        return ask(running).json


# --- Periods -------------------------------------------------------------------------------------------


def test_the_last_period_is_two_days_ago(may: RunningSandbox) -> None:
    assert ask(may, period="20260518").json == ask(may).json


@pytest.mark.parametrize(
    ("period", "message"),
    [
        ("20260519", "period must not be later than 20260518"),
        ("20270101", "period must not be later than 20260518"),
        ("2026-05-18", "period must have the format yyyyMMdd"),
        ("", "period must have the format yyyyMMdd"),
        ("20260231", "period is not a date"),
    ],
)
def test_a_wrong_period_is_refused(may: RunningSandbox, period: str, message: str) -> None:
    said = ask(may, period=period)
    assert (said.status, said.json) == (400, {"message": message})


def test_a_period_before_the_first_has_no_lines(may: RunningSandbox) -> None:
    expected = {"totalSize": 0, "pageSize": 1000, "pageNumber": 1, "hasMore": False, "elements": []}
    assert ask(may, period="20200101").json == expected


# --- Pages ---------------------------------------------------------------------------------------------


def test_pages_put_together_are_the_bill() -> None:
    with running_sandbox(today=TODAY, page_size=10) as running:
        whole = [line.amount for line in lines(running)]
        pages = [ask(running, pageNumber=number).json for number in range(1, -(-len(whole) // 10) + 1)]
        assert [element["amount"] for page in pages for element in page["elements"]] == whole
        assert [page["hasMore"] for page in pages] == [True] * (len(pages) - 1) + [False]
        assert {page["totalSize"] for page in pages} == {len(whole)}


def test_a_page_beyond_the_last_is_empty(may: RunningSandbox) -> None:
    answer = ask(may, pageNumber=9).json
    assert (answer["pageNumber"], answer["elements"], answer["hasMore"]) == (9, [], False)


@pytest.mark.parametrize(
    ("number", "message"),
    [
        ("0", "pageNumber must be at least 1"),
        ("-1", "pageNumber must be a number"),
        ("x", "pageNumber must be a number"),
    ],
)
def test_a_wrong_page_number_is_refused(may: RunningSandbox, number: str, message: str) -> None:
    assert ask(may, pageNumber=number).json == {"message": message}


def test_the_samples_spelling_asks_for_nothing_unless_chosen() -> None:
    with running_sandbox(today=TODAY, page_size=10) as running:
        assert ask(running, pageNumer=2).json == ask(running, pageNumber=1).json


def test_a_server_can_know_the_samples_spelling_only() -> None:
    with running_sandbox(today=TODAY, page_size=10, dress=Dress(page_parameter="pageNumer")) as running:
        assert (ask(running, pageNumer=2).json["pageNumber"], ask(running, pageNumber=2).json["pageNumber"]) == (2, 1)


@pytest.mark.parametrize(
    ("style", "written"), [("text", {"hasMore": "true"}), ("number", {"hasMore": 1}), ("absent", {})]
)
def test_has_more_can_be_written_in_other_ways(style: str, written: dict[str, object]) -> None:
    answer = dressed(has_more=style)
    assert {name: value for name, value in answer.items() if name == "hasMore"} == written


@pytest.mark.parametrize(("meaning", "size"), [("capacity", 5), ("count", 5), ("zero", 0)])
def test_the_page_size_can_mean_other_things(meaning: str, size: int) -> None:
    assert dressed(page_size_means=meaning)["pageSize"] == size


def test_lines_can_carry_the_projects_numbers() -> None:
    answer = dressed(bill_ids="numbers")
    assert answer["elements"][0]["projectId"] == "20001"


# --- Lines ---------------------------------------------------------------------------------------------


def test_an_element_has_the_documents_fields(may: RunningSandbox) -> None:
    assert list(ask(may).json["elements"][0]) == ["companyId", "projectId", "amount", "currency"]


def test_amounts_are_json_numbers_with_their_own_digits(may: RunningSandbox) -> None:
    first = next(line for line in lines(may) if line.currency == "CNY")
    assert f'"projectId":"{first.project_id}","amount":{first.amount:f},"currency":"CNY"' in ask(may).text


@pytest.mark.parametrize("digits", ["0", "-12.5", "0.00000001", "12345678901234567.12345678", "1E+3"])
def test_a_decimal_is_written_without_a_float(digits: str) -> None:
    assert json_text({"amount": Decimal(digits)}) == f'{{"amount":{format(Decimal(digits), "f")}}}'


def test_amounts_have_up_to_eight_decimals(may: RunningSandbox) -> None:
    exponents = {-int(line.amount.as_tuple().exponent) for line in history(may, 30)}
    assert (max(exponents), min(exponents) <= 0) == (8, True)


def test_both_currencies_are_billed(may: RunningSandbox) -> None:
    assert {line.currency for line in lines(may)} == {"CNY", "USD"}


def test_one_company_is_billed_in_both_currencies_every_third_day(may: RunningSandbox) -> None:
    currencies = [
        {line.currency for line in lines(may, date(2026, 5, number)) if line.company_id == 10002} for number in (5, 6)
    ]
    assert currencies == [{"CNY"}, {"CNY", "USD"}]


def test_zero_amounts_are_lines_too(may: RunningSandbox) -> None:
    unused = [line.amount for line in lines(may) if line.company_id == 10020]
    assert unused == [Decimal(0)] * 2


def test_usage_inside_the_free_minutes_costs_nothing(may: RunningSandbox) -> None:
    amounts = {line.amount for line in history(may) if line.company_id == 10005}
    assert amounts == {Decimal(0)}


def test_a_company_pays_only_after_its_free_minutes(may: RunningSandbox) -> None:
    month = [[line.amount for line in lines(may, date(2026, 4, n)) if line.company_id == 10023] for n in range(1, 31)]
    assert (sum(month[0]), sum(month[-1]) > 0) == (0, True)


def test_the_account_is_charged_on_the_first_of_the_month(may: RunningSandbox) -> None:
    answer = ask(may, period="20260501").json
    accounts = [element for element in answer["elements"] if "projectId" not in element]
    assert accounts == [{"companyId": 10001, "amount": Decimal("499.5"), "currency": "USD"}]


def test_a_project_and_a_company_that_nobody_lists_are_billed(may: RunningSandbox) -> None:
    billed = {(line.company_id, line.project_id) for line in lines(may)}
    assert {(10001, UNLISTED_PROJECT), (UNLISTED_COMPANY, "u_gone01")} <= billed


def test_there_are_credits(may: RunningSandbox) -> None:
    assert {line.company_id for line in history(may) if line.amount < 0} == {10003}


def test_no_key_is_billed_twice_a_day_by_itself(may: RunningSandbox) -> None:
    keys = Counter((line.company_id, line.project_id, line.currency) for line in lines(may))
    assert max(keys.values()) == 1


def test_a_bill_is_the_same_every_time(may: RunningSandbox) -> None:
    first = ask(may, period="20260401").text
    with running_sandbox(today=TODAY) as other:
        assert ask(other, period="20260401").text == first


def test_a_project_is_billed_from_the_day_it_was_made(may: RunningSandbox) -> None:
    company = may.sandbox.world.company(10019)
    assert company
    may.sandbox.world.create_project(company, "new")
    assert [line for line in lines(may) if line.company_id == 10019] == []


# --- What changes afterwards ---------------------------------------------------------------------------


def target(running: RunningSandbox) -> Line:
    return lines(running)[0]


def after(running: RunningSandbox, **change: object) -> list[Line]:
    """The lines of the first project after a revision of it."""
    line = target(running)
    revision = Revision(company_id=line.company_id, project_id=line.project_id, **change)  # type: ignore[arg-type]
    running.sandbox.bills.revise(LATEST, revision)
    return [each for each in lines(running) if (each.company_id, each.project_id) == (line.company_id, line.project_id)]


def test_an_amount_can_be_revised_by_a_difference(may: RunningSandbox) -> None:
    before = target(may).amount
    assert [line.amount for line in after(may, delta=Decimal("-12.30"))] == [before - Decimal("12.30")]


def test_an_amount_can_be_replaced(may: RunningSandbox) -> None:
    assert [line.amount for line in after(may, amount=Decimal("1.5"))] == [Decimal("1.5")]


def test_a_line_can_be_withdrawn(may: RunningSandbox) -> None:
    assert after(may, withdraw=True) == []


def test_a_currency_can_be_changed(may: RunningSandbox) -> None:
    assert [line.currency for line in after(may, currency="EUR")] == ["EUR"]


def test_a_line_can_be_split_in_two_of_the_same_sum(may: RunningSandbox) -> None:
    before = target(may).amount
    parts = [line.amount for line in after(may, split=True)]
    assert (len(parts), sum(parts)) == (2, before)


def test_a_line_can_be_added(may: RunningSandbox) -> None:
    assert [line.amount for line in after(may, amount=Decimal(7), add=True)][-1] == 7


def test_a_revision_can_mean_one_currency_only(may: RunningSandbox) -> None:
    before = target(may)
    assert after(may, of_currency="CNY", withdraw=True) == [before]


def test_a_day_can_be_empty_until_it_is_ready(may: RunningSandbox) -> None:
    may.sandbox.bills.set_ready(LATEST, ready=False)
    empty = ask(may).json["totalSize"]
    may.sandbox.bills.set_ready(LATEST, ready=True)
    assert (empty, ask(may).json["totalSize"] > 0) == (0, True)


def test_a_moved_row_is_on_another_page() -> None:
    with running_sandbox(today=TODAY, page_size=10) as running:
        last = lines(running)[-1]
        running.sandbox.bills.move(LATEST, len(lines(running)) - 1, 0)
        assert ask(running).json["elements"][0]["companyId"] == last.company_id


def test_a_row_that_moved_can_be_withdrawn_afterwards(may: RunningSandbox) -> None:
    number, last = len(lines(may)), lines(may)[-1]
    may.sandbox.bills.move(LATEST, number - 1, 0)
    withdrawn = Revision(company_id=last.company_id, project_id=last.project_id, withdraw=True)
    may.sandbox.bills.revise(LATEST, withdrawn)
    assert number - len(lines(may)) == 1
