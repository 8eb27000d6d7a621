"""Whatever JSON comes, a reader gives a record, a problem or a ValueError, and nothing that a database refuses."""

import json
import os
from collections.abc import Callable, Iterable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agora.records import (
    Asked,
    read_bill_page,
    read_company,
    read_list_page,
    read_project,
    read_uap_service,
    read_usage,
)
from agora.transport.answers import message_in, read_json
from agora.vocabulary import Business, Interval, Model

NAMES = [
    "id name country area appLimit status created rows count dateTime usage UsageDatum data duration default",
    "transcodeDuration concurrentChannel avcSd audioAll typeId region projectName totalSize pageSize pageNumber",
    "hasMore elements companyId projectId amount currency message error",
]
LEAVES = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.integers(min_value=-(10**300), max_value=10**300)
    | st.decimals(allow_nan=True, allow_infinity=True)
    | st.text()
    | st.text(alphabet=st.characters(categories=["Cs", "Cc", "Nd"]))
    | st.sampled_from(["2019-09-23 00:00:00", "NaN", "1e999999999", "1569196800", "true", "\0", "\ud800"])
)
JSON = st.recursive(
    LEAVES,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.sampled_from(" ".join(NAMES).split()) | st.text(), inner, max_size=6)
    ),
    max_leaves=20,
)
ASKED = Asked(
    business=Business.DEFAULT,
    model=Model.TRANSCODING,
    since=date(2019, 9, 1),
    until=date(2019, 9, 30),
    interval=Interval.DAILY,
)
# By hand, FUZZ_EXAMPLES=10000 looks harder.
EXAMPLES = int(os.environ.get("FUZZ_EXAMPLES", "60"))

READERS: list[Callable[[Any], Any]] = [
    read_company,
    read_project,
    read_uap_service,
    read_bill_page,
    lambda data: read_list_page(data, read_company),
    lambda data: read_usage(data, ASKED),
]


def texts_and_numbers(value: Any) -> Iterable[Any]:
    if hasattr(value, "__dict__"):
        value = vars(value)
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from texts_and_numbers(key)
            yield from texts_and_numbers(inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from texts_and_numbers(inner)
    else:
        yield value


def is_storable(value: Any) -> bool:
    if isinstance(value, str):
        return "\0" not in value and len(value) <= 500 and value.encode("utf-8") is not None
    if isinstance(value, Decimal):
        return abs(value) < 92 * 10**9 and value == value.quantize(Decimal("1E-8"))
    return not isinstance(value, int) or -(2**63) <= value < 2**63


@pytest.mark.parametrize("reader", READERS)
@given(data=JSON)
@settings(max_examples=EXAMPLES, deadline=None, derandomize=True)
def test_g7_any_json_is_read_or_named(reader: Callable[[Any], Any], data: Any) -> None:
    try:
        record = reader(data)
    except ValueError:
        return
    assert [value for value in texts_and_numbers(record) if not is_storable(value)] == []


@given(body=st.binary() | JSON.map(lambda data: json.dumps(data, default=str).encode()))
@settings(max_examples=EXAMPLES, deadline=None, derandomize=True)
def test_g7_any_body_is_json_or_a_value_error_and_has_a_message(body: bytes) -> None:
    assert isinstance(message_in(body), str)
    try:
        read_json(body)
    except ValueError:
        return
