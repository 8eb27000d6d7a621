"""The tables of the Bills page: by day or month, by company or project, and the corrections; each ready to be shown."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from urllib.parse import urlencode

from django.core.paginator import Page, Paginator
from django.http import QueryDict
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.text import get_text_list
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from billing.explorer import Question
from billing.figures import OwnerBill, PeriodBill, Selection, added
from billing.models import BillRevision
from billing.money import amount_text, money, places_of
from billing.queries import bill_per_owner, corrections
from companies.models import Company, Project
from companies.queries.mirror import listed_companies
from usage.controls import query_with
from usage.figures import State
from usage.numerals import grouped, utc
from usage.queries import Trace, id_order, traces

OWNERS_ON_A_PAGE = 50
MOST_CORRECTIONS = 100

WHY_ZERO = {
    Trace.NONE: gettext_lazy("no usage"),
    Trace.SOME: gettext_lazy("usage inside the free quota"),
    Trace.UNKNOWN: gettext_lazy("usage not known"),
}


@dataclass(frozen=True, kw_only=True)
class PeriodRow:
    """One day or month, its label in charts as `key`: an amount for each currency, empty where it is not known."""

    key: str
    period: str
    query: str
    cells: list[str]
    state: State
    note: str
    fetched_at: str


def period_rows(
    params: QueryDict, asked: Question, bills: Sequence[PeriodBill], codes: Sequence[str]
) -> list[PeriodRow]:
    """Every day or month of the page, the newest first."""
    places = {code: places_of(bill.amount(code) for bill in bills) for code in codes}
    return [_period_row(params, asked, bill, places) for bill in reversed(bills)]


def _period_row(params: QueryDict, asked: Question, bill: PeriodBill, places: Mapping[str, int]) -> PeriodRow:
    return PeriodRow(
        key=asked.period_text(bill.period),
        period=date_format(bill.period, "F Y" if asked.monthly else "D, j M Y"),
        query=_this_period(params, asked, bill.period),
        cells=[
            "" if (amount := bill.amount(code)) is None else amount_text(amount, width)
            for code, width in places.items()
        ],
        state=bill.state,
        note=days_words(bill.known, bill.of) if bill.incomplete else "",
        fetched_at=utc(bill.fetched_at),
    )


def _cell(amount: Decimal | None, places: int) -> str:
    return "" if amount is None else amount_text(amount, places)


def _this_period(params: QueryDict, asked: Question, period: dt.date) -> str:
    """The page of this day alone, or of this month by its days."""
    if asked.monthly:
        return query_with(params, view=None, period=f"{period:%Y-%m}", since=None, until=None)
    return query_with(params, period=None, since=period.isoformat(), until=period.isoformat())


def days_words(known: int, of: int) -> str:
    """How many days are in an amount: `21 of 30 days`."""
    return ngettext("%(known)d of %(of)d day", "%(known)d of %(of)d days", of) % {"known": known, "of": of}


@dataclass(frozen=True, kw_only=True)
class CurrencySum:
    """What the page's known days cost in one currency."""

    currency: str
    amount: str
    note: str


def currency_sums(bills: Sequence[PeriodBill], codes: Sequence[str]) -> list[CurrencySum]:
    """A sum for each currency, which says how many days are in it."""
    sums = added(bill.amounts for bill in bills)
    known, of = sum(bill.known for bill in bills), sum(bill.of for bill in bills)
    note = days_words(known, of) + ("" if known == of else f" · {_('the others have no data yet')}")
    return [CurrencySum(currency=code, amount=amount_text(sums.get(code, Decimal())), note=note) for code in codes]


@dataclass(frozen=True, kw_only=True)
class Unlisted:
    """What a sum holds of companies that Agora does not list: in words, and the page that shows just that."""

    words: str
    href: str


def unlisted_of(selection: Selection, *, apart: bool = False) -> Unlisted | None:
    """What of a selection was billed for companies that Agora does not list; None where nothing was.

    It is in the sums of bills, but `apart` from those of listed companies.
    """
    if selection.company_id:
        return None
    owners = bill_per_owner(replace(selection, unlisted=True))
    sums = added(owner.amounts for owner in owners)
    if not any(sums.values()):
        return None
    told = {
        "amounts": get_text_list([money(round(sums[code], 2), code) for code in sorted(sums)], _("and")),
        "count": grouped(len(owners)),
    }
    if apart:
        words = ngettext(
            "Not in these totals: %(amounts)s of %(count)s company that Agora does not list",
            "Not in these totals: %(amounts)s of %(count)s companies that Agora does not list",
            len(owners),
        )
    else:
        words = ngettext(
            "of it %(amounts)s of %(count)s company that Agora does not list",
            "of it %(amounts)s of %(count)s companies that Agora does not list",
            len(owners),
        )
    address = {"since": f"{selection.since}", "until": f"{selection.until}", **selection.kind, "listed": "no"}
    return Unlisted(words=words % told, href=f"{reverse('billing:show_daily_bills')}?{urlencode(address)}")


@dataclass(frozen=True, kw_only=True)
class OwnerRow:
    """One company or project: an amount for each currency it was billed in, and why it is nothing where it is."""

    id: str
    name: str
    query: str
    listed: bool
    cells: list[str]
    why_zero: str | Promise


def owner_page(params: QueryDict, owners: list[OwnerBill], codes: Sequence[str]) -> Page[OwnerBill]:
    """One page of companies or projects, the dearest first."""
    dearest = sorted(owners, key=lambda one: (_cost(one, codes), id_order(one.company_id), id_order(one.project_id)))
    return Paginator(dearest, OWNERS_ON_A_PAGE).get_page(params.get("page"))


def _cost(owner: OwnerBill, codes: Sequence[str]) -> list[Decimal]:
    return [-owner.amounts.get(code, Decimal()) for code in codes]


def owner_rows(
    params: QueryDict, selection: Selection, owners: Collection[OwnerBill], codes: Sequence[str]
) -> list[OwnerRow]:
    """The rows of some companies, or of the projects of the selection's company."""
    names = _project_names(selection.company_id) if selection.company_id else _company_names(owners)
    listed = names.keys() if selection.company_id else _listed(owners)
    free = [(one.company_id, one.project_id) for one in owners if not any(one.amounts.values())]
    found = traces(free, selection.since, selection.until) if free else {}
    places = {code: places_of(one.amounts.get(code) for one in owners) for code in codes}
    return [_owner_row(params, selection, one, places, names, listed, found) for one in owners]


def _owner_row(
    params: QueryDict,
    selection: Selection,
    owner: OwnerBill,
    places: Mapping[str, int],
    names: Mapping[str, str],
    listed: Collection[str],
    found: Mapping[tuple[str, str], Trace],
) -> OwnerRow:
    is_project = bool(selection.company_id)
    remote_id = owner.project_id if is_project else owner.company_id
    trace = found.get((owner.company_id, owner.project_id))
    return OwnerRow(
        id=remote_id,
        name=names.get(remote_id, ""),
        query=_narrower(params, owner, is_project=is_project),
        listed=remote_id in listed or not remote_id,
        cells=[_cell(owner.amounts.get(code), width) for code, width in places.items()],
        why_zero=WHY_ZERO[trace] if trace else "",
    )


def _narrower(params: QueryDict, owner: OwnerBill, *, is_project: bool) -> str:
    """The page of this company or project alone; '' where there is none."""
    if not is_project:
        return query_with(params, company=owner.company_id)
    return query_with(params, project=owner.project_id) if owner.project_id else ""


def _company_names(owners: Collection[OwnerBill]) -> dict[str, str]:
    ids = {owner.company_id for owner in owners}
    return dict(Company.objects.filter(company_id__in=ids).values_list("company_id", "name"))


def _listed(owners: Collection[OwnerBill]) -> set[str]:
    """The IDs of those companies that Agora lists now."""
    found = listed_companies().filter(company_id__in={owner.company_id for owner in owners})
    return set(found.values_list("company_id", flat=True))


def _project_names(company_id: str) -> dict[str, str]:
    return dict(Project.objects.filter(company__company_id=company_id).values_list("project_id", "name"))


@dataclass(frozen=True, kw_only=True)
class CorrectionRow:
    """One correction: what it was, what it is now; empty where there was or is nothing."""

    period: str
    company_id: str
    project_id: str
    old: str
    new: str
    seen_at: str


def correction_rows(selection: Selection) -> list[CorrectionRow]:
    """The last corrections of the selection's days, the newest first."""
    found = corrections(selection).order_by("-seen_at", "-pk")[:MOST_CORRECTIONS]
    return [_correction_row(revision) for revision in found]


def _correction_row(revision: BillRevision) -> CorrectionRow:
    old, new = (
        "" if amount is None else money(amount, revision.currency)
        for amount in (revision.old_amount, revision.new_amount)
    )
    return CorrectionRow(
        period=date_format(revision.period, "j M Y"),
        company_id=revision.company_id,
        project_id=revision.project_id,
        old=old,
        new=new,
        seen_at=utc(revision.seen_at),
    )
