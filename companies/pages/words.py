"""The words for an operation: what it is called, what was asked for, what Agora made of it."""

from dataclasses import dataclass

from django.utils.translation import gettext as _
from django_countries import countries

from agora.vocabulary import Area
from companies import labels
from companies.models import Operation, OperationKind, OperationState

# Which areas fit a country; others are questioned and never refused.
FITTING_AREAS = {Area.CN.value: [Area.CN.value], "*": [Area.NON_CN.value]}


@dataclass(frozen=True, kw_only=True)
class Fact:
    """One thing that was asked for, in words."""

    label: str
    value: str


@dataclass(frozen=True, kw_only=True)
class Difference:
    """A field that Agora echoed otherwise than it was sent."""

    label: str
    sent: str
    came: str


def title_of(operation: Operation) -> str:
    """What is created, as a person would call it."""
    payload = operation.payload
    if operation.kind == OperationKind.UAP_SERVICE:
        words = {
            "product": labels.words(labels.UAP_TYPES, payload["type_id"]),
            "region": labels.words(labels.REGIONS, payload["region"]),
        }
        return _("%(product)s, %(region)s") % words
    return str(payload.get("company_name") or payload.get("name", ""))


def facts(operation: Operation) -> list[Fact]:
    """What was asked for, field by field, codes in words."""
    return [
        Fact(label=str(label), value=words_for(name, operation.payload[name]))
        for name, label in labels.FIELDS.items()
        if name in operation.payload
    ]


def differences(operation: Operation) -> list[Difference]:
    """What Agora made of it that was not asked for."""
    return [
        Difference(label=str(labels.FIELDS.get(name, name)), sent=words_for(name, sent), came=words_for(name, came))
        for name, sent, came in operation.differences
    ]


def words_for(name: str, value: object) -> str:
    """A value of a field as a person reads it."""
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    if name == "country":
        code = str(value).upper()
        return f"{countries.name(code)} ({code})" if countries.name(code) else str(value)
    return labels.words(labels.CODED[name], value) if name in labels.CODED else str(value)


def refusal_words(operation: Operation) -> str:
    """What Agora said when it refused, or what that means; '' when it did not refuse."""
    if operation.state != OperationState.REFUSED:
        return ""
    return operation.message or labels.reason_words(operation.reason)


def area_is_odd(operation: Operation) -> bool:
    """Whether the company's area does not go with its country."""
    payload = operation.payload
    return operation.kind == OperationKind.COMPANY and not area_fits(payload["country"], payload["area"])


def area_fits(country: str, area: str) -> bool:
    """Whether a company of this country is usually served in this area."""
    return area in FITTING_AREAS.get(country, FITTING_AREAS["*"])
