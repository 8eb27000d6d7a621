"""What a question of the explorer is answered with: the figures that its page, chart, table and download all show."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal

from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from usage.explorer import BY_COMPANY, BY_METRIC, BY_PROJECT, Question, drawn_metrics, shown_metrics
from usage.figures import Selection, State
from usage.metrics import Words, metric_words
from usage.periods import DateRange
from usage.queries import PeriodUsage, Share, shares, shares_of, usage_per_period

Number = int | Decimal
OTHER, TOTAL = "other", "total"
BEFORE, DELTA, PERCENT = "before", "delta", "percent"


@dataclass(frozen=True, kw_only=True, slots=True)
class Figure:
    """One number with how final it is; None is not known, `lacks` says that somebody's figure is not in it.

    One that is `absent` is of no period at all: there is nothing to be known.
    """

    value: Number | None
    state: State
    lacks: bool = False
    absent: bool = False

    @property
    def sure(self) -> bool:
        """Whether it is known of everybody and changes no more."""
        return self.value is not None and not self.lacks and self.state in (State.SETTLED, State.CORRECTED)


UNKNOWN = Figure(value=None, state=State.MISSING)
ABSENT = Figure(value=None, state=State.MISSING, absent=True)


@dataclass(frozen=True, kw_only=True)
class Column:
    """One series: a metric, a company, a project, all others together, or everybody; a figure for each period.

    `inside` is what an address has to change to look into it, nothing where there is nothing more to see. `days` are
    those that its figures are of, where they are not the question's. `before` are those that they are compared with.
    """

    key: str
    label: Words
    figures: Sequence[Figure]
    metric: str = ""
    drawn: bool = True
    inside: Mapping[str, str | None] = field(default_factory=dict)
    days: DateRange | None = None
    before: Sequence[Figure] = ()

    @property
    def deltas(self) -> list[Number | None]:
        """How much more each period has than the one it is compared with; None where either is not known."""
        return [delta(now, before) for now, before in zip(self.figures, self.before, strict=True)]


@dataclass(frozen=True, kw_only=True)
class Answer:
    """The answer to a question: `periods` are everybody's, `total` their leading figures.

    `earlier` has the leading figures of all periods compared with, which may be more or fewer.
    """

    asked: Question
    periods: Sequence[PeriodUsage]
    columns: Sequence[Column]
    total: Sequence[Figure]
    earlier: Sequence[Figure] = ()

    @property
    def drawn(self) -> list[Column]:
        return [column for column in self.columns if column.drawn]

    @property
    def is_nothing(self) -> bool:
        """Whether it is known of everybody that nothing was used in any period."""
        figures = [figure for column in self.columns for figure in column.figures]
        return bool(figures) and all(figure.value == 0 and not figure.lacks for figure in figures)

    @property
    def total_words(self) -> Words:
        """What the leading figures of a period are: of several parts their sum, else the one that leads."""
        return _("In all") if self.asked.sums_up else metric_words(self.asked.leading[0])

    @cached_property
    def before(self) -> list[Figure]:
        """The figure that each period is compared with, where there is a comparison; another month may be shorter."""
        return beside(self.earlier, self.total) if self.asked.against else []

    @cached_property
    def deltas(self) -> list[Number | None]:
        """How much more each period has than the one it is compared with; None where either is not known."""
        return [delta(now, before) for now, before in zip(self.total, self.before, strict=True)] if self.before else []


def answer_to(asked: Question) -> Answer:
    """The answer to a question, from the database."""
    only = asked.leading if asked.grouped else ()
    periods = usage_per_period(asked.selection, only)
    earlier = _earlier(asked)
    compared = usage_per_period(earlier, only) if earlier else []
    if not asked.grouped:
        return answer_by_metric(asked, periods, compared)
    total, total_before = _leading_figures(asked, periods), _leading_figures(asked, compared)
    by_project = asked.group == BY_PROJECT
    found = shares(asked.selection, asked.leading, by_project=by_project)
    columns = _columns_of(asked, found, total)
    if earlier:
        keys = [share.key for share in found]
        before = {share.key: share for share in shares_of(keys, earlier, asked.leading, by_project=by_project)}
        columns = _with_before(asked, columns, [before.get(key) for key in keys], total_before)
    return Answer(asked=asked, periods=periods, columns=columns, total=total, earlier=total_before)


def _earlier(asked: Question) -> Selection | None:
    """What a question's figures are compared with."""
    days = asked.against
    return replace(asked.selection, since=days.since, until=days.until) if days else None


def answer_by_metric(asked: Question, periods: Sequence[PeriodUsage], compared: Sequence[PeriodUsage] = ()) -> Answer:
    """The answer to a question that splits figures by what they measure, from figures that were read before."""
    drawn = drawn_metrics(asked, periods)
    columns = [
        Column(
            key=metric,
            label=metric_words(metric),
            figures=[figure_of(period, [metric]) for period in periods],
            metric=metric,
            drawn=metric in drawn,
            inside=_inside_metric(asked, metric),
            before=beside([figure_of(period, [metric]) for period in compared], periods) if asked.against else (),
        )
        for metric in shown_metrics(asked, periods)
    ]
    return Answer(
        asked=asked,
        periods=periods,
        columns=columns,
        total=_leading_figures(asked, periods),
        earlier=_leading_figures(asked, compared),
    )


def figure_of(period: PeriodUsage, metrics: Iterable[str]) -> Figure:
    """What some metrics of a period come to together; a sum that lacks something is as unfinished as it is."""
    values = {metric: period.value(metric) for metric in metrics}
    known = [value for value in values.values() if value is not None]
    if not known:
        return replace(UNKNOWN, lacks=period.expected > 0)
    lacks = len(known) < len(values) or any(map(period.lacks, values))
    return Figure(value=sum(known), state=State.PROVISIONAL if lacks else period.state, lacks=lacks)


def delta(now: Figure, before: Figure) -> Number | None:
    """How much more there is now; None where either is not known of everybody."""
    if now.value is None or before.value is None or now.lacks or before.lacks:
        return None
    return now.value - before.value


def percent(change: Number | None, before: Number | None) -> Decimal | None:
    """A change in percent of what there was before; None where that was nothing or is not known."""
    return (Decimal(100) * change / before).quantize(Decimal("0.1")) if change is not None and before else None


def figures_sum(figures: Sequence[Figure]) -> Figure:
    """Figures of durations added up over periods: it lacks something as soon as one of them does or is not known."""
    known = [figure.value for figure in figures if figure.value is not None]
    lacks = len(known) < len(figures) or any(figure.lacks for figure in figures)
    states = {figure.state for figure in figures}
    state = State.PROVISIONAL if State.PROVISIONAL in states or lacks else State.SETTLED
    return Figure(value=sum(known), state=state, lacks=lacks) if known else UNKNOWN


def _leading_figures(asked: Question, periods: Sequence[PeriodUsage]) -> list[Figure]:
    return [figure_of(period, asked.leading) for period in periods]


def _columns_of(asked: Question, found: Sequence[Share], total: Sequence[Figure]) -> list[Column]:
    columns = [_column_of(asked, share) for share in found]
    others = [_rest(figure, [column.figures[place] for column in columns]) for place, figure in enumerate(total)]
    if not columns or any(figure.value for figure in others):
        columns.append(Column(key=OTHER, label=_("Others"), figures=others))
    return columns


def _with_before(
    asked: Question, columns: Sequence[Column], found: Sequence[Share | None], total: Sequence[Figure]
) -> list[Column]:
    """The columns with what each of them was before; of all others what the named ones leave of the total."""
    unknown = [UNKNOWN] * len(total)
    named = [_figures_of(asked, share) if share else unknown for share in found]
    others = [_rest(figure, [figures[place] for figures in named]) for place, figure in enumerate(total)]
    return [
        replace(column, before=beside(before, column.figures))
        for column, before in zip(columns, [*named, others], strict=False)
    ]


def beside(earlier: Sequence[Figure], now: Sequence[object]) -> list[Figure]:
    """The figure that stands against each period; there is none where the others are fewer."""
    partners = list(earlier[: len(now)])
    return partners + [ABSENT] * (len(now) - len(partners))


def _figures_of(asked: Question, share: Share) -> list[Figure]:
    return [figure_of(period, asked.leading) for period in share.periods]


def _column_of(asked: Question, share: Share) -> Column:
    series = share.series
    if asked.group == BY_COMPANY:
        key, name = series.company_id, series.company_name or series.company_id
        inside: dict[str, str | None] = {"company": series.company_id, "group": BY_PROJECT}
    else:
        key, name = f"{series.company_id}/{series.project_id}", series.project_name or series.project_id
        inside = {"company": series.company_id, "project": series.project_id, "group": BY_METRIC, "metric": None}
    return Column(
        key=key,
        label=name,
        figures=_figures_of(asked, share),
        inside={**inside, "find": None, "sort": None},
    )


def _rest(total: Figure, shown: Sequence[Figure]) -> Figure:
    """What is left for all others: not known where the total is not, or where calls of different times disagree."""
    if total.value is None:
        return UNKNOWN
    left = total.value - sum(figure.value for figure in shown if figure.value is not None)
    if left < 0:
        return UNKNOWN
    lacks = total.lacks or any(figure.lacks for figure in shown)
    return Figure(value=left, state=State.PROVISIONAL if lacks else total.state, lacks=lacks)


def _inside_metric(asked: Question, metric: str) -> dict[str, str | None]:
    """Who used a metric: the next finer thing than whose figures these are."""
    if asked.selection.project_id or metric not in asked.product.metrics:
        return {}
    group = BY_PROJECT if asked.selection.company_id else BY_COMPANY
    return {"group": group, "metric": metric, "sort": None}
