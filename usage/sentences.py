"""What the explorer says in sentences: what is shown, how it went, what is missing, and how periods are covered."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from polling.periods import end_of, utc_day
from polling.queries import idle_asked_by
from usage.answers import OTHER, Answer, answer_by_metric, figures_sum
from usage.comparing import compared_words
from usage.explorer import BY_COMPANY, BY_PROJECT, Question, finer_of
from usage.figures import State
from usage.metrics import metric_words
from usage.numerals import grouped, share_words
from usage.queries import PeriodUsage


def summary(asked: Question, whose: str, periods: Sequence[PeriodUsage]) -> str:
    """What a chart of figures that were read before shows, and how it went."""
    return summary_of(answer_by_metric(asked, periods), whose)


def summary_of(answer: Answer, whose: str) -> str:
    """What a chart shows and how it went, in sentences, for everybody who reads before looking."""
    periods = answer.periods
    sentences = (
        _what(answer.asked, whose),
        _parts(answer),
        _trend(answer),
        _most(answer),
        compared_words(answer),
        _gaps(answer.asked, periods),
        _lacking(answer),
        turn_words(answer.asked, periods),
    )
    return " ".join(sentence for sentence in sentences if sentence)


def _what(asked: Question, whose: str) -> str:
    product = str(asked.product.name)
    words = {
        "product": f"{product} ({metric_words(asked.metric)})" if asked.metric else product,
        "whose": whose,
        "dates": str(asked.days),
        "unit": asked.unit,
        "by": _by_words(asked),
    }
    return _("%(product)s of %(whose)s by %(by)s, %(dates)s, in %(unit)s.") % words


def _parts(answer: Answer) -> str:
    """Which weeks the days that are asked for cut, and that months are whole though they are cut."""
    if answer.asked.monthly:
        return _whole_months(answer.asked)
    if not answer.asked.weekly:
        return ""
    ends = answer.periods[0].period, answer.periods[-1].period
    first, last = (answer.asked.days_of(period).days < 7 for period in ends)
    if len(answer.periods) == 1:
        return _("It is part of a week.") if first else ""
    if first and last:
        return _("The first and the last one are parts of a week.")
    if first:
        return _("The first one is part of a week.")
    return _("The last one is part of a week.") if last else ""


def _whole_months(asked: Question) -> str:
    dates = asked.dates.dates
    if (dates.since, dates.until) == (asked.days.since, asked.days.until):
        return ""
    return _("Whole months are shown, though only %(dates)s was asked for.") % {"dates": dates}


def _by_words(asked: Question) -> str:
    period = _("week") if asked.weekly else _("month") if asked.monthly else _("day")
    if not asked.grouped:
        return period
    words = {"period": period}
    return (_("company and %(period)s") if asked.group == BY_COMPANY else _("project and %(period)s")) % words


def _trend(answer: Answer) -> str:
    """The highest period, and the sum of all where there is one."""
    asked = answer.asked
    figures = zip(answer.total, answer.periods, strict=True)
    known = [(figure.value, period.period) for figure, period in figures if figure.value is not None]
    if not known:
        return ""
    value, period = max(known)
    words = {
        "highest": grouped(value),
        "when": short_period(asked, period),
        "total": grouped(sum(value for value, _period in known)),
        "unit": asked.unit,
        "metric": metric_words(asked.leading[0]),
    }
    if len(answer.periods) == 1:
        alone = _("In all %(total)s %(unit)s.") if asked.product.adds_up else _("%(metric)s: %(highest)s (%(when)s).")
        return alone % words
    if asked.product.adds_up:
        return _("In all %(total)s %(unit)s, at most %(highest)s (%(when)s).") % words
    return _("%(metric)s: at most %(highest)s (%(when)s).") % words


def short_period(asked: Question, period: dt.date) -> str:
    """A period in the middle of a sentence."""
    if asked.weekly:
        days = asked.days_of(period)
        ends = dict.fromkeys(date_format(day, "j M") for day in (days.since, days.until))
        return " – ".join(ends)
    return date_format(period, "F Y" if asked.monthly else "j M")


def _most(answer: Answer) -> str:
    """Who used the most, and which part of it all that was, where that can be said."""
    first = next((column for column in answer.columns if column.key != OTHER), None)
    if not answer.asked.grouped or first is None:
        return ""
    own, everybody = figures_sum(first.figures), figures_sum(answer.total)
    words = {"name": first.label}
    if not answer.asked.product.adds_up or not own.value or not everybody.value or own.lacks or everybody.lacks:
        return _("The most was used by %(name)s.") % words
    words |= {"value": grouped(own.value), "part": share_words(Decimal(own.value) / Decimal(everybody.value))}
    return _("The most was used by %(name)s: %(value)s, or %(part)s of it.") % words


def into_words(asked: Question) -> str:
    """Where a press on the chart leads, and one on › beside a name; the links themselves are the table's."""
    by = {BY_COMPANY: _("by company"), BY_PROJECT: _("by project")}.get(finer_of(asked), "")
    one, all_of_it = _("that day"), _("all of these days")
    if asked.weekly:
        one, all_of_it, by = _("the days of that week"), _("all of these weeks"), ""
    elif asked.monthly:
        one, all_of_it, by = _("the days of that month"), _("all of these months"), ""
    words = {"one": f"{one} {by}".strip(), "time": one, "all": all_of_it}
    if asked.grouped:
        return (
            _(
                "A press on the part of a company or project shows %(time)s of it alone, elsewhere %(one)s; "
                "› beside a name shows it over %(all)s."
            )
            % words
        )
    if not asked.selection.project_id:
        return _("A press on the chart shows %(one)s; › beside a name shows who used it over %(all)s.") % words
    alone = asked.daily and asked.days.days == 1
    return "" if alone else _("A press on the chart shows %(one)s.") % words


def part_words(asked: Question, period: dt.date) -> str:
    """How much of a week lies in the days that are asked for, where that is not all of it: `2 of 7 days`."""
    days = asked.days_of(period).days
    if not asked.weekly or days == 7:
        return ""
    return ngettext("%(days)d of 7 days", "%(days)d of 7 days", days) % {"days": days}


def _gaps(asked: Question, periods: Sequence[PeriodUsage]) -> str:
    missing = sum(period.state == State.MISSING and not period.waits for period in periods)
    if not missing:
        return ""
    words = {"count": missing}
    if asked.monthly:
        return ngettext("%(count)d month has no data.", "%(count)d months have no data.", missing) % words
    if asked.weekly:
        return ngettext("%(count)d week has no data.", "%(count)d weeks have no data.", missing) % words
    return ngettext("%(count)d day has no data.", "%(count)d days have no data.", missing) % words


def _lacking(answer: Answer) -> str:
    """In how many periods a figure is known, but not of everybody."""
    lacking = sum(figure.lacks and figure.value is not None for figure in answer.total)
    if not lacking:
        return ""
    words = {"count": lacking}
    if answer.asked.monthly:
        return ngettext(
            "%(count)d month lacks somebody’s figure.", "%(count)d months lack somebody’s figure.", lacking
        ) % words  # fmt: skip
    if answer.asked.weekly:
        return ngettext(
            "%(count)d week lacks somebody’s figure.", "%(count)d weeks lack somebody’s figure.", lacking
        ) % words  # fmt: skip
    return ngettext("%(count)d day lacks somebody’s figure.", "%(count)d days lack somebody’s figure.", lacking) % words


def turn_words(asked: Question, periods: Sequence[PeriodUsage]) -> str:
    """By when who used nothing for weeks is asked for the periods that wait for it; '' where none does."""
    waiting = [period for period in periods if period.waits]
    if not waiting:
        return ""
    newest = waiting[-1]
    told = {"words": known_words(asked, newest), "day": date_format(asked_by(asked, newest), "j M")}
    some = _("The newest figure holds %(words)s; the others used nothing for weeks and are asked by %(day)s UTC.")
    none = _("Nothing was used for weeks, so the newest days are asked in their turn, by %(day)s UTC.")
    return (some if newest.known else none) % told


def coverage_words(asked: Question, period: PeriodUsage) -> str:
    """How many of the companies or projects a figure holds, and by when others are asked that wait for their turn."""
    by = date_format(asked_by(asked, period), "j M")
    if period.waits and not period.known:
        return _("unused for weeks, asked by %(day)s UTC") % {"day": by}
    words = known_words(asked, period)
    return _("%(words)s, the others by %(day)s UTC") % {"words": words, "day": by} if period.waits else words


def known_words(asked: Question, period: PeriodUsage) -> str:
    """How many of the companies or projects are known: `11 of 12 companies`."""
    numbers = {"known": period.known, "of": period.of}
    if asked.selection.by_project:
        return ngettext("%(known)d of %(of)d project", "%(known)d of %(of)d projects", period.of) % numbers
    return ngettext("%(known)d of %(of)d company", "%(known)d of %(of)d companies", period.of) % numbers


def asked_by(asked: Question, period: PeriodUsage) -> dt.date:
    """The UTC day by which everybody idle has been asked for a period."""
    last = period.period
    if asked.monthly or asked.weekly:
        last = asked.days_of(last).until
    return idle_asked_by(end_of(min(last, utc_day(timezone.now()))))
