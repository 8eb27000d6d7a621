"""The Celery app and the whole schedule: which stream is polled by which task, and who sends creates."""

import os

from celery import Celery
from celery.signals import beat_init, worker_init

from reseller_portal.origin import refuse_other_server
from reseller_portal.schema import refuse_old_tables

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "reseller_portal.settings")

app = Celery("reseller_portal")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
app.conf.stream_tasks = {
    "companies": "companies.tasks.poll_companies",
    "projects": "companies.tasks.poll_projects",
    "usage": "usage.tasks.poll_usage",
    "daily-bills": "billing.tasks.poll_daily_bills",
}
app.conf.beat_schedule = {
    "polls": {"task": "polling.tasks.dispatch", "schedule": 60.0, "options": {"expires": 55}},
    "reminders": {"task": "companies.tasks.remind_of_reviews", "schedule": 300.0, "options": {"expires": 290}},
    "answers": {"task": "polling.tasks.throw_away_answers", "schedule": 86400.0, "options": {"expires": 3600}},
    "backfills": {"task": "desk.tasks.run_backfills", "schedule": 5.0, "options": {"expires": 5}},
    "creates": {"task": "companies.tasks.dispatch_operations", "schedule": 5.0, "options": {"expires": 5}},
}


@worker_init.connect
@beat_init.connect
def claim_the_database(**_signal: object) -> None:
    """Refuse to work or to keep the schedule where the tables are old or mirror another server."""
    refuse_old_tables()
    refuse_other_server()


@beat_init.connect
def poll_at_once(**_signal: object) -> None:
    """Poll what is due when the portal starts, not only a minute later."""
    app.send_task("polling.tasks.dispatch")
