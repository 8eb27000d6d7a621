"""What people write in cells, turned into what the forms take: country names, words for codes, yes and no."""

from collections.abc import Callable, Mapping
from functools import cache
from types import MappingProxyType

from django_countries import countries

from agora.vocabulary import Area
from companies import labels

YES = frozenset({"yes", "y", "true", "1", "x", "on", "ja", "oui", "si", "sí", "是", "✓"})
NO = frozenset({"no", "n", "false", "0", "off", "-", "nein", "non", "否", "✗"})

IN_CHINA = ("cn", "china", "mainland china", "inside china", "in china", "中国", "中国大陆", "国内")
ELSEWHERE = (
    *("non-cn", "noncn", "non cn", "non_cn", "not cn", "non-china", "outside china", "outside of china", "global"),
    *("international", "overseas", "rest of world", "row", "world", "海外", "国际"),
)
AREA_WORDS = MappingProxyType({**dict.fromkeys(IN_CHINA, Area.CN.value), **dict.fromkeys(ELSEWHERE, Area.NON_CN.value)})
REGION_WORDS = MappingProxyType({**dict.fromkeys(IN_CHINA, "1"), **dict.fromkeys(ELSEWHERE, "2")})
# Names in daily use that are not the ones of ISO 3166.
COUNTRY_WORDS = MappingProxyType(
    {
        **{"uk": "GB", "great britain": "GB", "england": "GB", "britain": "GB", "united kingdom": "GB"},
        **{"usa": "US", "u.s.": "US", "u.s.a.": "US", "united states": "US", "america": "US"},
        **{"south korea": "KR", "korea": "KR", "republic of korea": "KR", "north korea": "KP"},
        **{"taiwan": "TW", "hong kong": "HK", "macau": "MO", "mainland china": "CN", "prc": "CN", "中国": "CN"},
        **{"russia": "RU", "vietnam": "VN", "viet nam": "VN", "iran": "IR", "syria": "SY", "laos": "LA"},
        **{"czech republic": "CZ", "czechia": "CZ", "holland": "NL", "the netherlands": "NL", "uae": "AE"},
        **{"turkey": "TR", "türkiye": "TR", "moldova": "MD", "bolivia": "BO", "tanzania": "TZ", "venezuela": "VE"},
        **{"ivory coast": "CI", "cape verde": "CV", "swaziland": "SZ", "macedonia": "MK", "brunei": "BN"},
        **{"deutschland": "DE", "österreich": "AT", "schweiz": "CH", "españa": "ES", "brasil": "BR", "méxico": "MX"},
    }
)


def understood(name: str, text: str) -> str:
    """What the form of the field takes for this text; text that nobody understands stays as it is."""
    text = text.strip()
    reader = READERS.get(name)
    return reader(text) if reader and text else text


def _country(text: str) -> str:
    return country_codes().get(_folded(text), text)


@cache
def country_codes() -> Mapping[str, str]:
    """The code of every country by its code and its name in small letters; the names are English."""
    named = {_folded(str(name)): code for code, name in countries.countries.items()}
    return MappingProxyType(named | dict(COUNTRY_WORDS) | {code.casefold(): code for code in countries.countries})


def _area(text: str) -> str:
    return AREA_WORDS.get(_folded(text), text)


def _region(text: str) -> str:
    return REGION_WORDS.get(_folded(text)) or _code("region", text)


def _code(name: str, text: str) -> str:
    """The code itself, `10.0` as spreadsheets write it included, or the one with these words."""
    whole = text.removesuffix(".0")
    by_words = {_folded(str(words)): str(getattr(code, "value", code)) for code, words in labels.CODED[name].items()}
    return by_words.get(_folded(text), whole)


def _number(text: str) -> str:
    return text.removesuffix(".0")


def _yes_or_no(text: str) -> str:
    """`on` for yes, as a box that is ticked sends it, and nothing for no; else the text, which is neither."""
    word = _folded(text)
    if word in YES:
        return "on"
    return "" if word in NO else text


def _folded(text: str) -> str:
    return " ".join(text.casefold().split())


def _coded(name: str) -> Callable[[str], str]:
    return lambda text: _code(name, text)


READERS: Mapping[str, Callable[[str], str]] = MappingProxyType(
    {
        "country": _country,
        "area": _area,
        "app_limit": _number,
        "member_limit": _number,
        "industry": _coded("industry"),
        "interest": _coded("interest"),
        "environment": _coded("environment"),
        "send_password_reset_email": _yes_or_no,
        "company_id": _number,
        "type_id": _coded("type_id"),
        "region": _region,
    }
)
