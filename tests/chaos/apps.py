"""Shortens, in every process of a run, what the portal has as constants and not as settings."""

import datetime as dt
from importlib import import_module

from django.apps import AppConfig

from tests.chaos import times


class ChaosConfig(AppConfig):
    name = "tests.chaos"

    def ready(self) -> None:
        """A killed reading blocks its list, and a silent Agora all calls, for seconds where it is minutes otherwise."""
        vars(import_module("polling.services.slots"))["LEASE"] = dt.timedelta(seconds=times.READING_LEASE)
        vars(import_module("polling.gate"))["PAUSE"] = times.PAUSE_AFTER_FAILURES
