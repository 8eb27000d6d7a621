"""What starting an import would send, in numbers and names."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from companies.models import Import, OperationKind
from companies.pages import words
from companies.pages.import_rows import names_in, warnings_of
from companies.queries import imports as reads
from companies.queries.imports import Place

MOST_NAMED = 12


@dataclass(frozen=True, kw_only=True)
class Summary:
    """The rows that are ready: how many, the first of them by name, and what is worth a second look."""

    ready: int
    staying: int
    named: Sequence[str]
    warnings: Sequence[tuple[str, int]]
    mailed: int
    groups: Sequence[tuple[str, int]]

    @property
    def unnamed(self) -> int:
        """How many more there are than the ones named."""
        return self.ready - len(self.named)


def summary(batch: Import) -> Summary:
    """What would be sent now."""
    standings = reads.standings(batch)
    ready = [standing for standing in standings if standing.place == Place.READY]
    names = names_in(batch, standings)
    warnings = Counter(text for standing in ready for text in warnings_of(standing, names))
    payloads = [standing.payload or {} for standing in ready]
    return Summary(
        ready=len(ready),
        staying=sum(standing.place == Place.PROBLEM for standing in standings),
        named=[standing.title for standing in ready[:MOST_NAMED]],
        warnings=list(warnings.items()),
        mailed=sum(payload.get("send_password_reset_email") is True for payload in payloads),
        groups=Counter(_group(batch.kind, payload) for payload in payloads).most_common(),
    )


def _group(kind: str, payload: Mapping[str, object]) -> str:
    """Companies by area, services by product and region."""
    names = ("area",) if kind == OperationKind.COMPANY else ("type_id", "region")
    return ", ".join(words.words_for(name, payload[name]) for name in names)
