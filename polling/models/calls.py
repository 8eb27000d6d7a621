"""A tally of the calls to Agora: how many went out in each minute, how they ended and how long they took."""

from __future__ import annotations

from django.db import models

# How long an answer took, in milliseconds: the column of a bound counts the answers between the one before and it.
TOOK_WITHIN = (50, 100, 200, 400, 800, 1600, 3200, 6400, 12800)


class CallMinute(models.Model):
    """The calls that were sent in one UTC minute, by all processes together.

    `calls` counts every one of them, `refused` those answered by 429, `failed` those without an answer or with a
    status of 500 and more. Answers are counted by how long they took; `slower` is above the last bound.
    """

    minute = models.DateTimeField(unique=True)
    calls = models.PositiveIntegerField(default=0)
    refused = models.PositiveIntegerField(default=0)
    failed = models.PositiveIntegerField(default=0)
    within_50 = models.PositiveIntegerField(default=0)
    within_100 = models.PositiveIntegerField(default=0)
    within_200 = models.PositiveIntegerField(default=0)
    within_400 = models.PositiveIntegerField(default=0)
    within_800 = models.PositiveIntegerField(default=0)
    within_1600 = models.PositiveIntegerField(default=0)
    within_3200 = models.PositiveIntegerField(default=0)
    within_6400 = models.PositiveIntegerField(default=0)
    within_12800 = models.PositiveIntegerField(default=0)
    slower = models.PositiveIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.minute:%Y-%m-%d %H:%M} {self.calls}"


TOOK = (*(f"within_{bound}" for bound in TOOK_WITHIN), "slower")
