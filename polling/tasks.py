"""Celery entry points of the ledger: the beat's tick, which starts the polls that are due, and tidying up."""

from celery import current_app, shared_task
from celery.signals import worker_shutting_down
from django.utils import timezone

from polling import queries
from polling.gate import end_reading
from polling.services.raw import prune_answers

TICK = 60


@shared_task
def dispatch() -> None:
    """Start the task of every stream that has something to read; one that waits for long is dropped, not doubled."""
    for stream in queries.due_streams(timezone.now()):
        current_app.send_task(current_app.conf.stream_tasks[stream], expires=TICK)


@shared_task
def throw_away_answers() -> None:
    """Throw away the answers that were kept for long enough."""
    prune_answers(timezone.now())


@worker_shutting_down.connect
def end_polls(**_signal: object) -> None:
    """Let polls give back what they lease as soon as their worker is told to end, so that the next one goes on."""
    end_reading()
