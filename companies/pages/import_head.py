"""How an import stands as a whole: how many rows stand where, in numbers and in words."""

import hashlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from companies.models import Import, ImportState
from companies.pages.import_rows import Names, warnings_of
from companies.queries import imports as reads
from companies.queries.imports import BEGUN, Place, Standing


@dataclass(frozen=True, kw_only=True)
class Head:
    """How an import stands as a whole, and what can be done; `mark` changes whenever it would look different."""

    batch: Import
    counts: Counter[Place]
    warned: int
    mark: str

    @property
    def ready(self) -> int:
        """Rows that can be created."""
        return self.counts[Place.READY]

    @property
    def problems(self) -> int:
        """Rows that cannot be created before somebody corrects them."""
        return self.counts[Place.PROBLEM]

    @property
    def failed(self) -> int:
        """Rows that ended without any effect and can be sent again."""
        return self.counts[Place.FAILED]

    @property
    def going(self) -> int:
        """Rows that wait for their turn or are on their way."""
        return self.counts[Place.WAITING] + self.counts[Place.MOVING] + self.unconfirmed

    @property
    def unconfirmed(self) -> int:
        """Rows that were sent and of which nobody knows yet whether they were created."""
        return self.counts[Place.UNCONFIRMED]

    @property
    def total(self) -> int:
        """Rows that were asked for."""
        return self.counts[Place.WAITING] + sum(self.counts[place] for place in BEGUN)

    @property
    def ended(self) -> int:
        """Of these, the rows that need no machine any more."""
        return self.total - self.going

    @property
    def is_live(self) -> bool:
        """Whether something may change by itself."""
        return self.batch.state == ImportState.RUNNING or bool(self.going or self.counts[Place.NEEDS_YOU])

    @property
    def was_begun(self) -> bool:
        """Whether anything was ever sent."""
        return self.batch.started_at is not None

    @property
    def created(self) -> str:
        """How far the run is."""
        return _("%(done)d of %(total)d created") % {"done": self.counts[Place.DONE], "total": self.total}

    @property
    def beside_created(self) -> list[str]:
        """What became of the other rows that were asked for, in words, as far as it matters to a person."""
        counts = self.counts
        parts = [
            (self.unconfirmed, ngettext("%d not confirmed yet", "%d not confirmed yet", self.unconfirmed)),
            (counts[Place.NEEDS_YOU], ngettext("%d needs you", "%d need you", counts[Place.NEEDS_YOU])),
            (self.failed, ngettext("%d was not created", "%d were not created", self.failed)),
            (counts[Place.GIVEN_UP], ngettext("%d given up", "%d given up", counts[Place.GIVEN_UP])),
        ]
        return [words % number for number, words in parts if number]

    @property
    def not_begun(self) -> list[str]:
        """Where the rows stand that were not sent, in words."""
        left_out, warned = self.counts[Place.LEFT_OUT], self.warned
        ready = ngettext("%d row is ready to be created", "%d rows are ready to be created", self.ready) % self.ready
        if warned:
            ready = f"{ready} ({ngettext('%d with a warning', '%d with warnings', warned) % warned})"
        without = ngettext("%d is left out", "%d are left out", left_out) % left_out
        problems = ngettext("%d row has problems", "%d rows have problems", self.problems) % self.problems
        is_new = not self.was_begun
        parts = [(self.ready or is_new, ready), (self.problems or is_new, problems), (left_out, without)]
        return [words for matters, words in parts if matters]


def head_of(batch: Import, standings: Sequence[Standing], shown: Sequence[Standing], names: Names) -> Head:
    """How the import stands, for a page that shows some of its rows."""
    ready = [standing for standing in standings if standing.place == Place.READY]
    counts = reads.counted(standings)
    states = [(row.row_id, row.place, row.operation_state) for row in shown if row.place in BEGUN]
    seen = repr((batch.state, sorted(counts.items()), states))
    return Head(
        batch=batch,
        counts=counts,
        warned=sum(bool(warnings_of(standing, names)) for standing in ready),
        mark=hashlib.sha256(seen.encode()).hexdigest()[:16],
    )
