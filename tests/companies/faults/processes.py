"""Processes of their own on the database, the broker and the sandbox of a test."""

import os
import signal
import subprocess
import sys

from celery import current_app
from django.conf import settings
from django.db import connection

from tests.sandbox_server import RunningSandbox


def environment(agora: RunningSandbox) -> dict[str, str]:
    """What leads another process to the database, the broker and the sandbox of this test."""
    name = str(connection.settings_dict["NAME"])
    given = os.environ.get("DATABASE_URL", "")
    url = f"sqlite:///{name}" if connection.vendor == "sqlite" else f"{given.rpartition('/')[0]}/{name}"
    return {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "reseller_portal.settings",
        "DATABASE_URL": url,
        "CELERY_BROKER_URL": current_app.connection_for_write().as_uri(include_password=True),
        "CACHE_URL": settings.CACHE_URL,
        "AGORA_BASE_URL": agora.base_url,
        "AGORA_ACCESS_KEY_ID": agora.key_id,
        "AGORA_ACCESS_KEY_SECRET": agora.key_secret,
        "AGORA_REQUESTS_PER_SECOND": "1000",
        "PYTHONWARNINGS": "ignore",
    }


def begun(agora: RunningSandbox, call: str) -> subprocess.Popen[bytes]:
    """A process that makes one call of tests/companies/one_process.py."""
    code = f"from tests.companies import one_process; one_process.{call}"
    command = [sys.executable, "-m", "django", "shell", "--no-imports", "-v", "0", "-c", code]
    return subprocess.Popen(command, env=environment(agora), stderr=subprocess.DEVNULL)


def killed(agora: RunningSandbox, call: str) -> None:
    """Wait until a process was killed as its call says."""
    assert begun(agora, call).wait(timeout=60) == -signal.SIGKILL


def stopped(agora: RunningSandbox, call: str) -> subprocess.Popen[bytes]:
    """A process that has stopped itself as its call says."""
    process = begun(agora, call)
    _pid, status = os.waitpid(process.pid, os.WUNTRACED)
    assert os.WIFSTOPPED(status)
    return process


def continued(process: subprocess.Popen[bytes]) -> None:
    """Let a stopped process go on to its end."""
    process.send_signal(signal.SIGCONT)
    assert process.wait(timeout=60) == 0
