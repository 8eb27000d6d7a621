"""A company and a project as the sandbox knows them, and the rows in which the lists show them."""

from dataclasses import dataclass
from datetime import UTC, datetime

from sandbox.figures import Rhythm

SILENT = Rhythm(seed=0, minutes=0, growth=0, anchor=0, begins=0, shares={})


@dataclass(frozen=True, kw_only=True)
class Company:
    """A company; `place` is its position in the world, counted from 0, on which its billing habits hang."""

    id: int
    place: int
    name: str
    email: str
    country: str
    area: str
    app_limit: int = 10
    member_limit: int = 10
    industry: int = 12
    interest: int = 1
    environment: int = 1
    status: int = 0

    def row(self) -> dict[str, object]:
        """The company as answers show it: no e-mail, no contact, no date."""
        return {
            "id": self.id,
            "name": self.name,
            "country": self.country,
            "area": self.area,
            "appLimit": self.app_limit,
            "memberLimit": self.member_limit,
            "industry": self.industry,
            "interest": self.interest,
            "environment": self.environment,
            "status": self.status,
        }


@dataclass(frozen=True, kw_only=True)
class Project:
    """A project; `id` is the list's, `number` the one of the UAP answer; a project made by a call is silent."""

    id: str
    number: int
    company_id: int
    name: str
    created: datetime
    status: int = 1
    rhythm: Rhythm = SILENT

    def row(self) -> dict[str, object]:
        """The project as answers show it."""
        return {"id": self.id, "name": self.name, "status": self.status, "created": milliseconds(self.created)}


@dataclass(frozen=True, kw_only=True)
class UapService:
    """A product that was enabled for a project in a region; nothing ever lists these."""

    company_id: int
    project_id: str
    type_id: int
    region: int


def milliseconds(instant: datetime) -> str:
    """An instant in UTC as the project list writes it: 2019-09-25T04:30:41.529Z."""
    return instant.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
