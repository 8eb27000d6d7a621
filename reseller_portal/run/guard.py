"""Replaces the worker for polls when nobody works although something is due, alive as its process may look."""

import threading
import time
from collections.abc import Callable

from django.conf import settings
from django.db import DatabaseError, connections
from django.utils import timezone
from django.utils.module_loading import import_string

from reseller_portal.run.screen import Screen

LOOK_EVERY = 15.0
# Beat starts polls once a minute, so a new worker may have nothing to do for as long.
SHORTEST_REST, LONGEST_REST = 90.0, 3600.0


def guard_polls(
    screen: Screen,
    replace: Callable[[str], None],
    stopped: threading.Event,
    clock: Callable[[], float] = time.monotonic,
) -> None:
    """Look now and then until the portal stops. A worker whose replacement brought nothing is left alone for longer.

    `clock` tells seconds.
    """
    first_rest = settings.POLLS_STALL_AFTER.total_seconds()
    # What became due while the portal was off is no reason.
    rest, rests_until = SHORTEST_REST, clock() + first_rest
    while not stopped.wait(min(LOOK_EVERY, first_rest)):
        if not is_stalled():
            rest = SHORTEST_REST
        elif clock() >= rests_until:
            screen.say("The worker for polls takes no work although some is due: it is replaced.")
            replace("polls")
            rests_until = clock() + rest
            rest = min(2 * rest, LONGEST_REST)


def is_stalled() -> bool:
    """Whether polls stand still; no answer from the database is no reason to replace anybody."""
    try:
        stalled: bool = import_string("polling.services.pulse.pulse")(timezone.now()).stalled
    except DatabaseError:
        return False
    finally:
        connections.close_all()
    return stalled
