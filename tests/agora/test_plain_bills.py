"""Pages of bills that are read at once: to the very same as value by value, or not at all."""

import datetime as dt
import json
import os
import tracemalloc
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from agora.client.bills import read_daily_bill
from agora.records import DailyBillPage, read_bill_page, read_plain_bill_page
from agora.transport import read_json

PLAIN = '{"companyId": 10001, "projectId": "p1", "amount": 100.10, "currency": "CNY"}'
# By hand, FUZZ_EXAMPLES=10000 looks harder.
EXAMPLES = int(os.environ.get("FUZZ_EXAMPLES", "300"))

digits = st.integers(min_value=-(10**24), max_value=10**24).map(str)
numbers = st.one_of(
    digits,
    st.decimals(allow_nan=False, allow_infinity=False, places=8).map(lambda number: f"{number:f}"),
    st.tuples(digits, st.integers(-12, 12)).map(lambda pair: f"{pair[0]}e{pair[1]}"),
    st.floats(allow_nan=False, allow_infinity=False).map(repr),
    st.sampled_from(["0", "-0", "-0.0", "0e5", "1e999", "1e-9", "1e99999999999999999999", "1e28", "1E-8"]),
    st.sampled_from(["NaN", "-Infinity", "01", "1.", "+1"]),
    st.sampled_from(["91999999999.99999999", "92000000000", "-92000000000", "0." + "1" * 30, "0.1" + "0" * 40]),
    st.just("9" * 5000),
)
texts = st.one_of(
    st.text(max_size=4),
    st.text(alphabet=' \t\n\r\\\0\x1c\x85\u00a0\u2003\ud800"abé😀', max_size=4),
    st.sampled_from(
        ["10001", "1.0", "1,5", " 7 ", "1_000", "١٢", "NaN", "x" * 255, "x" * 256, "a currency without end"]
    ),
).map(json.dumps)
plain_ids = st.one_of(
    st.integers(0, 10**20).map(str), st.text(alphabet="abc019-_.é", min_size=1, max_size=9).map(json.dumps)
)
odd = st.one_of(numbers, texts, st.sampled_from(["true", "false", "null", "[]", "[1]", "{}", '{"a": 1}']))
plain_amounts = st.decimals(min_value=-(10**9), max_value=10**9, places=6).map(lambda number: f"{number:f}")


@st.composite
def lines(draw: Any) -> str:
    """A line as JSON: mostly plain, now and then with a value or a name out of the ordinary."""
    values = {
        "companyId": draw(plain_ids),
        "projectId": draw(st.one_of(plain_ids, st.just("null"), st.just('""'))),
        "amount": draw(st.one_of(plain_amounts, numbers)),
        "currency": draw(st.sampled_from(['"USD"', '"CNY"', '"\\u0055SD"'])),
    }
    pairs = [f'"{name}": {value}' for name, value in values.items()]
    for change in draw(st.lists(st.sampled_from(["odd", "double", "unknown", "absent"]), max_size=1)):
        name = draw(st.sampled_from(sorted(values)))
        pair = f'"{"colour" if change == "unknown" else name}": {draw(odd)}'
        if change in ("odd", "absent"):
            pairs = [other for other in pairs if not other.startswith(f'"{name}"')]
        pairs += [] if change == "absent" else [pair]
    return "{" + ", ".join(draw(st.permutations(pairs))) + "}"


@st.composite
def bodies(draw: Any) -> bytes:
    """A page as it comes over the wire."""
    fields = ["totalSize", "pageSize", "pageNumber", "hasMore"]
    said = [f'"{name}": {draw(odd)}' for name in draw(st.lists(st.sampled_from(fields), max_size=4))]
    elements = draw(st.lists(st.one_of(lines(), lines(), lines(), odd), max_size=5))
    text = "{" + ", ".join([*said, f'"elements": [{", ".join(elements)}]']) + "}"
    return (draw(st.sampled_from(["", "\ufeff"])) + text).encode(errors="surrogatepass")


def at_once_and_by_value(body: bytes) -> tuple[Any, Any]:
    """Both readings; Python refuses numbers of thousands of digits even where nobody looks at them."""
    at_once = read_plain_bill_page(body)
    try:
        return at_once, at_once and read_bill_page(read_json(body))
    except ValueError as refused:
        assume("integer string conversion" not in str(refused))
        raise


@given(bodies())
@settings(max_examples=EXAMPLES, deadline=None)
def test_a_page_that_is_read_at_once_is_the_same_value_by_value(body: bytes) -> None:
    at_once, by_value = at_once_and_by_value(body)
    assert at_once == by_value


@given(st.binary())
@settings(max_examples=EXAMPLES, deadline=None)
def test_any_bytes_are_no_plain_page_or_none(body: bytes) -> None:
    assert read_plain_bill_page(body) is None


@given(st.lists(st.tuples(plain_ids, plain_ids, plain_amounts), min_size=1, max_size=5))
@settings(max_examples=EXAMPLES, deadline=None)
def test_a_page_of_plain_lines_is_read_at_once(values: list[tuple[str, str, str]]) -> None:
    elements = ", ".join(
        f'{{"companyId": {company}, "projectId": {project}, "amount": {amount}, "currency": "USD"}}'
        for company, project, amount in values
    )
    at_once, by_value = at_once_and_by_value(f'{{"totalSize": 5, "elements": [{elements}]}}'.encode())
    assert at_once is not None
    assert (at_once, at_once.problems) == (by_value, [])


@given(numbers, st.sampled_from(["companyId", "projectId", "amount"]))
@settings(max_examples=EXAMPLES, deadline=None)
def test_any_number_anywhere_is_the_same_or_left_to_the_other_way(number: str, name: str) -> None:
    line = {"companyId": "1", "projectId": "2", "amount": "3", "currency": '"USD"'} | {name: number}
    text = ", ".join(f'"{name}": {value}' for name, value in line.items())
    at_once, by_value = at_once_and_by_value(f'{{"elements": [{{{text}}}]}}'.encode())
    assume(at_once is not None)
    assert at_once == by_value


@pytest.mark.parametrize(
    "odd_line",
    [
        PLAIN.replace("10001", '" 10001"'),
        PLAIN.replace("10001", '""'),
        PLAIN.replace("10001", "null"),
        PLAIN.replace('"p1"', '"p\\u00001"'),
        PLAIN.replace('"p1"', '"p\\ud800"'),
        PLAIN.replace("100.10", '"100.10"'),
        PLAIN.replace("100.10", "true"),
        PLAIN.replace("100.10", "1e999999999"),
        PLAIN.replace("100.10", "0.000000001"),
        PLAIN.replace("100.10", "92000000000"),
        PLAIN.replace("CNY", "a currency without end"),
        PLAIN.replace("CNY", ""),
        "null",
    ],
)
def test_one_line_out_of_the_ordinary_leaves_the_page_to_the_other_way(odd_line: str) -> None:
    assert read_plain_bill_page(f'{{"elements": [{PLAIN}, {odd_line}]}}'.encode()) is None


def test_a_page_that_was_read_already_is_given_back() -> None:
    page = read_plain_bill_page(f'{{"elements": [{PLAIN}]}}'.encode())
    assert page is not None
    assert (read_bill_page(page), page.elements[0].amount) == (page, Decimal("100.1"))


def test_a_bill_that_waits_to_be_believed_takes_little_memory() -> None:
    def fetch(number: int, _spelling: str) -> DailyBillPage:
        numbers = range(number * 1000, number * 1000 + 1000)
        elements = ", ".join(PLAIN.replace("p1", f"project-{line:06}") for line in numbers)
        body = f'{{"totalSize": 20000, "pageNumber": {number}, "elements": [{elements}]}}'
        page = read_plain_bill_page(body.encode())
        assert page is not None
        return page

    tracemalloc.start()
    bill = read_daily_bill(fetch, dt.date(2026, 9, 1))
    _now, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert (bill.complete, len(bill.packed), most < 200 * 20_000) == (True, 20_000, True)
