"""Rows that a poll would have left, made by hand."""

import datetime as dt

from agora.vocabulary import Business, Interval, Model
from companies.models import Company, Project
from polling.models import Coverage, PollSlot, Stream, Target, TargetState
from polling.periods import end_of, last_of_month
from polling.series import Kind
from usage.models import UsageFigures, UsageSeries
from usage.services.rollups import roll_up

SEEN_AT = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
FETCHED_AT = dt.datetime(2026, 9, 21, 6, 0, tzinfo=dt.UTC)


def day(text: str) -> dt.date:
    """`day("2026-09-03")`."""
    return dt.date.fromisoformat(text)


def at(text: str) -> dt.datetime:
    """`at("2026-09-03 04:05")`, UTC."""
    return dt.datetime.fromisoformat(text).replace(tzinfo=dt.UTC)


def company(company_id: str, name: str = "", **fields: object) -> Company:
    """A listed company."""
    return Company.objects.create(
        company_id=company_id,
        name=name or f"Company {company_id}",
        first_seen_at=SEEN_AT,
        last_seen_at=SEEN_AT,
        **fields,
    )


def project(owner: Company, project_id: str, name: str = "", **fields: object) -> Project:
    """A listed project."""
    return Project.objects.create(
        company=owner,
        project_id=project_id,
        name=name or f"Project {project_id}",
        first_seen_at=SEEN_AT,
        last_seen_at=SEEN_AT,
        **fields,
    )


def series(
    company_id: str, project_id: str = "", pair: str = "default/duration", interval: str = "daily"
) -> dict[str, str]:
    """The columns that name a series."""
    business, model = pair.split("/")
    return {
        "company_id": company_id,
        "project_id": project_id,
        "business": business,
        "model": model,
        "interval": interval,
    }


def covered(
    since: str, until: str, *, settled: str | None = None, used_until: str | None = None, **whose: str
) -> Coverage:
    """Days that are known, all confirmed at FETCHED_AT; settled to the end unless told otherwise."""
    settled_until = day(settled or until) if settled != "" else None
    return Coverage.objects.create(
        **series(**whose),
        known_from=day(since),
        known_until=day(until),
        known_at=FETCHED_AT,
        checked_from=day(since),
        checked_at=FETCHED_AT,
        settled_until=settled_until,
        used_until=used_until and day(used_until),
    )


def gap(since: str, until: str, state: str = TargetState.FAILED, **whose: str) -> Target:
    """Days that are not known."""
    return Target.objects.create(
        **series(**whose),
        since=day(since),
        until=day(until),
        state=state,
        opened_at=FETCHED_AT,
        next_attempt_at=FETCHED_AT,
    )


def used(
    period: str,
    *,
    extra: dict[str, str] | None = None,
    corrected: tuple[str, ...] = (),
    figures: dict[str, int],
    **whose: str,
) -> UsageFigures:
    """Figures of one period, and the sums they are part of; columns that are not named are NULL."""
    of, _ = UsageSeries.objects.get_or_create(**series(**whose))
    row = UsageFigures.objects.create(
        series=of, period=day(period), extra=extra or None, corrected=list(corrected) or None, **figures
    )
    if not of.project_id:
        roll_up(kind_of(of), {(of.company_id, row.period)})
    return row


def kind_of(row: UsageSeries) -> Kind:
    """The kind of figures that a series is of."""
    return Kind(business=Business(row.business), model=Model(row.model), interval=Interval(row.interval))


def rtc(audio: int = 0, sd: int = 0, hd: int = 0, hdp: int = 0) -> dict[str, int]:
    """Figures of `default/duration` that agree with one another."""
    return {"audio_all": audio, "video_all": sd + hd + hdp, "sd_all": sd, "hd_all": hd, "hdp_all": hdp}


def slot(period: str, complete_at: str, scope: str = "default/duration/daily", stream: str = Stream.USAGE) -> PollSlot:
    """A slot that was last (and first) complete at that moment."""
    moment = at(complete_at)
    return PollSlot.objects.create(
        stream=stream,
        scope=scope,
        period=day(period),
        due_at=moment,
        next_attempt_at=moment,
        first_complete_at=moment,
        last_complete_at=moment,
    )


def known_in_use(period: str, scope: str = "default/duration/daily") -> PollSlot:
    """A slot that is known of everybody who uses the pair, while the others wait for their turn."""
    due_at = end_of(day(period)) if scope.endswith("daily") else end_of(last_of_month(day(period)))
    return PollSlot.objects.create(
        stream=Stream.USAGE,
        scope=scope,
        period=day(period),
        due_at=due_at,
        next_attempt_at=due_at,
        active_complete_at=at("2026-09-22 06:00"),
    )
