"""What the log says of somebody who opened a page that is not for their role: one line, as nothing went wrong."""

from __future__ import annotations

import logging

from django.core.exceptions import PermissionDenied


class RefusedInOneLine(logging.Filter):
    """Takes the traceback off a refusal, and says whose it was; the path is in it already, made harmless by Django."""

    def filter(self, record: logging.LogRecord) -> bool:
        error = record.exc_info[1] if record.exc_info else None
        if isinstance(error, PermissionDenied):
            record.exc_info = record.exc_text = None
            person = getattr(getattr(record, "request", None), "user", None)
            record.msg = f"{record.msg}, person %s"
            record.args = (*_several(record.args), getattr(person, "pk", None))
        return True


def _several(args: object) -> tuple[object, ...]:
    return args if isinstance(args, tuple) else ()
