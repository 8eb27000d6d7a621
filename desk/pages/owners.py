"""Whose page or chart an address means: a company's or project's that Agora once listed, or everybody's."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import Http404, QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _

from companies.models import Company, Project
from companies.queries import company, project_of


@dataclass(frozen=True, kw_only=True)
class Owner:
    """Everybody, a company, or one project of a company."""

    company: Company | None = None
    project: Project | None = None

    @property
    def words(self) -> str:
        if self.project:
            return self.project.name or self.project.project_id
        return (self.company.name or self.company.company_id) if self.company else _("all companies")

    @property
    def company_id(self) -> str:
        return self.company.company_id if self.company else ""

    @property
    def project_id(self) -> str:
        return self.project.project_id if self.project else ""

    @property
    def ids(self) -> dict[str, str]:
        """The parameters that name them in the addresses of other pages."""
        ids = {"company": self.company_id, "project": self.project_id}
        return {name: value for name, value in ids.items() if value}

    @property
    def usage_chart(self) -> str:
        """The address of the chart of their usage."""
        return reverse(f"desk:chart_{self._page}usage", kwargs=self._path)

    @property
    def bills_chart(self) -> str:
        """The address of the chart of their daily bills."""
        return reverse(f"desk:chart_{self._page}bills", kwargs=self._path)

    @property
    def _page(self) -> str:
        if self.project:
            return "project_"
        return "company_" if self.company else ""

    @property
    def _path(self) -> dict[str, str]:
        return {f"{name}_id": value for name, value in self.ids.items()}


def narrowed(params: QueryDict, owner: Owner, *, product: str = "") -> QueryDict:
    """The page's parameters as the usage and the bills page would read them for this owner, by day.

    With `product` that product's figures, whatever the address says.
    """
    changed = params.copy()
    for name in ("company", "project", "interval", "view"):
        changed.pop(name, None)
    for name, value in (owner.ids | ({"product": product} if product else {})).items():
        changed[name] = value
    return changed


def owner_of(company_id: str = "", project_id: str = "") -> Owner:
    """Whoever has these IDs, everybody for none; Http404 where Agora never listed them."""
    if project_id:
        project = listed_project(company_id, project_id)
        return Owner(company=project.company, project=project)
    return Owner(company=listed_company(company_id)) if company_id else Owner()


def listed_company(company_id: str) -> Company:
    """The company with this ID, gone or not; Http404 where Agora never listed it."""
    found = company(company_id)
    if found is None:
        raise Http404
    return found


def listed_project(company_id: str, project_id: str) -> Project:
    """The project with this ID in that company, gone or not; Http404 where Agora never listed it there."""
    found = project_of(company_id, project_id)
    if found is None:
        raise Http404
    return found
