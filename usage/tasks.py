"""Celery entry points of usage."""

from celery import shared_task

from polling.services.reading import polling_session
from usage.services.poll import poll_due_usage


@shared_task
def poll_usage() -> None:
    """Read whatever usage is due."""
    with polling_session() as reader:
        poll_due_usage(reader)
