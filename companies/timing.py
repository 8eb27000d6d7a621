"""How long each step of a create may take, and when the portal looks again; every time in seconds."""

from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings


@dataclass(frozen=True, kw_only=True)
class Times:
    """The times of the operation machine.

    A claimed operation is prepared within `prepare_lease`; its signed request is begun within
    `write_within` and answered for within `send_lease`. An outcome that is not known is looked for at
    `sweeps` after it was sent, and again every `look_again`. What the gateway takes is not older than
    `gateway_window`, what it passed on ends within `gateway_patience`, and what was created is listed
    within `list_lag`. Tries that had no effect are repeated after `pauses`, for `retry_budget` at most.
    """

    prepare_lease: float = 60
    write_within: float = 20
    send_lease: float = 120
    sweeps: tuple[float, ...] = (5, 30, 120, 300)
    look_again: float = 60
    gateway_window: float = 300
    gateway_patience: float = 60
    list_lag: float = 300
    margin: float = 60
    probe_every: float = 30
    pauses: tuple[float, ...] = (15, 60, 240, 900)
    most_tries: int = 5
    retry_budget: float = 24 * 3600
    unlisted_budget: float = 24 * 3600
    orphans_watched: float = 30 * 24 * 3600
    remind_after: float = 3600

    def settles_after(self, skew: float) -> timedelta:
        """How long after it was sent a create may still appear; `skew` is how far the clocks differ."""
        seconds = self.gateway_window + self.gateway_patience + self.list_lag + self.margin + abs(skew)
        return timedelta(seconds=seconds)


def times() -> Times:
    """The times of this portal: the ones above, but for those that the settings change."""
    return Times(**settings.CREATE_TIMES)
