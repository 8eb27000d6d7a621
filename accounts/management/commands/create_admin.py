"""`manage.py create_admin`: let a first person sign in, who then adds the others."""

from argparse import ArgumentParser

from django.conf import settings
from django.core.management.base import BaseCommand

from accounts import queries
from accounts.management.commands.create_person import create_and_tell
from accounts.models import Role

EMAIL_WITHOUT_ENVIRONMENT = "admin@localhost"


class Command(BaseCommand):
    help = (
        "Create an admin from PORTAL_ADMIN_EMAIL and PORTAL_ADMIN_PASSWORD; "
        f"what is not set becomes {EMAIL_WITHOUT_ENVIRONMENT} and a random password."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--email", default="", help="instead of PORTAL_ADMIN_EMAIL")
        parser.add_argument("--name", default="")
        parser.add_argument(
            "--if-none",
            action="store_true",
            help="do nothing if that person exists or, when no e-mail address is given, any admin can sign in",
        )

    def handle(self, *, email: str, name: str, if_none: bool, **options: object) -> None:
        asked = email or settings.PORTAL_ADMIN_EMAIL
        if if_none and _is_there(asked):
            return
        create_and_tell(
            self,
            email=asked or EMAIL_WITHOUT_ENVIRONMENT,
            role=Role.ADMIN,
            name=name,
            password=settings.PORTAL_ADMIN_PASSWORD,
        )


def _is_there(email: str) -> bool:
    return queries.person_exists(email) if email else queries.active_admins().exists()
