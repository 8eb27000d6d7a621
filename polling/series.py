"""A series of usage figures as a value: whose, which business and model, by day or by month."""

from __future__ import annotations

from dataclasses import dataclass

from django.conf import settings

from agora.vocabulary import MONTHLY_PAIRS, PAIRS, Business, Interval, Model

# IDs that no path can carry as one segment: what they name is listed, but nothing can be asked about it.
UNADDRESSABLE = ("", ".", "..")
# What usage slots are about, as they spell it.
DAILY_SCOPES = tuple(f"{business}/{model}/{Interval.DAILY}" for business, model in PAIRS)
MONTHLY_SCOPES = tuple(f"{business}/{model}/{Interval.MONTHLY}" for business, model in MONTHLY_PAIRS)


def is_polled(scope: str) -> bool:
    """Whether usage of this scope is asked for: the settings may leave pairs out."""
    return scope.rpartition("/")[0] in settings.POLL_PAIRS


@dataclass(frozen=True, kw_only=True, order=True)
class Kind:
    """A business with the model that measures it, by day or by month: what one usage slot is about."""

    business: Business
    model: Model
    interval: Interval

    @property
    def scope(self) -> str:
        """How a slot spells it: `default/duration/daily`."""
        return f"{self.business}/{self.model}/{self.interval}"

    def fields(self) -> dict[str, str]:
        """The columns of a series that are the same for every company and project."""
        return {"business": self.business.value, "model": self.model.value, "interval": self.interval.value}


@dataclass(frozen=True, kw_only=True, order=True)
class Owner:
    """Whose figures: a company's project, or the company as a whole where project_id is ''."""

    company_id: str
    project_id: str = ""
