"""What is asked and answered about daily bills, as values; no tables."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from usage.figures import State

# Company ID, project ID ('' for the company level), currency.
Key = tuple[str, str, str]
Amounts = Mapping[str, Decimal]


@dataclass(frozen=True, kw_only=True)
class Selection:
    """Which bill lines are asked for: UTC days since..until, both included, and whose; '' narrows nothing down.

    `tag` is a tag's key, `owner` a person's row number or `none`; they, `area` and `country` are of companies that
    Agora lists or once listed. `unlisted` asks for nobody but those whom Agora does not list now, or never did.
    """

    since: dt.date
    until: dt.date
    company_id: str = ""
    project_id: str = ""
    currency: str = ""
    tag: str = ""
    area: str = ""
    country: str = ""
    owner: str = ""
    unlisted: bool = False

    @property
    def whose(self) -> dict[str, str]:
        """The filters that are set, by column."""
        filters = {"company_id": self.company_id, "project_id": self.project_id, "currency": self.currency}
        return {name: value for name, value in filters.items() if value}

    @property
    def kind(self) -> dict[str, str]:
        """What companies are chosen by, where they are."""
        kinds = {"tag": self.tag, "area": self.area, "country": self.country, "owner": self.owner}
        return {name: value for name, value in kinds.items() if value}


@dataclass(frozen=True, kw_only=True, slots=True)
class BillLine:
    """One amount of one UTC day, of a company's project or of the company level."""

    period: dt.date
    company_id: str
    project_id: str
    currency: str
    amount: Decimal
    state: State
    fetched_at: dt.datetime | None


@dataclass(frozen=True, kw_only=True, slots=True)
class PeriodBill:
    """A UTC day or a month: what it cost in each currency, as far as `known` of its `of` days are known.

    A known day without a line cost nothing; an unknown day is in no amount. Currencies are never added together.
    """

    period: dt.date
    known: int
    of: int
    amounts: Amounts
    corrected: bool
    fetched_at: dt.datetime | None

    @property
    def state(self) -> State:
        if not self.known:
            return State.MISSING
        return State.CORRECTED if self.corrected else State.SETTLED

    @property
    def incomplete(self) -> bool:
        """Whether some of the days, but not all of them, are known."""
        return 0 < self.known < self.of

    def amount(self, currency: str) -> Decimal | None:
        """What is known to have been billed in a currency; None when nothing is known."""
        return self.amounts.get(currency, Decimal()) if self.known else None


@dataclass(frozen=True, kw_only=True, slots=True)
class OwnerBill:
    """What one company, or one project of a company, cost in each currency."""

    company_id: str
    project_id: str
    amounts: Amounts


def added(amounts: Iterable[Amounts]) -> dict[str, Decimal]:
    """Amounts added up, each currency by itself."""
    sums: dict[str, Decimal] = {}
    for some in amounts:
        for currency, amount in some.items():
            sums[currency] = sums.get(currency, Decimal()) + amount
    return sums
