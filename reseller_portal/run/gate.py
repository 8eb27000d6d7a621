"""Waits until both workers answer: `make run` starts the web server after it, so that /healthz means all is up."""

import sys
import time

from celery.exceptions import OperationalError

from reseller_portal.celery import app

WORKERS = {"creates", "polls"}
PATIENCE = 60.0


def answering() -> set[str]:
    """The workers that answer now."""
    try:
        replies = app.control.ping(timeout=0.3)
    except OperationalError:
        return set()
    return {name.partition("@")[0] for reply in replies for name in reply}


def main() -> int:
    """0 as soon as all workers answer, 1 with a sentence when they do not."""
    deadline = time.monotonic() + PATIENCE
    seen: set[str] = set()
    while not seen >= WORKERS:
        if time.monotonic() > deadline:
            sys.stderr.write(f"No answer from {', '.join(sorted(WORKERS - seen))} within {PATIENCE:.0f} seconds.\n")
            return 1
        seen |= answering()
    return 0


if __name__ == "__main__":
    sys.exit(main())
