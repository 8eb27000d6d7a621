"""Making the calls of a reading in threads, each of which asks a company, and what it must of its projects."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field, replace

from django.conf import settings

from agora.errors import AgoraError, Forbidden, NotFound
from polling.models import TargetState
from polling.periods import utc_day
from polling.series import Owner
from polling.services.reading import Reader, stops_everything
from usage.services.following import Household, explains, is_twin, lacks_figures, of_silent, used_nothing
from usage.services.plan import Unit, still_growing
from usage.services.store import Reading

MOST_THREADS = 50
SECONDS_PER_CHUNK = 5
SMALLEST_CHUNK = 50
LARGEST_CHUNK = 250
CLOSED_BY: dict[type[AgoraError], TargetState] = {Forbidden: TargetState.NO_ACCESS, NotFound: TargetState.GONE}


@dataclass(frozen=True, kw_only=True)
class Failure:
    """A call that told nothing."""

    owner: Owner
    error: AgoraError

    @property
    def is_closed(self) -> bool:
        """Whether Agora has nothing for this owner, rather than no answer."""
        return type(self.error) in CLOSED_BY


@dataclass(frozen=True, kw_only=True)
class Told:
    """What asking a household brought.

    `twin` is an only project that just told what its company did. `unexplained` says that the company used more
    than all of its listed projects, so that there is one which is not listed yet.
    """

    results: Sequence[Reading | Failure]
    calls: int
    twin: Owner | None = None
    unexplained: bool = False


def most_calls() -> int:
    """How many calls begin one chunk: some seconds' worth, since two chunks are lost with a process that is killed."""
    return min(LARGEST_CHUNK, max(SMALLEST_CHUNK, SECONDS_PER_CHUNK * settings.AGORA_REQUESTS_PER_SECOND))


@dataclass(kw_only=True)
class Asker:
    """Asks on behalf of one reading; after a refusal of all calls none more goes out."""

    reader: Reader
    unit: Unit
    stopped: list[AgoraError] = field(default_factory=list)

    def ask(self, owner: Owner) -> Reading | Failure:
        """Fetch the company usage or the project usage."""
        if self.stopped:
            return Failure(owner=owner, error=self.stopped[0])
        try:
            return self._fetch(owner)
        except AgoraError as error:
            if stops_everything(error):
                self.stopped.append(error)
            return Failure(owner=owner, error=error)
        finally:
            self.reader.on_call(1)

    def _fetch(self, owner: Owner) -> Reading:
        unit, kind, client = self.unit, self.unit.kind, self.reader.client
        asked = kind.business, kind.model, unit.since, unit.until, kind.interval
        if owner.project_id:
            answer = client.project_usage(owner.company_id, owner.project_id, *asked)
        else:
            answer = client.company_usage(owner.company_id, *asked)
        return Reading(owner=owner, asked=(unit.since, unit.until), at=self.reader.clock(), answer=answer)

    def tell(self, household: Household) -> Told:
        """Ask a company, and those of its projects of which its answer does not tell."""
        told = self.ask(household.owner)
        if isinstance(told, Failure):
            asked = [self.ask(project) for project in household.open] if told.is_closed else []
            return Told(results=[told, *asked], calls=1 + len(asked))
        if household.only and household.is_twin and not lacks_figures(told):
            return Told(results=[told, replace(told, owner=household.only)], calls=1)
        return self._with_projects(told, household) if household.projects else Told(results=[told], calls=1)

    def _with_projects(self, told: Reading, household: Household) -> Told:
        still_grows = still_growing(self.unit.kind, utc_day(self.reader.clock()))
        first = [] if used_nothing(told) else [one for one in household.open if one in household.in_use]
        results = [self.ask(project) for project in first]
        parts = read_parts(results)
        rest = [project for project in household.projects if project not in first]
        if len(parts) == len(first) and explains(told, parts, still_grows):
            silent = [of_silent(one, told, parts, self.unit.kind, still_grows) for one in rest]
            return Told(results=[told, *results, *(one for one in silent if one)], calls=1 + len(first))
        results += [self.ask(project) for project in rest if project not in household.closed]
        parts = read_parts(results)
        return Told(
            results=[told, *results],
            calls=1 + len(results),
            twin=household.only if household.only and parts and is_twin(told, parts[0], still_grows) else None,
            unexplained=len(parts) == len(household.projects) and not explains(told, parts, still_grows),
        )


def read_parts(results: Sequence[Reading | Failure]) -> list[Reading]:
    """What came of the calls that were answered."""
    return [result for result in results if isinstance(result, Reading)]


def answers(asker: Asker, chunks: Iterable[Sequence[Household]]) -> Iterator[list[Told]]:
    """The answers of one chunk after another; the next is being asked while the caller stores the one before."""
    threads = max(2, min(MOST_THREADS, settings.AGORA_REQUESTS_PER_SECOND))
    with ThreadPoolExecutor(max_workers=threads) as pool:
        before: list[Future[Told]] = []
        try:
            for chunk in chunks:
                asked = [pool.submit(asker.tell, household) for household in chunk]
                if before:
                    yield [future.result() for future in before]
                before = asked
            yield [future.result() for future in before]
        finally:
            pool.shutdown(cancel_futures=True)
