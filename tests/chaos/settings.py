"""The portal's own settings with the times of a run."""

from reseller_portal.settings import *  # noqa: F403
from reseller_portal.settings import INSTALLED_APPS
from tests.chaos import times

INSTALLED_APPS = [*INSTALLED_APPS, "tests.chaos.apps.ChaosConfig"]
CREATE_TIMES = times.CREATE_TIMES
AGORA_CONNECT_TIMEOUT = times.CONNECT_TIMEOUT
AGORA_READ_TIMEOUT = times.READ_TIMEOUT
AGORA_CALL_TIMEOUT = times.CALL_TIMEOUT
AGORA_REQUESTS_PER_SECOND = 200

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
ACCOUNT_RATE_LIMITS = False
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
