"""A running sandbox and somebody who calls it."""

from collections.abc import Iterator

import pytest

from tests.sandbox.caller import Caller
from tests.sandbox_server import RunningSandbox, running_sandbox


@pytest.fixture
def sandbox() -> Iterator[RunningSandbox]:
    with running_sandbox() as running:
        yield running


@pytest.fixture
def caller(sandbox: RunningSandbox) -> Caller:
    return Caller(base_url=sandbox.base_url, key_id=sandbox.key_id, key_secret=sandbox.key_secret)
