"""The environment as the settings read it: variables, the files of PORTAL_VAR below them, and secrets in files."""

import os
import stat
import warnings
from pathlib import Path
from typing import Any

import environ
from django.core.exceptions import ImproperlyConfigured

DATABASES = {"django.db.backends.postgresql", "django.db.backends.sqlite3"}
ON, OFF = {"1", "true", "yes", "on"}, {"0", "false", "no", "off"}


class Environment(environ.Env):
    """The environment and, below it, the files of PORTAL_VAR; a copy, so that child processes inherit neither."""

    ENVIRON = dict(os.environ)

    def secret(self, name: str) -> str:
        """The value of NAME, or the content of the file that NAME_FILE names; '' when neither is set."""
        path = self.str(f"{name}_FILE", default="")
        if not path:
            return self.str(name, default="")
        try:
            mode = Path(path).stat().st_mode
        except OSError as error:
            raise ImproperlyConfigured(f"{name}_FILE names a file that cannot be read: {error.strerror}.") from None
        if mode & stat.S_IWOTH:
            raise ImproperlyConfigured(f"{name}_FILE can be written by everybody on this machine: chmod 600 it.")
        if mode & stat.S_IROTH:
            warnings.warn(f"{name}_FILE can be read by everybody on this machine: chmod 600 it.", stacklevel=2)
        return Path(path).read_text(encoding="utf-8").strip()

    def whole(self, name: str, *, default: int, least: int = 0) -> int:
        """A whole number that is not below the least one."""
        try:
            value = int(self.str(name, default="") or default)
        except ValueError:
            value = least - 1
        if value < least:
            raise ImproperlyConfigured(f"{name} is a whole number from {least} on.")
        return value

    def flag(self, name: str, *, default: bool) -> bool:
        """Whether something is on."""
        value = self.str(name, default="").lower() or ("on" if default else "off")
        if value not in ON | OFF:
            raise ImproperlyConfigured(f"{name} is either `on` or `off`.")
        return value in ON

    def database(self, name: str, *, default: str) -> dict[str, Any]:
        """The database at an address, which holds a password and may stand in a file."""
        try:
            with warnings.catch_warnings(action="ignore"):
                found: dict[str, Any] = self.db_url_config(self.secret(name) or default)
        except ValueError:
            found = {}
        if found.get("ENGINE") not in DATABASES:
            raise ImproperlyConfigured(f"{name} is an address such as postgres://user:password@host/name.")
        return found

    def mail(self, name: str, *, default: str) -> dict[str, Any]:
        """How mail goes out, by an address that may stand in a file."""
        try:
            found: dict[str, Any] = self.email_url_config(self.secret(name) or default)
        except (ValueError, ImproperlyConfigured):
            raise ImproperlyConfigured(f"{name} is an address such as smtp+tls://user:password@host:587.") from None
        return found
