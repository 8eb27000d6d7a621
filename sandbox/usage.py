"""Usage as the API counts it: project days from the figures, added up to companies, days and months."""

from collections.abc import Sequence
from datetime import date

from agora.vocabulary import METRICS, MONTHLY_PAIRS
from sandbox.clock import Clock
from sandbox.companies import Project
from sandbox.figures import Figures, Pair, figures

SECONDS_A_DAY = 86_400


class Usage:
    """Answers what was used; `corrections` hold what a metric of a project's day was changed by afterwards."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._corrections: dict[tuple[str, Pair, int], dict[str, int]] = {}

    def correct(self, project: Project, pair: Pair, day: date, metric: str, delta: int) -> None:
        """Change one metric of a project's day by `delta`, for every answer from now on."""
        changes = self._corrections.setdefault((project.id, pair, day.toordinal()), {})
        changes[metric] = changes.get(metric, 0) + delta

    def daily(self, projects: Sequence[Project], pair: Pair, since: date, until: date) -> dict[date, Figures]:
        """Figures by UTC day, both ends included: each the sum over the projects; days to come are absent."""
        today = self._clock.today().toordinal()
        days = range(since.toordinal(), min(until.toordinal(), today) + 1)
        rows = {day: [self._project_day(project, pair, day, today) for project in projects] for day in days}
        return {date.fromordinal(day): added_up(pair, parts) for day, parts in rows.items()}

    def monthly(self, projects: Sequence[Project], pair: Pair, since: date, until: date) -> dict[date, Figures]:
        """Figures by the first day of each UTC month, from the days asked only.

        A duration's month is the sum of its days. A peak's month is the sum over the projects of each
        one's highest day, metric by metric.
        """
        today = self._clock.today().toordinal()
        months: dict[date, list[int]] = {}
        for day in range(since.toordinal(), min(until.toordinal(), today) + 1):
            months.setdefault(date.fromordinal(day).replace(day=1), []).append(day)
        return {
            month: added_up(pair, [self._project_month(project, pair, days, today) for project in projects])
            for month, days in months.items()
        }

    def _project_month(self, project: Project, pair: Pair, days: Sequence[int], today: int) -> Figures:
        parts = [self._project_day(project, pair, day, today) for day in days]
        if pair in MONTHLY_PAIRS:
            return tuple(map(max, zip(*parts, strict=True)))
        return added_up(pair, parts)

    def _project_day(self, project: Project, pair: Pair, day: int, today: int) -> Figures:
        """A whole day as it is; of today the share that is over."""
        values = figures(project.rhythm, pair, day)
        if day == today:
            values = tuple(value * self._clock.elapsed() // SECONDS_A_DAY for value in values)
        changes = self._corrections.get((project.id, pair, day)) if self._corrections else None
        if not changes:
            return values
        return tuple(value + changes.get(name, 0) for name, value in zip(METRICS[pair], values, strict=True))


def added_up(pair: Pair, parts: Sequence[Figures]) -> Figures:
    """The sum of some figures, metric by metric; zeros when there are none."""
    if not parts:
        return (0,) * len(METRICS[pair])
    return tuple(map(sum, zip(*parts, strict=True)))
