"""What listings showed otherwise than before is kept, with the time it was first seen."""

import datetime as dt
from typing import Any

import pytest

from companies.models import Company, MirrorChange
from companies.services.mirror import store_projects
from tests.companies.test_mirror import LATER, NOW, company_record, listed, project_record

pytestmark = pytest.mark.django_db

LAST = LATER + dt.timedelta(hours=1)
Row = tuple[str, str, str, dt.datetime]


def changes() -> list[Row]:
    """Every change in the order in which it was kept."""
    return list(MirrorChange.objects.order_by("pk").values_list("field", "old", "new", "seen_at"))


def test_what_is_listed_for_the_first_time_is_no_change() -> None:
    listed(company_record("1"), company_record("2"))
    store_projects(Company.objects.get(company_id="1"), [project_record("a")], seen_at=LATER, gone=True)
    assert changes() == []


@pytest.mark.parametrize(
    ("field", "told", "old", "new"),
    [
        ("status", 2, "0", "2"),
        ("status", None, "0", ""),
        ("app_limit", 20, "10", "20"),
        ("member_limit", None, "10", ""),
        ("name", "Acme <2>", "Acme", "Acme <2>"),
        ("area", "CN", "Non-CN", "CN"),
        ("country", "CN", "DE", "CN"),
        ("industry", "retail", "12", "retail"),
    ],
)
def test_a_field_that_matters_is_kept_old_and_new(field: str, told: Any, old: str, new: str) -> None:
    listed(company_record())
    listed(company_record(**{field: told}), at=LATER)
    listed(company_record(**{field: told}), at=LAST)
    assert changes() == [(field, old, new, LATER)]


@pytest.mark.parametrize("field", ["interest", "environment"])
def test_a_field_that_does_not_matter_is_not_kept(field: str) -> None:
    listed(company_record())
    listed(company_record(**{field: 7}), at=LATER)
    assert changes() == []


def test_a_company_that_is_gone_and_comes_back_is_kept_once_each() -> None:
    listed(company_record("1"), company_record("2"))
    for moment in (LATER, LATER):
        listed(company_record("1"), at=moment)
    listed(company_record("1"), company_record("2"), at=LAST)
    assert changes() == [("listed", "yes", "no", LATER), ("listed", "no", "yes", LAST)]


def test_a_change_of_a_project_is_its_own_and_its_companys() -> None:
    listed(company_record())
    company = Company.objects.get()
    store_projects(company, [project_record("a"), project_record("b")], seen_at=NOW, gone=True)
    store_projects(company, [project_record("a", status=0, name="Old")], seen_at=LATER, gone=True)
    found = MirrorChange.objects.values_list("company__company_id", "project__project_id", "field", "old", "new")
    assert list(found.order_by("pk")) == [
        ("1", "a", "name", "Live", "Old"),
        ("1", "a", "status", "1", "0"),
        ("1", "b", "listed", "yes", "no"),
    ]


def test_changes_of_thousands_are_stored_at_once(
    django_assert_max_num_queries: Any,
) -> None:
    listed(*(company_record(str(number)) for number in range(3000)))
    with django_assert_max_num_queries(100):
        listed(*(company_record(str(number), status=1) for number in range(3000)), at=LATER)
    assert MirrorChange.objects.count() == 3000
