"""The daily bills: lines that follow from usage and prices, and what is changed about them afterwards."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal

from sandbox.companies import Company, Project
from sandbox.figures import mixed
from sandbox.prices import YUAN_PER_DOLLAR, billable_share, money, project_dollars
from sandbox.world import World

PUBLISHED_AFTER = timedelta(days=2)
UNLISTED_PROJECT = "10013"
UNLISTED_COMPANY = 99001
ACCOUNT_FEE = Decimal("499.5")
# Places of the world whose companies are billed in an unusual way.
FEE_PLACE, TWO_CURRENCIES_PLACE, CREDIT_PLACE = 0, 1, 2


@dataclass(frozen=True, kw_only=True)
class Line:
    """One line of a daily bill; without a project it is charged to the account."""

    company_id: int
    project_id: str | None
    amount: Decimal
    currency: str


@dataclass(frozen=True, kw_only=True)
class Revision:
    """A later change of the lines of one company and project, of `of_currency` only where it is given.

    `amount` replaces, `delta` adds, `currency` renames, `withdraw` removes, `split` makes two lines of
    one with the same sum, and `add` adds a line instead of changing those that are there.
    """

    company_id: int
    project_id: str | None
    of_currency: str | None = None
    amount: Decimal | None = None
    delta: Decimal = Decimal(0)
    currency: str | None = None
    withdraw: bool = False
    split: bool = False
    add: bool = False

    def concerns(self, line: Line) -> bool:
        """Whether this line is meant."""
        same_project = (line.company_id, line.project_id) == (self.company_id, self.project_id)
        return same_project and self.of_currency in (None, line.currency)

    def applied(self, lines: Sequence[Line]) -> list[Line]:
        """The lines as they are after the change."""
        if self.add:
            amount, currency = self.amount or Decimal(0), self.currency or "USD"
            new = Line(company_id=self.company_id, project_id=self.project_id, amount=amount, currency=currency)
            return [*lines, new]
        return [part for line in lines for part in (self._changed(line) if self.concerns(line) else (line,))]

    def _changed(self, line: Line) -> Iterator[Line]:
        if self.withdraw:
            return
        amount = (line.amount if self.amount is None else self.amount) + self.delta
        changed = replace(line, amount=amount, currency=self.currency or line.currency)
        if self.split:
            first = money(amount / 3)
            yield replace(changed, amount=first)
            changed = replace(changed, amount=amount - first)
        yield changed


@dataclass(frozen=True, kw_only=True)
class BillPage:
    """Some lines of a period's bill, and how many there are in all."""

    lines: Sequence[Line]
    total: int
    number: int
    has_more: bool


class Bills:
    """Knows the bill of every period, revisions, emptiness and moved rows included.

    A page holds `capacity` lines; `numbered` writes the projects' numbers instead of the list's ids.
    """

    def __init__(self, world: World, *, capacity: int = 1000, numbered: bool = False) -> None:
        self.capacity = capacity
        self._numbered = numbered
        self._world = world
        self._revisions: dict[date, list[Revision]] = defaultdict(list)
        self._moves: dict[date, list[tuple[int, int]]] = defaultdict(list)
        self._not_ready: set[date] = set()
        self._kept: dict[date, tuple[int, list[Line]]] = {}

    def latest(self) -> date:
        """The last period that is published."""
        return self._world.clock.today() - PUBLISHED_AFTER

    def lines(self, period: date) -> list[Line]:
        """Every line of a period in the order in which the pages show them now."""
        if period in self._not_ready or period > self.latest():
            return []
        lines = self._first_lines(period)
        for revision in self._revisions.get(period, ()):
            lines = revision.applied(lines)
        rows = list(lines)
        for origin, target in self._moves.get(period, ()):
            # A line that moved once may have been withdrawn since.
            if origin < len(rows):
                rows.insert(target, rows.pop(origin))
        return rows

    def page(self, period: date, number: int) -> BillPage:
        """The page with this number, counted from 1; beyond the last one it is empty."""
        lines = self.lines(period)
        start, end = (number - 1) * self.capacity, number * self.capacity
        return BillPage(lines=lines[start:end], total=len(lines), number=number, has_more=end < len(lines))

    def revise(self, period: date, revision: Revision) -> None:
        """Change a bill, published or not."""
        self._revisions[period].append(revision)

    def set_ready(self, period: date, ready: bool) -> None:
        """Let a day be empty because it is not ready, or be there again."""
        (self._not_ready.discard if ready else self._not_ready.add)(period)

    def move(self, period: date, origin: int, target: int) -> None:
        """Move one line of a period from one position to another, as between two pages."""
        self._moves[period].append((origin, target))

    def _first_lines(self, period: date) -> list[Line]:
        if period < self._world.epoch:
            return []
        version = self._world.version
        kept = self._kept.get(period)
        if kept is None or kept[0] != version:
            kept = self._kept[period] = (version, list(self._made_lines(period)))
        return kept[1]

    def _made_lines(self, period: date) -> Iterator[Line]:
        for company in self._world.companies():
            projects = [project for project in self._world.projects(company.id) if project.created.date() <= period]
            projects.sort(key=lambda project: project.number)
            for line in company_lines(company, projects, period):
                yield self._numbered_line(line, projects) if self._numbered else line
        amount = money(Decimal(mixed(period.toordinal(), UNLISTED_COMPANY) % 900_001) / 4096)
        yield Line(company_id=UNLISTED_COMPANY, project_id="u_gone01", amount=amount, currency="USD")

    def _numbered_line(self, line: Line, projects: Sequence[Project]) -> Line:
        numbers = {project.id: str(project.number) for project in projects}
        return replace(line, project_id=numbers.get(line.project_id or "", line.project_id))


def company_lines(company: Company, projects: list[Project], period: date) -> Iterator[Line]:
    """A company's lines of a day: its fee, its projects in one or two currencies, and what nobody listed."""
    currency = "CNY" if company.area == "CN" else "USD"
    if company.place == FEE_PLACE and period.day == 1:
        yield Line(company_id=company.id, project_id=None, amount=ACCOUNT_FEE, currency=currency)
    share = billable_share(projects, period)
    for project in projects:
        amount = project_dollars(project, period, share)
        if amount or project.status != -1:
            yield from project_lines(company, project, period, amount)
    if company.place == FEE_PLACE and projects:
        amount = money(Decimal(mixed(period.toordinal(), 10013) % 70_001) / 1024)
        yield Line(company_id=company.id, project_id=UNLISTED_PROJECT, amount=amount, currency=currency)


def project_lines(company: Company, project: Project, period: date, dollars: Decimal) -> Iterator[Line]:
    """A project's line of a day; every third day in both currencies, or now and then a credit."""
    in_yuan = company.area == "CN"
    if company.place == CREDIT_PLACE and mixed(project.rhythm.seed, period.toordinal()) % 17 == 0:
        dollars = -dollars / 8
    both = company.place == TWO_CURRENCIES_PLACE and period.day % 3 == 0
    abroad = dollars / 16 if both else Decimal(0)
    at_home = dollars - abroad
    line = Line(
        company_id=company.id,
        project_id=project.id,
        amount=money(at_home * YUAN_PER_DOLLAR if in_yuan else at_home),
        currency="CNY" if in_yuan else "USD",
    )
    yield line
    if both:
        yield replace(
            line,
            amount=money(abroad if in_yuan else abroad * YUAN_PER_DOLLAR),
            currency="USD" if in_yuan else "CNY",
        )
