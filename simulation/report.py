"""What a simulation prints: what polling cost, what was seen how late, and what must be none."""

from __future__ import annotations

import statistics
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from simulation.audit import Findings
from simulation.run import Simulation

EXAMPLES = 10
# With fewer companies the hourly list of them is most of what there is to ask.
MANY = 100


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """Something that has to hold, with what was found instead."""

    what: str
    found: str
    holds: bool


def write_report(simulation: Simulation, findings: Findings, verdicts: Sequence[Verdict]) -> bool:
    """Print everything; whether every verdict holds."""
    size = simulation.size
    line(f"\n\n{size.companies:,} companies of {size.projects} projects, {size.days} days, {simulation.seconds:.0f} s")
    line(f"happened      {listed(simulation.changes.happened.items())}")
    line(f"on the way    {listed(simulation.weather.struck.items())}; workers killed {simulation.worker.kills}")
    line(f"asked         {listed(simulation.asked.most_common())}")
    line(f"answered      {listed(simulation.answered.most_common())}")
    write_lateness(simulation.watch.lateness)
    line("")
    holds = write_verdicts(verdicts)
    for example in [*findings.lost[:EXAMPLES], *simulation.watch.false[:EXAMPLES], *findings.gaps[:EXAMPLES]]:
        line(f"  {example}")
    return holds


def write_verdicts(verdicts: Sequence[Verdict]) -> bool:
    """A line for each; whether every one holds."""
    for verdict in verdicts:
        line(f"{verdict.what:<72}{verdict.found:>18}  {'holds' if verdict.holds else 'DOES NOT HOLD'}")
    return all(verdict.holds for verdict in verdicts)


def write_lateness(lateness: Mapping[str, Sequence[float]]) -> None:
    """A row for each kind of change: how often, and how many days later the portal knew."""
    line(f"\n{'seen how late, in days':<48}{'changes':>9}{'median':>9}{'p99':>9}{'most':>9}")
    for label, days in sorted(lateness.items()):
        ordered = sorted(days)
        p99 = ordered[min(len(ordered) - 1, len(ordered) * 99 // 100)]
        line(f"{label:<48}{len(days):>9,}{statistics.median(days):>9.2f}{p99:>9.2f}{ordered[-1]:>9.2f}")


def common_verdicts(simulation: Simulation, findings: Findings, missing: Sequence[str]) -> list[Verdict]:
    """What has to hold of every simulation."""
    return [
        none("figures lost", len(findings.lost), f" of {findings.compared:,}"),
        none("slots that said falsely that they are complete", len(simulation.watch.false)),
        none("days without a slot", len(missing)),
        none("gaps that are left in the ledger", len(findings.gaps)),
    ]


def verdict_of_calls(simulation: Simulation) -> list[Verdict]:
    """Calls a day after the first one, which reads the past, against asking everything once a day."""
    days = sorted(simulation.calls)
    usual = [simulation.calls[day] for day in days[1:]] or [0]
    share = statistics.mean(simulation.calls[day] / simulation.naive[day] for day in days[1:] or days)
    first = f"{simulation.calls[days[0]]:,}"
    return [
        Verdict(what="calls of the first day, which reads the past", found=first, holds=True),
        Verdict(what="calls a day after it, mean", found=f"{statistics.mean(usual):,.0f}", holds=True),
        Verdict(what="calls a day after it, most", found=f"{max(usual):,}", holds=True),
        Verdict(
            what=f"of what asking everything once a day takes (at most 0.1 from {MANY} companies on)",
            found=f"{share:.3f}",
            holds=share <= 0.1 or simulation.size.companies < MANY,
        ),
    ]


def verdict_of_lateness(simulation: Simulation, most: float) -> Verdict:
    """Nothing that changed within the last 45 days may stay unseen for longer than a week."""
    usage = [days for label, days in simulation.watch.lateness.items() if label.endswith(("company", "project"))]
    latest = max((max(days) for days in usage), default=0.0)
    return Verdict(
        what=f"latest change of usage, in days (at most {most:g})", found=f"{latest:.2f}", holds=latest <= most
    )


def none(what: str, count: int, more: str = "") -> Verdict:
    """Something of which there may be none."""
    return Verdict(what=what, found=f"{count:,}{more}", holds=not count)


def listed(counted: Iterable[tuple[str, int]]) -> str:
    """Counts on one line."""
    return ", ".join(f"{name} {count:,}" for name, count in counted) or "nothing"


def line(text: str) -> None:
    """One line of the report."""
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()
