"""The broker and the sandbox of `make run`: what they keep, and that neither stays when it should not."""

import signal
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
from redis import Redis

from reseller_portal.run import servers
from reseller_portal.run.folder import PIDS, RUN, CannotStartError, write_values
from reseller_portal.run.interrupts import held_back


@pytest.fixture
def place(tmp_path: Path) -> Path:
    (tmp_path / PIDS).write_text("")
    return tmp_path


def client(settings: dict[str, str]) -> Redis:
    return Redis(unix_socket_path=settings["CELERY_BROKER_URL"].removeprefix(servers.SOCKET_URL))


@pytest.fixture
def killed_broker(place: Path) -> Iterator[Path]:
    """The socket of a broker whose `make run` was killed."""
    with servers.running_broker(place) as chosen:
        write_values(place / RUN, chosen)
        yield Path(chosen["CELERY_BROKER_URL"].removeprefix(servers.SOCKET_URL))


def test_the_broker_keeps_its_messages_over_a_restart(place: Path) -> None:
    with servers.running_broker(place) as chosen, client(chosen) as broker:
        broker.rpush("polls", "a message")
    with servers.running_broker(place) as chosen, client(chosen) as broker:
        assert broker.lrange("polls", 0, -1) == [b"a message"]


def test_the_brokers_socket_is_gone_afterwards(place: Path) -> None:
    with servers.running_broker(place) as chosen:
        path = Path(chosen["CELERY_BROKER_URL"].removeprefix(servers.SOCKET_URL))
    assert not path.parent.exists()


def test_nobody_else_can_reach_the_brokers_socket(place: Path) -> None:
    with servers.running_broker(place) as chosen:
        path = Path(chosen["CELERY_BROKER_URL"].removeprefix(servers.SOCKET_URL))
        assert oct(path.parent.stat().st_mode)[-3:] == "700"


def test_a_broker_that_was_left_behind_is_ended_and_its_socket_cleared(place: Path, killed_broker: Path) -> None:
    servers.end_leftover_broker(place)
    assert not killed_broker.parent.exists()


def test_a_socket_that_nobody_listens_on_is_cleared(place: Path, short_place: Path) -> None:
    with socket.socket(socket.AF_UNIX) as dead:
        dead.bind(str(short_place / "socket"))
    write_values(place / RUN, {"CELERY_BROKER_URL": f"{servers.SOCKET_URL}{short_place}/socket"})
    servers.end_leftover_broker(place)
    assert not short_place.exists()


@pytest.fixture
def short_place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder whose path is short enough for a socket."""
    return tmp_path_factory.mktemp("s")


def test_a_broker_that_was_given_is_never_ended(place: Path) -> None:
    write_values(place / RUN, {"CELERY_BROKER_URL": "redis://127.0.0.1:6379"})
    servers.end_leftover_broker(place)


def test_the_sandbox_listens_where_it_says_and_is_gone_afterwards(place: Path) -> None:
    with servers.running_sandbox(place) as chosen:
        port = int(chosen["AGORA_BASE_URL"].rpartition(":")[2])
        socket.create_connection(("127.0.0.1", port)).close()
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", port))


def test_the_sandbox_keeps_its_keys_out_of_the_process_list(place: Path) -> None:
    with servers.running_sandbox(place) as chosen:
        pid = (place / PIDS).read_text().strip()
        words = Path(f"/proc/{pid}/cmdline").read_text()
        assert [name for name, value in chosen.items() if name.startswith("AGORA_ACCESS") and value in words] == []


def test_two_starts_have_different_keys(place: Path) -> None:
    with servers.running_sandbox(place) as first, servers.running_sandbox(place) as second:
        assert first["AGORA_ACCESS_KEY_SECRET"] != second["AGORA_ACCESS_KEY_SECRET"]


def test_a_sandbox_that_does_not_start_is_told_with_the_file_that_says_why(place: Path) -> None:
    (place / "sandbox.json").mkdir()
    with pytest.raises(CannotStartError) as refused, servers.running_sandbox(place):
        pass
    assert str(refused.value) == f"The sandbox did not start; {place}/sandbox.log says why."


def test_a_signal_that_is_held_back_arrives_afterwards() -> None:
    seen: list[int] = []
    before = signal.signal(signal.SIGTERM, lambda number, _frame: seen.append(number))
    try:
        with held_back(signal.SIGTERM):
            signal.raise_signal(signal.SIGTERM)
            during = list(seen)
        assert (during, seen) == ([], [signal.SIGTERM])
    finally:
        signal.signal(signal.SIGTERM, before)
