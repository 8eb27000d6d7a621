"""The list of kept answers on the page of a day, in a browser: bright and dark, on a desk and on a phone."""

import datetime as dt
from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.utils import timezone
from playwright.sync_api import Page
from pytest_django.live_server_helper import LiveServer

from accounts.models import Person
from agora.transport import RawAnswer
from polling.periods import utc_day
from polling.services.raw import Keeper
from tests.browser.test_every_page import DESK, PHONE, faults


def keep_pages_of(day: dt.date) -> None:
    keeper = Keeper()
    for number, status in ((1, 200), (2, 200), (3, 500)):
        path = f"/v1/resellers/companies/daily-bills?period={day:%Y%m%d}&pageNumber={number}"
        body = f'{{"pageNumber": {number}}}'.encode()
        keeper.keep(RawAnswer(path=path, status=status, request_id=f"{number}" * 36, body=body))
    keeper.note()


def test_kept_answers_read_well_and_are_downloaded(
    page: Page,
    live_server: LiveServer,
    sign_in: Callable[..., Person],
    axe: Callable[[Page], list[str]],
    settings: Any,
    tmp_path: Path,
) -> None:
    settings.RAW_ANSWERS = tmp_path
    sign_in("admin")
    day = utc_day(timezone.now()) - dt.timedelta(days=3)
    keep_pages_of(day)
    found = []
    for theme, size in (("light", DESK), ("dark", PHONE)):
        page.context.add_cookies([{"name": settings.THEME_COOKIE_NAME, "value": theme, "url": live_server.url}])
        page.set_viewport_size(size)
        page.goto(f"/polling/daily-bills/{day}/")
        found += [*axe(page), *faults(page)]
    assert found == []
    with page.expect_download() as download:
        page.get_by_role("link", name="Download").first.click()
    assert download.value.suggested_filename == f"daily-bills-{day}-page-3-{'3' * 36}.txt"
    assert Path(download.value.path()).read_text() == '{"pageNumber": 3}'
