"""Whether there was any usage at all behind an amount of zero."""

from typing import Any

import pytest

from tests.usage.known import company, covered, day
from usage.queries import Trace, traces

pytestmark = pytest.mark.usefixtures("noon")


def trace_of(company_id: str) -> Trace:
    return traces([(company_id, "")], day("2026-09-03"), day("2026-09-03"))[company_id, ""]


def test_of_pairs_that_are_not_polled_nothing_is_waited_for(settings: Any) -> None:
    settings.POLL_PAIRS = ["default/duration", "rtm/counter"]
    company("1")
    covered("2026-09-01", "2026-09-20", company_id="1")
    covered("2026-09-01", "2026-09-20", company_id="1", pair="rtm/counter")
    assert trace_of("1") == Trace.NONE


def test_what_is_known_of_a_pair_that_is_not_polled_stands_for_no_other(settings: Any) -> None:
    settings.POLL_PAIRS = ["default/duration", "rtm/counter"]
    company("1")
    covered("2026-09-01", "2026-09-20", company_id="1")
    covered("2026-09-01", "2026-09-20", company_id="1", pair="default/transcoding")
    assert trace_of("1") == Trace.UNKNOWN
