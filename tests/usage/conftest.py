"""A fixed noon at which the reading tests look at usage, and a browser of somebody who may only read."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
import time_machine
from django.test import Client

from tests.usage.known import at, day


@pytest.fixture
def noon(db: None, settings: Any) -> Iterator[None]:
    """It is 22 September 2026, 12:00 UTC, and figures are wanted from January on."""
    settings.POLL_SINCE = day("2026-01-01")
    with time_machine.travel(at("2026-09-22 12:00"), tick=False):
        yield


@pytest.fixture
def browser(signed_in: Callable[..., Client]) -> Client:
    """A browser in which a viewer is signed in."""
    return signed_in("viewer")
