"""Settings of the tests: the portal's own, with an environment and a folder that nothing else uses."""

import atexit
import os
import shutil
import tempfile

os.environ.setdefault("SECRET_KEY", "only-for-tests-and-long-enough-to-be-taken-seriously-0123456789")
os.environ.setdefault("PORTAL_LOOPBACK", "1")
if "PORTAL_VAR" not in os.environ:
    os.environ["PORTAL_VAR"] = tempfile.mkdtemp(prefix="portal-tests-")
    atexit.register(shutil.rmtree, os.environ["PORTAL_VAR"], ignore_errors=True)

from reseller_portal.settings import *  # noqa: F403
from reseller_portal.settings import PASSWORD_HASHERS, PORTAL_VAR

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher", *PASSWORD_HASHERS]
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
STATIC_ROOT = PORTAL_VAR / "staticfiles"
STATIC_ROOT.mkdir(parents=True, exist_ok=True)
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
ACCOUNT_RATE_LIMITS = False  # the tests of the limits switch them on
