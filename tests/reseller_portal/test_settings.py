"""Settings are read from the environment and the files of PORTAL_VAR; what is wrong stops with a sentence."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
READ = """
import json, reseller_portal.settings
from django.conf import settings
print(json.dumps({name: str(getattr(settings, name)) for name in %r}))
"""
KEYS = {"AGORA_ACCESS_KEY_ID": "the-id", "AGORA_ACCESS_KEY_SECRET": "the-secret"}
DEMO = ("AGORA_BASE_URL=http://127.0.0.1:4711", "AGORA_ACCESS_KEY_ID=demo", "AGORA_ACCESS_KEY_SECRET=demo")
REAL = {"AGORA_BASE_URL": "https://api.example.com", **KEYS}


def start(folder: Path, environment: dict[str, str], *names: str) -> subprocess.CompletedProcess[str]:
    """Read settings in a process of its own, which has nothing else in its environment."""
    base = {"PATH": os.environ["PATH"], "PORTAL_VAR": str(folder), "DJANGO_SETTINGS_MODULE": "reseller_portal.settings"}
    command = [sys.executable, "-c", READ % (names,)]
    return subprocess.run(command, env=base | environment, capture_output=True, text=True, timeout=60)


def read(folder: Path, environment: dict[str, str], *names: str) -> dict[str, str]:
    """The settings of these names as text."""
    done = start(folder, {"SECRET_KEY": "x"} | environment, *names)
    assert (done.returncode, done.stderr) == (0, "")
    read: dict[str, str] = json.loads(done.stdout)
    return read


def complaint(folder: Path, environment: dict[str, str]) -> str:
    """The last line that a refused start leaves behind."""
    done = start(folder, environment)
    assert done.returncode != 0
    return done.stderr.strip().splitlines()[-1].removeprefix("django.core.exceptions.ImproperlyConfigured: ")


def write(folder: Path, name: str, *lines: str) -> Path:
    path = folder / name
    path.write_text("\n".join(lines))
    path.chmod(0o600)
    return path


def test_a_missing_secret_key_is_told(tmp_path: Path) -> None:
    assert complaint(tmp_path, {}) == "SECRET_KEY is not set. `make run` makes one; in production set it yourself."


@pytest.mark.parametrize("missing", KEYS)
def test_a_server_without_key_or_secret_is_told(tmp_path: Path, missing: str) -> None:
    environment = {"SECRET_KEY": "x"} | REAL
    del environment[missing]
    told = "AGORA_BASE_URL is set, so AGORA_ACCESS_KEY_ID and AGORA_ACCESS_KEY_SECRET must be set as well."
    assert complaint(tmp_path, environment) == told


@pytest.mark.parametrize(
    "address",
    ["api.example.com", "ftp://api.example.com", "https://", "http://api.example.com", "http://10.0.0.1:8000"],
)
def test_what_is_no_address_of_a_server_is_told(tmp_path: Path, address: str) -> None:
    told = "AGORA_BASE_URL is an address that begins with https:// or, on this machine, with http://."
    assert complaint(tmp_path, {"SECRET_KEY": "x"} | REAL | {"AGORA_BASE_URL": address}) == told


def test_a_command_stops_with_the_sentence_alone(tmp_path: Path) -> None:
    environment = {"PATH": os.environ["PATH"], "PORTAL_VAR": str(tmp_path), "SECRET_KEY": "x"} | REAL
    del environment["AGORA_ACCESS_KEY_SECRET"]
    command = [sys.executable, "manage.py", "check_agora"]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=60)
    told = "AGORA_BASE_URL is set, so AGORA_ACCESS_KEY_ID and AGORA_ACCESS_KEY_SECRET must be set as well.\n"
    assert (done.returncode, done.stdout, done.stderr) == (1, "", told)


def test_a_password_in_the_address_is_no_part_of_the_mirrored_origin(tmp_path: Path) -> None:
    address = {"AGORA_BASE_URL": "https://me:secret@API.example.com/v1"}
    assert read(tmp_path, REAL | address, "MIRRORED_ORIGIN") == {"MIRRORED_ORIGIN": "https://api.example.com"}


@pytest.mark.parametrize("half", ["AGORA_ACCESS_KEY_ID_2", "AGORA_ACCESS_KEY_SECRET_2"])
def test_half_a_second_pair_is_told(tmp_path: Path, half: str) -> None:
    told = "AGORA_ACCESS_KEY_ID_2 and AGORA_ACCESS_KEY_SECRET_2 go together: set both or none."
    assert complaint(tmp_path, {"SECRET_KEY": "x", half: "y"} | REAL) == told


def test_a_secret_file_that_everybody_can_write_is_refused(tmp_path: Path) -> None:
    path = write(tmp_path, "key", "a secret")
    path.chmod(0o666)
    told = "SECRET_KEY_FILE can be written by everybody on this machine: chmod 600 it."
    assert complaint(tmp_path, {"SECRET_KEY_FILE": str(path)}) == told


def test_a_secret_file_that_everybody_can_read_is_warned_about(tmp_path: Path) -> None:
    path = write(tmp_path, "key", "a secret")
    path.chmod(0o644)
    done = start(tmp_path, {"SECRET_KEY_FILE": str(path)}, "DEBUG")
    assert (done.returncode, "can be read by everybody on this machine: chmod 600 it." in done.stderr) == (0, True)


def test_a_secret_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    told = "SECRET_KEY_FILE names a file that cannot be read: No such file or directory."
    assert complaint(tmp_path, {"SECRET_KEY_FILE": str(tmp_path / "nowhere")}) == told


def test_a_secret_is_read_from_its_file(tmp_path: Path) -> None:
    path = write(tmp_path, "key", "from the file", "")
    assert read(tmp_path, {"SECRET_KEY_FILE": str(path)}, "SECRET_KEY") == {"SECRET_KEY": "from the file"}


def test_a_wrong_unit_of_durations_is_told(tmp_path: Path) -> None:
    told = "AGORA_DURATION_UNIT is either `minutes` or `seconds`."
    assert complaint(tmp_path, {"SECRET_KEY": "x", "AGORA_DURATION_UNIT": "hours"}) == told


def test_a_first_day_that_is_no_day_is_told(tmp_path: Path) -> None:
    told = "POLL_SINCE is a day such as 2026-01-31."
    assert complaint(tmp_path, {"SECRET_KEY": "x", "POLL_SINCE": "last year"}) == told


@pytest.mark.parametrize(
    ("name", "value", "told"),
    [
        ("AGORA_REQUESTS_PER_SECOND", "many", "is a whole number from 1 on."),
        ("AGORA_REQUESTS_PER_SECOND", "0", "is a whole number from 1 on."),
        ("RAW_ANSWERS_DAYS", "-1", "is a whole number from 0 on."),
        ("POLL_IDLE_DAYS", "0", "is a whole number from 1 on."),
        ("DEBUG", "maybe", "is either `on` or `off`."),
        ("DATABASE_URL", "portal", "is an address such as postgres://user:password@host/name."),
        ("DATABASE_URL", "mysql://host/name", "is an address such as postgres://user:password@host/name."),
        ("DATABASE_URL", "postgres://host:port/name", "is an address such as postgres://user:password@host/name."),
        ("EMAIL_URL", "host", "is an address such as smtp+tls://user:password@host:587."),
    ],
)
def test_a_value_that_makes_no_sense_is_told(tmp_path: Path, name: str, value: str, told: str) -> None:
    assert complaint(tmp_path, {"SECRET_KEY": "x", name: value}) == f"{name} {told}"


def test_a_value_that_is_empty_is_not_set(tmp_path: Path) -> None:
    names = ("PORT", "DEBUG", "REQUIRE_TWO_FACTOR")
    assert list(read(tmp_path, dict.fromkeys(names, ""), *names).values()) == ["8000", "False", "True"]


def test_addresses_with_passwords_are_read_from_their_files(tmp_path: Path) -> None:
    database = write(tmp_path, "database", "postgres://portal:word@db/portal\n")
    mail = write(tmp_path, "mail", "smtp+tls://portal:word@mail:587\n")
    broker = write(tmp_path, "broker", "redis://:word@broker:6379/0\n")
    files = {"DATABASE_URL_FILE": f"{database}", "EMAIL_URL_FILE": f"{mail}", "CELERY_BROKER_URL_FILE": f"{broker}"}
    done = read(tmp_path, files, "DATABASES", "EMAIL_HOST", "CACHE_URL")
    assert "'HOST': 'db'" in done["DATABASES"]
    assert [done["EMAIL_HOST"], done["CACHE_URL"]] == ["mail", "redis://:word@broker:6379/0"]


def test_what_make_run_chose_is_read_from_the_folder(tmp_path: Path) -> None:
    write(tmp_path, "run.env", "SECRET_KEY=chosen", "CELERY_BROKER_URL=redis+socket:///tmp/x/socket")
    names = ("SECRET_KEY", "CELERY_BROKER_URL")
    done = start(tmp_path, {}, *names)
    assert json.loads(done.stdout) == {"SECRET_KEY": "chosen", "CELERY_BROKER_URL": "redis+socket:///tmp/x/socket"}


def test_the_environment_wins_over_what_make_run_chose(tmp_path: Path) -> None:
    write(tmp_path, "run.env", "SECRET_KEY=chosen")
    assert read(tmp_path, {"SECRET_KEY": "mine"}, "SECRET_KEY") == {"SECRET_KEY": "mine"}


def test_the_sandbox_is_used_when_no_server_is_named(tmp_path: Path) -> None:
    write(tmp_path, "demo.env", *DEMO, "AGORA_REQUESTS_PER_SECOND=200")
    names = ("DEMO", "AGORA_BASE_URL", "AGORA_REQUESTS_PER_SECOND", "MIRRORED_ORIGIN")
    done = read(tmp_path, {}, *names)
    assert list(done.values()) == ["True", "http://127.0.0.1:4711", "200", "demo"]


def test_the_sandbox_is_forgotten_when_a_server_is_named(tmp_path: Path) -> None:
    write(tmp_path, "demo.env", *DEMO, "AGORA_REQUESTS_PER_SECOND=200")
    names = ("DEMO", "AGORA_BASE_URL", "AGORA_REQUESTS_PER_SECOND", "MIRRORED_ORIGIN")
    done = read(tmp_path, REAL, *names)
    assert list(done.values()) == ["False", "https://api.example.com", "5", "https://api.example.com"]


def test_real_keys_are_never_used_for_the_sandbox(tmp_path: Path) -> None:
    write(tmp_path, "demo.env", *DEMO)
    assert read(tmp_path, KEYS, "AGORA_KEYS") == {"AGORA_KEYS": "[('demo', 'demo')]"}


def test_demo_and_real_figures_have_databases_of_their_own(tmp_path: Path) -> None:
    demo = read(tmp_path, {}, "DATABASE_FILE")["DATABASE_FILE"]
    real = read(tmp_path, REAL, "DATABASE_FILE")["DATABASE_FILE"]
    assert (demo, real) == (str(tmp_path / "demo.sqlite3"), str(tmp_path / "portal.sqlite3"))


def test_the_environment_of_child_processes_holds_nothing_from_the_files(tmp_path: Path) -> None:
    write(tmp_path, "run.env", "SECRET_KEY=chosen")
    program = "import os, django; django.setup(); print(os.environ.get('SECRET_KEY'))"
    base = {
        "PATH": os.environ["PATH"],
        "PORTAL_VAR": str(tmp_path),
        "DJANGO_SETTINGS_MODULE": "reseller_portal.settings",
    }
    done = subprocess.run([sys.executable, "-c", program], env=base, capture_output=True, text=True, timeout=60)
    assert done.stdout == "None\n"


def test_in_production_cookies_are_secure_and_strangers_hosts_refused(tmp_path: Path) -> None:
    names = (
        "SESSION_COOKIE_NAME",
        "SESSION_COOKIE_SECURE",
        "SECURE_HSTS_SECONDS",
        "ALLOWED_HOSTS",
        "REQUIRE_TWO_FACTOR",
    )
    assert list(read(tmp_path, {}, *names).values()) == ["__Host-session", "True", "31536000", "[]", "True"]


def test_on_the_loopback_cookies_bear_the_port_and_only_this_machine_is_a_host(tmp_path: Path) -> None:
    names = (
        "SESSION_COOKIE_NAME",
        "SESSION_COOKIE_SECURE",
        "SECURE_HSTS_SECONDS",
        "ALLOWED_HOSTS",
        "REQUIRE_TWO_FACTOR",
    )
    done = read(tmp_path, {"PORTAL_LOOPBACK": "1", "PORT": "8001", "ALLOWED_HOSTS": "portal.example"}, *names)
    assert list(done.values()) == ["session-8001", "False", "0", "['localhost', '127.0.0.1']", "False"]


def test_one_address_of_redis_is_enough_for_broker_and_cache(tmp_path: Path) -> None:
    done = read(tmp_path, {"CELERY_BROKER_URL": "redis://127.0.0.1:6379"}, "CACHE_URL")
    assert done == {"CACHE_URL": "redis://127.0.0.1:6379"}


def test_creates_never_wait_behind_polls(tmp_path: Path) -> None:
    program = (
        "import django; django.setup(); from reseller_portal.celery import app;"
        "print([app.amqp.router.route({}, name)['queue'].name for name in "
        "('companies.tasks.send_operation', 'companies.tasks.dispatch_operations', 'companies.tasks.poll_companies',"
        " 'usage.tasks.poll_usage')])"
    )
    base = {"PATH": os.environ["PATH"], "SECRET_KEY": "x", "DJANGO_SETTINGS_MODULE": "reseller_portal.settings"}
    done = subprocess.run([sys.executable, "-c", program], env=base, capture_output=True, text=True, timeout=60)
    assert done.stdout == "['creates', 'creates', 'polls', 'polls']\n"
