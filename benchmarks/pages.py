"""The pages people live in, by the whole of the data set: milliseconds in the portal's process, bytes, queries."""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Iterator
from urllib.parse import urlencode

import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext, override_settings

import benchmarks.ready  # noqa: F401 - before the apps' tables are imported
from accounts.models import Person, Role
from benchmarks import portfolio, season
from benchmarks.table import SCALE, Line, at_most, figure
from polling.periods import DAY

NOW = dt.datetime.combine(season.LAST + DAY, dt.time(9), dt.UTC)
COMPANY = season.active(1)[0]
PROJECT = f"{1_000_000 + 10 * (int(COMPANY) - 10000) + 1}"
MOST_MILLISECONDS = 300
MOST_BYTES = 60_000


def usage(**asked: str) -> str:
    """An address of the usage explorer."""
    return "/usage/?" + urlencode({"product": "video-audio", **asked})


NINETY = {"since": f"{season.LAST - 89 * DAY}", "until": f"{season.LAST}"}
YEAR = {"since": f"{season.LAST - 364 * DAY}", "until": f"{season.LAST}"}
PAGES = {
    "overview": "/",
    "companies": "/companies/",
    "companies by what they cost": "/companies/?sort=-amount_USD",
    "companies by minutes": "/companies/?sort=-minutes",
    "companies found while typing": "/companies/?q=99",
    "movers": "/movers/",
    "movers of four weeks": "/movers/?period=28d",
    "movers against last year": "/movers/?compare=year",
    "company": f"/companies/{COMPANY}/",
    "project": f"/companies/{COMPANY}/projects/{PROJECT}/",
    "usage of all": usage(),
    "usage of all, 90 days": usage(**NINETY),
    "usage of all, a year": usage(**YEAR),
    "usage by company, 90 days": usage(**NINETY, group="company"),
    "usage by company, 90 days, compared": usage(**NINETY, group="company", compare="previous"),
    "usage by company, a year by month": usage(**YEAR, group="company", interval="monthly"),
    "usage by company, a year by month, compared": usage(
        **YEAR, group="company", interval="monthly", compare="previous"
    ),
    "usage by company, 90 days by week": usage(**NINETY, group="company", interval="weekly"),
    "usage by project, 90 days": usage(**NINETY, group="project"),
    "usage of a country, 90 days": usage(**NINETY, country="DE"),
    "usage of a country by company, 90 days, compared": usage(
        **NINETY, country="DE", group="company", compare="previous"
    ),
    "usage of a company": usage(company=COMPANY),
    "usage of a company by project, a year": usage(**YEAR, company=COMPANY, group="project"),
    "bills": "/bills/",
    "bills of a year": f"/bills/?{urlencode(YEAR)}",
    "polling": "/polling/",
}
CHARTS = {
    "usage by company, a year": "/usage/chart/?" + urlencode({"product": "video-audio", **YEAR, "group": "company"}),
    "a year of all companies": "/usage/chart/?" + urlencode({"product": "video-audio", **YEAR}),
}


def measure() -> Iterator[Line]:
    """Pages over what `dashboards` made and what is added here; the goal is one of 10,000 companies."""
    portfolio.generate()
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE" if connection.vendor == "postgresql" else "ANALYZE")
    with time_machine.travel(NOW), override_settings(POLL_SINCE=season.FIRST, ALLOWED_HOSTS=["*"]):
        browser = signed_in()
        for name, address in PAGES.items():
            took, queries, _ = fetch(browser, address)
            what = f"page of {name} ({queries} queries): milliseconds"
            yield at_most("", what, took, MOST_MILLISECONDS) if SCALE >= 1 else figure(what, f"{took:.0f}")
        for name, address in CHARTS.items():
            took, queries, size = fetch(browser, address)
            yield figure(f"chart of {name} ({queries} queries): milliseconds", f"{took:.0f}")
            yield at_most("", f"chart of {name}: bytes", size, MOST_BYTES)


def signed_in() -> Client:
    """A browser in which an admin is signed in."""
    browser = Client()
    browser.force_login(Person.objects.create_user("bench@example.com", None, role=Role.ADMIN))
    session = browser.session
    session.update({"began_at": int(NOW.timestamp()), "seen_at": int(NOW.timestamp())})
    session.save()
    return browser


def fetch(browser: Client, address: str) -> tuple[float, int, int]:
    """The best of three: milliseconds; then how many queries, and how many bytes."""
    times = []
    for _ in range(3):
        started = time.perf_counter()
        answer = browser.get(address)
        times.append(time.perf_counter() - started)
        if answer.status_code != 200:
            raise RuntimeError(f"{address} answers {answer.status_code}")
    with CaptureQueriesContext(connection) as queries:
        browser.get(address)
    return 1000 * min(times), len(queries), len(answer.content)
