"""Projects of a company: used or not, services by product and region, free minutes of the month."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from accounts.models import Person
from companies.models import Company, OperationKind, OperationState, UapService
from tests.desk.reading import number_of_queries, table, words
from tests.desk.test_company_page import operation
from tests.usage.known import at, company, covered, gap, project, rtc, used

pytestmark = pytest.mark.usefixtures("noon")

Known = Callable[..., Company]
SignedIn = Callable[..., Client]
CREATED = {"status": "1", "created": at("2026-07-05 10:00")}


def shown(browser: Client, below: str = "") -> str:
    answer = browser.get(f"/companies/10001/{below}")
    assert answer.status_code == 200
    return answer.content.decode()


def statuses(page: str) -> dict[str, str]:
    """The status of each project with its mark, by project ID."""
    return {row[1]: row[2] for row in table(page, "Project ID")}


def standings(page: str) -> list[str]:
    """What is known of each service that a project can have, on its own page."""
    return [row[1] for row in table(page, "Enabled by")]


def test_a_project_that_was_used_before_and_not_for_30_days_is_dormant(signed_in: SignedIn) -> None:
    acme = company("10001", "Acme")
    for name in ("old", "new", "gappy"):
        project(acme, name, **CREATED)
        covered("2026-07-01", "2026-09-23", company_id="10001", project_id=name)
    used("2026-08-22", company_id="10001", project_id="old", figures=rtc(audio=1))
    used("2026-08-23", company_id="10001", project_id="new", figures=rtc(audio=1))
    used("2026-07-22", company_id="10001", project_id="gappy", figures=rtc(audio=1))
    gap("2026-09-01", "2026-09-01", company_id="10001", project_id="gappy")
    page = shown(signed_in("viewer"))
    assert (statuses(page), "last on 22 Aug." in page) == (
        {"old": "Enabled Dormant", "new": "Enabled", "gappy": "Enabled"},
        True,
    )


def test_usage_of_any_product_counts(signed_in: SignedIn) -> None:
    acme = company("10001", "Acme")
    project(acme, "chat", **CREATED)
    covered("2026-07-01", "2026-09-23", company_id="10001", project_id="chat")
    used("2026-09-20", company_id="10001", project_id="chat", pair="rtm/counter", figures={"dau": 1})
    assert statuses(shown(signed_in("viewer"))) == {"chat": "Enabled"}


def test_never_used_is_said_only_where_all_days_since_its_creation_are_known(signed_in: SignedIn) -> None:
    acme = company("10001", "Acme")
    for name in ("never", "late", "gappy", "asked-no-more"):
        project(acme, name, **CREATED)
    covered("2026-07-05", "2026-09-23", company_id="10001", project_id="never")
    covered("2026-08-01", "2026-09-23", company_id="10001", project_id="late")
    covered("2026-07-01", "2026-09-23", company_id="10001", project_id="gappy")
    gap("2026-07-20", "2026-07-21", company_id="10001", project_id="gappy")
    covered("2026-07-01", "2026-09-01", company_id="10001", project_id="asked-no-more")
    assert statuses(shown(signed_in("viewer"))) == {
        "never": "Enabled Never used",
        "late": "Enabled",
        "gappy": "Enabled",
        "asked-no-more": "Enabled",
    }


def test_a_zero_that_corrected_a_figure_is_no_usage(signed_in: SignedIn) -> None:
    project(company("10001", "Acme"), "u", **CREATED)
    covered("2026-07-01", "2026-09-23", company_id="10001", project_id="u")
    used("2026-09-20", company_id="10001", project_id="u", figures=rtc(), corrected=("audioAll",))
    assert statuses(shown(signed_in("viewer"))) == {"u": "Enabled Never used"}


def test_the_page_of_a_project_bears_the_same_mark(signed_in: SignedIn) -> None:
    project(company("10001", "Acme"), "u", **CREATED)
    covered("2026-07-01", "2026-09-23", company_id="10001", project_id="u")
    assert "Never used" in words(shown(signed_in("viewer"), "projects/u/"))


def test_services_are_on_off_requested_or_unknown(signed_in: SignedIn, person: Callable[..., Person]) -> None:
    one = project(company("10001", "Acme"), "u", "Classroom")
    for region, (type_id, status) in enumerate([(1, "1"), (1, "0"), (3, "5")]):
        UapService.objects.create(
            project=one, type_id=type_id, region=region % 2 + 1, status=status, reported_at=at("2026-09-01 08:00")
        )
    for number, region in enumerate((1, 2)):
        operation(
            person("operator"),
            kind=OperationKind.UAP_SERVICE,
            project_id="u",
            payload={"type_id": 7, "region": region},
            state=[OperationState.UNCERTAIN, OperationState.REFUSED][number],
            result_remote_id=None,
            natural_key=f"{number}",
            form_token=f"4c18781f-16b2-43c5-9281-2eddfd313bd{number}",
        )
    cells = ["on", "off", "Unknown (5)", "unknown", "requested", "unknown"]
    browser = signed_in("viewer")
    assert table(shown(browser), "CDN live streaming China") == [["Classroom", *cells]]
    assert standings(shown(browser, "projects/u/")) == cells


def test_free_minutes_count_the_products_that_they_are_for(known_company: Known, signed_in: SignedIn) -> None:
    known_company("10001", "Acme")
    audience = {"audio_audience": 500, "sd_audience": 0, "hd_audience": 0, "hdp_audience": 0}
    used("2026-08-31", company_id="10001", figures=rtc(audio=9000))
    used("2026-09-01", company_id="10001", figures=rtc(audio=1000, hd=200))
    used("2026-09-02", company_id="10001", pair="recording/duration", figures=audience)
    used("2026-09-23", company_id="10001", pair="cloudRecording/duration", figures=audience)
    used("2026-09-03", company_id="10001", pair="miniapp/duration", figures={"audio_all": 7000, "video_all": 0})
    page = shown(signed_in("viewer"))
    said = (
        "Free minutes this month estimate 2,200 of 10,000 minutes 7,800 left 1 – 23 Sep UTC, with today and days that "
        "may still change; the months above count settled days alone, 1 – 21 Sep. "
        "Counted: Video & Audio, On-premise Recording and Cloud Recording."
    )
    assert (said in words(page), 'max="10000"' in page, 'value="2200"' in page) == (True, True, True)


def test_what_is_used_beyond_the_free_minutes_is_said(known_company: Known, signed_in: SignedIn) -> None:
    known_company("10001", "Acme")
    used("2026-09-01", company_id="10001", figures=rtc(audio=12345))
    assert "12,345 of 10,000 minutes 2,345 beyond" in words(shown(signed_in("viewer")))


def test_free_minutes_bear_the_unit_of_the_settings(known_company: Known, signed_in: SignedIn, settings: Any) -> None:
    settings.AGORA_DURATION_UNIT = "seconds"
    known_company("10001", "Acme")
    used("2026-09-01", company_id="10001", figures=rtc(audio=60))
    assert "60 of 600,000 seconds 599,940 left" in words(shown(signed_in("viewer")))


def test_free_minutes_say_what_is_not_known(signed_in: SignedIn) -> None:
    company("10001", "Acme")
    browser = signed_in("viewer")
    unknown = words(shown(browser))
    for pair in ("recording/duration", "cloudRecording/duration"):
        covered("2026-09-01", "2026-09-20", company_id="10001", pair=pair)
    only_others = words(shown(browser))
    covered("2026-09-01", "2026-09-20", company_id="10001", pair="default/duration")
    assert ["Free minutes this month estimate No data" in page for page in (unknown, only_others)] == [True, True]
    assert "20 of 23 days" in words(shown(browser))


def test_services_and_marks_ask_as_often_for_30_projects(signed_in: SignedIn, person: Callable[..., Person]) -> None:
    acme, browser, ann = company("10001", "Acme"), signed_in("viewer"), person("operator")

    def busy(number: int) -> None:
        project(acme, f"u_{number}", **CREATED)
        covered("2026-07-01", "2026-09-23", company_id="10001", project_id=f"u_{number}")
        used("2026-08-01", company_id="10001", project_id=f"u_{number}", figures=rtc(audio=1))
        operation(
            ann,
            kind=OperationKind.UAP_SERVICE,
            project_id=f"u_{number}",
            payload={"type_id": 7, "region": 1},
            state=OperationState.UNCERTAIN,
            result_remote_id=None,
            natural_key=f"{number}",
            form_token=f"4c18781f-16b2-43c5-9281-2eddfd31{number:04d}",
        )

    busy(0)
    shown(browser)
    for_one = number_of_queries(browser, "/companies/10001/")
    for number in range(1, 30):
        busy(number)
    assert number_of_queries(browser, "/companies/10001/") == for_one
