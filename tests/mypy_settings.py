"""Settings for the type checker, which starts Django without an environment."""

import os

os.environ.setdefault("SECRET_KEY", "only for the type checker")

from reseller_portal.settings import *  # noqa: F403
