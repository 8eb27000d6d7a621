"""How Agora's IDs travel in a URL: as one path segment, percent-encoded by Django, case and all."""

from urllib.parse import quote

from django.urls import register_converter

COMPANIES_PATH = "/companies/"
# A path cannot carry dots alone, and `create` is the address of a form.
RESERVED = (".", "..", "create")


class RemoteIdConverter:
    """A company or project ID; `reverse` finds no page for an ID that a path cannot carry.

    No ID holds NUL, which a database may refuse to look for.
    """

    regex = r"(?!(?:\.{1,2}|create)(?:/|\Z))[^/\0]+"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        if not value or "/" in value or value in RESERVED:
            raise ValueError(f"No page for the ID {value!r}.")
        return value


def company_path(company_id: str) -> str:
    """The address of a company's page; '' for an ID that a path cannot carry."""
    segment = _segment(company_id)
    return f"{COMPANIES_PATH}{segment}/" if segment else ""


def project_path(company_id: str, project_id: str) -> str:
    """The address of a project's page; '' for an ID that a path cannot carry."""
    above, segment = company_path(company_id), _segment(project_id)
    return f"{above}projects/{segment}/" if above and segment else ""


def _segment(remote_id: str) -> str:
    return "" if "/" in remote_id or remote_id in RESERVED else quote(remote_id, safe="")


register_converter(RemoteIdConverter, "remote_id")

# The parts of an address that hold an ID; whoever uses them has registered the converter.
COMPANY = "<remote_id:company_id>"
PROJECT = "<remote_id:project_id>"
