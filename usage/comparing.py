"""What the explorer says of a comparison: with which days it is, and how both sides differ."""

from __future__ import annotations

from decimal import Decimal

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from polling.queries import poll_since
from usage.answers import Answer, figures_sum
from usage.explorer import Question, days_against
from usage.figures import Selection
from usage.numerals import grouped, growth_words, signed
from usage.periods import COMPARISONS, SAME_WEEKDAYS, DateRange
from usage.queries.ledger import days_read


def compared_words(answer: Answer) -> str:
    """How that compares, where every figure of both sides is known and settled."""
    asked = answer.asked
    if asked.against is None:
        return ""
    words: dict[str, object] = {"dates": _days_against(asked, asked.against)}
    sure = all(figure.sure for figure in (*answer.total, *answer.earlier))
    if asked.against.since < (first := poll_since()) and not (sure and asked.daily):
        words["first"] = date_format(first, "j M Y")
        return _("It cannot be compared with %(dates)s: the portal keeps figures from %(first)s on.") % words
    if all(figure.value is None for figure in answer.earlier):
        return _("Nothing is known of %(dates)s to compare it with.") % words
    if not sure:
        return _("How that compares with %(dates)s can be said once all of both is known and settled.") % words
    return (_against_sum if asked.product.adds_up else _against_peak)(answer, asked.against)


def comparison_words(selection: Selection, how: str) -> str:
    """A way to compare as it is chosen: its name, with the days that it means."""
    against = days_against(selection, how)
    if how != SAME_WEEKDAYS:
        return f"{COMPARISONS[how]} ({against})"
    weeks = (days_read(selection)[0] - against.since).days // 7
    words = {"count": weeks, "dates": against}
    return (
        ngettext(
            "Same weekdays %(count)d week before (%(dates)s)",
            "Same weekdays %(count)d weeks before (%(dates)s)",
            weeks,
        )
        % words
    )


def _days_against(asked: Question, against: DateRange) -> str:
    """The days that are compared with; of the same weekdays, how many weeks before they were."""
    if asked.compare != SAME_WEEKDAYS:
        return str(against)
    weeks = (asked.days.since - against.since).days // 7
    words = {"count": weeks, "dates": against}
    return (
        ngettext(
            "the same weekdays %(count)d week before (%(dates)s)",
            "the same weekdays %(count)d weeks before (%(dates)s)",
            weeks,
        )
        % words
    )


def _against_peak(answer: Answer, against: DateRange) -> str:
    highest = max((figure.value for figure in answer.earlier if figure.value is not None), default=0)
    words = {"dates": _days_against(answer.asked, against), "highest": grouped(highest)}
    if len(answer.earlier) == 1:
        return _("On %(dates)s it was %(highest)s.") % words
    return _("On %(dates)s it was at most %(highest)s.") % words


def _against_sum(answer: Answer, against: DateRange) -> str:
    """How two sums differ; those of ranges that are not equally long say so."""
    now, before = figures_sum(answer.total).value or 0, figures_sum(answer.earlier).value or 0
    dates = answer.asked.days
    words = {
        "now": grouped(now),
        "before": grouped(before),
        "change": change_words(now - before, before),
        "dates_now": dates,
        "dates": _days_against(answer.asked, against),
        "days_now": _days_words(dates),
        "days": _days_words(against),
    }
    if dates.days == against.days:
        return _("Against %(before)s on %(dates)s that is %(change)s.") % words
    return (
        _("%(now)s on %(dates_now)s (%(days_now)s) against %(before)s on %(dates)s (%(days)s): that is %(change)s.")
        % words
    )


def _days_words(dates: DateRange) -> str:
    return ngettext("%(count)d day", "%(count)d days", dates.days) % {"count": dates.days}


def change_words(change: int | Decimal | None, before: int | Decimal | None) -> str:
    """A change, and in percent what it is of before; '' for one that is not known."""
    if change is None or before is None:
        return ""
    return f"{signed(change)} ({growth_words(change, before)})" if change else growth_words(change, before)
