"""Daily bills as they come: money exact, a line that cannot be read visible."""

from decimal import Decimal
from typing import Any

import pytest

from agora.records import DailyBillPage, DailyBillRecord, read_bill_page
from agora.transport.answers import read_json

LINE = '{"companyId": 10001, "projectId": "10013", "amount": 100.10, "currency": "CNY"}'


def page(*lines: str, **fields: Any) -> DailyBillPage:
    text = ", ".join(f'"{name}": {value}' for name, value in fields.items())
    return read_bill_page(read_json(f'{{"elements": [{", ".join(lines)}]{text and ", "}{text}}}'.encode()))


def line(**fields: str) -> str:
    values = {"companyId": "10001", "projectId": '"10013"', "amount": "1", "currency": '"CNY"'} | fields
    return "{" + ", ".join(f'"{name}": {value}' for name, value in values.items() if value) + "}"


def test_a_line_is_read_exactly() -> None:
    assert page(LINE).elements == [
        DailyBillRecord(company_id="10001", project_id="10013", amount=Decimal("100.10"), currency="CNY")
    ]


def test_a_page_tells_its_number_and_sizes() -> None:
    read = page(totalSize="10041", pageSize="2", pageNumber='"1"', hasMore="true")
    assert (read.total_size, read.page_size, read.page_number, read.has_more) == (10041, 2, 1, True)


def test_what_a_page_does_not_tell_is_none() -> None:
    read = page(LINE)
    assert (read.total_size, read.page_size, read.page_number, read.has_more) == (None, None, None, None)


@pytest.mark.parametrize(
    ("said", "more"),
    [
        ("true", True),
        ('"true"', True),
        ("1", True),
        ('"1"', True),
        ("false", False),
        ('"false"', False),
        ('"False"', False),
        ("0", False),
        ("null", None),
        ('"maybe"', None),
    ],
)
def test_row_23_has_more_has_many_spellings(said: str, more: bool | None) -> None:
    assert page(hasMore=said).has_more is more


@pytest.mark.parametrize(
    ("said", "amount"),
    [
        ("100.10", "100.10"),
        ('"100.10"', "100.10"),
        ("100", "100"),
        ("-5", "-5"),
        ("1e-7", "0.0000001"),
        ("1E2", "100"),
        ("0e99", "0"),
        ("0.00000001", "0.00000001"),
        ("0", "0"),
        ("-0.0", "0"),
        ("0.1000000000000", "0.1"),
        ("0.1000000000000000000000000000000000000000", "0.1"),
        ("12345678901.12345678", "12345678901.12345678"),
        ("-91999999999.99999999", "-91999999999.99999999"),
    ],
)
def test_row_26_an_amount_is_an_exact_decimal(said: str, amount: str) -> None:
    steps = Decimal(amount).scaleb(8)
    assert page(line(amount=said)).packed == [f"10001\x0010013\x00CNY\x00{steps:f}"]
    assert page(line(amount=said)).elements[0].amount == Decimal(amount)


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        ('"1,5"', "the amount is no number"),
        ("NaN", "the amount is no number"),
        ('"NaN"', "the amount is no number"),
        ("Infinity", "the amount is no number"),
        ("-Infinity", "the amount is no number"),
        ("null", "the amount is no number"),
        ("true", "the amount is no number"),
        ('""', "the amount is no number"),
        ("[1]", "the amount is no number"),
        ('"١٢"', "the amount is no number"),
        ("1e99999999999999999999", "the amount is no number"),
        ("1e999", "the amount does not fit"),
        ("1e-9", "the amount does not fit"),
        ("1e-999999", "the amount does not fit"),
        ("123456789012345678901234567890", "the amount does not fit"),
        ("0.123456789012345678901234567890", "the amount does not fit"),
        ("92000000000", "the amount does not fit"),
        ("-92000000000", "the amount does not fit"),
        ("12345678901.123456789", "the amount does not fit"),
    ],
)
def test_p15_an_amount_that_cannot_be_kept_is_a_visible_problem(said: str, reason: str) -> None:
    read = page(LINE, line(amount=said))
    assert ([problem.reason for problem in read.problems], len(read.elements), read.lines) == ([reason], 1, 2)


def test_p15_a_problem_carries_the_raw_line() -> None:
    problem = page(line(amount='"1,5"')).problems[0]
    assert (problem.where, problem.raw) == (
        "daily bill",
        '{"companyId": 10001, "projectId": "10013", "amount": "1,5", "currency": "CNY"}',
    )


@pytest.mark.parametrize("currency", ["CNY", "USD", "EUR", "XXX", "points"])
def test_row_27_a_currency_may_be_any(currency: str) -> None:
    assert page(line(currency=f'"{currency}"')).elements[0].currency == currency


@pytest.mark.parametrize("said", ["", "null", '""', '"  "', '"a currency without end"'])
def test_money_without_a_currency_is_a_visible_problem(said: str) -> None:
    assert [problem.reason for problem in page(line(currency=said)).problems] == ["the line has no usable currency"]


@pytest.mark.parametrize("said", ["", "null", '""'])
def test_row_28_a_line_without_a_project_is_the_company_s_own(said: str) -> None:
    assert page(line(projectId=said)).elements[0].project_id == ""


@pytest.mark.parametrize("said", ["true", "[]", '"a\\u0000b"'])
def test_a_project_that_cannot_be_kept_is_not_taken_for_the_company(said: str) -> None:
    assert [problem.reason for problem in page(line(projectId=said)).problems] == ["the line has no usable projectId"]


@pytest.mark.parametrize(
    ("said", "text"),
    [("10001", "10001"), ('"10001"', "10001"), ("9223372036854775808", "9223372036854775808"), ('"../x"', "../x")],
)
def test_p16_a_company_s_id_is_kept_as_text(said: str, text: str) -> None:
    assert page(line(companyId=said)).elements[0].company_id == text


@pytest.mark.parametrize("said", ["", "null", '""'])
def test_money_without_a_company_is_a_visible_problem(said: str) -> None:
    assert [problem.reason for problem in page(line(companyId=said)).problems] == ["the line has no usable companyId"]


@pytest.mark.parametrize("said", ["5", "null", '"text"', "[]"])
def test_a_line_that_is_no_object_is_a_visible_problem(said: str) -> None:
    assert [problem.reason for problem in page(said).problems] == ["the line is no object"]


@pytest.mark.parametrize("data", [None, [], "text", {}, {"elements": 5}, {"elements": {"a": 1}}])
def test_an_answer_without_elements_is_no_bill(data: Any) -> None:
    with pytest.raises(ValueError, match="no elements"):
        read_bill_page(data)


def test_pages_with_the_same_lines_have_the_same_digest() -> None:
    assert page(LINE, pageNumber="1").digest == page(LINE, pageNumber="2").digest


@pytest.mark.parametrize("other", [line(amount="100.11"), line(projectId='"10014"'), line(amount="NaN"), "5"])
def test_pages_with_other_lines_have_another_digest(other: str) -> None:
    assert page(LINE).digest != page(other).digest


def test_row_33_an_unknown_field_of_a_line_is_ignored() -> None:
    assert page(line(colour='"red"')).elements == page(line()).elements
