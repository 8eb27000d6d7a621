"""Sums that lack somebody's figure, and what is left beside a figure that is not known: all of them say so."""

import pytest
from django.http import QueryDict

from tests.usage.known import at, company, covered, day, gap, project, rtc, used
from usage.answers import Figure, answer_to
from usage.explorer import question

pytestmark = pytest.mark.usefixtures("noon")
DAYS = "since=2026-09-14&until=2026-09-16"


def one_project(*, gone: bool = False) -> None:
    """A company that used ten minutes a day, of which its project used six; of the last day nothing is known of it."""
    owner = company("101", "Acme")
    covered("2026-01-01", "2026-09-22", settled="2026-09-20", company_id="101")
    project(owner, "p", gone_at=at("2026-09-15 12:00") if gone else None)
    covered("2026-01-01", "2026-09-22", settled="2026-09-20", company_id="101", project_id="p")
    gap("2026-09-16", "2026-09-22", company_id="101", project_id="p")
    for date in ("2026-09-14", "2026-09-15", "2026-09-16"):
        used(date, figures=rtc(audio=10), company_id="101")
        used(date, figures=rtc(audio=6), company_id="101", project_id="p")


def others() -> list[Figure]:
    return list(answer_to(question(QueryDict(f"{DAYS}&group=project"), today=day("2026-09-22"))).columns[-1].figures)


@pytest.mark.parametrize(("gone", "lacks"), [(False, [False, False, True]), (True, [False, False, False])])
def test_what_is_left_beside_a_project_says_when_that_should_be_known_and_is_not(gone: bool, lacks: list[bool]) -> None:
    one_project(gone=gone)
    assert [(figure.value, figure.lacks) for figure in others()] == list(zip([4, 4, 10], lacks, strict=True))
