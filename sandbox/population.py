"""Who lives in a new world: believable companies of every size, each with its story, and their projects."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from agora.vocabulary import Business, Environment, Industry, Interest, Model
from sandbox.companies import Company, Project
from sandbox.figures import RTC, TRANSCODING, Pair, Rhythm, mixed

FIRST_COMPANY_ID = 10001
FIRST_PROJECT_NUMBER = 20001
PRODUCTS: dict[str, tuple[Pair, int]] = {
    "V": (RTC, 1000),
    "R": ((Business.RECORDING, Model.DURATION), 140),
    "C": ((Business.CLOUD_RECORDING, Model.DURATION), 230),
    "M": ((Business.MINIAPP, Model.DURATION), 310),
    "T": (TRANSCODING, 90),
    "A": ((Business.RTM, Model.COUNTER), 420),
}


@dataclass(frozen=True)
class Role:
    """One member of the cast: RTC `minutes` of a weekday now, growing by `growth` permille every 30 days.

    `products` are letters of PRODUCTS; `joined`, `stopped` and `exploded` are days before the world's first day.
    """

    name: str
    country: str
    industry: Industry
    minutes: int
    growth: int
    projects: int
    products: str
    status: int = 0
    joined: int = 700
    stopped: int | None = None
    exploded: int | None = None


CAST = (
    Role("Lighthouse Tutors", "US", Industry.EDUCATION, 184_000, 35, 4, "VRCA"),
    Role("星河直播", "CN", Industry.LIVE_BROADCAST, 2_450_000, 48, 8, "VTM"),
    Role("Nimbus Games", "SE", Industry.GAMING, 612_000, -12, 5, "VTA"),
    Role("مدرسة النور", "AE", Industry.EDUCATION, 41_500, 60, 3, "VR"),
    Role("Tiny Robot Lab", "NL", Industry.AR_VR_AI, 38, 5, 1, "V"),
    Role("Old Harbour Radio", "GB", Industry.SOCIAL, 57_000, -20, 2, "V", stopped=74),
    Role("Rocketeer Live", "SG", Industry.LIVE_BROADCAST, 21_000, 15, 3, "VCT", joined=210, exploded=11),
    Role("小鱼陪练", "CN", Industry.EDUCATION, 96_000, 22, 2, "VC", status=1),
    Role("🎤 Karaoke Night", "KR", Industry.SOCIAL, 305_000, 90, 4, "VCA"),
    Role("Praxis Telehealth", "DE", Industry.MEDICAL_AND_HEALTH, 12_800, 18, 2, "VR"),
    Role("MercadoVivo", "BR", Industry.E_COMMERCE, 73_000, 110, 3, "VM", joined=260),
    Role("云课堂教育科技有限公司", "CN", Industry.EDUCATION, 1_120_000, 8, 6, "VCM"),
    Role("Kōhaku Studios", "JP", Industry.GAMING, 148_000, 0, 2, "VA"),
    Role("Boreal Bank", "CA", Industry.FINANCE, 3_900, 4, 1, "V"),
    Role("שיעור פרטי", "IL", Industry.EDUCATION, 8_400, 30, 2, "V"),
    Role("Pulse Fitness", "AU", Industry.SOCIAL, 26_000, -45, 2, "V", status=2, stopped=19),
    Role("Greyline Security", "ZA", Industry.IOT, 17_500, 10, 3, "V", status=3),
    Role("O'Neill & Söhne GmbH", "AT", Industry.CONTACT_CENTER, 33_000, -6, 3, "VR"),
    Role("Blank Slate Inc.", "US", Industry.OTHER, 0, 0, 0, ""),
    Role("Unused Potential", "FR", Industry.SOFTWARE_OUTSOURCING, 0, 0, 2, "", joined=90),
    Role("भाषा मित्र", "IN", Industry.EDUCATION, 218_000, 140, 3, "VCM", joined=320),
    Role("ห้องเรียนสด", "TH", Industry.EDUCATION, 64_000, 26, 2, "VR"),
    Role("Agence Événementielle Lyonnaise & Fils", "FR", Industry.ENTERPRISE, 5_600, 12, 2, "V"),
    Role("Ярмарка Онлайн", "KZ", Industry.CALL_CENTER, 29_000, 40, 2, "V"),
)

HOSTILE_NAMES = (
    "<script>alert(1)</script>",
    '=HYPERLINK("http://example.com","x")',
    "+1+1",
    "-2+3",
    "@SUM(A1:A9)",
    "\u202eevil\u202c right-to-left",
    "شركة \u200fالاختبار",
    "👩‍👩‍👧‍👦 family 🇺🇳",
    "{{ 7 * 7 }} {% now %}",
    "'; DROP TABLE company; --",
    '"quoted", comma; semicolon',
    "two\nlines\tand a tab",
    "</script><img src=x onerror=alert(2)>",
    "e\u0301 is not \u00e9",
    "&lt;b&gt; &amp; %00 %s {0}",
    "x" * 300,
)
PROJECT_NAMES = ("Production", "Staging", "Classroom", "Live Shows", "移动端", "Support Desk", "Beta 🚀", "Archive")
SIZES = (560, 210, 110, 60, 30, 16, 9, 5)
_WORDS = ("Amber", "Cobalt", "Delta", "Echo", "Fable", "Granite", "Harbor", "Juniper", "Kestrel", "Lumen")
_LETTERS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
_SIGNS = _LETTERS + "0123456789"


@dataclass(frozen=True, kw_only=True)
class Population:
    """The recipe of a world: everything follows from the seed and `born`, the day of its first start.

    `epoch` is the first day with figures; `projects` overrides the number of projects where it is not 0.
    """

    seed: int
    born: date
    epoch: date
    projects: int = 0
    hostile: bool = False

    def company(self, place: int) -> Company:
        """The company at a place, counted from 0."""
        role = self._role(place)
        chance = mixed(self.seed, place)
        return Company(
            id=FIRST_COMPANY_ID + place,
            place=place,
            name=HOSTILE_NAMES[place % len(HOSTILE_NAMES)] if self.hostile else role.name,
            email=f"owner-{FIRST_COMPANY_ID + place}@example.com",
            country=role.country,
            area="CN" if role.country == "CN" else "Non-CN",
            app_limit=max(10, self._count(role) + 2),
            member_limit=10 + chance % 40,
            industry=int(role.industry),
            interest=1 + chance % len(Interest),
            environment=1 + (chance >> 8) % len(Environment),
            status=role.status,
        )

    def projects_at(self, place: int) -> list[Project]:
        """The projects of the company at a place, in the order of their making."""
        role = self._role(place)
        return [self._project(place, role, index) for index in range(self._count(role))]

    def _role(self, place: int) -> Role:
        return CAST[place] if place < len(CAST) else self._stranger(place)

    def _count(self, role: Role) -> int:
        return self.projects or role.projects if role.projects else 0

    def _stranger(self, place: int) -> Role:
        """A company beyond the cast: its size anything from a hundred to a million minutes a day."""
        chance = mixed(self.seed, place, 7)
        name = f"{_WORDS[chance % 10]} {_WORDS[chance // 10 % 10]} {place + 1}"
        country = ("US", "CN", "DE", "IN", "BR")[chance % 5]
        minutes = 10 ** (2 + chance % 4) * (1 + (chance >> 9) % 9)
        products = "V" + "".join(letter for at, letter in enumerate("RCMTA") if (chance >> 20 + 3 * at) % 6 == 0)
        industry = Industry(1 + chance % len(Industry))
        return Role(name, country, industry, minutes, (chance >> 12) % 160 - 50, 1 + (chance >> 16) % 8, products)

    def _project(self, place: int, role: Role, index: int) -> Project:
        chance = mixed(self.seed, place, index, 3)
        made = role.joined if index == 0 else 25 + chance % max(1, role.joined - 25)
        created = datetime.combine(self.born - timedelta(days=made), time(9), UTC)
        created += timedelta(milliseconds=chance % 30_000_000)
        deleted, disabled = place % 8 == 1 and index == 5, place % 8 == 2 and index == 3
        names = HOSTILE_NAMES if self.hostile else PROJECT_NAMES
        return Project(
            id=self._project_id(place, index),
            number=FIRST_PROJECT_NUMBER + 100 * place + index,
            company_id=FIRST_COMPANY_ID + place,
            name=names[(place + index if self.hostile else index) % len(names)],
            status=-1 if deleted else 0 if disabled else 1,
            created=created,
            rhythm=self._rhythm(role, created.date(), chance, index, stopped=40 if deleted or disabled else None),
        )

    def _project_id(self, place: int, index: int) -> str:
        """Six signs after `u_`; some ids begin with a dash, some differ from their neighbour only by case."""
        if place % 4 == 1 and index == 1:
            return "u_" + self._project_id(place, 0)[2:].swapcase()
        chance = mixed(self.seed, place, index, 5)
        signs = _LETTERS[chance % 52] + "".join(_SIGNS[(chance >> 6 * at) % 62] for at in range(1, 6))
        return ("-" if place % 4 == 2 and index == 1 else "u_") + signs

    def _rhythm(self, role: Role, created: date, chance: int, index: int, *, stopped: int | None) -> Rhythm:
        born = self.born.toordinal()
        ended = stopped if stopped is not None else role.stopped
        products = [letter for letter in role.products if index == 0 or letter == "V" or chance % 3]
        return Rhythm(
            seed=chance,
            minutes=max(1, role.minutes * SIZES[index % len(SIZES)] // 1000) if role.minutes else 0,
            growth=role.growth,
            anchor=born,
            begins=max(created.toordinal() + 1, self.epoch.toordinal()),
            ends=None if ended is None else born - ended,
            explodes=None if role.exploded is None else born - role.exploded,
            shares=dict(PRODUCTS[letter] for letter in products),
        )
