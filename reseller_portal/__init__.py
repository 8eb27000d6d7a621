"""The project: settings, schedule, URLs and health. It wires the apps and holds no business."""

from reseller_portal.celery import app as celery_app

__all__ = ["celery_app"]
