"""The folder of `make run`: who may use it, which port, and what is written down for other processes."""

import os
import socket
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from reseller_portal.run import folder
from reseller_portal.run.folder import CannotStartError


def test_the_folder_is_closed_to_everybody_else(tmp_path: Path) -> None:
    made = folder.make_folder(tmp_path / "deep" / "var")
    assert stat.S_IMODE(made.stat().st_mode) == 0o700


def test_a_folder_that_is_a_file_is_told_in_words(tmp_path: Path) -> None:
    (tmp_path / "var").write_text("")
    with pytest.raises(CannotStartError, match="cannot be used: File exists"):
        folder.make_folder(tmp_path / "var")


def test_values_are_readable_by_their_owner_alone(tmp_path: Path) -> None:
    folder.write_values(tmp_path / "run.env", {"SECRET_KEY": "x"})
    assert stat.S_IMODE((tmp_path / "run.env").stat().st_mode) == 0o600


def test_values_come_back_as_they_were_written(tmp_path: Path) -> None:
    values = {"SECRET_KEY": "a=b_-c", "CELERY_BROKER_URL": "redis+socket:///tmp/x/socket"}
    folder.write_values(tmp_path / "run.env", values)
    assert folder.read_values(tmp_path / "run.env") == values


def test_values_of_the_last_start_are_replaced_as_a_whole(tmp_path: Path) -> None:
    folder.write_values(tmp_path / "run.env", {"OLD": "1"})
    folder.write_values(tmp_path / "run.env", {"NEW": "2"})
    assert folder.read_values(tmp_path / "run.env") == {"NEW": "2"}


def test_the_secret_key_of_the_first_start_is_kept(tmp_path: Path) -> None:
    first = folder.secret_key(tmp_path)
    folder.write_values(tmp_path / folder.RUN, {"SECRET_KEY": first})
    assert folder.secret_key(tmp_path) == first


def test_two_folders_have_two_secret_keys(tmp_path: Path) -> None:
    assert folder.secret_key(tmp_path) != folder.secret_key(tmp_path)


@pytest.mark.parametrize("text", ["", "0", "-1", "65536", "http", "80 80", "٨"])
def test_what_is_no_port_is_told_in_words(text: str) -> None:
    with pytest.raises(CannotStartError, match="PORT is a number from 1 to 65535"):
        folder.read_port(text)


def test_a_port_in_use_is_told_with_the_command_that_takes_another_one() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(CannotStartError) as refused:
            folder.check_port(port)
    told = f"Port {port} is in use. Stop what listens there, or choose another one: PORT={port + 1} make run."
    assert str(refused.value) == told


def test_a_free_port_is_accepted() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    folder.check_port(port)


def test_a_second_start_in_the_same_folder_is_refused_with_the_process_that_uses_it(tmp_path: Path) -> None:
    with folder.use_alone(tmp_path), pytest.raises(CannotStartError) as refused, folder.use_alone(tmp_path):
        pass
    assert str(refused.value) == (
        f"Another `make run` (process {os.getpid()}) uses {tmp_path}. Stop it with Ctrl-C first, "
        "or give this one a folder and a port of its own: PORTAL_VAR=./var2 PORT=8001 make run."
    )


def test_the_folder_is_free_again_afterwards(tmp_path: Path) -> None:
    with folder.use_alone(tmp_path):
        pass
    with folder.use_alone(tmp_path):
        pass


def test_processes_that_a_killed_start_left_behind_are_told_with_the_command_that_ends_them(tmp_path: Path) -> None:
    with folder.use_alone(tmp_path):
        ended = subprocess.run([sys.executable, "-c", "import os; print(os.getpid())"], capture_output=True, text=True)
        (tmp_path / folder.LOCK).write_text(ended.stdout.strip())
        with pytest.raises(CannotStartError) as refused, folder.use_alone(tmp_path):
            pass
    assert str(refused.value).endswith(f"Stop them and start again: kill $(cat {tmp_path}/run.pids)")
