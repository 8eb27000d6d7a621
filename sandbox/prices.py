"""What usage costs in the sandbox: unit prices, the free minutes of a month, and the two currencies."""

from collections.abc import Mapping
from datetime import date
from decimal import ROUND_HALF_EVEN, Decimal

from agora.vocabulary import METRICS, PAIRS, Business, Model
from sandbox.companies import Project
from sandbox.figures import RTC, TRANSCODING, Pair, figures

FREE_MINUTES = 10_000
YUAN_PER_DOLLAR = Decimal("6.9375")
SMALLEST = Decimal("0.00000001")

_AUDIENCE = {
    "audioAudience": Decimal("0.00149"),
    "sdAudience": Decimal("0.00599"),
    "hdAudience": Decimal("0.00599"),
    "hdpAudience": Decimal("0.01349"),
}
DOLLARS: Mapping[Pair, Mapping[str, Decimal]] = {
    RTC: {
        "audioAll": Decimal("0.00099"),
        "sdAll": Decimal("0.00399"),
        "hdAll": Decimal("0.00399"),
        "hdpAll": Decimal("0.00899"),
    },
    TRANSCODING: {
        "transcodeDuration.avcSd": Decimal("0.00312"),
        "transcodeDuration.avcHd": Decimal("0.00625"),
        "transcodeDuration.avcHdp": Decimal("0.0125"),
    },
    (Business.RECORDING, Model.DURATION): _AUDIENCE,
    (Business.CLOUD_RECORDING, Model.DURATION): _AUDIENCE,
    (Business.MINIAPP, Model.DURATION): {"audioAll": Decimal("0.00099"), "videoAll": Decimal("0.00399")},
    (Business.RTM, Model.COUNTER): {"dau": Decimal("0.0017")},
}


def rtc_minutes(project: Project, day: int) -> int:
    """Audio and video minutes of a project's whole day, which the free minutes are taken from."""
    audio, video, *_classes = figures(project.rhythm, RTC, day)
    return audio + video


def dollars(project: Project, pair: Pair, day: int) -> Decimal:
    """The full price of a project's day of one product."""
    values = dict(zip(METRICS[pair], figures(project.rhythm, pair, day), strict=True))
    return sum((price * values[name] for name, price in DOLLARS[pair].items()), Decimal(0))


def billable_share(projects: list[Project], period: date) -> tuple[int, int]:
    """How many of a company's RTC minutes of the day are beyond the month's free ones: (billable, all)."""
    last = period.toordinal()
    before = sum(rtc_minutes(project, day) for day in range(last - period.day + 1, last) for project in projects)
    today = sum(rtc_minutes(project, last) for project in projects)
    return max(0, min(today, before + today - FREE_MINUTES)), today


def project_dollars(project: Project, period: date, share: tuple[int, int]) -> Decimal:
    """What a project's day costs, its RTC minutes reduced to the billable share; not rounded."""
    day = period.toordinal()
    billable, all_minutes = share
    rtc = dollars(project, RTC, day) * billable / all_minutes if all_minutes else Decimal(0)
    return sum((dollars(project, pair, day) for pair in PAIRS if pair != RTC), rtc)


def money(amount: Decimal) -> Decimal:
    """An amount of at most eight decimals, without the zeros at its end."""
    return amount.quantize(SMALLEST, rounding=ROUND_HALF_EVEN).normalize() + 0
