"""Every setting, read from the environment alone; what `make run` chose stands in PORTAL_VAR and yields to it."""

import datetime as dt
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured
from django.utils.module_loading import import_string
from django.utils.translation import gettext_lazy as _

from reseller_portal.environment import Environment
from reseller_portal.logs import LOGGING as LOGGING

BASE_DIR = Path(__file__).resolve().parent.parent

env = Environment()
PORTAL_VAR = Path(env.str("PORTAL_VAR", default=str(BASE_DIR / "var"))).resolve()
DEMO = not env.str("AGORA_BASE_URL", default="")
Environment.read_env(PORTAL_VAR / "run.env")
if DEMO:
    # The sandbox has keys of its own; real ones are never sent to it.
    for name in [name for name in env.ENVIRON if name.startswith(("AGORA_BASE_URL", "AGORA_ACCESS_KEY_"))]:
        del env.ENVIRON[name]
    Environment.read_env(PORTAL_VAR / "demo.env")

# --- Django itself ---------------------------------------------------------------------------------------

SECRET_KEY = env.secret("SECRET_KEY")
if not SECRET_KEY:
    raise ImproperlyConfigured("SECRET_KEY is not set. `make run` makes one; in production set it yourself.")
DEBUG = env.flag("DEBUG", default=False)
PORTAL_LOOPBACK = env.flag("PORTAL_LOOPBACK", default=False)
PORT = env.whole("PORT", default=8000, least=1)
LOOPBACK_HOSTS = ["localhost", "127.0.0.1"]
ALLOWED_HOSTS = LOOPBACK_HOSTS if PORTAL_LOOPBACK else env.list("ALLOWED_HOSTS", default=[])
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])
ROOT_URLCONF = "reseller_portal.urls"
WSGI_APPLICATION = "reseller_portal.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "allauth",
    "allauth.account",
    "crispy_forms",
    "crispy_bootstrap5",
    "django_countries",
    "django_filters",
    "django_htmx",
    "django_tables2",
    "tablericons",
    "csp",
    "accounts",
    "polling",
    "companies",
    "usage",
    "billing",
    "desk",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "accounts.middleware.forget_odd_sessions",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "accounts.middleware.end_old_sessions",
    "accounts.middleware.forbid_caching",
    "accounts.middleware.write_down_refusals",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
]

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "accounts.context_processors.person",
                "polling.context_processors.freshness",
                "companies.context_processors.operations",
            ],
        },
    }
]

# --- Where things are kept -------------------------------------------------------------------------------

DATABASE_FILE = PORTAL_VAR / ("demo.sqlite3" if DEMO else "portal.sqlite3")
DATABASES = {"default": env.database("DATABASE_URL", default=f"sqlite:///{DATABASE_FILE}")}
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
    }
else:
    DATABASES["default"]["CONN_MAX_AGE"] = 60
    DATABASES["default"]["CONN_HEALTH_CHECKS"] = True

CELERY_BROKER_URL = env.secret("CELERY_BROKER_URL")
CACHE_URL = env.secret("CACHE_URL") or (
    CELERY_BROKER_URL if CELERY_BROKER_URL.startswith(("redis://", "rediss://")) else ""
)
CACHES = {
    "default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": CACHE_URL}
    if CACHE_URL
    else {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}
}

# --- Jobs ------------------------------------------------------------------------------------------------

# The ledger is the record of what was done: results are ignored, and a message lost or doubled does no harm.
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_TRANSPORT_OPTIONS = {"visibility_timeout": 900}
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
# On SIGQUIT, or on SIGTERM where REMAP_SIGTERM says so, a worker gives a running poll these seconds to end.
CELERY_WORKER_SOFT_SHUTDOWN_TIMEOUT = 1.0
# Creates have a worker of their own, so that they never wait behind polls.
CELERY_TASK_DEFAULT_QUEUE = "polls"
CELERY_TASK_ROUTES = {"companies.tasks.*_operation*": {"queue": "creates"}}
CELERY_BEAT_SCHEDULE_FILENAME = str(PORTAL_VAR / "beat-schedule")
CELERY_TIMEZONE = "UTC"
CELERY_ENABLE_UTC = True

# --- Agora -----------------------------------------------------------------------------------------------

AGORA_BASE_URL = env.str("AGORA_BASE_URL", default="")
AGORA_KEYS = [
    (env.str(f"AGORA_ACCESS_KEY_ID{suffix}", default=""), env.secret(f"AGORA_ACCESS_KEY_SECRET{suffix}"))
    for suffix in ("", "_2")
]
if AGORA_BASE_URL and not all(AGORA_KEYS[0]):
    raise ImproperlyConfigured(
        "AGORA_BASE_URL is set, so AGORA_ACCESS_KEY_ID and AGORA_ACCESS_KEY_SECRET must be set as well."
    )
if any(AGORA_KEYS[1]) and not all(AGORA_KEYS[1]):
    raise ImproperlyConfigured("AGORA_ACCESS_KEY_ID_2 and AGORA_ACCESS_KEY_SECRET_2 go together: set both or none.")
AGORA_KEYS = [pair for pair in AGORA_KEYS if all(pair)]
# Answers are kept as they came for so many days, so that somebody can look what was really said.
RAW_ANSWERS = PORTAL_VAR / "raw"
RAW_ANSWERS_DAYS = env.whole("RAW_ANSWERS_DAYS", default=90)
AGORA_REQUESTS_PER_SECOND = env.whole("AGORA_REQUESTS_PER_SECOND", default=5, least=1)
AGORA_DURATION_UNIT = env.str("AGORA_DURATION_UNIT", default="minutes")
if AGORA_DURATION_UNIT not in ("minutes", "seconds"):
    raise ImproperlyConfigured("AGORA_DURATION_UNIT is either `minutes` or `seconds`.")
AGORA_CONSOLE_URL = env.str("AGORA_CONSOLE_URL", default="https://reseller.agora.io/")
AGORA_DAYS_PER_DAILY_CALL = 45
AGORA_CONNECT_TIMEOUT = 5.0
AGORA_READ_TIMEOUT = 75.0
AGORA_CALL_TIMEOUT = 90.0
# Names this portal among the copies of its database: a copy that is started under another name creates nothing.
PORTAL_INSTANCE_ID = env.str("PORTAL_INSTANCE_ID", default="")
# Times of the creates, in seconds, that differ from those of companies/timing.py.
CREATE_TIMES: dict[str, Any] = {
    "gateway_window": env.whole("AGORA_CLOCK_WINDOW", default=300),
    "list_lag": env.whole("AGORA_LIST_LAG", default=300),
}
# The origin whose data the database mirrors; the demo counts as one server, whatever its port.
server = urlsplit(AGORA_BASE_URL)
is_this_machine = import_string("agora.transport.address.is_loopback_host")
if AGORA_BASE_URL and not (
    server.hostname and (server.scheme == "https" or (server.scheme == "http" and is_this_machine(server.hostname)))
):
    raise ImproperlyConfigured(
        "AGORA_BASE_URL is an address that begins with https:// or, on this machine, with http://."
    )
MIRRORED_ORIGIN = "demo" if DEMO else f"{server.scheme}://{server.netloc.rpartition('@')[2]}".lower()

try:
    POLL_SINCE = dt.date.fromisoformat(poll_since) if (poll_since := env.str("POLL_SINCE", default="")) else None
except ValueError:
    raise ImproperlyConfigured("POLL_SINCE is a day such as 2026-01-31.") from None
POLL_DEFAULT_DAYS = 400
# Polls that are due for so long while nobody works are stalled: the worker looks alive and takes no work.
POLLS_STALL_AFTER = dt.timedelta(seconds=env.whole("POLLS_STALL_AFTER", default=240, least=1))
POLL_IDLE_DAYS = env.whole("POLL_IDLE_DAYS", default=7, least=1)
POLL_CALLS_A_DAY = env.whole("POLL_CALLS_A_DAY", default=3000)
LEGAL_PAIRS = ["/".join(pair) for pair in import_string("agora.vocabulary.PAIRS")]
POLL_PAIRS = env.list("POLL_PAIRS", default=LEGAL_PAIRS)
if unknown_pairs := sorted(set(POLL_PAIRS) - set(LEGAL_PAIRS)):
    raise ImproperlyConfigured(f"POLL_PAIRS: no such pairs: {unknown_pairs}. There are {', '.join(LEGAL_PAIRS)}.")
USAGE_SETTLES_AFTER = dt.timedelta(hours=24)

# Who knows it may ask /progress.
METRICS_TOKEN = env.secret("METRICS_TOKEN")

# --- Signing in ------------------------------------------------------------------------------------------

AUTH_USER_MODEL = "accounts.Person"
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = "account_login"
REQUIRE_TWO_FACTOR = env.flag("REQUIRE_TWO_FACTOR", default=not PORTAL_LOOPBACK)
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "accounts.passwords.MaximumLengthValidator", "OPTIONS": {"max_length": 128}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ["email", "name"]},
    },
    {"NAME": "accounts.passwords.PortalWordsValidator"},
]
PASSWORD_RESET_TIMEOUT = 3600
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
ACCOUNT_ADAPTER = "accounts.adapter.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_SESSION_REMEMBER = True
PORTAL_ADMIN_EMAIL = env.str("PORTAL_ADMIN_EMAIL", default="")
PORTAL_ADMIN_PASSWORD = env.secret("PORTAL_ADMIN_PASSWORD")
PORTAL_PERSON_PASSWORD = env.secret("PORTAL_PERSON_PASSWORD")
# Both in seconds: how long a session may be idle, and how long it lasts at most.
SESSION_IDLE_AGE = 30 * 60
SESSION_COOKIE_AGE = 12 * 3600
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"

# --- What the browser is told ----------------------------------------------------------------------------

SECURE = not PORTAL_LOOPBACK
COOKIE_PREFIX = "__Host-" if SECURE else ""
COOKIE_SUFFIX = "" if SECURE else f"-{PORT}"
SESSION_COOKIE_NAME = f"{COOKIE_PREFIX}session{COOKIE_SUFFIX}"
CSRF_COOKIE_NAME = f"{COOKIE_PREFIX}csrf{COOKIE_SUFFIX}"
LANGUAGE_COOKIE_NAME = f"{COOKIE_PREFIX}language{COOKIE_SUFFIX}"
THEME_COOKIE_NAME = f"{COOKIE_PREFIX}theme{COOKIE_SUFFIX}"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = SECURE
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = LANGUAGE_COOKIE_HTTPONLY = True
SECURE_SSL_REDIRECT = False
FILE_UPLOAD_HANDLERS = ["reseller_portal.uploads.RefuseFiles"]
ACCOUNT_DEFAULT_HTTP_PROTOCOL = "https" if SECURE else "http"
SECURE_HSTS_SECONDS = 31_536_000 if SECURE else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'none'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        "img-src": ["'self'", "data:"],
        "font-src": ["'self'"],
        "connect-src": ["'self'"],
        "form-action": ["'self'"],
        "base-uri": ["'none'"],
        "frame-ancestors": ["'none'"],
    }
}

# --- Words, time, files, mail ----------------------------------------------------------------------------

LANGUAGE_CODE = "en"
LANGUAGES = [("en", _("English"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
USE_TZ = True
TIME_ZONE = "UTC"
STATIC_URL = "/static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATIC_ROOT = PORTAL_VAR / "staticfiles"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
CRISPY_TEMPLATE_PACK = CRISPY_ALLOWED_TEMPLATE_PACKS = "bootstrap5"
vars().update(env.mail("EMAIL_URL", default="consolemail://" if PORTAL_LOOPBACK else "dummymail://"))
DEFAULT_FROM_EMAIL = SERVER_EMAIL = env.str("DEFAULT_FROM_EMAIL", default="portal@localhost")
