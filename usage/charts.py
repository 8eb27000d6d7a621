"""Charts as JSON for Chart.js, on django-chartjs's view; the base view that every room's charts stand on."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from chartjs.views.lines import BaseLineChartView
from django.utils import timezone
from django.utils.translation import gettext as _

from polling.periods import utc_day
from usage.answers import OTHER, Answer, Column, Figure, answer_to
from usage.explorer import question
from usage.figures import State
from usage.metrics import Words
from usage.sentences import part_words

Number = int | Decimal | None
# Beyond these, words for the states and each dataset's changes would take more room than the figures.
MANY_POINTS = 100


@dataclass(frozen=True, kw_only=True)
class Line:
    """One dataset: a value for every label, None for a gap, and how final each of them is."""

    label: Words
    values: Sequence[Number]
    states: Sequence[State]
    more: Mapping[str, Any] = field(default_factory=dict)


class ChartView(BaseLineChartView):
    """Answers `{"labels": [...], "datasets": [...]}` and nothing else.

    Labels are UTC days (`2026-09-21`) or months (`2026-09`). A dataset bears Chart.js's names, and beside its `data`
    the `states` of the figures: words, or for more than MANY_POINTS figures a text of their first letters. Colours are
    the browser's. The page names the unit.
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
                "states": _states(line.states),
                **line.more,
            }
            for line in self.get_lines()
        ]

    def convert_context_to_json(self, context: dict[str, Any]) -> str:
        return json.dumps(context, separators=(",", ":"))


def _states(states: Sequence[State]) -> list[str] | str:
    if len(states) > MANY_POINTS:
        return "".join(state.value[0] for state in states)
    return [state.value for state in states]


def json_number(value: Number) -> int | float | None:
    """A figure as a number that is drawn: the only place where exactness is given up."""
    return float(value) if isinstance(value, Decimal) else value


class UsageChart(ChartView):
    """Usage of one product: a dataset for each metric, company or project that has anything to show.

    A dataset that can be looked into bears the `key` of its column; that of all others is marked `other`. Compared ones
    bear the `changes` since then, null where either side is not known; of more than MANY_POINTS only the whole does.
    What the leading figures are compared with is one more, marked `ghost`, with what they are `now` where that is in no
    other dataset. `parts` says, by the place among the labels, how much of a week is asked for where that is not all
    of it.
    """

    def setup(self, *args: Any, **kwargs: Any) -> None:
        super().setup(*args, **kwargs)
        self.asked = question(self.request.GET, today=utc_day(timezone.now()))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        self.answer = answer_to(self.asked)
        return super().get_context_data(**kwargs)

    def get_labels(self) -> list[str]:
        return [self.asked.period_text(period.period) for period in self.answer.periods]

    def get_lines(self) -> Iterable[Line]:
        parts = self._parts()
        for column in self.answer.drawn:
            yield _line(column.label, column.figures, self._more(column) | ({"parts": parts} if parts else {}))
        if self.asked.against:
            words = {"what": self.answer.total_words, "dates": self.asked.against}
            yield _line(_("%(what)s, %(dates)s") % words, self.answer.before, _ghostly(self.answer))

    def _more(self, column: Column) -> dict[str, Any]:
        more: dict[str, Any] = {"key": column.key} if self.asked.grouped and column.inside else {}
        if column.key == OTHER:
            more["other"] = True
        if self.asked.against and len(self.answer.periods) <= MANY_POINTS:
            more["changes"] = [json_number(change) for change in column.deltas]
        return more

    def _parts(self) -> dict[int, str]:
        words = (part_words(self.asked, period.period) for period in self.answer.periods)
        return {place: part for place, part in enumerate(words) if part}


def _ghostly(answer: Answer) -> dict[str, Any]:
    more = {"ghost": True, "changes": [json_number(change) for change in answer.deltas]}
    return more | ({"now": [json_number(figure.value) for figure in answer.total]} if answer.asked.sums_up else {})


def _line(label: Words, figures: Sequence[Figure], more: Mapping[str, Any]) -> Line:
    return Line(
        label=label,
        values=[figure.value for figure in figures],
        states=[figure.state for figure in figures],
        more=more,
    )
