"""What goes out: the three things that can be created, as data and as the body Agora expects."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Self

from .vocabulary import Environment, Industry, Interest

Payload = dict[str, str | int | bool]


class Draft:
    """Turns a draft into its own fields for storage, and back; it validates nothing."""

    def as_payload(self) -> Payload:
        """The fields as plain JSON values under their own names."""
        return asdict(self)  # type: ignore[call-overload, no-any-return]

    @classmethod
    def from_payload(cls, payload: Mapping[str, Any]) -> Self:
        """The draft that `as_payload` described; TypeError when a field is unknown or absent."""
        return cls(**payload)


@dataclass(frozen=True, kw_only=True)
class CompanyDraft(Draft):
    """A company to create ("Create a company"): names trimmed, `country` ISO 3166-1 in upper case."""

    company_name: str
    email: str
    first_name: str
    last_name: str
    country: str
    area: str
    app_limit: int = 10
    member_limit: int = 10
    industry: int = Industry.OTHER.value
    interest: int = Interest.OTHER.value
    environment: int = Environment.OTHER.value
    send_password_reset_email: bool = False

    def to_json(self) -> Payload:
        """The body: the name under both keys, as table and sample disagree; default codes are left out."""
        body: Payload = {
            "companyName": self.company_name,
            "name": self.company_name,
            "email": self.email,
            "firstName": self.first_name,
            "lastName": self.last_name,
            "country": self.country,
            "area": self.area,
            "appLimit": self.app_limit,
            "memberLimit": self.member_limit,
        }
        codes = (
            ("industry", self.industry, Industry.OTHER),
            ("interest", self.interest, Interest.OTHER),
            ("environment", self.environment, Environment.OTHER),
        )
        body |= {key: int(code) for key, code, default in codes if code != default}
        return body | {"sendPasswordResetEmail": self.send_password_reset_email}


@dataclass(frozen=True, kw_only=True)
class ProjectDraft(Draft):
    """A project to create ("Create a project"); `company_id` travels in the path, not in the body."""

    company_id: str
    name: str

    def to_json(self) -> Payload:
        """The body of the call."""
        return {"name": self.name}


@dataclass(frozen=True, kw_only=True)
class UapServiceDraft(Draft):
    """A UAP service to enable ("Enable UAP self-service"); both ids travel in the path."""

    company_id: str
    project_id: str
    type_id: int
    region: int

    def to_json(self) -> Payload:
        """The body of the call."""
        return {"typeId": int(self.type_id), "region": int(self.region)}


AnyDraft = CompanyDraft | ProjectDraft | UapServiceDraft
