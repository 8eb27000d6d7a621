"""What Agora measures: metrics and their columns, units and words, and the seven products they belong to; no tables."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from agora.vocabulary import CONCURRENT_CHANNEL, METRICS, MONTHLY_PAIRS, TRANSCODE_DURATION, Business, Interval, Model

Words = str | Promise
# Weeks are ours alone: Agora reports days and months.
WEEKLY = "weekly"
CHANNELS = "channels"
USERS = "users"


@cache
def column_of(metric: str) -> str:
    """The column that keeps a metric: `transcodeDuration.avcSd` is in `transcode_duration_avc_sd`."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "_", metric.replace(".", "_")).lower()


def columns_of(business: str, model: str) -> dict[str, str]:
    """Each metric of one pair of business and model with its column, in the document's order."""
    return {metric: column_of(metric) for metric in METRICS[Business(business), Model(model)]}


def unit_of(model: str, metric: str) -> str:
    """What a metric counts: `minutes` or `seconds` (a setting), `channels` or `users`; '' when nobody can tell."""
    if model == Model.DURATION or metric.startswith(f"{TRANSCODE_DURATION}."):
        return str(settings.AGORA_DURATION_UNIT)
    if metric.startswith(f"{CONCURRENT_CHANNEL}."):
        return CHANNELS
    return USERS if metric == "dau" else ""


def month_is_sum_of_days(business: str, model: str) -> bool:
    """Whether the days of this pair may be added up; the others are daily peaks and are asked for by the month."""
    return (business, model) not in MONTHLY_PAIRS


def reads_days(business: str, model: str, interval: str) -> bool:
    """Whether figures of this interval are read from days, rather than from months as Agora reports them."""
    return interval == Interval.DAILY or month_is_sum_of_days(business, model)


@dataclass(frozen=True, kw_only=True)
class Product:
    """One tab of the usage page: metrics of one pair that share a unit.

    `parts` are the metrics that do not overlap, so that drawing them on top of one another shows their whole;
    empty where nothing may be added up. `lead` is what a sentence speaks of where there are no parts.
    """

    key: str
    name: Words
    business: Business
    model: Model
    group: str = ""
    parts: tuple[str, ...] = ()
    lead: str = ""
    help: Words = ""

    @property
    def metrics(self) -> tuple[str, ...]:
        names = METRICS[self.business, self.model]
        return tuple(name for name in names if name.startswith(self.group))

    @property
    def unit(self) -> str:
        return unit_of(self.model, self.metrics[0])

    @property
    def leading(self) -> tuple[str, ...]:
        """The metrics whose sum says in one number how much there was."""
        return self.parts or (self.lead or self.metrics[0],)

    @property
    def adds_up(self) -> bool:
        """Whether days may be added up."""
        return month_is_sum_of_days(self.business, self.model)


CLASSES_HELP = _(
    "SD is video up to 640×360, HD from there to 1280×720, HDP above. The class follows the aggregate resolution that "
    "a user receives: four small pictures at once can be HD."
)
HOSTING_IN_HELP = _(
    "Hosting-in is the audio and video of hosts that enters the transcoder. Audio hosting-in covers H.264 and H.265 "
    "together."
)
PEAKS_HELP = _(
    "A day is the sum of each project's daily peak, a month the sum of each project's monthly peak: days cannot be "
    "added up."
)
AUDIENCE = ("audioAudience", "sdAudience", "hdAudience", "hdpAudience")

PRODUCTS: tuple[Product, ...] = (
    Product(
        key="video-audio",
        name=_("Video & Audio"),
        business=Business.DEFAULT,
        model=Model.DURATION,
        parts=("audioAll", "sdAll", "hdAll", "hdpAll"),
        help=CLASSES_HELP,
    ),
    Product(
        key="on-premise-recording",
        name=_("On-premise Recording"),
        business=Business.RECORDING,
        model=Model.DURATION,
        parts=AUDIENCE,
        help=CLASSES_HELP,
    ),
    Product(
        key="cloud-recording",
        name=_("Cloud Recording"),
        business=Business.CLOUD_RECORDING,
        model=Model.DURATION,
        parts=AUDIENCE,
        help=CLASSES_HELP,
    ),
    Product(
        key="mini-app",
        name=_("Mini App"),
        business=Business.MINIAPP,
        model=Model.DURATION,
        parts=("audioAll", "videoAll"),
        help=_("Audio and video that hosts and audience of mini apps received."),
    ),
    Product(
        key="transcoding",
        name=_("Transcoding"),
        business=Business.DEFAULT,
        model=Model.TRANSCODING,
        group=TRANSCODE_DURATION,
        lead=f"{TRANSCODE_DURATION}.avcAudio",
        help=HOSTING_IN_HELP,
    ),
    Product(
        key="concurrent-channels",
        name=_("Concurrent Channels"),
        business=Business.DEFAULT,
        model=Model.TRANSCODING,
        group=CONCURRENT_CHANNEL,
        lead=f"{CONCURRENT_CHANNEL}.avcTotal",
        help=HOSTING_IN_HELP,
    ),
    Product(
        key="rtm",
        name=_("RTM"),
        business=Business.RTM,
        model=Model.COUNTER,
        help=_("Daily active users of real-time messaging: who was active on two days counts on both."),
    ),
)
PRODUCT_OF: Mapping[str, Product] = {product.key: product for product in PRODUCTS}

_WORDS: Mapping[str, Words] = {
    "audioAll": _("Audio"),
    "videoAll": _("Video in all"),
    "sdAll": _("SD video"),
    "hdAll": _("HD video"),
    "hdpAll": _("HDP video"),
    "audioAudience": _("Audio"),
    "sdAudience": _("SD video"),
    "hdAudience": _("HD video"),
    "hdpAudience": _("HDP video"),
    "avcTotal": _("H.264 in all"),
    "avcTotalHostin": _("H.264 hosting-in, audio and video"),
    "avcTotalVideoHostin": _("H.264 hosting-in, video"),
    "audioHostin": _("Audio hosting-in"),
    "videoSingleHost": _("H.264 single host"),
    "avcAudio": _("H.264 audio"),
    "avcSd": _("H.264 SD"),
    "avcHd": _("H.264 HD"),
    "avcHdp": _("H.264 HDP"),
    "hevcAudio": _("H.265 audio"),
    "hevcSd": _("H.265 SD"),
    "hevcHd": _("H.265 HD"),
    "hevcHdp": _("H.265 HDP"),
    "dau": _("Daily active users"),
}
_UNIT_WORDS: Mapping[str, Words] = {
    "minutes": _("minutes"),
    "seconds": _("seconds"),
    CHANNELS: _("channels"),
    USERS: _("users"),
}


def metric_words(metric: str) -> Words:
    """A metric as a person reads it; one that the document does not know stays as Agora sent it."""
    group, _dot, name = metric.rpartition(".")
    known = group in ("", TRANSCODE_DURATION, CONCURRENT_CHANNEL)
    return _WORDS.get(name, metric) if known else metric


def unit_words(unit: str) -> Words:
    """A unit as a person reads it."""
    return _UNIT_WORDS.get(unit, unit)
