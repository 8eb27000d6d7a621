"""Five weeks of a small reseller, as polls and people would have left them: figures for pages that are looked at."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from django.utils import timezone

from accounts.models import Person
from agora.drafts import CompanyDraft
from agora.vocabulary import METRICS, MONTHLY_PAIRS, PAIRS, Interval
from billing.models import BillProblem, BillRevision, DailyBillLine
from billing.services.sums import sum_up
from companies.intake.reading import read_pasted
from companies.models import (
    Company,
    Import,
    MirrorChange,
    Note,
    Operation,
    OperationKind,
    OperationState,
    Project,
    SavedView,
    UapService,
)
from companies.pages.import_plan import checked_table, plan_for
from companies.services import care, views
from companies.services.imports import loading
from companies.services.operations import fingerprint, natural_key
from polling.models import Coverage, PollSlot, Stream
from polling.periods import DAY, days_between, months_between
from tests.browser.checklists import Checklists, store_checklists
from tests.browser.polling import Polled, store_polled
from usage.metrics import column_of
from usage.models import UsageFigures, UsageSeries
from usage.services.rollups import roll_up_everything

DAYS = 35
COMPANIES = (
    ("10001", "Lighthouse Tutors", "0", "Non-CN", "US"),
    ("10002", "مدرسة النور", "1", "Non-CN", "AE"),
    ("10003", "晨光直播", "3", "CN", "CN"),
    ("10004", "<b>O'Neill & Söhne</b> GmbH with a name that is far longer than the form allows", "7", "Non-CN", "AT"),
    ("10005", "🎤 Karaoke Night", "0", "Non-CN", "KR"),
)
DRAFT = CompanyDraft(
    company_name="Boreal Bank",
    email="ann@boreal.example",
    first_name="Ann",
    last_name="Doe",
    country="CA",
    area="Non-CN",
)


@dataclass(frozen=True, kw_only=True)
class Season:
    """What pages need: a company and project, a note, a view, an operation that waits, an import, checklists, gaps."""

    company: Company
    project: Project
    operation: Operation
    batch: Import
    checklists: Checklists
    polled: Polled
    note: Note
    view: SavedView


def store_season(by: Person) -> Season:
    """Store it all, up to today; yesterday and today are provisional, and bills end two days ago."""
    now = timezone.now()
    today = now.date()
    since = today - (DAYS - 1) * DAY
    companies = [_company(*row, now) for row in COMPANIES]
    project = companies[0].projects.get(project_id="-u_1")
    reported = {"status": "1", "project_name_reported": project.name, "reported_at": now}
    UapService.objects.create(project=project, type_id=7, region=1, **reported)
    series = [(company.company_id, "") for company in companies] + [("10001", "-u_1")]
    _store_usage(series, since, today, now)
    _store_bills(since, today - 2 * DAY, now)
    return Season(
        company=companies[0],
        project=project,
        operation=_operation(by, now),
        batch=_import(by, now),
        checklists=store_checklists(companies[0], by, now),
        polled=store_polled(by, today, now),
        note=_happened(companies, project, by, now),
        view=_cared_for(companies, by, now),
    )


def _cared_for(companies: list[Company], by: Person, now: dt.datetime) -> SavedView:
    """Tags and owners, and a view of the team, which is given."""
    for company in companies[:3]:
        care.set_tags(company=company, names=["Education", "key account"], by=by)
    care.set_owner(company=companies[0], owner=by, by=by)
    return views.save_view(name="Education", query="tag=Education&columns=name,status,tags", by=by, now=now)


def _happened(companies: list[Company], project: Project, by: Person, now: dt.datetime) -> Note:
    """Changes of all kinds that listings showed five days ago, and a note, which is given."""
    seen_at = now - 5 * DAY
    for company in companies:
        if company.status != "0":
            MirrorChange.objects.create(company=company, field="status", old="0", new=company.status, seen_at=seen_at)
    limits = {"field": "app_limit", "old": "5", "new": "10", "seen_at": seen_at}
    MirrorChange.objects.create(company=companies[0], **limits)
    MirrorChange.objects.create(
        company=companies[0], project=project, field="status", old="0", new="1", seen_at=seen_at
    )  # fmt: skip
    text = "Asked for a second region.\nTheir contact is away until Monday."
    Note.objects.create(company=companies[0], project=project, author=by, text="Live since spring.", created_at=seen_at)
    return Note.objects.create(company=companies[0], author=by, text=text, created_at=now, changed_at=now)


def _company(company_id: str, name: str, status: str, area: str, country: str, now: dt.datetime) -> Company:
    seen = {"first_seen_at": now - DAYS * DAY, "last_seen_at": now}
    limits = {"app_limit": 10, "member_limit": 10, "industry": "3", "interest": "2", "environment": "99"}
    company = Company.objects.create(
        company_id=company_id, name=name, status=status, area=area, country=country, **limits, **seen
    )
    for number, project_status in enumerate(("1", "0", "-1"), start=1):
        Project.objects.create(
            company=company,
            project_id=f"-u_{number}",
            name=f"Classroom {number}",
            status=project_status,
            created=now,
            **seen,
        )
    return company


def _store_usage(series: list[tuple[str, str]], since: dt.date, today: dt.date, now: dt.datetime) -> None:
    kinds = [(business, model, Interval.DAILY) for business, model in PAIRS]
    kinds += [(business, model, Interval.MONTHLY) for business, model in MONTHLY_PAIRS]
    coverage, figures = [], []
    for number, (company_id, project_id) in enumerate(series):
        for business, model, interval in kinds:
            whose = {"company_id": company_id, "project_id": project_id, "business": business, "model": model}
            coverage.append(
                Coverage(
                    **whose, interval=interval, known_from=since, known_until=today, known_at=now,
                    checked_from=since, checked_at=now, settled_until=today - 2 * DAY,
                )
            )  # fmt: skip
            of = UsageSeries.objects.create(**whose, interval=interval)
            days = days_between(since, today) if interval == Interval.DAILY else months_between(since, today)
            for index, day in enumerate(days):
                values = {
                    column_of(metric): (place + 1) * (1000 * number + 40 * index + (400 if day.weekday() < 5 else 100))
                    for place, metric in enumerate(METRICS[business, model])
                }
                figures.append(
                    UsageFigures(series=of, period=day, corrected=["audioAll"] if index == 9 else None, **values)
                )
    Coverage.objects.bulk_create(coverage)
    UsageFigures.objects.bulk_create(figures, batch_size=200)
    roll_up_everything()
    scopes = [f"{business}/{model}/{Interval.DAILY}" for business, model in PAIRS]
    PollSlot.objects.bulk_create(
        _slot(Stream.USAGE, scope, day, now) for scope in scopes for day in days_between(since, today)
    )


def _store_bills(since: dt.date, until: dt.date, now: dt.datetime) -> None:
    days = list(days_between(since, until))
    known = [day for day in days if day != days[-4]]
    PollSlot.objects.bulk_create(_slot(Stream.DAILY_BILLS, "", day, now) for day in known)
    DailyBillLine.objects.bulk_create(_lines(known))
    for day in known:
        sum_up(day)
    whose = {"company_id": "10001", "project_id": "-u_1", "currency": "USD"}
    BillRevision.objects.create(
        period=known[-2], old_amount=Decimal("1"), new_amount=Decimal("3.14159265"), seen_at=now, **whose
    )
    BillProblem.objects.create(
        period=known[-1], where="page 1, line 7", reason="the amount is no number", raw='{"amount": "1,5"}', seen_at=now
    )


def _lines(days: list[dt.date]) -> Iterator[DailyBillLine]:
    for index, day in enumerate(days):
        for company_id, project_id, currency in (
            ("10001", "-u_1", "USD"),
            ("10001", "", "USD"),
            ("10003", "-u_1", "CNY"),
            ("99999", "not-listed", "USD"),
        ):
            amount = Decimal(len(project_id)) * index + Decimal("0.12345678")
            yield DailyBillLine(
                period=day, company_id=company_id, project_id=project_id, currency=currency, amount=amount
            )


def _slot(stream: str, scope: str, day: dt.date, now: dt.datetime) -> PollSlot:
    return PollSlot(
        stream=stream, scope=scope, period=day, due_at=now, next_attempt_at=now + DAY,
        first_complete_at=now, last_complete_at=now,
    )  # fmt: skip


def _operation(by: Person, now: dt.datetime) -> Operation:
    """A create whose outcome nobody knows, with the attempt that was made for it."""
    operation = Operation.objects.create(
        kind=OperationKind.COMPANY, form_token=uuid.uuid4(), natural_key=natural_key(DRAFT),
        payload=DRAFT.as_payload(), payload_sha256=fingerprint(DRAFT), state=OperationState.UNCERTAIN, reason="unknown",
        attempt_no=1, sent_at=now, created_by=by, created_at=now,
    )  # fmt: skip
    operation.attempts.create(
        number=1, x_date="Wed, 02 Oct 2019 08:00:00 GMT", x_request_id=str(uuid.uuid4()), signed_at=now,
        answered_at=now, outcome="unknown", status=504, message="upstream timed out",
    )  # fmt: skip
    return operation


def _import(by: Person, now: dt.datetime) -> Import:
    """A table with a row that is right, one that is odd and one that is wrong in several cells."""
    table = read_pasted(
        "Company;E-mail;Given name;Surname;Country;Area;Remark\n"
        "Harbour School;ann@harbour.example;Ann;Doe;Germany;Outside China;new\n"
        "A name that is far too long;nobody;;Doe;Atlantis;Mars;\n"
        "晨光直播;li@example.com;Li;Wang;DE;CN;odd\n"
    )
    plan = plan_for("company", table.headings)
    return loading.load(
        form_token=uuid.uuid4(), kind="company", source="spring.csv", table=table, columns=plan.columns, fixed={},
        template="", checks=checked_table("company", table, plan), by=by, now=now,
    )  # fmt: skip
