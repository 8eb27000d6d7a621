"""How Agora's IDs travel in a URL: as one path segment, percent-encoded by Django, case and all."""

from django.urls import register_converter

# A path cannot carry dots alone, and `create` is the address of a form.
RESERVED = (".", "..", "create")


class RemoteIdConverter:
    """A company or project ID; `reverse` finds no page for an ID that a path cannot carry."""

    regex = r"(?!(?:\.{1,2}|create)(?:/|\Z))[^/]+"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        if not value or "/" in value or value in RESERVED:
            raise ValueError(f"No page for the ID {value!r}.")
        return value


register_converter(RemoteIdConverter, "remote_id")
