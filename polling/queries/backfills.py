"""Reads of orders to read days again: which can go on, how far each is, and what of it could not be read."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from polling.models import UNFINISHED, Backfill, BackfillStep


def backfills() -> QuerySet[Backfill]:
    """Every order, the newest first, with who gave it and whether something of it could not be read, as `failed`."""
    failed = BackfillStep.objects.filter(backfill=OuterRef("pk")).exclude(error="")
    found = Backfill.objects.select_related("ordered_by", "cancelled_by").annotate(failed=Exists(failed))
    return found.order_by("-pk")


def unfinished_backfills() -> QuerySet[Backfill]:
    """The orders that wait or run, the oldest first."""
    return Backfill.objects.filter(state__in=UNFINISHED).select_related("ordered_by").order_by("pk")


def open_backfills(keys: Iterable[str]) -> QuerySet[Backfill]:
    """The orders for just one of these wishes that have not ended."""
    return unfinished_backfills().filter(key__in=list(keys))


def due_backfills(now: dt.datetime) -> QuerySet[Backfill]:
    """The orders that can go on now and that nobody works on, the oldest first."""
    free = Q(lease_until=None) | Q(lease_until__lt=now)
    return Backfill.objects.filter(free, state__in=UNFINISHED, next_attempt_at__lte=now).order_by("pk")


def next_step(backfill: Backfill) -> BackfillStep | None:
    """The step with which an order goes on."""
    return backfill.steps.filter(ended_at=None).order_by("number").first()


def steps_by_stream(backfill: Backfill) -> dict[str, tuple[int, int]]:
    """For each stream of an order: how many of its steps have ended, and how many there are."""
    counted = backfill.steps.order_by("stream").values_list("stream").annotate(ended=Count("ended_at"), all=Count("pk"))
    return {stream: (ended, every) for stream, ended, every in counted}


def failed_steps(backfill: Backfill) -> QuerySet[BackfillStep]:
    """The steps of an order of which something could not be read."""
    return backfill.steps.exclude(error="").order_by("number")
