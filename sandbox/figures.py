"""Usage figures out of nothing but numbers: the same project and day always give the same integers."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache

from agora.vocabulary import CONCURRENT_CHANNEL, METRICS, TRANSCODE_DURATION, Business, Model

Pair = tuple[Business, Model]
Figures = tuple[int, ...]

RTC = (Business.DEFAULT, Model.DURATION)
TRANSCODING = (Business.DEFAULT, Model.TRANSCODING)
WEEKEND_PERMILLE = 620
LEAST_PERMILLE = 30
MOST_TIMES = 24
_MASK = (1 << 64) - 1


def mixed(*parts: int) -> int:
    """A 64-bit number that looks random and depends on every part."""
    state = 0x9E3779B97F4A7C15
    for part in parts:
        state = ((state ^ (part & _MASK)) * 0xBF58476D1CE4E5B9) & _MASK
        state ^= state >> 29
        state = (state * 0x94D049BB133111EB) & _MASK
        state ^= state >> 32
    return state


@dataclass(frozen=True, kw_only=True, eq=False)
class Rhythm:
    """How a project's usage goes through time; days are `date.toordinal()` numbers.

    `minutes` of RTC on an ordinary weekday at `anchor`, growing by `growth` permille of that every 30
    days. Nothing happens before `begins` or after `ends`; from `explodes` on it doubles and doubles.
    `shares` maps each product in use to its size in permille of the RTC minutes.
    """

    seed: int
    minutes: int
    growth: int
    anchor: int
    begins: int
    ends: int | None = None
    explodes: int | None = None
    shares: Mapping[Pair, int]


def level(rhythm: Rhythm, day: int) -> int:
    """RTC minutes of a whole day, before they are split: growth, weekend, chance and explosion."""
    if day < rhythm.begins or (rhythm.ends is not None and day > rhythm.ends):
        return 0
    permille = max(LEAST_PERMILLE, 1000 + rhythm.growth * (day - rhythm.anchor) // 30)
    minutes = rhythm.minutes * permille // 1000
    if (day + 6) % 7 >= 5:
        minutes = minutes * WEEKEND_PERMILLE // 1000
    minutes = minutes * (860 + mixed(rhythm.seed, day) % 281) // 1000
    if rhythm.explodes is not None and day >= rhythm.explodes:
        minutes *= min(MOST_TIMES, 2 + 2 * (day - rhythm.explodes))
    return minutes


@lru_cache(maxsize=400_000)
def figures(rhythm: Rhythm, pair: Pair, day: int) -> Figures:
    """The whole day's figures of a project, in the order of METRICS[pair]; zeros where it does not use it."""
    share = rhythm.shares.get(pair, 0)
    base = level(rhythm, day) * share // 1000 if share else 0
    if not base:
        return (0,) * len(METRICS[pair])
    values = _SPLITS[pair](base, mixed(rhythm.seed, day, share))
    return tuple(values[name] for name in METRICS[pair])


def _parts(total: int, chance: int, *permilles: int) -> list[int]:
    """Integers near `permilles` of a total, each moved by up to 6 % by other bits of `chance`."""
    moved = [permille * (940 + (chance >> 7 * place) % 121) for place, permille in enumerate(permilles)]
    return [total * part // 1_000_000 for part in moved]


def _rtc(base: int, chance: int) -> dict[str, int]:
    audio, hd, hdp = _parts(base, chance, 380, 240, 60)
    sd = max(0, base - audio - hd - hdp)
    return {"audioAll": audio, "videoAll": sd + hd + hdp, "sdAll": sd, "hdAll": hd, "hdpAll": hdp}


def _audience(base: int, chance: int) -> dict[str, int]:
    audio, sd, hd, hdp = _parts(base, chance, 350, 300, 300, 50)
    return {"audioAudience": audio, "sdAudience": sd, "hdAudience": hd, "hdpAudience": hdp}


def _miniapp(base: int, chance: int) -> dict[str, int]:
    audio, video = _parts(base, chance, 300, 700)
    return {"audioAll": audio, "videoAll": video}


def _rtm(base: int, chance: int) -> dict[str, int]:
    return {"dau": base // 9 + chance % 7}


def _transcoding(base: int, chance: int) -> dict[str, int]:
    durations = _streams(base, chance)
    channels = _streams(base // 45, chance >> 3)
    video = channels["avcSd"] + channels["avcHd"] + channels["avcHdp"]
    hostin = video + channels["avcAudio"]
    totals = {"avcTotal": hostin + channels["videoSingleHost"], "avcTotalHostin": hostin, "avcTotalVideoHostin": video}
    return {
        **{f"{TRANSCODE_DURATION}.{name}": value for name, value in durations.items()},
        **{f"{CONCURRENT_CHANNEL}.{name}": value for name, value in {**totals, **channels}.items()},
    }


def _streams(base: int, chance: int) -> dict[str, int]:
    single, audio, sd, hd, hdp = _parts(base, chance, 90, 160, 330, 210, 60)
    hevc_audio, hevc_sd, hevc_hd, hevc_hdp = _parts(base, chance >> 20, 30, 60, 40, 20)
    return {
        "audioHostin": audio + hevc_audio,
        "avcAudio": audio,
        "videoSingleHost": single,
        "avcSd": sd,
        "avcHd": hd,
        "avcHdp": hdp,
        "hevcAudio": hevc_audio,
        "hevcSd": hevc_sd,
        "hevcHd": hevc_hd,
        "hevcHdp": hevc_hdp,
    }


_SPLITS: Mapping[Pair, Callable[[int, int], dict[str, int]]] = {
    RTC: _rtc,
    TRANSCODING: _transcoding,
    (Business.RECORDING, Model.DURATION): _audience,
    (Business.CLOUD_RECORDING, Model.DURATION): _audience,
    (Business.MINIAPP, Model.DURATION): _miniapp,
    (Business.RTM, Model.COUNTER): _rtm,
}
