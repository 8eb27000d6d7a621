"""Properties of the figures: always the same, sums and peaks as they should be, and each story told."""

from datetime import date, timedelta

import pytest

from agora.vocabulary import METRICS, MONTHLY_PAIRS, PAIRS, Business, Model
from sandbox.api import Sandbox
from sandbox.clock import Clock
from sandbox.companies import Project
from sandbox.figures import RTC, TRANSCODING, Figures, Pair
from sandbox.options import Options
from sandbox.usage import Usage, added_up

TODAY = date(2026, 5, 20)
RTM = (Business.RTM, Model.COUNTER)


def world(**options: object) -> Sandbox:
    return Sandbox(Options(**{"keys": {}, "today": TODAY, **options}))  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def demo() -> Sandbox:
    return world()


def day(back: int) -> date:
    return TODAY - timedelta(days=back)


def one_day(sandbox: Sandbox, projects: list[Project], pair: Pair, when: date) -> Figures:
    return sandbox.usage.daily(projects, pair, when, when)[when]


def rtc(sandbox: Sandbox, company_id: int, back: int) -> int:
    """Audio and video minutes of a company on a day so many days back."""
    return sum(one_day(sandbox, sandbox.world.projects(company_id), RTC, day(back))[:2])


@pytest.mark.parametrize("pair", PAIRS)
def test_the_same_seed_gives_the_same_figures(pair: Pair) -> None:
    first, second = world(), world()
    answers = [
        sandbox.usage.daily(sandbox.world.projects(10002), pair, day(40), TODAY - timedelta(1))
        for sandbox in (first, second)
    ]
    assert answers[0] == answers[1]


def test_another_seed_gives_other_figures(demo: Sandbox) -> None:
    assert rtc(world(seed=2), 10001, 5) != rtc(demo, 10001, 5)


@pytest.mark.parametrize("pair", PAIRS)
def test_a_companys_day_is_the_sum_of_its_projects(demo: Sandbox, pair: Pair) -> None:
    projects = demo.world.projects(10002)
    parts = [one_day(demo, [project], pair, day(3)) for project in projects]
    assert one_day(demo, projects, pair, day(3)) == tuple(map(sum, zip(*parts, strict=True)))


def test_video_is_the_sum_of_its_classes(demo: Sandbox) -> None:
    for back in range(1, 60):
        _audio, video, sd, hd, hdp = one_day(demo, demo.world.projects(10001), RTC, day(back))
        assert video == sd + hd + hdp


def test_a_durations_month_is_the_sum_of_its_days(demo: Sandbox) -> None:
    projects, since, until = demo.world.projects(10001), date(2026, 3, 1), date(2026, 3, 31)
    days = demo.usage.daily(projects, RTC, since, until)
    expected = {since: added_up(RTC, list(days.values()))}
    assert demo.usage.monthly(projects, RTC, since, until) == expected


@pytest.mark.parametrize("pair", MONTHLY_PAIRS)
def test_a_peaks_month_is_the_sum_of_each_projects_highest_day(demo: Sandbox, pair: Pair) -> None:
    projects, since, until = demo.world.projects(10002), date(2026, 3, 1), date(2026, 3, 31)
    highest = [
        tuple(map(max, zip(*demo.usage.daily([project], pair, since, until).values(), strict=True)))
        for project in projects
    ]
    assert demo.usage.monthly(projects, pair, since, until) == {since: added_up(pair, highest)}


def test_a_peaks_month_is_not_the_highest_day_of_the_company(demo: Sandbox) -> None:
    projects, since, until = demo.world.projects(10002), date(2026, 3, 1), date(2026, 3, 31)
    days = demo.usage.daily(projects, TRANSCODING, since, until).values()
    month = demo.usage.monthly(projects, TRANSCODING, since, until)[since]
    assert max(values[3] for values in days) < month[3] < sum(values[3] for values in days)


def test_months_count_the_days_asked_only(demo: Sandbox) -> None:
    projects = demo.world.projects(10001)
    asked = demo.usage.monthly(projects, RTC, date(2026, 3, 30), date(2026, 4, 2))
    days = demo.usage.daily(projects, RTC, date(2026, 4, 1), date(2026, 4, 2))
    expected = (date(2026, 3, 1), date(2026, 4, 1), added_up(RTC, list(days.values())))
    assert (*asked, asked[date(2026, 4, 1)]) == expected


class HourHand(Clock):
    """A clock whose day is over as far as it is told."""

    seconds = 0

    def elapsed(self) -> int:
        return self.seconds


def test_today_grows_with_the_hours(demo: Sandbox) -> None:
    clock = HourHand(pretended=TODAY)
    usage, seen = Usage(clock), []
    for clock.seconds in (0, 6 * 3600, 18 * 3600):
        seen.append(usage.daily(demo.world.projects(10001), RTC, TODAY, TODAY)[TODAY][0])
    assert seen[0] == 0 < seen[1] * 2 < seen[2]


def test_days_to_come_are_absent(demo: Sandbox) -> None:
    assert list(demo.usage.daily(demo.world.projects(10001), RTC, TODAY, day(-5))) == [TODAY]


def test_months_to_come_are_absent(demo: Sandbox) -> None:
    months = demo.usage.monthly(demo.world.projects(10001), RTC, date(2026, 5, 1), date(2026, 8, 31))
    assert list(months) == [date(2026, 5, 1)]


def test_days_before_a_project_was_made_are_zeros(demo: Sandbox) -> None:
    project = demo.world.projects(10007)[0]
    made = project.created.date()
    days = [made, made + timedelta(days=1)]
    assert [bool(sum(one_day(demo, [project], RTC, when))) for when in days] == [False, True]


def test_days_before_the_first_are_zeros(demo: Sandbox) -> None:
    assert (rtc(demo, 10001, 401), rtc(demo, 10001, 400) > 0) == (0, True)


def test_the_first_day_can_be_chosen() -> None:
    sandbox = world(epoch=day(10))
    assert (rtc(sandbox, 10001, 11), rtc(sandbox, 10001, 10) > 0) == (0, True)


def test_weekends_are_lower(demo: Sandbox) -> None:
    by_weekday = {day(back).weekday(): rtc(demo, 10001, back) for back in range(1, 8)}
    assert max(by_weekday[5], by_weekday[6]) < min(by_weekday[number] for number in range(5))


def test_sizes_differ_by_more_than_ten_thousand(demo: Sandbox) -> None:
    sizes = [rtc(demo, company.id, 7) for company in demo.world.companies()]
    used = [size for size in sizes if size]
    assert max(used) > 10_000 * min(used)


def test_one_company_stopped(demo: Sandbox) -> None:
    assert (rtc(demo, 10006, 80) > 0, rtc(demo, 10006, 60)) == (True, 0)


def test_one_company_exploded_recently(demo: Sandbox) -> None:
    assert rtc(demo, 10007, 2) > 10 * rtc(demo, 10007, 16)


def test_one_company_was_never_used(demo: Sandbox) -> None:
    assert sum(rtc(demo, 10020, back) for back in range(1, 400)) == 0


def test_about_a_third_of_companies_and_products_is_active(demo: Sandbox) -> None:
    active = sum(
        any(any(values) for values in demo.usage.daily(demo.world.projects(company.id), pair, day(45), day(1)).values())
        for company in demo.world.companies()
        for pair in PAIRS
    )
    assert 0.25 <= active / (24 * len(PAIRS)) <= 0.4


@pytest.mark.parametrize("pair", PAIRS)
def test_every_product_is_used_by_somebody(demo: Sandbox, pair: Pair) -> None:
    assert any(any(one_day(demo, demo.world.projects(c.id), pair, day(5))) for c in demo.world.companies())


def test_a_project_made_by_a_call_has_no_usage(demo: Sandbox) -> None:
    sandbox = world()
    company = sandbox.world.company(10001)
    assert company
    project = sandbox.world.create_project(company, "new")
    assert [set(one_day(sandbox, [project], pair, day(1))) for pair in PAIRS] == [{0}] * len(PAIRS)


def test_a_correction_changes_the_project_and_its_company() -> None:
    sandbox = world()
    project = sandbox.world.projects(10001)[0]
    before = rtc(sandbox, 10001, 4)
    sandbox.usage.correct(project, RTC, day(4), "audioAll", -7)
    assert rtc(sandbox, 10001, 4) == before - 7


def test_figures_do_not_depend_on_the_range_asked(demo: Sandbox) -> None:
    projects = demo.world.projects(10001)
    long = demo.usage.daily(projects, RTC, day(44), day(1))
    assert {when: one_day(demo, projects, RTC, when) for when in long} == long


def test_the_metrics_are_the_documents() -> None:
    assert METRICS[RTC] == ("audioAll", "videoAll", "sdAll", "hdAll", "hdpAll")
