"""Charts as JSON for Chart.js, on django-chartjs's view; the base view that every room's charts stand on."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from chartjs.views.lines import BaseLineChartView
from django.utils import timezone

from polling.periods import utc_day
from usage.explorer import drawn_metrics, question
from usage.figures import State
from usage.metrics import Words, metric_words
from usage.queries import PeriodUsage, usage_per_period

Number = int | Decimal | None


@dataclass(frozen=True, kw_only=True)
class Line:
    """One dataset: a value for every label, None for a gap, and how final each of them is."""

    label: Words
    values: Sequence[Number]
    states: Sequence[State]


class ChartView(BaseLineChartView):
    """Answers `{"labels": [...], "datasets": [...]}` and nothing else.

    Labels are UTC days (`2026-09-21`) or months (`2026-09`). A dataset bears Chart.js's names, and beside its `data`
    the `states` of the figures. Colours are the browser's. The page names the unit.
    """

    def get_lines(self) -> Iterable[Line]:
        """The datasets, in the order in which they are drawn."""
        raise NotImplementedError

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return {"labels": self.get_labels(), "datasets": self.get_datasets()}

    def get_datasets(self) -> list[dict[str, Any]]:
        return [
            {
                "label": str(line.label),
                "data": [json_number(value) for value in line.values],
                "states": [state.value for state in line.states],
            }
            for line in self.get_lines()
        ]

    def convert_context_to_json(self, context: dict[str, Any]) -> str:
        return json.dumps(context)


def json_number(value: Number) -> int | float | None:
    """A figure as a number that is drawn: the only place where exactness is given up."""
    return float(value) if isinstance(value, Decimal) else value


class UsageChart(ChartView):
    """Usage of one product, a dataset for each metric that has anything to show."""

    def setup(self, *args: Any, **kwargs: Any) -> None:
        super().setup(*args, **kwargs)
        self.asked = question(self.request.GET, today=utc_day(timezone.now()))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        self.periods = usage_per_period(self.asked.selection)
        return super().get_context_data(**kwargs)

    def get_labels(self) -> list[str]:
        return [self.asked.period_text(period.period) for period in self.periods]

    def get_lines(self) -> Iterable[Line]:
        for metric in drawn_metrics(self.asked, self.periods):
            yield Line(
                label=metric_words(metric),
                values=[period.value(metric) for period in self.periods],
                states=[drawn_state(period, metric) for period in self.periods],
            )


def drawn_state(period: PeriodUsage, metric: str) -> State:
    """How a figure is drawn: a sum that lacks somebody's figure looks as unfinished as it is."""
    if period.value(metric) is None:
        return State.MISSING
    return State.PROVISIONAL if period.lacks(metric) else period.state
