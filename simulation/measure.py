"""`python -m simulation.measure`: simulations on the database that the environment names."""

from __future__ import annotations

import argparse
import logging
import sys

from django.conf import settings
from django.core.management import call_command
from django.db import connection

import simulation.ready  # noqa: F401 - before the apps' tables are imported
from simulation.audit import audited, missing_slots
from simulation.changes import Pace
from simulation.pure import PureRun, cost_of
from simulation.rate import asked_at, most_in_a_second
from simulation.report import (
    Verdict,
    common_verdicts,
    line,
    none,
    verdict_of_calls,
    verdict_of_lateness,
    write_lateness,
    write_report,
    write_verdicts,
)
from simulation.run import Simulation, Size, simulated

# A week, and some hours for what went wrong on the way.
LATEST = 7.5
RATE = 20


def options(parser: argparse.ArgumentParser) -> argparse.ArgumentParser:
    """Every argument with what it means."""
    parser.add_argument("--companies", type=int, default=0, help="1,000 unless given; 50 with --ledger")
    parser.add_argument("--days", type=int, default=0, help="60 unless given; 400 with --ledger")
    parser.add_argument("--tick", type=int, default=Size.tick_minutes, help="minutes between two looks at what is due")
    parser.add_argument("--seed", type=int, default=1, help="the same dice again")
    parser.add_argument("--sqlite", action="store_true", help="SQLite even where there is a PostgreSQL")
    parser.add_argument("--rate-seconds", type=float, default=60, help="how long the rate is measured; 0: not at all")
    parser.add_argument("--pure", action="store_true", help="the plan of usage alone, without HTTP or a database")
    parser.add_argument(
        "--ledger",
        action="store_true",
        help="every tenth answer breaks, 3 %% change later: is it true?",
    )
    return parser


def main() -> int:
    """Simulate and tell; 1 when something was lost or does not hold."""
    arguments = options(argparse.ArgumentParser(prog="python -m simulation", description=__doc__)).parse_args()
    logging.disable(logging.WARNING)
    if arguments.pure:
        return 0 if run_pure(usual_size(arguments)) else 1
    call_command("migrate", verbosity=0)
    line(f"{connection.vendor}, seed {arguments.seed}")
    holds = run(ledger_size(arguments) if arguments.ledger else usual_size(arguments), is_usual=not arguments.ledger)
    if arguments.rate_seconds and not arguments.ledger:
        holds = write_verdicts(verdicts_of_rate(arguments.rate_seconds)) and holds
    return 0 if holds else 1


def usual_size(arguments: argparse.Namespace) -> Size:
    """Days in which much happens."""
    companies, days = arguments.companies or Size.companies, arguments.days or Size.days
    return Size(
        companies=companies,
        days=days,
        quiet=min(Size.quiet, days // 4),
        tick_minutes=arguments.tick,
        calls_a_day=3 * companies,
        seed=arguments.seed,
    )


def ledger_size(arguments: argparse.Namespace) -> Size:
    """Every tenth answer broken and three of a hundred figures revised, until bills are read for the last time."""
    days = arguments.days or 400
    pace = Pace(late=0.03, idle=0.03, revised=0.03, outage_every=30, storm_every=20, kill_every=10)
    return Size(
        companies=arguments.companies or 50,
        projects=4,
        days=days,
        history=0,
        quiet=min(36, days // 2),
        noise=0.1,
        hours=6,
        tick_minutes=60,
        calls_a_day=0,
        seed=arguments.seed,
        pace=pace,
    )


def run(size: Size, *, is_usual: bool) -> bool:
    """One simulation with its report; whether everything holds."""
    with simulated(size) as one:
        one.go()
        now = one.clock.now()
        findings = audited(one, now)
        verdicts = common_verdicts(one, findings, missing_slots(one, now))
        verdicts += usual_verdicts(one) if is_usual else []
        return write_report(one, findings, verdicts)


def run_pure(size: Size) -> bool:
    """The plan alone; whether what it costs and sees late is what is wanted."""
    idle_days = settings.POLL_IDLE_DAYS
    one = PureRun(people=size.people, companies=size.companies, calls_a_day=3000, idle_days=idle_days)
    one.go(size.days)
    write_lateness(one.lateness)
    cost = cost_of(one)
    latest = max(max(days) for days in one.lateness.values())
    found = f"{cost.usage:,.0f} and {cost.others:,}"
    return write_verdicts(
        [
            Verdict(what="pace: sweeps a day, and days until everybody idle had a turn",
                    found=f"{one.pace.sweeps} and {one.pace.idle_days}", holds=True),
            Verdict(what="calls a day, mean: for usage, and for lists and bills", found=found, holds=True),
            Verdict(what="calls a day for usage, most", found=f"{cost.most:,}", holds=True),
            Verdict(what=f"of the {cost.naive:,} that asking everything once a day takes (at most 0.1)",
                    found=f"{cost.share:.3f}", holds=cost.share <= 0.1),
            none(f"changes that nobody has seen for more than {LATEST:g} days", one.lost(LATEST)),
            Verdict(what=f"latest change, in days (at most {LATEST:g})", found=f"{latest:.2f}", holds=latest <= LATEST),
        ]
    )  # fmt: skip


def usual_verdicts(one: Simulation) -> list[Verdict]:
    """What has to hold of what polling costs and sees."""
    return [*verdict_of_calls(one), verdict_of_lateness(one, LATEST)]


def verdicts_of_rate(seconds: float) -> list[Verdict]:
    """What has to hold of the rate that four processes share."""
    moments, refused = asked_at(rate=RATE, seconds=seconds)
    most, mean = most_in_a_second(moments), len(moments) / max(1.0, moments[-1] - moments[0])
    return [
        Verdict(what=f"calls a second of four processes, at {RATE} allowed", found=f"{mean:.1f}", holds=True),
        Verdict(what="most calls in any second, wherever it begins", found=str(most), holds=most <= RATE),
        none("calls that the server refused for their rate", refused),
    ]


if __name__ == "__main__":
    sys.exit(main())
