"""What a table can fill in: the fields of each kind of import, and which column seems to hold which field."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from django.utils.translation import gettext_lazy as _

from companies import labels

COMPANY, UAP_SERVICE = "company", "uap-service"
# The column that our own files of problems add.
PROBLEM = "problem"


@dataclass(frozen=True, kw_only=True)
class ImportField:
    """A field that a column can fill: whether it must be, other names of it, and the template's example."""

    name: str
    required: bool = False
    synonyms: Sequence[str] = ()
    example: str

    @property
    def label(self) -> str:
        """What the field is called on pages."""
        return str(LABELS[self.name])


LABELS = MappingProxyType({**labels.FIELDS, "company_id": _("Company ID"), "project_id": _("Project ID")})

# The names of the document, with words that people put above such columns.
FIELDS: Mapping[str, Sequence[ImportField]] = MappingProxyType(
    {
        COMPANY: (
            ImportField(
                name="company_name",
                required=True,
                synonyms=("company", "name", "organisation", "organization", "account", "customer", "公司", "公司名称"),
                example="Example Company",
            ),
            ImportField(
                name="email",
                required=True,
                synonyms=("mail", "e mail", "contact email", "email address", "mail address", "邮箱", "电子邮箱"),
                example="ann.doe@example.com",
            ),
            ImportField(
                name="first_name",
                required=True,
                synonyms=("given name", "forename", "contact first name", "first", "名"),
                example="Ann",
            ),
            ImportField(
                name="last_name",
                required=True,
                synonyms=("surname", "family name", "contact last name", "last", "姓"),
                example="Doe",
            ),
            ImportField(
                name="country",
                required=True,
                synonyms=("country code", "country region", "nation", "国家"),
                example="DE",
            ),
            ImportField(name="area", required=True, synonyms=("service area", "区域", "地区"), example="Non-CN"),
            ImportField(
                name="app_limit",
                synonyms=("apps", "max apps", "projects", "max projects", "app quota", "projects limit"),
                example="10",
            ),
            ImportField(
                name="member_limit",
                synonyms=("members", "max members", "seats", "member quota", "members limit"),
                example="10",
            ),
            ImportField(name="industry", synonyms=("sector", "branch", "行业"), example="3"),
            ImportField(name="interest", synonyms=("product", "interested product", "use case"), example="2"),
            ImportField(name="environment", synonyms=("platform", "os", "operating system"), example="2"),
            ImportField(
                name="send_password_reset_email",
                synonyms=("password reset", "send password email", "reset email", "send email", "password email"),
                example="no",
            ),
        ),
        UAP_SERVICE: (
            ImportField(
                name="company_id",
                required=True,
                synonyms=("cid", "company", "account id", "customer id"),
                example="1000000",
            ),
            ImportField(
                name="project_id",
                required=True,
                synonyms=("project", "vid", "app id"),
                example="id-of-the-project",
            ),
            ImportField(
                name="type_id",
                required=True,
                synonyms=("type", "product", "service", "uap service", "uap type"),
                example="7",
            ),
            ImportField(name="region", required=True, synonyms=("service region", "area", "区域"), example="2"),
        ),
    }
)


def fields_of(kind: str) -> Sequence[ImportField]:
    """The fields of this kind of import, in the document's order."""
    return FIELDS[kind]


def plain(heading: str) -> str:
    """A heading without case, marks and style: `companyName`, `company_name` and `Company name *` are one."""
    spaced = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", heading)
    return " ".join(re.findall(r"\w+", spaced.replace("_", " ").casefold()))


def guess_columns(kind: str, headings: Sequence[str]) -> dict[str, int]:
    """Which column, counted from 0, seems to hold which field; a column is given to one field only.

    A heading that names a field itself comes before one that is merely another word for it.
    """
    known = [plain(heading) for heading in headings]
    found: dict[str, int] = {}
    for wanted in (_own_names, _other_names):
        for field in fields_of(kind):
            places = [place for place, name in enumerate(known) if name in wanted(field)]
            free = [place for place in places if place not in found.values()]
            if field.name not in found and free:
                found[field.name] = free[0]
    return found


def _own_names(field: ImportField) -> set[str]:
    return {plain(field.name), plain(field.label)}


def _other_names(field: ImportField) -> set[str]:
    return {plain(word) for word in field.synonyms}


def missing_fields(kind: str, filled: Mapping[str, object]) -> list[ImportField]:
    """The fields that must be filled in and that nothing fills."""
    return [field for field in fields_of(kind) if field.required and field.name not in filled]


def is_example(kind: str, cells: Sequence[str]) -> bool:
    """Whether this row is the one that the template file shows how to fill in."""
    return sorted(filter(None, cells)) == sorted(field.example for field in fields_of(kind))


def typed_values(
    kind: str, cells: Sequence[str], columns: Mapping[str, int], fixed: Mapping[str, str], edits: Mapping[str, str]
) -> dict[str, str]:
    """The text of every field of a row: what was typed since, else its cell, else what stands where that is empty."""

    def text(name: str) -> str:
        place = columns.get(name, len(cells))
        return (cells[place] if place < len(cells) else "") or fixed.get(name, "")

    return {field.name: edits[field.name] if field.name in edits else text(field.name) for field in fields_of(kind)}
