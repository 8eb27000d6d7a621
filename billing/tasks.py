"""Celery entry points of daily bills."""

from celery import shared_task

from billing.services.poll import poll_due_daily_bills
from polling.services.reading import polling_session


@shared_task
def poll_daily_bills() -> None:
    """Read whatever daily bills are due."""
    with polling_session() as reader:
        poll_due_daily_bills(reader)
