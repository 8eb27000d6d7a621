"""A Wednesday noon in September, and a season in which everything is known."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
import time_machine

from agora.vocabulary import PAIRS
from companies.models import Company
from tests.usage.known import at, company, covered, day


@pytest.fixture
def noon(db: None, settings: Any) -> Iterator[None]:
    """Today is 23 September 2026 UTC; settled days, and published bills, end on the 21st."""
    settings.POLL_SINCE = day("2026-07-01")
    with time_machine.travel(at("2026-09-23 12:00"), tick=False):
        yield


@pytest.fixture
def known_company(noon: None) -> Callable[..., Company]:
    """Make companies of which every day since July is known, without any usage: `known_company("10001", "Acme")`."""

    def make(company_id: str, name: str = "", **fields: object) -> Company:
        made = company(company_id, name, **{"status": "0", **fields})
        for business, model in PAIRS:
            covered("2026-07-01", "2026-09-23", settled="2026-09-21", company_id=company_id, pair=f"{business}/{model}")
        return made

    return make
