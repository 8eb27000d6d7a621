"""Movers: two windows of settled days compared for whoever is known on all of them, and what explains a change."""

from collections.abc import Callable
from decimal import Decimal

import pytest

from agora.vocabulary import Interval
from companies.models import Company
from desk.queries.movers import Mover, Movers, movers
from desk.queries.windows import EVERYTHING, Windows, measures, settled_until, windows_of
from polling.models import Coverage
from tests.usage.known import at, company, covered, day, gap, known_in_use, rtc, used
from usage.figures import Selection, Span
from usage.periods import LAST_MONTH, SAME_WEEKDAYS
from usage.queries import usage_per_period

pytestmark = pytest.mark.usefixtures("noon")

Known = Callable[..., Company]

NOW, BEFORE = "2026-09-15", "2026-09-08"
WEEK = windows_of(day("2026-09-15"), day("2026-09-21"))
RECORDED = "cloudRecording/duration"
PEAKS = "default/transcoding"


def found(product: str = "video-audio", windows: Windows = WEEK, floor: int = 0, most: int = 25) -> Movers:
    return movers(measures()[product], windows, floor=floor, most=most)


def until(product: str = "video-audio") -> object:
    return settled_until(measures()[product])


def moved(company_id: str, before: int, now: int, **whose: str) -> None:
    used(BEFORE, company_id=company_id, figures=rtc(audio=before), **whose)
    used(NOW, company_id=company_id, figures=rtc(hd=now), **whose)


def names(movers: list[Mover]) -> list[str]:
    return [mover.company.company_id for mover in movers]


def test_the_greatest_changes_come_first_new_and_vanished_companies_apart(known_company: Known) -> None:
    figures = {
        "1": (100, 150),
        "2": (1000, 3000),
        "3": (80, 20),
        "4": (900, 100),
        "5": (7, 7),
        "6": (0, 9),
        "7": (8, 0),
    }
    for company_id, (before, now) in figures.items():
        known_company(company_id)
        moved(company_id, before, now)
    lists = [[(mover.company.company_id, mover.delta) for mover in one.rows] for one in found().lists]
    assert lists == [[("2", 2000), ("1", 50)], [("4", -800), ("3", -60)], [("6", 9)], [("7", -8)]]


def test_changes_below_the_noise_floor_are_counted_and_not_listed(known_company: Known) -> None:
    for company_id, now in (("1", 109), ("2", 110), ("3", 100)):
        known_company(company_id)
        moved(company_id, 100, now)
    movers = found(floor=10)
    counted = movers.hidden, movers.unchanged, movers.compared
    assert (names(list(movers.up.rows)), counted) == (["2"], (1, 1, 3))


def test_a_list_holds_the_first_and_counts_all(known_company: Known) -> None:
    for number in range(1, 5):
        known_company(f"{number}")
        moved(f"{number}", 100, 100 + number)
    up = found(most=2).up
    assert (names(list(up.rows)), up.count) == (["4", "3"], 4)


def test_only_settled_days_are_compared(known_company: Known) -> None:
    known_company("1")
    used("2026-09-22", company_id="1", figures=rtc(audio=900))
    used("2026-09-21", company_id="1", figures=rtc(audio=4))
    assert (until(), [mover.delta for mover in found().new.rows]) == (day("2026-09-21"), [4])


def test_a_company_with_a_gap_in_the_days_is_left_out(known_company: Known) -> None:
    known_company("1")
    moved("1", 10, 20)
    company("2")
    covered("2026-07-01", "2026-09-23", settled="2026-09-21", company_id="2")
    gap("2026-09-10", "2026-09-10", company_id="2")
    moved("2", 10, 20)
    movers = found()
    assert (names(list(movers.up.rows)), movers.compared, movers.left_out) == (["1"], 1, 1)


def test_a_gap_between_two_windows_leaves_nobody_out(known_company: Known) -> None:
    known_company("1")
    gap("2026-08-25", "2026-08-26", company_id="1")
    used("2026-08-25", company_id="1", figures=rtc(audio=7000))
    used("2026-08-21", company_id="1", figures=rtc(audio=5))
    movers = found(windows=windows_of(day("2026-09-01"), day("2026-09-21"), LAST_MONTH))
    assert ([(one.before, one.now) for one in movers.vanished.rows], movers.left_out) == ([(5, 0)], 0)


def test_a_few_companies_that_lag_behind_hold_nobody_up(known_company: Known) -> None:
    for company_id in ("1", "2", "3"):
        known_company(company_id)
    company("4")
    covered("2026-07-01", "2026-09-23", settled="2026-09-01", company_id="4")
    movers = found()
    assert (until(), movers.compared, movers.left_out) == (day("2026-09-21"), 3, 1)


def test_a_part_that_an_answer_did_not_carry_leaves_the_company_out(known_company: Known) -> None:
    known_company("1")
    used(NOW, company_id="1", figures={"audio_all": 5, "sd_all": 1, "hd_all": 1})
    movers = found()
    assert (movers.compared, movers.left_out) == (0, 1)


def test_fractions_are_added_up_exactly(known_company: Known) -> None:
    known_company("1")
    used(BEFORE, company_id="1", figures={"sd_all": 0, "hd_all": 0, "hdp_all": 0}, extra={"audioAll": "0.1"})
    used(NOW, company_id="1", figures={"sd_all": 0, "hd_all": 0, "hdp_all": 0}, extra={"audioAll": "0.3"})
    assert [(mover.delta, mover.change) for mover in found().up.rows] == [(Decimal("0.2"), Decimal(2))]


def test_a_company_that_is_gone_is_not_compared(known_company: Known) -> None:
    known_company("1", gone_at=at("2026-09-20 00:00"))
    moved("1", 10, 20)
    movers = found()
    assert (movers.compared, movers.left_out, movers.up.count) == (0, 0, 0)


def test_before_the_first_poll_nothing_is_settled() -> None:
    assert (until(), until(EVERYTHING)) == (None, None)


@pytest.mark.parametrize(
    ("windows", "before"),
    [
        (windows_of(day("2026-09-18"), day("2026-09-21")), ("2026-09-14", "2026-09-17")),
        (windows_of(day("2026-09-18"), day("2026-09-21"), SAME_WEEKDAYS), ("2026-09-11", "2026-09-14")),
        (windows_of(day("2026-09-08"), day("2026-09-21"), SAME_WEEKDAYS), ("2026-08-25", "2026-09-07")),
        (windows_of(day("2026-09-01"), day("2026-09-21"), LAST_MONTH), ("2026-08-01", "2026-08-21")),
        (windows_of(day("2026-03-01"), day("2026-03-30"), LAST_MONTH), ("2026-02-01", "2026-02-28")),
    ],
)
def test_days_are_compared_with_days_before_them(windows: Windows, before: tuple[str, str]) -> None:
    assert windows.before == (day(before[0]), day(before[1]))


def idle_company(company_id: str, known_until: str, pair: str = "default/duration") -> None:
    company(company_id)
    idle(company_id, known_until, pair)


def idle(company_id: str, known_until: str, pair: str) -> None:
    covered(
        "2026-07-01", known_until, settled=known_until, used_until="2026-07-01", company_id=company_id, pair=pair
    )  # fmt: skip


def test_idle_companies_that_wait_for_their_turn_hold_nobody_up_and_are_not_left_out(known_company: Known) -> None:
    known_company("1")
    moved("1", 10, 20)
    for company_id in ("2", "3", "4"):
        idle_company(company_id, "2026-09-19")
    for waiting in ("2026-09-20", "2026-09-21"):
        known_in_use(waiting)
    movers = found()
    assert (until(), movers.compared, movers.left_out) == (day("2026-09-21"), 1, 0)


def test_an_idle_company_whose_days_are_not_known_for_another_reason_is_left_out(known_company: Known) -> None:
    known_company("1")
    idle_company("2", "2026-09-19")
    movers = found()
    assert (movers.compared, movers.left_out) == (1, 1)


def test_where_nobody_is_in_use_idle_companies_are_compared() -> None:
    idle_company("1", "2026-09-19")
    movers = found(windows=windows_of(day("2026-09-13"), day("2026-09-19")))
    assert (until(), movers.compared, movers.left_out) == (day("2026-09-19"), 1, 0)


def test_all_durations_are_added_up_and_the_product_that_moved_most_is_named(known_company: Known) -> None:
    known_company("1")
    moved("1", 100, 150)
    used(NOW, company_id="1", pair=RECORDED, figures=audience(450))
    (mover,) = found(EVERYTHING).up.rows
    part = mover.cause.part
    assert (mover.before, mover.now, mover.cause.product.key) == (100, 600, "cloud-recording")
    assert part
    assert (part.key, part.delta, part.share) == ("cloud-recording", 450, Decimal("0.9"))


def test_a_product_that_waits_for_its_turn_is_in_no_sum_and_leaves_nobody_out(known_company: Known) -> None:
    known_company("1")
    moved("1", 100, 150)
    Coverage.objects.filter(business="cloudRecording").delete()
    idle("1", "2026-09-19", RECORDED)
    for waiting in ("2026-09-20", "2026-09-21"):
        known_in_use(waiting, f"{RECORDED}/daily")
    movers = found(EVERYTHING)
    assert ([mover.delta for mover in movers.up.rows], movers.compared, movers.left_out) == ([50], 1, 0)


def test_a_product_that_is_not_known_leaves_the_company_out_of_all_durations(known_company: Known) -> None:
    known_company("1")
    moved("1", 100, 150)
    gap("2026-09-16", "2026-09-16", company_id="1", pair=RECORDED)
    movers = found(EVERYTHING)
    assert (movers.compared, movers.left_out, found().compared) == (0, 1, 1)


def test_of_peaks_the_highest_days_are_compared(known_company: Known) -> None:
    known_company("1")
    for period, peak in (("2026-09-08", 30), ("2026-09-09", 40), ("2026-09-15", 50), ("2026-09-16", 45)):
        used(period, company_id="1", pair=PEAKS, figures={"concurrent_channel_avc_total": peak})
    (mover,) = found("concurrent-channels").up.rows
    assert (mover.before, mover.now, mover.cause.part) == (40, 50, None)


def audience(audio: int) -> dict[str, int]:
    return {"audio_audience": audio, "sd_audience": 0, "hd_audience": 0, "hdp_audience": 0}


def test_every_day_of_both_windows_is_told_oldest_first(known_company: Known) -> None:
    known_company("1")
    moved("1", 100, 400)
    (mover,) = found().up.rows
    assert mover.cause.days == [100, 0, 0, 0, 0, 0, 0, 400, 0, 0, 0, 0, 0, 0]


def test_a_mover_is_what_the_explorer_shows_of_the_same_days(known_company: Known) -> None:
    known_company("1")
    for number, period in enumerate(["2026-09-08", "2026-09-10", "2026-09-14", "2026-09-15", "2026-09-21"]):
        used(period, company_id="1", figures=rtc(audio=number, sd=10 * number, hd=7, hdp=number**3))
    (mover,) = found().up.rows
    assert (mover.before, mover.now) == (explored("1", WEEK.before), explored("1", WEEK.days))


def explored(company_id: str, days: Span) -> int | Decimal:
    """What the explorer's figures of these days come to."""
    product = measures()["video-audio"].products[0]
    selection = Selection(
        business=product.business, model=product.model, interval=Interval.DAILY, since=days[0], until=days[1],
        company_id=company_id,
    )  # fmt: skip
    return sum(period.value(metric) or 0 for period in usage_per_period(selection) for metric in product.leading)
