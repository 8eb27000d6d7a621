"""`manage.py create_person`: let somebody sign in."""

from argparse import ArgumentParser

from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError

from accounts import services
from accounts.models import Person, Role
from accounts.passwords import new_password


def create_and_tell(command: BaseCommand, *, email: str, role: str, name: str, password: str) -> None:
    """Create a person and print how they sign in; without a password a random one, printed this once."""
    chosen = password or new_password()
    try:
        person = services.create_person(email=email, role=role, name=name, password=chosen)
    except ValidationError as refusal:
        raise CommandError(" ".join(refusal.messages)) from refusal
    warn_about_password(command, person, chosen)
    command.stdout.write(f"{person.email} can sign in as {role}.")
    if not password:
        command.stdout.write(f"Password (shown only now): {chosen}")


def warn_about_password(command: BaseCommand, person: Person, password: str) -> None:
    """Say what is weak about a password from the environment; it is accepted all the same."""
    try:
        validate_password(password, person)
    except ValidationError as weakness:
        command.stderr.write(f"This password is weak. {' '.join(weakness.messages)} Change it soon.")


class Command(BaseCommand):
    help = "Create a person who can sign in. The password is PORTAL_PERSON_PASSWORD, else a random one."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--email", required=True, help="what the person signs in with")
        parser.add_argument("--role", required=True, choices=Role.values)
        parser.add_argument("--name", default="")

    def handle(self, *, email: str, role: str, name: str, **options: object) -> None:
        create_and_tell(self, email=email, role=role, name=name, password=settings.PORTAL_PERSON_PASSWORD)
