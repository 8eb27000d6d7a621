"""The environment as the settings read it: variables, the files of PORTAL_VAR below them, and secrets in files."""

import os
import stat
import warnings
from pathlib import Path

import environ
from django.core.exceptions import ImproperlyConfigured


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
