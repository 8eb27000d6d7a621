"""Ways to break the machine that creates: each is made in a copy of the tree, and the tests have to notice it.

Each is one of the wrong designs that duplicate, or link somebody else's work. The text of a mutant has to stand in
the source exactly once, so that a change of the code cannot disarm it silently.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
LEFT_OUT = (".git", ".venv", "node_modules", "var", "dist", "__pycache__", ".ruff_cache", ".mypy_cache", "*.sqlite3")
# The tests that were written against these designs; others may notice them, too.
TESTS = "tests/companies/test_wrong_designs.py"
TESTS_FAILED = 1
AT_MOST = 300.0


@dataclass(frozen=True, kw_only=True)
class Change:
    """A text that stands once in a file, and what takes its place."""

    path: str
    old: str
    new: str


@dataclass(frozen=True, kw_only=True)
class Mutant:
    """A wrong design, in words and as changes."""

    name: str
    changes: Sequence[Change]


NO_LOOK_BEFORE_SENDING = Change(
    path="companies/services/sending.py",
    old="    found = [one for one in queries.candidates(operation) if one.fits and (again or not one.differing)]\n",
    new="    found: list[queries.Candidate] = []\n",
)
QUEUED_FROM_SENDING = (
    Change(
        path="companies/services/moves.py",
        old="            SENDING: (DONE, REFUSED,",
        new="            SENDING: (QUEUED, DONE, REFUSED,",
    ),
    Change(
        path="companies/services/leases.py",
        old='move(operation, OperationState.UNCERTAIN, now=now, reason="lost", **to_be_looked_for(operation, now))',
        new='move(operation, OperationState.QUEUED, now=now, reason="lost", next_action_at=now)',
    ),
)
TRIED_AGAIN = Change(
    path="companies/services/verdicts.py",
    old="    return _verdict(OperationState.UNCERTAIN, _why_unknown(error), error, is_alarming=True)\n",
    new="    return _verdict(OperationState.RETRY_WAIT, _why_unknown(error), error, is_alarming=True)\n",
)
WRITTEN_FIRST = Change(
    path="companies/services/sending.py",
    old="""\
        if attempt := begin_attempt(operation, call, now=reader.clock()):
            record(operation, attempt, outcome(reader, call, operation.draft()), now=reader.clock())
""",
    new="""\
        verdict = outcome(reader, call, operation.draft())
        if attempt := begin_attempt(operation, call, now=reader.clock()):
            record(operation, attempt, verdict, now=reader.clock())
""",
)
SENT_AGAIN_UNSETTLED = Change(
    path="companies/queries/operations.py",
    old="    return operation.settled_at is not None\n",
    new="    return True\n",
)
ABSENT_AT_ONCE = Change(
    path="companies/timing.py",
    old="        return timedelta(seconds=seconds)\n",
    new="        return timedelta(seconds=0 * seconds)\n",
)
WRITTEN_LATE = Change(
    path="companies/services/sending.py",
    old="    not_after = call.signed_monotonic + times().write_within\n",
    new='    not_after = float("inf")\n',
)
SIGNED_AGAIN = Change(
    path="companies/services/sending.py",
    old="    not_after = call.signed_monotonic + times().write_within\n",
    new="    call = signed(reader.client, draft)\n    not_after = call.signed_monotonic + times().write_within\n",
)
ADOPTED_BY_ITSELF = Change(
    path="companies/services/findings.py",
    old='    if not move(operation, OperationState.REVIEW, now=now, **{"reason": reason, **columns}):\n',
    new="""\
    found = columns.get("candidates")
    if operation.state == OperationState.UNCERTAIN and isinstance(found, list) and len(found) == 1:
        return move(operation, OperationState.DONE, now=now, evidence="matched", result_remote_id=found[0])
    if not move(operation, OperationState.REVIEW, now=now, **{"reason": reason, **columns}):
""",
)
MARK_IGNORED = Change(
    path="agora/transport/answers.py",
    old="        return RateLimited if _is_marked(headers, message) else OutcomeUnknown\n",
    new="        return RateLimited\n",
)
ANY_VERSION = Change(
    path="companies/services/moves.py",
    old="Operation.objects.filter(pk=operation.pk, state=operation.state, version=operation.version)\n",
    new="Operation.objects.filter(pk=operation.pk)\n",
)

MUTANTS = (
    Mutant(
        name="what was being sent is queued when its lease ends", changes=(*QUEUED_FROM_SENDING, NO_LOOK_BEFORE_SENDING)
    ),
    Mutant(name="the same, with a look before it is sent", changes=QUEUED_FROM_SENDING),
    Mutant(name="an unknown outcome is tried again", changes=(TRIED_AGAIN, NO_LOOK_BEFORE_SENDING)),
    Mutant(name="the same, with a look before it is sent again", changes=(TRIED_AGAIN,)),
    Mutant(name="it is written before that is committed", changes=(WRITTEN_FIRST,)),
    Mutant(name="people may send again before it has settled", changes=(SENT_AGAIN_UNSETTLED,)),
    Mutant(name="an absence proves something at once", changes=(ABSENT_AT_ONCE,)),
    Mutant(name="a worker that was held up writes all the same", changes=(WRITTEN_LATE,)),
    Mutant(name="a worker that was held up signs once more", changes=(SIGNED_AGAIN,)),
    Mutant(name="a single candidate is adopted by itself", changes=(ADOPTED_BY_ITSELF,)),
    Mutant(name="any 429 counts as not processed", changes=(MARK_IGNORED,)),
    Mutant(name="a move looks at no version", changes=(ANY_VERSION,)),
)


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.name)
def test_a_mutant_fits_the_code(mutant: Mutant) -> None:
    for change in mutant.changes:
        assert (ROOT / change.path).read_text(encoding="utf-8").count(change.old) == 1, change.path


def copy_of_the_tree(place: Path) -> Path:
    """Everything that tests need, without what is made or installed."""
    copy = place / "tree"
    shutil.copytree(ROOT, copy, ignore=shutil.ignore_patterns(*LEFT_OUT))
    return copy


def run_tests(tree: Path) -> subprocess.CompletedProcess[str]:
    """Run the tests there up to the first that fails, on SQLite, apart from everything that runs here."""
    environment = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    command = [sys.executable, "-m", "pytest", "-x", "-q", "-m", "not slow", TESTS]
    return subprocess.run(
        command, cwd=tree, env=environment, capture_output=True, text=True, timeout=AT_MOST, check=False
    )


@pytest.mark.slow
def test_the_copy_passes_as_it_is(tmp_path: Path) -> None:
    ran = run_tests(copy_of_the_tree(tmp_path))
    assert ran.returncode == 0, ran.stdout[-3000:]


@pytest.mark.slow
@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.name)
def test_a_mutant_is_caught(mutant: Mutant, tmp_path: Path) -> None:
    tree = copy_of_the_tree(tmp_path)
    for change in mutant.changes:
        path = tree / change.path
        path.write_text(path.read_text(encoding="utf-8").replace(change.old, change.new), encoding="utf-8")
    ran = run_tests(tree)
    assert (ran.returncode, "failed" in ran.stdout) == (TESTS_FAILED, True), ran.stdout[-3000:]
