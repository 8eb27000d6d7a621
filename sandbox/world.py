"""The companies, projects and services that exist in a sandbox, and everything that changes them."""

import secrets
import string
import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import timedelta

from sandbox.clock import Clock
from sandbox.companies import Company, Project, UapService
from sandbox.options import Options
from sandbox.population import FIRST_COMPANY_ID, Population
from sandbox.state import State, load_state, save_state

DAYS_WITH_FIGURES = 400
_ID_SIGNS = string.ascii_letters + string.digits


class EmailUsed(Exception):
    """Another company has this e-mail address already."""


class LimitReached(Exception):
    """The company has as many projects as its limit allows."""


class World:
    """Holds what exists; lists are in the order of making until something is moved. Safe between threads.

    `list_lag` is how many seconds something created from now on stays out of the lists; `version` counts
    the changes, for those who cache what follows from the world.
    """

    def __init__(self, options: Options, clock: Clock) -> None:
        self.clock = clock
        self.list_lag = options.list_lag
        self.version = 0
        self.services: list[UapService] = []
        self._lock = threading.RLock()
        self._path = options.state
        self._companies: dict[int, Company] = {}
        self._projects: dict[int, list[Project]] = {}
        self._order: list[int] = []
        self._hidden: dict[int | str, float] = {}
        self._ready: dict[str, float] = {}
        self._uap_delay = options.uap_delay
        self._repeated_emails = options.repeated_emails
        self._made_companies: set[int] = set()
        self._made_projects: set[str] = set()
        self._statuses: dict[int, int] = {}
        kept = load_state(options.state) if options.state else None
        self.born = kept.born if kept else clock.today()
        long_ago = self.born - timedelta(days=DAYS_WITH_FIGURES)
        self.epoch = options.epoch or (kept.epoch if kept else long_ago)
        self._population = Population(
            seed=options.seed,
            born=self.born,
            epoch=self.epoch,
            projects=options.projects,
            hostile=options.names == "hostile",
        )
        self.add_companies(options.companies)
        if kept:
            self._restore(kept)
        self._changed()

    # --- What there is ---------------------------------------------------------------------------------

    def company(self, company_id: int) -> Company | None:
        """The company with this id, listed yet or not."""
        return self._companies.get(company_id)

    def companies(self) -> list[Company]:
        """Every company, hidden ones too, by id."""
        return [self._companies[company_id] for company_id in sorted(self._companies)]

    def projects(self, company_id: int) -> list[Project]:
        """Every project of a company, deleted and hidden ones too, in the list's order."""
        return list(self._projects.get(company_id, ()))

    def project(self, company_id: int, project_id: str) -> Project | None:
        """The project with exactly this id, upper and lower case told apart."""
        return next((project for project in self.projects(company_id) if project.id == project_id), None)

    def listed_companies(self) -> list[Company]:
        """What the company list shows now."""
        return [self._companies[company_id] for company_id in list(self._order) if self._is_listed(company_id)]

    def listed_projects(self, company_id: int) -> list[Project]:
        """What the project list of a company shows now."""
        return [project for project in self.projects(company_id) if self._is_listed(project.id)]

    def takes_services(self, project: Project) -> bool:
        """Whether a new project has been spread far enough for UAP services to be enabled."""
        return self._ready.get(project.id, 0.0) <= time.monotonic()

    # --- What calls change -----------------------------------------------------------------------------

    def create_company(self, make: Callable[[int, int], Company]) -> Company:
        """Add the company that `make` builds from an id and a place; raises EmailUsed."""
        with self._lock:
            place = self._next_place()
            company = make(FIRST_COMPANY_ID + place, place)
            if not self._repeated_emails and self._has_email(company.email):
                raise EmailUsed
            self._add(company, ())
            self._made_companies.add(company.id)
            self._hide_new(company.id)
            self._changed()
            return company

    def create_project(self, company: Company, name: str) -> Project:
        """Add a project that is enabled, silent and made now; raises LimitReached."""
        with self._lock:
            siblings = self._projects[company.id]
            if sum(project.status != -1 for project in siblings) >= company.app_limit:
                raise LimitReached
            project_id = "u_" + "".join(secrets.choice(_ID_SIGNS) for _ in range(6))
            number = 1 + max((project.number for project in self._everything()), default=20000)
            created = self.clock.now()
            project = Project(id=project_id, number=number, company_id=company.id, name=name, created=created)
            siblings.append(project)
            self._made_projects.add(project.id)
            self._hide_new(project.id)
            self._ready[project.id] = time.monotonic() + self._uap_delay
            self._changed()
            return project

    def enable(self, service: UapService) -> None:
        """Remember that a service was enabled; doing it again changes nothing."""
        with self._lock:
            if service not in self.services:
                self.services.append(service)
                self._changed()

    # --- What is ordered from outside --------------------------------------------------------------------

    def add_companies(self, count: int) -> list[Company]:
        """Let more companies of the population appear, with all their history."""
        with self._lock:
            first = self._next_place()
            added = [self._population.company(place) for place in range(first, first + count)]
            for company in added:
                self._add(company, self._population.projects_at(company.place))
            self.version += 1
            return added

    def take_in(self, company: Company, projects: Iterable[Project]) -> None:
        """Let a company appear, with all its projects, that nobody of the population is; again with others."""
        with self._lock:
            self._add(company, projects)
            self.version += 1

    def set_status(self, company_id: int, status: int) -> None:
        """Give a company another status; KeyError when there is no such company."""
        with self._lock:
            self._companies[company_id] = replace(self._companies[company_id], status=status)
            self._statuses[company_id] = status
            self._changed()

    def hide(self, row_id: int | str, seconds: float) -> None:
        """Keep a company or a project, by its id, out of the lists for some seconds."""
        self._hidden[row_id] = time.monotonic() + seconds

    def move_company(self, origin: int, target: int) -> None:
        """Move one row of the company list from one position to another."""
        with self._lock:
            self._order.insert(target, self._order.pop(origin))

    def move_project(self, company_id: int, origin: int, target: int) -> None:
        """Move one row of a project list from one position to another."""
        with self._lock:
            rows = self._projects[company_id]
            rows.insert(target, rows.pop(origin))

    # --- Inside ----------------------------------------------------------------------------------------

    def _has_email(self, email: str) -> bool:
        return email.casefold() in {company.email.casefold() for company in self._companies.values()}

    def _everything(self) -> Iterable[Project]:
        return (project for projects in self._projects.values() for project in projects)

    def _add(self, company: Company, projects: Iterable[Project]) -> None:
        if company.id not in self._companies:
            self._order.append(company.id)
        self._companies[company.id] = company
        self._projects[company.id] = list(projects)

    def _next_place(self) -> int:
        return max(self._companies, default=FIRST_COMPANY_ID - 1) + 1 - FIRST_COMPANY_ID

    def _is_listed(self, row_id: int | str) -> bool:
        return self._hidden.get(row_id, 0.0) <= time.monotonic()

    def _hide_new(self, row_id: int | str) -> None:
        if self.list_lag:
            self.hide(row_id, self.list_lag)

    def _restore(self, kept: State) -> None:
        for company in kept.companies:
            self._add(company, ())
            self._made_companies.add(company.id)
        for project in kept.projects:
            self._projects.setdefault(project.company_id, []).append(project)
            self._made_projects.add(project.id)
        self.services.extend(kept.services)
        for company_id, status in kept.statuses.items():
            self._companies[company_id] = replace(self._companies[company_id], status=status)
        self._statuses.update(kept.statuses)

    def _changed(self) -> None:
        self.version += 1
        if self._path:
            save_state(self._path, self._state())

    def _state(self) -> State:
        return State(
            born=self.born,
            epoch=self.epoch,
            companies=tuple(company for company in self.companies() if company.id in self._made_companies),
            projects=tuple(project for project in self._everything() if project.id in self._made_projects),
            services=tuple(self.services),
            statuses=self._statuses,
        )
