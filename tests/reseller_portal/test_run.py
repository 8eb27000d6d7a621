"""`make run` as a person meets it: it starts, fills, is signed in to, is used, and stops without leaving anything."""

import os
import signal
import socket
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from reseller_portal.run.folder import DEMO, RUN, read_values
from tests.reseller_portal.portal import EMAIL, Portal, database, running_portal
from tests.sandbox_server import running_sandbox

pytestmark = pytest.mark.e2e
COMPANY = {
    "company_name": "Nordlicht",
    "email": "office@nordlicht.example",
    "first_name": "Ada",
    "last_name": "Berg",
    "country": "DE",
    "area": "Non-CN",
    "app_limit": "10",
    "member_limit": "10",
    "industry": "1",
    "interest": "1",
    "environment": "1",
}


@dataclass(frozen=True, kw_only=True)
class Day:
    """What was seen of a portal from its start to its end."""

    portal: Portal
    environment: dict[str, str]
    pages: dict[str, str]
    secret_key: str
    printed: str
    left_behind: list[str]
    left_files: dict[str, set[str]] = field(default_factory=dict)


@pytest.fixture(scope="module")
def first_day(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Day]:
    """A portal that was started in a new folder, used by a person and stopped by Ctrl-C."""
    environment = database()
    with running_portal(tmp_path_factory.mktemp("first") / "var", **environment) as portal:
        portal.wait_for("/healthz")
        pages = {"signed in": portal.sign_in().url, "created": portal.submit("/companies/create/", **COMPANY).url}
        portal.wait_for("/healthz?data=1")
        portal.wait_for_words(pages["created"], "Created with the ID")
        secret_key = read_values(portal.folder / RUN)["SECRET_KEY"]
        printed = portal.stop()
        left = portal.processes()
        files = {name: set(read_values(portal.folder / name)) for name in (RUN, DEMO)}
        yield Day(
            portal=portal,
            environment=environment,
            pages=pages,
            secret_key=secret_key,
            printed=printed,
            left_behind=left,
            left_files=files,
        )


@pytest.fixture(scope="module")
def second_day(first_day: Day) -> Iterator[Day]:
    """The same portal, started once more; its schedule was killed, and nobody pressed Ctrl-C."""
    changed = {"PORTAL_ADMIN_PASSWORD": "not the one of the first start"}
    with running_portal(first_day.portal.folder, **first_day.environment, **changed) as portal:
        portal.wait_for("/healthz")
        pages = {"signed in": portal.sign_in().url}
        secret_key = read_values(portal.folder / RUN)["SECRET_KEY"]
        [beat] = [pid for pid, words in portal.numbered_processes().items() if " beat " in words]
        os.kill(beat, signal.SIGKILL)
        portal.process.wait(60)
        yield Day(
            portal=portal,
            environment=first_day.environment,
            pages=pages,
            secret_key=secret_key,
            printed=portal.printed(),
            left_behind=portal.processes(),
        )


def test_the_first_admin_signs_in(first_day: Day) -> None:
    assert first_day.pages["signed in"] == first_day.portal.url("/")


def test_a_create_is_taken_and_sent_by_the_worker(first_day: Day) -> None:
    assert first_day.pages["created"].startswith(first_day.portal.url("/onboarding/"))


def test_it_tells_how_to_sign_in_and_where(first_day: Day) -> None:
    told = [f"{EMAIL} can sign in as admin.", f"The portal is up: {first_day.portal.url('/')}  (Ctrl-C stops it)"]
    assert [line for line in told if line in first_day.printed.splitlines()] == told


def test_nothing_goes_wrong_on_the_way(first_day: Day) -> None:
    assert [line for line in first_day.printed.splitlines() if "Traceback" in line or " ERROR " in line] == []


def test_ctrl_c_ends_every_process(first_day: Day) -> None:
    assert (first_day.portal.process.returncode, first_day.left_behind) == (0, [])


def test_the_sandbox_and_the_broker_are_forgotten_when_they_have_ended(first_day: Day) -> None:
    assert first_day.left_files == {"run.env": {"SECRET_KEY"}, "demo.env": set()}


def test_a_second_start_keeps_the_people(second_day: Day) -> None:
    assert second_day.pages["signed in"] == second_day.portal.url("/")


def test_a_second_start_keeps_the_secret_key(first_day: Day, second_day: Day) -> None:
    assert second_day.secret_key == first_day.secret_key


def test_when_one_process_dies_all_end_with_a_sentence(second_day: Day) -> None:
    told = "One of the processes ended by itself, so all were stopped: the lines above say which and why."
    assert (second_day.printed.splitlines()[-1], second_day.left_behind) == (told, [])


def test_when_one_process_dies_the_exit_code_tells(second_day: Day) -> None:
    assert second_day.portal.process.returncode == 1


def test_the_database_of_another_server_is_refused(first_day: Day) -> None:
    other = {"AGORA_BASE_URL": "https://api.example.com", "AGORA_ACCESS_KEY_ID": "x", "AGORA_ACCESS_KEY_SECRET": "y"}
    mirrored = {"DATABASE_URL": f"sqlite:///{first_day.portal.folder}/demo.sqlite3"} | first_day.environment
    with running_portal(first_day.portal.folder, **mirrored, **other) as portal:
        portal.process.wait(60)
    assert (portal.process.returncode, "This database mirrors demo" in portal.printed()) == (3, True)


def test_with_a_server_named_no_sandbox_is_started_and_its_origin_is_told(tmp_path: Path) -> None:
    with running_sandbox() as server:
        agora = {
            "AGORA_BASE_URL": server.base_url,
            "AGORA_ACCESS_KEY_ID": server.key_id,
            "AGORA_ACCESS_KEY_SECRET": server.key_secret,
        }
        with running_portal(tmp_path / "var", **database(), **agora) as portal:
            portal.wait_for("/healthz")
            sandboxes = [words for words in portal.processes() if "-m sandbox" in words]
            printed = portal.stop(signal.SIGTERM)
    assert (sandboxes, f"Figures come from {server.base_url}." in printed) == ([], True)


def test_a_port_in_use_is_told_before_anything_is_started(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with running_portal(tmp_path / "var", PORT=str(port)) as portal:
            portal.process.wait(60)
    told = f"Port {port} is in use. Stop what listens there, or choose another one: PORT={port + 1} make run.\n"
    assert (portal.process.returncode, portal.printed()) == (1, told)
