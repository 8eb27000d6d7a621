"""Celery entry points of the ledger: the beat's tick, which starts the polls that are due."""

from celery import current_app, shared_task
from django.utils import timezone

from polling import queries

TICK = 60


@shared_task
def dispatch() -> None:
    """Start the task of every stream that has something to read; one that waits for long is dropped, not doubled."""
    for stream in queries.due_streams(timezone.now()):
        current_app.send_task(current_app.conf.stream_tasks[stream], expires=TICK)
