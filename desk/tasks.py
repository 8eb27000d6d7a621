"""Celery entry points of the work that reaches across rooms."""

from celery import shared_task

from desk.backfills.running import run_for_a_while
from polling.services.reading import polling_session


@shared_task
def run_backfills() -> None:
    """Go on with what people have ordered to be read again."""
    with polling_session() as reader:
        run_for_a_while(reader)
