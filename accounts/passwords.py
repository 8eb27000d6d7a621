"""Which passwords are good enough, beyond what Django's own validators know, and how to make one."""

import secrets

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

LETTERS = "abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789"
WORDS_OF_THIS_PORTAL = ("agora", "reseller", "portal")


def new_password() -> str:
    """A random password of 20 characters (115 bits) without letters that look alike."""
    return "".join(secrets.choice(LETTERS) for _position in range(20))


class MaximumLengthValidator:
    """Refuses passwords of more than `max_length` characters, which only cost time to hash."""

    def __init__(self, max_length: int = 128) -> None:
        self.max_length = max_length

    def validate(self, password: str, user: object = None) -> None:
        if len(password) > self.max_length:
            raise ValidationError(self.get_help_text(), code="password_too_long")

    def get_help_text(self) -> str:
        return _("Your password can have at most %(length)d characters.") % {"length": self.max_length}


class PortalWordsValidator:
    """Refuses passwords that contain a word everybody would try on this portal first."""

    def validate(self, password: str, user: object = None) -> None:
        if any(word in password.lower() for word in WORDS_OF_THIS_PORTAL):
            raise ValidationError(self.get_help_text(), code="password_has_portal_word")

    def get_help_text(self) -> str:
        return _("Your password can’t contain these words: %(words)s.") % {"words": ", ".join(WORDS_OF_THIS_PORTAL)}
