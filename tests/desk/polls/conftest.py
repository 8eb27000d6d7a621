"""A portal of twenty days ago, whose calls never sleep between two attempts."""

from collections.abc import Iterator
from functools import partial

import pytest

from agora.transport import Transport
from tests.desk.polls.then import DAYS
from tests.polled import Portal, polled_portal


@pytest.fixture(autouse=True)
def no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    """A read is tried again at once instead of after 1, 3 and 6 seconds."""
    monkeypatch.setattr("agora.connect.Transport", partial(Transport, sleep=lambda seconds: None))


@pytest.fixture
def portal(db: None) -> Iterator[Portal]:
    """Two companies with two projects each; a page of a bill holds three lines, a page of a list two rows."""
    with polled_portal(days=DAYS, companies=2, page_size=3, list_limit=2) as running:
        yield running
