"""The comparison at the end: what Agora did, by its truth log, and what the portal says that was done.

duplicated      Agora created more than one company or project for one operation, or enabled a service more often
                than people had it sent; or one form became two operations.
lost            The portal answered a form with the page of an operation (303), and there is no such operation.
wrongly linked  An operation is done with an ID that another operation's request, or somebody else, created; or it
                is done though nothing was created for it.
hidden          A request of the portal created something, and its operation neither is done with it, nor shows it
                to a person, nor is still looking for it; or no operation knows of that request at all.
contradicted    A form that was answered with its operation (303) was answered otherwise when it was sent once more.
stuck           An operation neither ended nor waits for a person, long after all trouble was over.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

OFFENCES = ("duplicated", "lost", "wrongly linked", "hidden", "contradicted", "stuck")
ACCEPTED = 303
ENDED = ("done", "refused", "cancelled")


@dataclass(frozen=True, kw_only=True)
class Row:
    """An operation as the database has it; `approvals` is how often a person had it sent again.

    `shown` are the IDs that its page shows to whoever has to decide.
    """

    number: int
    kind: str
    state: str
    remote_id: str = ""
    shown: frozenset[str] = frozenset()
    token: str = ""
    approvals: int = 0
    was_given_up: bool = False


@dataclass(frozen=True, kw_only=True)
class Effect:
    """What a request created: kind and ID as the truth log writes them, "company 7"."""

    request_id: str
    name: str

    @property
    def remote_id(self) -> str:
        """The ID of a company or project."""
        return self.name.partition(" ")[2]


@dataclass(frozen=True, kw_only=True)
class Offence:
    """Something that must never happen; `operation` is 0 where none is known."""

    name: str
    words: str
    operation: int = 0


@dataclass(frozen=True, kw_only=True)
class Evidence:
    """All that is compared: operations, which request belongs to which, effects, and the answers to each form."""

    rows: Sequence[Row]
    requests: Mapping[str, int]
    effects: Sequence[Effect]
    answered: Mapping[str, frozenset[int]] = field(default_factory=dict)
    statuses: Mapping[str, frozenset[int]] = field(default_factory=dict)


def offences(evidence: Evidence) -> list[Offence]:
    """Everything that must never happen, found in the evidence."""
    made: dict[int, list[Effect]] = defaultdict(list)
    for effect in evidence.effects:
        made[evidence.requests.get(effect.request_id, 0)].append(effect)
    found = [Offence(name="hidden", words=f"{one.name}, request {one.request_id}") for one in made.pop(0, [])]
    found += [*_of_forms(evidence), *_of_answers(evidence)]
    for row in evidence.rows:
        found += _of_row(row, made[row.number])
    return found


def _of_forms(evidence: Evidence) -> Iterable[Offence]:
    known = {row.number: row.token for row in evidence.rows}
    for token, numbers in evidence.answered.items():
        if len(numbers) > 1:
            yield Offence(name="duplicated", words=f"the form {token} became {sorted(numbers)}", operation=min(numbers))
        for number in numbers:
            if known.get(number) != token:
                yield Offence(name="lost", words=f"the form {token} was answered with {number}", operation=number)


def _of_answers(evidence: Evidence) -> Iterable[Offence]:
    for token, statuses in evidence.statuses.items():
        if len(statuses) > 1 and ACCEPTED in statuses:
            number = min(evidence.answered.get(token) or {0})
            yield Offence(name="contradicted", words=f"the form {token}: {sorted(statuses)}", operation=number)


def _of_row(row: Row, made: Sequence[Effect]) -> Iterable[Offence]:
    names = ", ".join(effect.name for effect in made)
    is_service = row.kind == "uap-service"
    if len(made) > (1 + row.approvals if is_service else 1):
        yield Offence(name="duplicated", words=names, operation=row.number)
    if row.state == "done":
        if not made:
            yield Offence(name="wrongly linked", words="done, and nothing was created", operation=row.number)
        elif not is_service and row.remote_id not in {effect.remote_id for effect in made}:
            words = f"{row.remote_id} in place of {names}"
            yield Offence(name="wrongly linked", words=words, operation=row.number)
    elif made and not _is_told(row, made):
        yield Offence(name="hidden", words=f"{names}, {row.state}", operation=row.number)
    if row.state not in (*ENDED, "review"):
        yield Offence(name="stuck", words=row.state, operation=row.number)


def _is_told(row: Row, made: Sequence[Effect]) -> bool:
    """Whether people learn, now or soon, that this unfinished operation created something."""
    if row.kind == "uap-service":
        return row.was_given_up or row.state in ("uncertain", "review")
    return row.state == "uncertain" or (row.state == "review" and {effect.remote_id for effect in made} <= row.shown)
