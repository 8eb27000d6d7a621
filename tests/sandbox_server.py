"""A sandbox that runs in this process, for every test that needs Agora's API behind real HTTP."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from sandbox.api import Sandbox
from sandbox.clock import Clock
from sandbox.options import Options
from sandbox.server import running

KEY_ID = "k3Yidk3Yidk3Yidk3Yidk3Yidk3Yidk3Yidk3Yid"
KEY_SECRET = "S3cretS3cretS3cretS3cretS3cretS3cretS3cr"


@dataclass(frozen=True, kw_only=True)
class RunningSandbox:
    """Where a sandbox listens, the key it knows, and its parts: `.sandbox.world`, `.faults`, `.truth`, `.bills`."""

    base_url: str
    key_id: str
    key_secret: str = field(repr=False)
    sandbox: Sandbox


@contextmanager
def running_sandbox(*, clock: Clock | None = None, **options: Any) -> Iterator[RunningSandbox]:
    """Start a sandbox on a free port with these fields of Options; keys are given unless you choose them."""
    chosen = Options(**{"keys": {KEY_ID: KEY_SECRET}, **options})
    sandbox = Sandbox(chosen, clock)
    key_id, key_secret = next(iter(chosen.keys.items()))
    with running(sandbox, poll_seconds=0.01) as base_url:
        yield RunningSandbox(base_url=base_url, key_id=key_id, key_secret=key_secret, sandbox=sandbox)
