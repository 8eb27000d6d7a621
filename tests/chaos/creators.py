"""People who create through the forms of the portal, some of them twice, in two tabs, or with changed values."""

import random
import threading
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from agora.vocabulary import Region, UapType
from sandbox.api import Sandbox
from sandbox.companies import Company
from tests.chaos.browser import Answer, Browser

HABITS = {"once": 60, "double click": 13, "two tabs": 9, "changed values": 6, "back button": 12}


@dataclass(frozen=True, kw_only=True)
class Wish:
    """Something that a person wants to exist: the path of its form and what is typed into it."""

    kind: str
    path: str
    typed: dict[str, str]

    def changed(self) -> dict[str, str]:
        """Other values for the same form."""
        return (
            self.typed
            | {
                "company": {"member_limit": "99"},
                "project": {"name": f"{self.typed.get('name')} changed"},
                "uap-service": {"region": "2" if self.typed.get("region") == "1" else "1"},
            }[self.kind]
        )


@dataclass(frozen=True, kw_only=True)
class Sent:
    """One form that was sent, by its token; `operations` are the numbers that it was answered with."""

    token: str
    wish: Wish
    operations: frozenset[int]
    statuses: frozenset[int]


@dataclass(kw_only=True)
class Ledger:
    """What the creators remember together."""

    sent: list[Sent] = field(default_factory=list)
    habits: Counter[str] = field(default_factory=Counter)
    answers: Counter[str] = field(default_factory=Counter)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def note(self, token: str, wish: Wish, answers: Sequence[Answer | None]) -> None:
        """Remember a form and every answer to it."""
        numbers = frozenset(answer.operation for answer in answers if answer and answer.operation)
        statuses = frozenset(answer.status for answer in answers if answer)
        with self.lock:
            self.sent.append(Sent(token=token, wish=wish, operations=numbers, statuses=statuses))
            self.answers.update(str(answer.status) if answer else "none" for answer in answers)


def found_world(sandbox: Sandbox, *, creates: int) -> list[str]:
    """Companies without a limit and projects for services, there before the portal; gives the paths of the projects."""
    paths = []
    for _company in range(3):
        company = sandbox.world.create_company(_founded)
        for number in range(creates // 24 + 2):
            project = sandbox.world.create_project(company, f"Base {number}")
            paths.append(f"/companies/{company.id}/projects/{project.id}")
    return paths


def _founded(new_id: int, place: int) -> Company:
    return Company(
        id=new_id,
        place=place,
        name=f"Founded {place}",
        email=f"founded{place}@base.example",
        country="DE",
        area="Non-CN",
        app_limit=1_000_000,
    )


def wishes(*, projects: Sequence[str], creates: int, chance: random.Random) -> Iterator[Wish]:
    """So many wishes of all kinds; some companies are called alike, as branches of one firm are."""
    services = [(path, type_id, region) for path in projects for type_id in UapType for region in Region]
    chance.shuffle(services)
    companies = sorted({path.rpartition("/projects/")[0] for path in projects})
    for number in range(creates):
        kind = chance.choice(["company", "company", "project", "project", "service"])
        if kind == "service" and services:
            path, type_id, region = services.pop()
            typed = {"type_id": str(type_id.value), "region": str(region.value)}
            yield Wish(kind="uap-service", path=f"{path}/uap/enable/", typed=typed)
        elif kind == "project":
            path = f"{chance.choice(companies)}/projects/create/"
            yield Wish(kind="project", path=path, typed={"name": f"Project {number}"})
        else:
            yield company_wish(number, chance)


def company_wish(number: int, chance: random.Random) -> Wish:
    """A company; every tenth bears the name and all values of another one."""
    name = f"Firm {number}" if chance.random() < 0.9 else "Branch"
    typed = {
        "company_name": name,
        "email": f"owner{number}@firm.example",
        "first_name": "Ann",
        "last_name": f"Doe {number}",
        "country": "DE",
        "area": "Non-CN",
        "app_limit": "7",
        "member_limit": "8",
        "industry": "3",
        "interest": "2",
        "environment": "4",
    }
    return Wish(kind="company", path="/companies/create/", typed=typed)


@dataclass(kw_only=True)
class Creator:
    """One person with a browser, who works off wishes until none is left."""

    browser: Browser
    ledger: Ledger
    chance: random.Random
    pause: float

    def work(self, next_wish: Callable[[], Wish | None], ended: threading.Event) -> None:
        """Create until nothing is wished any more or the time is up."""
        while not ended.is_set() and (wish := next_wish()):
            self.fulfil(wish)
            ended.wait(self.chance.uniform(0, 2 * self.pause))

    def fulfil(self, wish: Wish) -> None:
        """Open the form and send it, in one of the ways that people have."""
        (habit,) = self.chance.choices(list(HABITS), weights=list(HABITS.values()))
        values = self._filled(wish)
        if values is None:
            return
        with self.ledger.lock:
            self.ledger.habits[habit] += 1
        answers: list[Answer | None] = []
        if habit == "double click":
            first = threading.Thread(target=lambda: answers.append(self.browser.once(wish.path, values)))
            first.start()
            answers.append(self.browser.post(wish.path, values))
            first.join()
        else:
            answers.append(self.browser.post(wish.path, values))
        self._repeat(habit, wish, values, answers)
        self.ledger.note(values["form_token"], wish, answers)

    def _repeat(self, habit: str, wish: Wish, values: dict[str, str], answers: list[Answer | None]) -> None:
        if habit == "two tabs" and (second := self._filled(wish)):
            self.ledger.note(second["form_token"], wish, [self.browser.post(wish.path, second)])
        elif habit == "changed values":
            changed = self.browser.post(wish.path, values | wish.changed())
            assert changed.status == 409, f"a used form with other values was answered {changed.status}"
        elif habit == "back button":
            answers.append(self.browser.post(wish.path, values))

    def _filled(self, wish: Wish) -> dict[str, str] | None:
        """The form with its hidden fields, as it was shown, and what is typed; None where it cannot be shown."""
        page = self.browser.open(wish.path)
        hidden = next((button.values for button in page.buttons() if "form_token" in button.values), None)
        if hidden is None:
            with self.ledger.lock:
                self.ledger.answers[f"no form, {page.status}"] += 1
            return None
        return {name: hidden[name] for name in ("csrfmiddlewaretoken", "form_token")} | wish.typed
