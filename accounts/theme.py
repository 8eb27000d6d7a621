"""The theme a browser asked for: kept in a cookie, so that signed-out pages have it as well."""

from django.conf import settings
from django.db import models
from django.http import HttpRequest, HttpResponseBase
from django.utils.translation import gettext_lazy as _

ONE_YEAR_IN_SECONDS = 365 * 24 * 3600


class Theme(models.TextChoices):
    """The looks of the portal."""

    AUTO = "auto", _("As the device")
    LIGHT = "light", _("Light")
    DARK = "dark", _("Dark")


def theme_of(request: HttpRequest) -> str:
    """The browser's theme; whatever else the cookie says counts as auto."""
    wish = request.COOKIES.get(settings.THEME_COOKIE_NAME, "")
    return wish if wish in Theme.values else str(Theme.AUTO)


def set_theme_cookie(response: HttpResponseBase, theme: str) -> None:
    """Let the browser keep its theme for a year."""
    response.set_cookie(
        settings.THEME_COOKIE_NAME,
        theme,
        max_age=ONE_YEAR_IN_SECONDS,
        secure=settings.SECURE,
        httponly=True,
        samesite="Lax",
    )
