"""Celery entry points: each fetches ids and calls a service."""

from celery import current_app, shared_task
from django.utils import timezone

from companies.services import dispatch, refresh, reminders, sending, settling
from polling.services.reading import polling_session

# A message that waited longer is pointless: the next round of the dispatcher has sent another one.
MESSAGE_LASTS = 10


@shared_task(acks_late=False, max_retries=0, ignore_result=True)
def dispatch_operations() -> None:
    """Start whatever is due, then begin what follows from it; runs every few seconds."""
    now = timezone.now()
    due = dispatch.dispatch_operations(now=now)
    for operation_id in due.to_send:
        send_operation.apply_async([operation_id], expires=MESSAGE_LASTS)
    for operation_id in due.to_settle:
        settle_operation.apply_async([operation_id], expires=MESSAGE_LASTS)
    dispatch.begin_what_follows(now=now)


@shared_task(acks_late=False, max_retries=0, ignore_result=True)
def send_operation(operation_id: int) -> None:
    """Send one operation, once."""
    sending.send_operation(operation_id)


@shared_task(acks_late=False, max_retries=0, ignore_result=True)
def settle_operation(operation_id: int) -> None:
    """Look for one operation of unknown outcome in Agora's list, and for all others of that list."""
    settling.settle_operation(operation_id)


@shared_task
def remind_of_reviews() -> None:
    """Write to people about decisions that have waited for an hour."""
    reminders.remind(now=timezone.now())


@shared_task
def poll_companies() -> None:
    """Read the company list when its turn has come; what it brought is read further at once."""
    with polling_session() as reader:
        if refresh.poll_due_companies(reader):
            current_app.send_task("polling.tasks.dispatch")


@shared_task
def poll_projects() -> None:
    """Read the project lists whose turn has come; what they brought is read further at once."""
    with polling_session() as reader:
        if refresh.poll_due_projects(reader):
            current_app.send_task("polling.tasks.dispatch")
