"""Whose figures a page shows: one company, one of its projects, or everybody's, and how to choose another."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, Protocol

from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django_countries import countries

from companies import queries as companies
from companies.labels import AREAS, words
from companies.models import Company, Project
from companies.queries.care import owners_in_use, tags_in_use
from companies.queries.mirror import NOBODY
from usage.controls import Choice, query_with
from usage.figures import Selection
from usage.metrics import Words
from usage.queries.series import companies_of, kinds_of_companies, projects_matching

# What the filters themselves send, and what a new filter starts afresh.
OF_THE_FORM = ("find", "project", "currency", "provisional", "tag", "area", "country", "owner", "page")
OF_COMPANIES = ("company", "project", "tag", "area", "country")
NOBODY_WORDS = {
    "tag": gettext_lazy("No company has the tag “%(name)s”."),
    "area": gettext_lazy("No company is in the area “%(name)s”."),
    "country": gettext_lazy("No company is in the country “%(name)s”."),
}
MOST_SUGGESTIONS = 200
MOST_MATCHES = 20


@dataclass(frozen=True, kw_only=True)
class Owner:
    """Whose figures a page shows; without a company, everybody's. `unknown` is an ID that Agora never listed."""

    company: Company | None = None
    project: Project | None = None
    unknown: str = ""

    @property
    def words(self) -> str:
        if self.project:
            return f"{self.project.name or self.project.project_id} ({self.project.company.name})"
        return (self.company.name or self.company.company_id) if self.company else _("all companies")


@dataclass(frozen=True, kw_only=True)
class Kind:
    """One thing that companies are chosen by: the parameter, what can be chosen, and what is, `used` by any company."""

    name: str
    label: Words
    options: Sequence[tuple[str, Words]]
    chosen: str
    chosen_words: Words
    without: str
    used: bool = True


class Chip(NamedTuple):
    """One thing that figures are narrowed down by, with the address without it."""

    label: Words
    words: Words
    query: str


@dataclass(frozen=True, kw_only=True)
class Narrowing:
    """What kind of companies a page is narrowed down to."""

    kinds: Sequence[Kind]

    @property
    def chosen(self) -> list[Kind]:
        return [kind for kind in self.kinds if kind.chosen]

    def words_of(self, owner: Owner) -> str:
        """Whose figures these are."""
        if owner.company or not self.chosen:
            return owner.words
        kinds = ", ".join(f"{kind.label}: {kind.chosen_words}" for kind in self.chosen)
        return _("all companies (%(kinds)s)") % {"kinds": kinds}

    def chips(self, params: QueryDict, owner: Owner) -> list[Chip]:
        """Whatever can be taken away again, each by itself."""
        found = [Chip(label=kind.label, words=kind.chosen_words, query=kind.without) for kind in self.chosen]
        if owner.project:
            name = owner.project.name or owner.project.project_id
            found.insert(0, Chip(label=_("Project"), words=name, query=query_with(params, project=None)))
        if owner.company:
            name = owner.company.name or owner.company.company_id
            without = query_with(params, company=None, project=None)
            found.insert(0, Chip(label=_("Company"), words=name, query=without))
        return found


class OfKind(Protocol):
    """A question that can be narrowed down to a kind of companies."""

    @property
    def company_id(self) -> str: ...
    @property
    def tag(self) -> str: ...
    @property
    def area(self) -> str: ...
    @property
    def country(self) -> str: ...


def narrowing_of(params: QueryDict, selection: OfKind) -> Narrowing:
    """The tags, areas and countries that companies have, and which of them the address names."""
    tags: list[tuple[str, Words]] = [(tag.key, tag.name) for tag in tags_in_use()]
    areas: list[tuple[str, Words]] = [(code, words(AREAS, code)) for code in kinds_of_companies("area")]
    places: list[tuple[str, Words]] = [
        (code, str(countries.name(code)) or code) for code in kinds_of_companies("country")
    ]
    offered = (
        ("tag", _("Tag"), tags, selection.tag),
        ("area", _("Area"), areas, selection.area),
        ("country", _("Country"), sorted(places, key=lambda option: str(option[1])), selection.country),
    )
    # One company is of one kind already.
    found = [one for one in offered if one[3] or (one[2] and not selection.company_id)]
    return Narrowing(kinds=[_kind(params, *one) for one in found])


def with_owners(params: QueryDict, narrowing: Narrowing, chosen: str) -> Narrowing:
    """What a page is narrowed down to, where it can be to whom somebody looks after as well."""
    people: list[tuple[str, Words]] = [(f"{person.pk}", f"{person}") for person in owners_in_use()]
    if not chosen and not (people and narrowing.kinds):
        return narrowing
    owner = _kind(params, "owner", _("Owner"), [(NOBODY, _("Nobody")), *people], chosen)
    return Narrowing(kinds=[*narrowing.kinds, owner])


def _kind(params: QueryDict, name: str, label: Words, options: list[tuple[str, Words]], chosen: str) -> Kind:
    named = dict(options).get(chosen, chosen)
    every = options if not chosen or chosen in dict(options) else [*options, (chosen, named)]
    without = query_with(params, **{name: None})
    used = chosen in dict(options)
    return Kind(name=name, label=label, options=every, chosen=chosen, chosen_words=named, without=without, used=used)


class Nobody(NamedTuple):
    """Why there is no company to show, and the address without what it is due to."""

    words: str
    clear_url: str


def nobody_of(params: QueryDict, selection: Selection, narrowing: Narrowing, owner: Owner) -> Nobody | None:
    """What to say where a page is narrowed down to companies that do not exist; None where there are some."""
    if not narrowing.chosen or companies_of(selection).exists():
        return None
    unused = next((kind for kind in narrowing.chosen if not kind.used), None)
    if unused or (len(narrowing.chosen) == 1 and not owner.company):
        kind = unused or narrowing.chosen[0]
        words = NOBODY_WORDS[kind.name] % {"name": kind.chosen_words}
        return Nobody(words=words, clear_url=kind.without)
    all_of_it = ", ".join(f"{chip.label}: {chip.words}" for chip in narrowing.chips(params, owner))
    clear_url = query_with(params, **dict.fromkeys(OF_COMPANIES))
    return Nobody(words=_("No company is all of this: %(kinds)s.") % {"kinds": all_of_it}, clear_url=clear_url)


def owner_of(company_id: str, project_id: str) -> Owner:
    """The company or project that a page's address names."""
    company = companies.company(company_id) if company_id else None
    project = companies.project_of(company_id, project_id) if company and project_id else None
    known = bool(company or not company_id) and bool(project or not project_id)
    return Owner(company=company, project=project, unknown="" if known else project_id or company_id)


def searched(params: QueryDict) -> str:
    """What was typed into the search field; no database takes NUL in a text."""
    return params.get("find", "").replace("\x00", "").strip()


def matches(find: str) -> list[Company]:
    """The companies that somebody may mean: the one with exactly this ID, else those with it in their name or ID."""
    exact = companies.company(find)
    return [exact] if exact else list(companies.by_id(companies.companies_matching(search=find))[:MOST_MATCHES])


def matching_projects(find: str) -> list[Project]:
    """The projects that somebody may mean: those with exactly this ID, else those with it in their name."""
    exact = projects_matching(find, exact=True)[:MOST_MATCHES]
    return list(exact or projects_matching(find)[:MOST_MATCHES])


def suggestions() -> list[Company]:
    """Companies to choose from while typing, as long as they are few enough to send along."""
    found = list(companies.by_id(companies.companies_matching())[: MOST_SUGGESTIONS + 1])
    return found if len(found) <= MOST_SUGGESTIONS else []


def filter_context(params: QueryDict, owner: Owner) -> dict[str, Any]:
    """Whose figures, and whose else they could be: what the filters of a page need."""
    find = searched(params)
    return {
        "find": find,
        "matches": _choices(params, find) if find else [],
        "suggestions": suggestions(),
        "kept": [(name, value) for name, value in params.items() if name not in OF_THE_FORM],
        "owner": owner,
        "projects": list(owner.company.projects.order_by("name", "project_id")) if owner.company else [],
        "without_company": query_with(params, company=None, project=None, find=None),
        "without_project": query_with(params, project=None),
    }


def _of_company(params: QueryDict, company: Company) -> str:
    return query_with(params, company=company.company_id, project=None, find=None)


def _of_project(params: QueryDict, project: Project) -> str:
    return query_with(params, company=project.company.company_id, project=project.project_id, find=None)


def _choices(params: QueryDict, find: str) -> list[Choice]:
    """Whom a search may mean, companies first; the ID of a company means nothing else."""
    found = matches(find)
    named = [Choice(label=f"{one.name} ({one.company_id})", query=_of_company(params, one)) for one in found]
    if [one.company_id for one in found] == [find]:
        return named
    return named + [
        Choice(label=f"{one.company.name}: {one.name} ({one.project_id})", query=_of_project(params, one))
        for one in matching_projects(find)
    ]


def only_match(params: QueryDict) -> str:
    """The query string of the one company or project that was searched for; '' when it is not one."""
    found = _choices(params, find) if (find := searched(params)) else []
    return found[0].query if len(found) == 1 else ""
