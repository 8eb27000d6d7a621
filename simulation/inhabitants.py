"""Who lives in a simulated world: most companies use nothing, and who uses something uses one or two products."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from agora.vocabulary import PAIRS
from sandbox.companies import Company, Project
from sandbox.figures import RTC, Pair, Rhythm, mixed
from sandbox.population import FIRST_COMPANY_ID, FIRST_PROJECT_NUMBER, PRODUCTS

SHARES = dict(PRODUCTS.values())
OTHERS = tuple(pair for pair in PAIRS if pair != RTC)
IN_USE = 2  # projects that use a product their company uses
_SIGNS = "abcdefghijklmnopqrstuvwxyz"


@dataclass(frozen=True, kw_only=True)
class Inhabitants:
    """The recipe: everything follows from the seed.

    `active` and `waking` are shares of the companies: those that use something from `since` on, and those that
    begin on some day after `start`, up to `until`.
    """

    seed: int
    since: dt.date
    start: dt.date
    until: dt.date
    projects: int = 5
    active: float = 0.3
    waking: float = 0.03

    def company(self, place: int) -> Company:
        """The company at a place, counted from 0."""
        return Company(
            id=FIRST_COMPANY_ID + place,
            place=place,
            name=f"Company {place + 1}",
            email=f"owner-{place}@example.com",
            country="CN" if place % 4 == 3 else "US",
            area="CN" if place % 4 == 3 else "Non-CN",
        )

    def projects_at(self, place: int, born: dt.date | None = None) -> list[Project]:
        """Its projects; those of a company that is `born` while the time goes on use nothing before."""
        begins = self._begins(place, born)
        pairs = self.pairs_at(place) if begins else ()
        return [self.project(place, index, self.used_by(place, index, pairs), begins, born) for index in self._indexes]

    def project(
        self, place: int, index: int, pairs: tuple[Pair, ...], begins: dt.date | None, born: dt.date | None = None
    ) -> Project:
        """One project of a company, which uses these products from a day on."""
        chance = mixed(self.seed, place, index, 11)
        letters = "".join(_SIGNS[(chance >> 5 * at) % 26] for at in range(4))
        created = born or self.since - dt.timedelta(days=30)
        return Project(
            id=f"u_{letters}{place}x{index}",
            number=FIRST_PROJECT_NUMBER + 100 * place + index,
            company_id=FIRST_COMPANY_ID + place,
            name=f"Project {index + 1}",
            created=dt.datetime.combine(created, dt.time(), dt.UTC),
            rhythm=Rhythm(
                seed=chance,
                minutes=20_000 + chance % 400_000 if pairs else 0,
                growth=chance % 60 - 20,
                anchor=self.start.toordinal(),
                begins=begins.toordinal() if begins else 0,
                shares={pair: SHARES[pair] for pair in pairs},
            ),
        )

    def pairs_at(self, place: int) -> tuple[Pair, ...]:
        """The products a company uses: one, and every second company another one."""
        chance = mixed(self.seed, place, 13)
        first = RTC if chance % 10 < 7 else OTHERS[chance // 10 % len(OTHERS)]
        second = next(pair for pair in PAIRS[chance // 70 % len(PAIRS) :] + PAIRS if pair != first)
        return (first, second) if chance // 7 % 2 else (first,)

    def used_by(self, place: int, index: int, pairs: tuple[Pair, ...]) -> tuple[Pair, ...]:
        """Those of the products that one project has a part in: two projects have one in each."""
        first = mixed(self.seed, place, 17) % self.projects
        return tuple(pair for at, pair in enumerate(pairs) if (index - first - at) % self.projects < IN_USE)

    def _begins(self, place: int, born: dt.date | None) -> dt.date | None:
        """The first day with usage, None for a company that never uses anything."""
        chance = mixed(self.seed, place, 19)
        share = chance % 10_000 / 10_000
        if born:
            return born + dt.timedelta(days=1) if share < 2 * self.active else None
        if share < self.active:
            return self.since
        if share < self.active + self.waking:
            return self.start + dt.timedelta(days=1 + (chance >> 20) % max(1, (self.until - self.start).days))
        return None

    @property
    def _indexes(self) -> range:
        return range(self.projects)
