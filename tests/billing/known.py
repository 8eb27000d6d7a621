"""Daily bills that a poll would have left, made by hand."""

from decimal import Decimal

from billing.models import BillRevision, DailyBillLine
from billing.services.sums import sum_up
from polling.models import PollRun, PollSlot, RunOutcome, Stream
from tests.usage.known import at, day


def bill_known(period: str, first_at: str = "2026-09-20 06:00", last_at: str = "") -> PollSlot:
    """A day whose bill was read completely, first and last at these moments."""
    return PollSlot.objects.create(
        stream=Stream.DAILY_BILLS,
        period=day(period),
        due_at=at(first_at),
        next_attempt_at=at(first_at),
        first_complete_at=at(first_at),
        last_complete_at=at(last_at or first_at),
    )


def bill_read(period: str, ended_at: str, outcome: str = RunOutcome.COMPLETE) -> PollRun:
    """A reading of one day's bill."""
    return PollRun.objects.create(
        stream=Stream.DAILY_BILLS,
        since=day(period),
        until=day(period),
        started_at=at(ended_at),
        ended_at=at(ended_at),
        outcome=outcome,
    )


def line(period: str, company_id: str, project_id: str, amount: str, currency: str = "USD") -> DailyBillLine:
    """One line of a bill, and the sums it is part of."""
    made = DailyBillLine.objects.create(
        period=day(period), company_id=company_id, project_id=project_id, currency=currency, amount=Decimal(amount)
    )
    sum_up(made.period)
    return made


def revision(
    period: str, company_id: str, project_id: str, old: str | None, new: str | None, seen_at: str, currency: str = "USD"
) -> BillRevision:
    """A correction that was seen at that moment."""
    return BillRevision.objects.create(
        period=day(period),
        company_id=company_id,
        project_id=project_id,
        currency=currency,
        old_amount=None if old is None else Decimal(old),
        new_amount=None if new is None else Decimal(new),
        seen_at=at(seen_at),
    )
