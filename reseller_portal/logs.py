"""What is written to the log, and how: one line each, on standard error."""

from typing import Any

LOGGING: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    # 503 is how the portal tells a supervisor that it is not ready: no error of its own.
    "filters": {
        "unready": {
            "()": "django.utils.log.CallbackFilter",
            "callback": lambda record: getattr(record, "status_code", None) != 503,
        },
        "refused": {"()": "accounts.refusals.RefusedInOneLine"},
    },
    "loggers": {"django.request": {"filters": ["unready", "refused"]}},
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": "INFO"},
}
