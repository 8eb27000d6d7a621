"""The codes and words of Agora's API document, with what may be combined with what; no human wording."""

from collections.abc import Mapping
from enum import IntEnum, StrEnum
from types import MappingProxyType


class Area(StrEnum):
    """`area` of a company: where it is served."""

    CN = "CN"
    NON_CN = "Non-CN"


class Industry(IntEnum):
    """`industry` of a company."""

    CUSTOMER_SERVICE = 1
    E_COMMERCE = 2
    EDUCATION = 3
    ENTERPRISE = 4
    FINANCE = 5
    GAMING = 6
    IOT = 7
    MEDICAL_AND_HEALTH = 8
    HUMAN_RESOURCE = 9
    SOCIAL = 10
    SYSTEM_INTEGRATION = 11
    OTHER = 12
    LIVE_BROADCAST = 13
    CONTACT_CENTER = 14
    HOUSEKEEPING = 15
    SOFTWARE_OUTSOURCING = 16
    INDIVIDUAL_DEVELOPER = 17
    CALL_CENTER = 18
    AR_VR_AI = 19


class Interest(IntEnum):
    """`interest` of a company: the product it asks about."""

    OTHER = 1
    VIDEO = 2
    AUDIO = 3
    LIVE_BROADCAST = 4
    GAMING = 5


class Environment(IntEnum):
    """`environment` of a company: its platform."""

    OTHER = 1
    WEB = 2
    ANDROID = 3
    IOS = 4
    WINDOWS = 5
    MACOS = 6
    MINI_APP = 7
    LINUX = 8


class Business(StrEnum):
    """`business` of a usage call."""

    DEFAULT = "default"
    RECORDING = "recording"
    CLOUD_RECORDING = "cloudRecording"
    MINIAPP = "miniapp"
    RTM = "rtm"


class Model(StrEnum):
    """`model` of a usage call."""

    DURATION = "duration"
    TRANSCODING = "transcoding"
    COUNTER = "counter"


class Interval(StrEnum):
    """`interval` of a usage call."""

    DAILY = "daily"
    MONTHLY = "monthly"


class UapType(IntEnum):
    """`typeId` of a UAP service."""

    MINI_APP = 1
    CDN_LIVE_STREAMING = 3
    CLOUD_RECORDING = 7


class Region(IntEnum):
    """`region` of a UAP service."""

    CHINA = 1
    OUTSIDE_CHINA = 2


class CompanyStatus(IntEnum):
    """`status` of a company."""

    NORMAL = 0
    INSUFFICIENT_BALANCE = 1
    AUTOMATICALLY_SUSPENDED = 2
    MANUALLY_SUSPENDED = 3


class ProjectStatus(IntEnum):
    """`status` of a project."""

    DELETED = -1
    DISABLED = 0
    ENABLED = 1


class Currency(StrEnum):
    """`currency` of a bill line; answers may carry other ISO codes."""

    CNY = "CNY"
    USD = "USD"


TRANSCODE_DURATION = "transcodeDuration"
CONCURRENT_CHANNEL = "concurrentChannel"

_TRANSCODED = (
    "audioHostin",
    "avcAudio",
    "videoSingleHost",
    "avcSd",
    "avcHd",
    "avcHdp",
    "hevcAudio",
    "hevcSd",
    "hevcHd",
    "hevcHdp",
)
_CONCURRENT = (
    "avcTotal",
    "avcTotalHostin",
    "avcTotalVideoHostin",
    "avcAudio",
    "audioHostin",
    "videoSingleHost",
    "avcSd",
    "avcHd",
    "avcHdp",
    "hevcAudio",
    "hevcSd",
    "hevcHd",
    "hevcHdp",
)
_AUDIENCE = ("audioAudience", "sdAudience", "hdAudience", "hdpAudience")

# Wire names in the document's order; two groups of transcoding share key names and so carry their group.
METRICS: Mapping[tuple[Business, Model], tuple[str, ...]] = MappingProxyType(
    {
        (Business.DEFAULT, Model.DURATION): ("audioAll", "videoAll", "sdAll", "hdAll", "hdpAll"),
        (Business.DEFAULT, Model.TRANSCODING): (
            *(f"{TRANSCODE_DURATION}.{name}" for name in _TRANSCODED),
            *(f"{CONCURRENT_CHANNEL}.{name}" for name in _CONCURRENT),
        ),
        (Business.RECORDING, Model.DURATION): _AUDIENCE,
        (Business.CLOUD_RECORDING, Model.DURATION): _AUDIENCE,
        (Business.MINIAPP, Model.DURATION): ("audioAll", "videoAll"),
        (Business.RTM, Model.COUNTER): ("dau",),
    }
)

# The six pairs that may be asked for; everything else is refused.
PAIRS: tuple[tuple[Business, Model], ...] = tuple(METRICS)

# Daily peaks: a month of these pairs is no sum of its days and is asked for with `interval=monthly`.
MONTHLY_PAIRS: tuple[tuple[Business, Model], ...] = (
    (Business.DEFAULT, Model.TRANSCODING),
    (Business.RTM, Model.COUNTER),
)
