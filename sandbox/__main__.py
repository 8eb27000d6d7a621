"""`python -m sandbox`: reads the arguments, serves until it is told to stop."""

import argparse
import logging
import os
import signal
import sys
from collections.abc import Sequence
from datetime import date
from pathlib import Path

from sandbox import options as choices
from sandbox.api import Sandbox
from sandbox.options import Dress, Options
from sandbox.server import running

NOTES = """
Keys: --key-id and --key-secret may be given several times, the first id goes with the first secret. To keep
secrets out of the process list set SANDBOX_KEY_ID and SANDBOX_KEY_SECRET, and SANDBOX_CONTROL_TOKEN for
the control plane, which listens under /_sandbox/ only when a token is given.
Rate: a call beyond --rate is answered 429 with {"message":"API rate limit exceeded"}, with Retry-After and
RateLimit-* headers as newer gateways send them, or bare with --rate-headers no, as older ones do.
State: with --state what calls create, and the day on which all figures hang, outlive a restart.
"""


def parser() -> argparse.ArgumentParser:
    """Every argument with what it means."""
    made = argparse.ArgumentParser(
        prog="python -m sandbox",
        description="A stand-in for the Agora reseller API, as strict as its gateway.",
        epilog=NOTES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    _add_server(made)
    _add_world(made)
    _add_limits(made)
    _add_dress(made)
    return made


def _add_server(made: argparse.ArgumentParser) -> None:
    made.add_argument("--host", default="127.0.0.1")
    made.add_argument("--port", type=int, default=0, help="0 takes a free one and prints it")
    made.add_argument("--key-id", action="append", default=[])
    made.add_argument("--key-secret", action="append", default=[])
    made.add_argument("--control-token", default=os.environ.get("SANDBOX_CONTROL_TOKEN", ""))
    made.add_argument("--truth-file", type=Path, help="append every request to this file, a JSON object a line")
    made.add_argument("--clock-offset", type=float, default=0.0, help="seconds by which the server's clock is off")
    made.add_argument("--window", type=float, default=300.0, help="seconds by which a signed date may be off")
    made.add_argument("--date-header", choices=("yes", "no"), default="yes")
    made.add_argument("--old-gateway", action="store_true", help="403 in place of 401 where a signature is refused")
    made.add_argument("--request-ids", action="store_true", help="request_id in the gateway's error bodies")


def _add_world(made: argparse.ArgumentParser) -> None:
    made.add_argument("--companies", type=int, default=24)
    made.add_argument("--projects", type=int, default=0, help="projects of each company; 0: each its own number")
    made.add_argument("--seed", type=int, default=1)
    made.add_argument("--repeated-emails", action="store_true", help="let companies share an e-mail address")
    made.add_argument("--names", choices=choices.NAMES, default="believable")
    made.add_argument("--epoch", type=date.fromisoformat, help="first day with figures, YYYY-MM-DD")
    made.add_argument("--today", type=date.fromisoformat, help="the UTC day to pretend; signatures keep real time")
    made.add_argument("--state", type=Path, help="file that keeps what was created")


def _add_limits(made: argparse.ArgumentParser) -> None:
    made.add_argument("--rate", type=int, default=0, help="calls a second and key; 0: no limit")
    made.add_argument("--rate-headers", choices=("yes", "no"), default="yes")
    made.add_argument("--page-size", type=int, default=1000, help="bill lines a page")
    made.add_argument("--list-limit", type=int, default=100, help="rows that a list gives at most, whatever is asked")
    made.add_argument("--days-per-call", type=int, default=45, help="days of a daily usage call")
    made.add_argument("--list-lag", type=float, default=0.0, help="seconds until something new is listed")
    made.add_argument("--uap-delay", type=float, default=0.0, help="seconds until a new project takes services")
    made.add_argument("--uap-status", type=int, choices=(0, 1), default=1)
    made.add_argument("--created-status", type=int, choices=(200, 201), default=201)


def _add_dress(made: argparse.ArgumentParser) -> None:
    made.add_argument("--shape", choices=choices.SHAPES, default="bare", help="frame of a usage answer")
    made.add_argument("--numbers", choices=choices.NUMBERS, default="plain", help="codes and metrics as text")
    made.add_argument("--date-style", choices=choices.DATE_STYLES, default="document")
    made.add_argument("--bill-ids", choices=choices.BILL_IDS, default="list", help="project ids in bills")
    made.add_argument("--has-more", choices=choices.HAS_MORE, default="boolean")
    made.add_argument("--page-size-means", choices=choices.PAGE_SIZES, default="capacity")
    made.add_argument("--page-parameter", choices=choices.PAGE_PARAMETERS, default="pageNumber")


def options(arguments: argparse.Namespace) -> Options:
    """The options that the arguments and the environment describe; SystemExit in words without a key."""
    given = dict(vars(arguments))
    ids = given.pop("key_id") or [os.environ.get("SANDBOX_KEY_ID", "")]
    key_secrets = given.pop("key_secret") or [os.environ.get("SANDBOX_KEY_SECRET", "")]
    if len(ids) != len(key_secrets) or not all(ids) or not all(key_secrets):
        raise SystemExit("Give as many --key-id as --key-secret, or set SANDBOX_KEY_ID and SANDBOX_KEY_SECRET.")
    for name in ("rate_headers", "date_header"):
        given[name] = given[name] == "yes"
    dress = Dress(**{name: given.pop(name) for name in Dress.__dataclass_fields__})
    del given["host"], given["port"]
    return Options(keys=dict(zip(ids, key_secrets, strict=True)), dress=dress, **given)


ENDINGS = {signal.SIGTERM, signal.SIGINT}


def main(argv: Sequence[str] | None = None) -> None:
    """Serve until SIGTERM or SIGINT."""
    arguments = parser().parse_args(argv)
    sandbox = Sandbox(options(arguments))
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    # Held back before the first thread starts, so that no moment is left in which one would be missed.
    signal.pthread_sigmask(signal.SIG_BLOCK, ENDINGS)
    try:
        with running(sandbox, host=arguments.host, port=arguments.port) as base_url:
            sys.stdout.write(f"listening on {base_url}\n")
            sys.stdout.flush()
            signal.sigwait(ENDINGS)
    except OSError as problem:
        raise SystemExit(f"Cannot listen on {arguments.host}:{arguments.port}: {problem.strerror}") from None


if __name__ == "__main__":
    main()
