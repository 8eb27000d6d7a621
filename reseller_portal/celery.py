"""The Celery app and the whole schedule: which stream is polled how often, and who sends creates."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "reseller_portal.settings")

app = Celery("reseller_portal")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
