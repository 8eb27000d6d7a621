"""`python -m sandbox`: started as its own process, stopped by a signal, started again with its state."""

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.sandbox.caller import Caller
from tests.sandbox.test_creates import company

SECRETS = {"SANDBOX_KEY_ID": "key", "SANDBOX_KEY_SECRET": "secret"}
ROOT = Path(__file__).resolve().parents[2]


@contextmanager
def command(*arguments: str, **environment: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """The running command and its base URL."""
    process = subprocess.Popen(
        [sys.executable, "-m", "sandbox", *arguments],
        cwd=ROOT,
        env={**os.environ, **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    with process:
        assert process.stdout
        try:
            yield process, process.stdout.readline().removeprefix("listening on ").strip()
        finally:
            process.terminate()


def ask(base_url: str) -> Caller:
    return Caller(base_url=base_url, key_id="key", key_secret="secret")


def test_it_says_where_it_listens_and_answers() -> None:
    with command(**SECRETS) as (_process, base_url):
        assert re.fullmatch(r"http://127\.0\.0\.1:\d+", base_url)
        assert ask(base_url).get().json["count"] == 24


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_it_quietly(number: signal.Signals) -> None:
    with command(**SECRETS) as (process, _base_url):
        process.send_signal(number)
        out, err = process.communicate(timeout=60)
        assert (process.returncode, out, err) == (0, "", "")


def test_keys_can_be_arguments() -> None:
    with command("--key-id", "a", "--key-secret", "b", "--key-id", "key", "--key-secret", "secret") as (_, base_url):
        assert ask(base_url).get().status == 200


def test_without_a_key_it_says_what_to_do() -> None:
    with command() as (process, _base_url):
        _out, err = process.communicate(timeout=60)
        assert err.strip() == ("Give as many --key-id as --key-secret, or set SANDBOX_KEY_ID and SANDBOX_KEY_SECRET.")


def test_a_port_in_use_is_told() -> None:
    with command(**SECRETS) as (_process, base_url):
        port = base_url.rpartition(":")[2]
        with command("--port", port, **SECRETS) as (second, _nothing):
            _out, err = second.communicate(timeout=60)
            assert err.strip() == f"Cannot listen on 127.0.0.1:{port}: Address already in use"


def test_every_dress_and_limit_is_an_argument() -> None:
    chosen = ["--companies", "2", "--numbers", "text", "--created-status", "200", "--list-limit", "1"]
    with command(*chosen, **SECRETS) as (_process, base_url):
        answer = ask(base_url).get(limit=50).json
        assert (len(answer["rows"]), answer["rows"][0]["industry"]) == (1, "3")


def test_what_was_created_outlives_a_restart(tmp_path: Path) -> None:
    state = ["--state", str(tmp_path / "kept" / "state.json")]
    with command(*state, **SECRETS) as (_process, base_url):
        created = ask(base_url).post("", company()).json
        project = ask(base_url).post(f"/{created['id']}/projects", {"name": "ProjectX"}).json
        path = f"/{created['id']}/projects/{project['id']}/uap"
        service = ask(base_url).post(path, {"typeId": 1, "region": 1}).json
    with command(*state, **SECRETS) as (_process, base_url):
        caller = ask(base_url)
        assert caller.get(offset=24).json["rows"] == [created]
        assert caller.get(f"/{created['id']}/projects").json["rows"] == [project]
        assert caller.post(path, {"typeId": 1, "region": 1}).json == service
        assert caller.post("", company()).json == {"message": "email already used"}


def test_figures_stay_the_same_when_it_starts_on_a_later_day(tmp_path: Path) -> None:
    state = ["--state", str(tmp_path / "state.json")]
    texts = []
    for today in ("2026-05-20", "2026-06-11"):
        with command(*state, "--today", today, **SECRETS) as (_process, base_url):
            texts.append(ask(base_url).get("/daily-bills", period="20260510").text)
    assert texts[0] == texts[1]
