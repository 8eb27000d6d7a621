"""Which companies can be compared: those that are known and settled on all of the days."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from operator import or_
from typing import Any

from django.db.models import Case, Count, IntegerField, Q, QuerySet, Sum, Value, When
from django.utils import timezone

from agora.vocabulary import Interval
from companies.models import Company
from desk.queries.moved import A_FEW, is_complete
from desk.queries.windows import Measure, Pair, Windows
from polling.models import Coverage, PollSlot, Stream, Target
from polling.queries import in_use_since, is_in_use, waits_for_idle


@dataclass(frozen=True, kw_only=True)
class Standing:
    """How the listed companies stand: `known` has a bit for each of the pairs that is known and settled on all days.

    Who is in it can be compared. `waiting` others lack nothing but what comes with a turn; `of` are all.
    """

    pairs: Sequence[Pair]
    known: Mapping[str, int]
    waiting: int
    of: int

    @property
    def compared(self) -> set[str]:
        return set(self.known)

    def knowing(self, pair: Pair) -> set[str]:
        """The companies that can be compared and of which this pair is known."""
        bit = 1 << self.pairs.index(pair)
        return {company_id for company_id, bits in self.known.items() if bits & bit}


def standing_of(measure: Measure, windows: Windows, listed: QuerySet[Company]) -> Standing:
    """How these companies stand.

    A pair that a company did not use for weeks, and that waits for its turn, is in no sum and holds nobody up.
    """
    pairs = measure.pairs
    asked = reduce(or_, map(_is_of, pairs))
    everybody = set(listed.order_by().values_list("company_id", flat=True))
    scope: dict[str, Any] = {"project_id": "", "interval": Interval.DAILY}
    if len(everybody) <= A_FEW:
        scope["company_id__in"] = everybody
    gaps = Target.objects.filter(asked, windows.overlap, **scope).order_by().values_list("company_id", flat=True)
    with_gaps = set(gaps.distinct())
    complete = is_complete(windows)
    bits = [When(_is_of(pair) & complete, then=Value(1 << place)) for place, pair in enumerate(pairs)]
    known = Sum(Case(*bits, default=Value(0), output_field=IntegerField()))
    rows = Coverage.objects.filter(asked, complete | _waits(pairs, windows), **scope).order_by()
    ready = rows.values_list("company_id").alias(number=Count("pk")).filter(number=len(pairs)).annotate(known=known)
    found = {one: bits for one, bits in ready if one in everybody and one not in with_gaps}
    compared = {one: bits for one, bits in found.items() if bits}
    return Standing(pairs=pairs, known=compared, waiting=len(found) - len(compared), of=len(everybody))


def _is_of(pair: Pair) -> Q:
    business, model = pair
    return Q(business=business, model=model)


def _waits(pairs: Sequence[Pair], windows: Windows) -> Q:
    """Coverage of series that used nothing for weeks, which lack only days at the end that wait for their turn."""
    now = timezone.now()
    scopes = {f"{business}/{model}/{Interval.DAILY}": (business, model) for business, model in pairs}
    slots = PollSlot.objects.filter(
        waits_for_idle(now),
        stream=Stream.USAGE,
        scope__in=scopes,
        period__range=(windows.before[0], windows.days[1]),
    )
    turns: dict[Pair, set[dt.date]] = defaultdict(set)
    for scope, day in slots.values_list("scope", "period"):
        turns[scopes[scope]].add(day)
    unused = ~is_in_use(in_use_since(now)) & Q(known_from__lte=windows.before[0])
    return unused & reduce(or_, (_is_of(pair) & _known_but_for(turns[pair], windows) for pair in pairs))


def _known_but_for(turns: Collection[dt.date], windows: Windows) -> Q:
    needed = [day for day in windows.all_days() if day not in turns]
    return Q(known_until__gte=needed[-1]) if needed else Q()
