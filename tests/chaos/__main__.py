"""`python -m tests.chaos`: one run, its report, and exit code 1 when something happened that must never happen."""

import argparse
import random
import shutil
import signal
import sys
import tempfile
from collections import Counter
from pathlib import Path

from tests.chaos import evidence
from tests.chaos.audit import OFFENCES, Evidence, Offence, offences
from tests.chaos.faults import RandomFaults, Strangers
from tests.chaos.run import Run
from tests.chaos.stage import Plan, started
from tests.chaos.times import WINDOW
from tests.sandbox_server import running_sandbox


def parser() -> argparse.ArgumentParser:
    """Every argument with what it means."""
    made = argparse.ArgumentParser(prog="python -m tests.chaos", description=__doc__)
    made.add_argument("--creates", type=int, default=2000, help="how many things people want to exist")
    made.add_argument("--seconds", type=float, default=3600, help="how long people create at most")
    made.add_argument("--seed", type=int, help="the same dice again; what runs at the same time differs all the same")
    made.add_argument("--every", type=float, default=3.0, help="seconds between two kills, on average")
    made.add_argument("--pace", type=float, default=4.0, help="creates a second, on average")
    made.add_argument("--share", type=float, default=30.0, help="creates of a hundred that meet a fault at Agora")
    made.add_argument("--sqlite", action="store_true", help="SQLite even where there is a PostgreSQL")
    made.add_argument("--keep", action="store_true", help="keep the folder with the logs of all processes")
    return made


def main() -> int:
    """Run, tell, and give the exit code."""
    arguments = parser().parse_args()
    # As Ctrl-C does, so that nothing is left running.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    folder = Path(tempfile.mkdtemp(prefix="chaos-"))
    folder.chmod(0o755)
    seed = arguments.seed if arguments.seed is not None else random.SystemRandom().randrange(10**6)
    plan = Plan(
        creates=arguments.creates,
        seconds=arguments.seconds,
        seed=seed,
        every=arguments.every,
        pace=arguments.pace,
        share=arguments.share,
        is_sqlite=arguments.sqlite,
        folder=folder,
    )
    print(f"seed {seed}, logs in {folder}", flush=True)
    is_clean = False
    try:
        is_clean = run_and_tell(plan)
    except KeyboardInterrupt:
        print("Stopped.")
    finally:
        if is_clean and not arguments.keep:
            shutil.rmtree(folder, ignore_errors=True)
    return 0 if is_clean else 1


def run_and_tell(plan: Plan) -> bool:
    """One run with its report; whether nothing happened that must never happen."""
    with running_sandbox(companies=0, window=WINDOW, repeated_emails=True, list_limit=500) as box:
        faults = RandomFaults(sandbox=box.sandbox, strangers=Strangers(sandbox=box.sandbox), seed=plan.seed, share=0)
        box.sandbox.faults = faults
        with started(plan, box) as stage:
            run = Run(stage=stage, faults=faults)
            run.go()
            known = evidence.gathered(box.sandbox, run.ledger)
            found = offences(known)
            tell(run, known, found)
            return not found and not run.failures


def tell(run: Run, known: Evidence, found: list[Offence]) -> None:
    """The report: what was tried, what was done to it, what came of it, and the story of every offender."""
    truth = run.stage.box.sandbox.truth.entries()
    counted = Counter(offence.name for offence in found)
    accepted = {number for sent in run.ledger.sent for number in sent.operations}
    print(f"database     {'PostgreSQL' if run.stage.database.part else 'SQLite'}, {run.seconds:.0f} s")
    print(f"forms        {len(run.ledger.sent)}: {listed(run.ledger.habits)}; answers {listed(run.ledger.answers)}")
    if run.killer:
        print(f"killer       {listed(run.killer.done)}")
    print(f"at Agora     {listed(run.faults.struck)}")
    for decider in run.deciders:
        print(f"person       {listed(decider.decisions)}")
    print(f"operations   {listed(evidence.states())}")
    print(f"submitted    {len(accepted)}")
    print(f"sent         {sum(entry.method == 'POST' for entry in truth)}")
    print(f"created      {len(known.effects)}")
    for name in OFFENCES:
        print(f"{name:<15}{counted[name]}")
    for failure, times in run.failures.items():
        print(f"FAILED {times}: {failure}")
    for offence in found[:20]:
        print(f"\n{offence.name.upper()} operation {offence.operation}: {offence.words}")
        for line in evidence.story(offence.operation, run.stage.box.sandbox):
            print(f"  {line}")


def listed(counter: Counter[str]) -> str:
    """Counts on one line, the most frequent first."""
    return ", ".join(f"{name} {count}" for name, count in counter.most_common()) or "nothing"


if __name__ == "__main__":
    sys.exit(main())
