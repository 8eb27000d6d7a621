"""Answers of Agora that are kept for a while as they came, so that somebody can look what was really said."""

from __future__ import annotations

from django.db import models

from polling.models.ledger import Stream


class KeptAnswer(models.Model):
    """The body of one answer, in a file that is named by its `sha256`; equal answers share one file.

    `asked` is the path and the query of the call, `page` counts from 1 where the call asked for a page,
    `bytes` is the length of the body as it came.
    """

    stream = models.CharField(max_length=20, choices=Stream)
    scope = models.TextField(default="", blank=True)
    since = models.DateField()
    until = models.DateField()
    page = models.PositiveIntegerField(null=True, blank=True)
    asked = models.TextField()
    status = models.PositiveSmallIntegerField()
    request_id = models.CharField(max_length=36)
    sha256 = models.CharField(max_length=64)
    bytes = models.PositiveIntegerField()
    kept_at = models.DateTimeField(db_index=True)

    class Meta:
        indexes = [models.Index(fields=["stream", "since", "kept_at"], name="answer_by_stream_and_period")]

    def __str__(self) -> str:
        return f"{self.status} {self.asked}"
