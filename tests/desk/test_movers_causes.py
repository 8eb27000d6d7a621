"""What explains a change: the project, product or metric that most of it comes from, as far as they are known."""

from collections.abc import Callable
from decimal import Decimal

import pytest

from companies.models import Company
from desk.queries.windows import EVERYTHING
from polling.models import Coverage
from tests.desk.test_movers import NOW, RECORDED, audience, found, moved
from tests.usage.known import covered, gap, project, used

pytestmark = pytest.mark.usefixtures("noon")

Known = Callable[..., Company]


def with_projects(known: Known, **minutes: tuple[int, int]) -> None:
    """A company whose change is that of its projects."""
    owner = known("1")
    moved("1", sum(before for before, _ in minutes.values()), sum(now for _, now in minutes.values()))
    for project_id, (before, now) in minutes.items():
        project(owner, project_id, f"Classroom {project_id}")
        covered("2026-07-01", "2026-09-23", settled="2026-09-21", company_id="1", project_id=project_id)
        moved("1", before, now, project_id=project_id)


def test_the_project_that_explains_most_is_named_with_its_share(known_company: Known) -> None:
    with_projects(known_company, a=(100, 90), b=(100, 200), c=(0, 10))
    (mover,) = found().up.rows
    part = mover.cause.project
    assert part
    assert (part.key, part.name, part.delta, part.share) == ("b", "Classroom b", 100, Decimal(1))


def test_what_falls_is_explained_by_what_fell_most(known_company: Known) -> None:
    with_projects(known_company, a=(500, 100), b=(100, 300))
    (mover,) = found().down.rows
    part = mover.cause.project
    assert part
    assert (part.key, part.delta, part.share) == ("a", -400, Decimal(2))


def test_projects_of_which_a_day_is_not_known_explain_nothing(known_company: Known) -> None:
    with_projects(known_company, a=(100, 130), b=(100, 300))
    gap("2026-09-16", "2026-09-16", company_id="1", project_id="b")
    (mover,) = found().up.rows
    part = mover.cause.project
    assert part
    assert (part.key, part.delta, mover.cause.rest) == ("a", 30, 200)


def with_two_products(known: Known) -> None:
    """A company whose projects use two products: of all durations `a` went up by 350, `b` by 150."""
    with_projects(known, a=(100, 210), b=(100, 250))
    used(NOW, company_id="1", pair=RECORDED, figures=audience(240))
    for project_id in ("a", "b"):
        covered("2026-07-01", "2026-09-23", settled="2026-09-21", company_id="1", project_id=project_id, pair=RECORDED)
    used(NOW, company_id="1", pair=RECORDED, project_id="a", figures=audience(240))


def test_of_all_durations_a_project_is_what_it_came_to_over_all_products(known_company: Known) -> None:
    with_two_products(known_company)
    (mover,) = found(EVERYTHING).up.rows
    part = mover.cause.project
    assert part
    assert (mover.delta, mover.cause.product.key, mover.cause.rest) == (500, "video-audio", 0)
    assert (part.key, part.delta, part.share) == ("a", 350, Decimal("0.7"))
    assert (mover.cause.project_product.key, mover.cause.project_product_delta) == ("cloud-recording", 240)


def test_a_project_of_which_one_product_is_not_known_explains_nothing_of_all_durations(known_company: Known) -> None:
    with_two_products(known_company)
    gap("2026-09-16", "2026-09-16", company_id="1", project_id="a", pair=RECORDED)
    (mover,) = found(EVERYTHING).up.rows
    part = mover.cause.project
    assert part
    assert (part.key, part.delta, mover.cause.rest) == ("b", 150, 350)


def test_a_project_that_did_not_use_a_product_is_known_of_the_others(known_company: Known) -> None:
    with_two_products(known_company)
    Coverage.objects.filter(project_id="b", business="cloudRecording").delete()
    used("2026-08-01", company_id="1", pair=RECORDED, project_id="b", figures=audience(7))
    assert [mover.cause.rest for mover in found(EVERYTHING).up.rows] == [0]


def test_of_one_product_the_metric_that_moved_most_is_named(known_company: Known) -> None:
    known_company("1")
    moved("1", 100, 400)
    (mover,) = found().up.rows
    part = mover.cause.part
    assert part
    assert (part.key, part.delta) == ("hdAll", 400)
