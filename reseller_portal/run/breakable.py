"""Lets Ctrl-C break off a running poll at once: its transaction has not begun or is rolled back, and it is due again.

The worker for polls includes this module. Without it a poll would end only when its threads
have read all that they were given.
"""

import os
import signal

from celery.signals import task_prerun

BROKEN_OFF = 70


def break_off(_number: int, _frame: object) -> None:
    """End this process of the pool without waiting for its threads."""
    os._exit(BROKEN_OFF)


@task_prerun.connect
def listen(**_signal: object) -> None:
    """Take the signal by which a worker that is told to stop ends what still runs in its pool."""
    signal.signal(signal.SIGQUIT, break_off)
