"""`python -m simulation.measure`: one simulation on the database that the environment names."""

from __future__ import annotations

import argparse
import datetime as dt
import logging
import sys

from django.core.management import call_command
from django.db import connection

import simulation.ready  # noqa: F401 - before the apps' tables are imported
from simulation.audit import audited, missing_slots
from simulation.report import common_verdicts, line, verdict_of_calls, verdict_of_lateness, write_report
from simulation.run import Simulation, Size, simulated

# A week, and some hours for what went wrong on the way.
LATEST = 7.5


def options(parser: argparse.ArgumentParser) -> argparse.ArgumentParser:
    """Every argument with what it means."""
    parser.add_argument("--companies", type=int, default=1000)
    parser.add_argument("--days", type=int, default=60)
    parser.add_argument("--seed", type=int, default=1, help="the same dice again")
    parser.add_argument("--sqlite", action="store_true", help="SQLite even where there is a PostgreSQL")
    return parser


def main() -> int:
    """Simulate and tell; 1 when something was lost or does not hold."""
    arguments = options(argparse.ArgumentParser(prog="python -m simulation", description=__doc__)).parse_args()
    logging.disable(logging.WARNING)
    call_command("migrate", verbosity=0)
    line(f"{connection.vendor}, seed {arguments.seed}")
    return 0 if usual_run(arguments) else 1


def usual_run(arguments: argparse.Namespace) -> bool:
    """Sixty days in which much happens."""
    quiet = min(Size.quiet, arguments.days // 4)
    with simulated(Size(companies=arguments.companies, days=arguments.days, quiet=quiet, seed=arguments.seed)) as one:
        one.go()
        now = end_of_time(one)
        findings = audited(one, now)
        verdicts = common_verdicts(one, findings, missing_slots(one, now))
        verdicts += [*verdict_of_calls(one), verdict_of_lateness(one, LATEST)]
        return write_report(one, findings, verdicts)


def end_of_time(one: Simulation) -> dt.datetime:
    """The moment at which a simulation has ended."""
    return one.clock.now()


if __name__ == "__main__":
    sys.exit(main())
