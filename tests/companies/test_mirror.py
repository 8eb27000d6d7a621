"""What listings and confirmations make of the mirror: new, changed, gone, back again."""

import datetime as dt
from collections.abc import Callable
from typing import Any

from django.utils import timezone

from agora.records import CompanyRecord, ProjectRecord
from companies.models import Company, Operation, OperationState, Project
from companies.services.mirror import Changes, store_companies, store_company, store_projects
from tests.companies.test_onboarding import put

NOW = dt.datetime(2026, 3, 4, 5, 6, tzinfo=dt.UTC)
LATER = NOW + dt.timedelta(hours=1)


def company_record(remote_id: str = "1", **changes: Any) -> CompanyRecord:
    fields: dict[str, Any] = {"name": "Acme", "country": "DE", "area": "Non-CN", "app_limit": 10, "member_limit": 10}
    codes: dict[str, Any] = {"industry": 12, "interest": 1, "environment": 1, "status": 0}
    return CompanyRecord(id=remote_id, **{**fields, **codes, **changes})


def project_record(remote_id: str, **changes: Any) -> ProjectRecord:
    return ProjectRecord(id=remote_id, **{"name": "Live", "status": 1, "created": NOW, **changes})


def listed(*records: CompanyRecord, at: dt.datetime = NOW, gone: bool = True) -> Changes:
    return store_companies(records, seen_at=at, gone=gone)


def test_a_listing_adds_what_is_new_and_a_second_one_changes_nothing(db: None) -> None:
    records = [company_record("1"), company_record("2")]
    assert listed(*records) == Changes(created=2, changed=0, gone=0)
    assert listed(*records, at=LATER) == Changes(created=0, changed=0, gone=0)
    assert {company.last_seen_at for company in Company.objects.all()} == {LATER}
    assert {company.first_seen_at for company in Company.objects.all()} == {NOW}


def test_a_listing_changes_what_differs(db: None) -> None:
    listed(company_record("1"), company_record("2"))
    assert listed(company_record("1", status=2), company_record("2"), at=LATER).changed == 1
    assert Company.objects.get(company_id="1").status == "2"


def test_unknown_codes_stay_as_they_came(db: None) -> None:
    listed(company_record(industry="retail", status=9, app_limit=None))
    stored = Company.objects.get()
    assert (stored.industry, stored.status, stored.app_limit) == ("retail", "9", None)


def test_what_is_not_listed_is_gone_only_when_that_is_confirmed(db: None) -> None:
    listed(company_record("1"), company_record("2"))
    assert listed(company_record("1"), at=LATER, gone=False).gone == 0
    assert listed(company_record("1"), at=LATER).gone == 1
    assert Company.objects.get(company_id="2").gone_at == LATER
    assert listed(company_record("1"), at=LATER).gone == 0


def test_what_is_listed_again_is_back(db: None) -> None:
    listed(company_record("1"), company_record("2"))
    listed(company_record("1"), at=LATER)
    assert listed(company_record("1"), company_record("2"), at=LATER) == Changes(created=0, changed=1, gone=0)
    assert Company.objects.get(company_id="2").gone_at is None


def test_what_was_created_a_moment_ago_need_not_be_listed_yet(submitted: Callable[..., Operation]) -> None:
    now = timezone.now()
    store_company(company_record("7"), seen_at=now)
    put(submitted(), OperationState.DONE, result_remote_id="7", ended_at=now)
    assert listed(at=now).gone == 0
    assert listed(at=now + dt.timedelta(minutes=16)).gone == 1


def test_ids_that_differ_by_case_are_two_projects(db: None) -> None:
    listed(company_record())
    company = Company.objects.get()
    records = [project_record("u_a"), project_record("U_A"), project_record("-x")]
    assert store_projects(company, records, seen_at=NOW, gone=True).created == 3
    assert set(Project.objects.values_list("project_id", flat=True)) == {"u_a", "U_A", "-x"}


def test_the_projects_of_one_company_leave_those_of_another_alone(db: None) -> None:
    listed(company_record("1"), company_record("2"))
    first, second = Company.objects.order_by("company_id")
    store_projects(first, [project_record("a")], seen_at=NOW, gone=True)
    store_projects(second, [project_record("a")], seen_at=NOW, gone=True)
    assert store_projects(first, [], seen_at=LATER, gone=True).gone == 1
    assert [project.gone_at for project in Project.objects.order_by("company__company_id")] == [LATER, None]


def test_a_listing_of_thousands_is_stored(db: None) -> None:
    records = [company_record(str(number)) for number in range(3000)]
    assert listed(*records).created == 3000
    assert listed(*records, at=LATER) == Changes(created=0, changed=0, gone=0)
