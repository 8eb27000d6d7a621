"""How answers are written: the document's samples by default, its contradictions where they are asked for."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, time

from agora.vocabulary import METRICS, Model
from sandbox.figures import Figures, Pair
from sandbox.options import Dress

CODES_SAID_TO_BE_TEXT = ("industry", "interest", "environment", "appLimit", "memberLimit")


def usage_answer(rows: Mapping[date, Figures], pair: Pair, dress: Dress) -> object:
    """The answer to "Fetch the company usage" and "Fetch the project usage": one datum a day or month."""
    datums = [
        {"dateTime": _date_time(day, dress.date_style), "usage": _usage(values, pair, dress)}
        for day, values in rows.items()
    ]
    frames = {"usagedatum": {"UsageDatum": datums}, "data": {"data": datums}, "rows": {"rows": datums}}
    if dress.shape == "one" and len(datums) == 1:
        return datums[0]
    return frames.get(dress.shape, datums)


def company_row(row: Mapping[str, object], dress: Dress) -> dict[str, object]:
    """A company's row with its codes as numbers, or as text where the dress says so."""
    if dress.numbers == "plain":
        return dict(row)
    return {name: str(value) if name in CODES_SAID_TO_BE_TEXT else value for name, value in row.items()}


def has_more(value: bool, dress: Dress) -> dict[str, object]:
    """The `hasMore` of a bill page, or nothing."""
    written = {"boolean": value, "text": str(value).lower(), "number": int(value)}
    return {} if dress.has_more == "absent" else {"hasMore": written[dress.has_more]}


def page_size(capacity: int, count: int, dress: Dress) -> int:
    """The `pageSize` of a bill page: what fits on it, what stands on it, or nothing of use."""
    return {"capacity": capacity, "count": count, "zero": 0}[dress.page_size_means]


def grouped(names: tuple[str, ...], values: tuple[object, ...]) -> dict[str, object]:
    """Metrics by wire name; those that carry a group go into an object of that name."""
    groups: dict[str, dict[str, object]] = {}
    flat: dict[str, object] = {}
    for name, value in zip(names, values, strict=True):
        group, dot, key = name.partition(".")
        if dot:
            groups.setdefault(group, {})[key] = value
        else:
            flat[name] = value
    return {**flat, **groups}


def _usage(values: Figures, pair: Pair, dress: Dress) -> object:
    written = tuple(map(str, values)) if dress.numbers == "text" else values
    metrics = grouped(METRICS[pair], written)
    if dress.shape == "list":
        return [{name: value} for name, value in metrics.items()]
    if dress.shape == "nested":
        return {_outer_name(pair): metrics}
    return metrics


def _outer_name(pair: Pair) -> str:
    business, model = pair
    return str(business) if model is Model.DURATION else str(model)


def _date_time(day: date, style: str) -> str | int:
    instant = datetime.combine(day, time(), UTC)
    if style in ("seconds", "milliseconds"):
        return int(instant.timestamp()) * (1000 if style == "milliseconds" else 1)
    if style == "iso":
        return f"{day}T00:00:00.000Z"
    return str(day) if style == "date" else f"{day} 00:00:00"
