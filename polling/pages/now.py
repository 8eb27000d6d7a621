"""What is going on at this moment: how many gaps there are, what is being read, which orders run."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from polling import queries
from polling.pages.backfills import OrderLine, order_line


@dataclass(frozen=True, kw_only=True)
class Now:
    """What is going on; `mark` changes with it."""

    gaps: int
    waiting: int
    running: int
    due: int
    percent: int
    orders: list[OrderLine]

    @property
    def gaps_shown(self) -> str:
        return f"{self.gaps:,}"

    @property
    def waiting_shown(self) -> str:
        return f"{self.waiting:,}"

    @property
    def is_live(self) -> bool:
        """Whether it changes soon; a page that asks for ever would keep its person signed in for ever."""
        return bool(self.orders or self.running)

    @property
    def mark(self) -> str:
        told = [order.mark for order in self.orders]
        return "-".join(str(part) for part in (self.gaps, self.waiting, self.running, self.percent, *told))


def now_part(now: dt.datetime) -> Now:
    """What is going on at this moment."""
    progress = queries.progress(now)
    return Now(
        gaps=progress.failing,
        waiting=progress.waiting,
        running=queries.running_slots(now).count(),
        due=progress.due,
        percent=progress.percent,
        orders=[order_line(order, now) for order in queries.unfinished_backfills()],
    )
