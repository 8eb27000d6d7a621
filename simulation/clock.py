"""The time of a simulation: it goes on as all time does, and jumps where it is told to."""

from __future__ import annotations

import datetime as dt
from multiprocessing.sharedctypes import RawValue
from typing import Any

from sandbox.clock import Clock

MINUTE = dt.timedelta(minutes=1)


class SharedClock(Clock):
    """The sandbox's clock, which processes that are forked later share: a jump of one is seen by all.

    What is signed by one carries the same time as the gateway's that checks it.
    """

    def __init__(self, start: dt.datetime) -> None:
        self._shared: Any = RawValue("d", 0.0)
        super().__init__()
        self.jump(start)

    @property
    def offset(self) -> float:
        """Seconds by which it is ahead of this machine's clock."""
        return float(self._shared.value)

    @offset.setter
    def offset(self, seconds: float) -> None:
        self._shared.value = seconds

    def jump(self, moment: dt.datetime) -> None:
        """Go on at this moment; never back."""
        seconds = (moment - dt.datetime.now(dt.UTC)).total_seconds()
        self.offset = max(self.offset, seconds) if self._shared.value else seconds

    def seconds(self) -> float:
        """The same as seconds since 1970."""
        return self.now().timestamp()


def next_minute(moment: dt.datetime) -> dt.datetime:
    """The first whole minute at or after a moment: when the beat strikes next."""
    whole = moment.replace(second=0, microsecond=0)
    return whole if whole == moment else whole + MINUTE
