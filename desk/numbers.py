"""Figures in words: sums that say what is missing from them, money, changes with their sign."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Decimal

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from billing.money import amount_text
from billing.tables import days_words
from desk.queries.day_sums import DaySum
from desk.queries.months import Comparison
from usage.figures import Span
from usage.numerals import grouped, growth_words

CENT = Decimal("0.01")


@dataclass(frozen=True, kw_only=True)
class Figure:
    """A sum over days as a cell shows it; an empty text is not known, `note` says how many days are.

    One that `waits` lacks only the last days of somebody who used nothing for weeks.
    """

    text: str
    note: str = ""
    waits: bool = False

    @property
    def tone(self) -> str:
        """The class of what is said about days that are not in the sum."""
        return "text-secondary" if self.waits else "is-missing"


@dataclass(frozen=True, kw_only=True)
class Change:
    """A change as a cell shows it: `+12.3 %`; `tone` is up, down or empty."""

    text: str
    tone: str = ""


@dataclass(frozen=True, kw_only=True)
class ComparedRow:
    """A figure of this month beside the same days of last month."""

    label: str
    unit: str
    now: Figure
    before: Figure
    change: Change


def to_the_cent(amount: Decimal) -> str:
    """An amount rounded to the cent, digits grouped: a reading aid; tables and exports by day have every decimal."""
    return amount_text(amount.quantize(CENT, rounding=ROUND_HALF_EVEN))


def figure(found: DaySum | None, *, is_money: bool = False) -> Figure:
    """A sum in words; what is not known stays empty."""
    if found is None or found.value is None:
        return Figure(text="", waits=found is not None and found.waits)
    text = to_the_cent(Decimal(found.value)) if is_money else grouped(found.value)
    if not found.waits:
        return Figure(text=text, note="" if found.complete else days_words(found.known, found.of))
    words = _("%(days)s; unused for weeks, so the last days come in their turn")
    return Figure(text=text, note=words % {"days": days_words(found.known, found.of)}, waits=True)


def change_words(change: int | Decimal | None, before: int | Decimal | None) -> Change:
    """A change as a share of what there was before; empty where there is nothing to compare."""
    tone = "up" if change and change > 0 else "down" if change else ""
    return Change(text=growth_words(change, before), tone=tone)


def compared(found: Comparison, *, unit: str = "", is_money: bool = False) -> ComparedRow:
    """One line of the comparison of two months; `unit` is empty where the label names it."""
    return ComparedRow(
        label=str(found.label),
        unit=unit,
        now=figure(found.now, is_money=is_money),
        before=figure(found.before, is_money=is_money),
        change=change_words(found.delta, found.before.value),
    )


def dates_words(days: Span, *, beside: Span | None = None) -> str:
    """UTC days in words: `1 – 21 Nov`, or `1 – 21 Nov 2025` where they stand `beside` days of another year."""
    since, until = days
    last = date_format(until, "j M" if beside is None or beside[1].year == until.year else "j M Y")
    if since == until:
        return last
    same_month = (since.year, since.month) == (until.year, until.month)
    return f"{date_format(since, 'j' if same_month else 'j M')} – {last}"


def short_date(day: dt.date, today: dt.date) -> str:
    """A UTC day in words, with its year where it is not this one."""
    return date_format(day, "j M" if day.year == today.year else "j M Y")


def moment(at: dt.datetime | None) -> str:
    """A moment as `23 Sep 2026, 12:00 UTC`; '' when there is none."""
    return f"{date_format(at.astimezone(dt.UTC), 'j M Y, H:i')} UTC" if at else ""
