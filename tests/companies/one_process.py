"""What a process of its own does in tests that kill it or stop it for a while; `python -m django shell` calls these."""

import os
import signal
import uuid

from django.conf import settings
from django.test import Client, override_settings

from accounts.models import Person
from companies.models import Operation
from companies.services import operations
from tests.companies.worker import Worker

STEPS = ("claim", "look", "sign", "begin", "write", "record")


def halt(how: str) -> None:
    """End or stop this very process, as SIGKILL and SIGSTOP do."""
    os.kill(os.getpid(), getattr(signal, how))


def work(operation_id: int, point: str, how: str, **times: float) -> None:
    """Send an operation, and be killed or stopped after that step; `times` change those of companies/timing.py."""
    with override_settings(CREATE_TIMES={**settings.CREATE_TIMES, **times}):
        worker = Worker(operation=Operation.objects.get(pk=operation_id)).up_to(point)
        if how:
            halt(how)
        for step in STEPS[STEPS.index(point) + 1 :]:
            getattr(worker, step)()


def ask(person_id: int, url: str, values: dict[str, str], at: str) -> None:
    """Send a form, and be killed before it is committed, or after that and before it is answered."""
    name = "store_audit_entry" if at == "before" else "nudge"
    setattr(operations, name, lambda *args, **kwargs: halt("SIGKILL"))
    client = Client(SERVER_NAME="localhost")
    client.force_login(Person.objects.get(pk=person_id))
    client.post(url, {**values, "form_token": str(uuid.UUID(values["form_token"]))})
