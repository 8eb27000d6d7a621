"""The page of a project: whether it is set up, its UAP services and who enabled them, its figures."""

from collections.abc import Callable

import pytest
import time_machine
from django.test import Client

from accounts.models import Person
from agora.drafts import UapServiceDraft
from companies.models import Company, Operation, OperationKind, OperationState, Project, UapService
from tests.billing.known import bill_known, line
from tests.desk.reading import column, facts, table, words
from tests.usage.known import at, company, covered, project, rtc, used

pytestmark = pytest.mark.usefixtures("noon")

SignedIn = Callable[..., Client]


@pytest.fixture
def classroom(noon: None) -> Project:
    """A project of a company that is created at noon."""
    owner: Company = company("10001", "Acme", status="0")
    return project(owner, "-u 1", "Classroom", status="1", created=at("2026-09-23 12:00"))


def shown(browser: Client, query: str = "") -> str:
    answer = browser.get(f"/companies/10001/projects/-u%201/{query}")
    assert answer.status_code == 200
    return answer.content.decode()


def test_it_says_what_Agora_lists(classroom: Project, signed_in: SignedIn) -> None:
    assert facts(shown(signed_in("viewer"))) == {
        "Project ID": "-u 1",
        "Company": "Acme",
        "Created": "23 Sep 2026, 12:00 UTC",
        "First seen": "1 Jan 2026, 00:00 UTC",
    }


@pytest.mark.parametrize(("minute", "said"), [("12:04", True), ("12:05", False)])
def test_it_is_being_set_up_for_five_minutes(minute: str, said: bool, classroom: Project, signed_in: SignedIn) -> None:
    with time_machine.travel(at(f"2026-09-23 {minute}"), tick=False):
        page = words(shown(signed_in("viewer")))
    assert ("Being set up, ready at about 12:05 UTC." in page) == said


def test_services_say_who_enabled_them_and_when(
    classroom: Project, signed_in: SignedIn, person: Callable[..., Person]
) -> None:
    UapService.objects.create(project=classroom, type_id=7, region=2, status="1", reported_at=at("2026-09-22 08:00"))
    draft = UapServiceDraft(company_id="10001", project_id="-u 1", type_id=7, region=2)
    for number, email in enumerate(("first@example.com", "last@example.com")):
        Operation.objects.create(
            kind=OperationKind.UAP_SERVICE,
            form_token=f"4c18781f-16b2-43c5-9281-2eddfd313bd{number}",
            natural_key="key",
            company_id="10001",
            project_id="-u 1",
            payload=draft.as_payload(),
            payload_sha256="",
            state=OperationState.DONE,
            result_status=f"{number}",
            created_by=person("operator", email=email),
            created_at=at("2026-09-22 08:00"),
        )
    assert table(shown(signed_in("viewer")), "Enabled by")[-2:] == [
        ["Cloud recording, China", "unknown", "–", "–"],
        ["Cloud recording, Outside China", "on", "last@example.com", "22 Sep 2026, 08:00 UTC"],
    ]


def test_services_that_were_enabled_elsewhere_are_unknown(classroom: Project, signed_in: SignedIn) -> None:
    assert "what was enabled elsewhere is unknown" in words(shown(signed_in("viewer")))


@pytest.mark.parametrize(("role", "offered"), [("viewer", False), ("operator", True)])
def test_only_those_who_may_create_are_offered_to_enable_a_service(
    role: str, offered: bool, classroom: Project, signed_in: SignedIn
) -> None:
    assert ('href="/companies/10001/projects/-u%201/uap/enable/"' in shown(signed_in(role))) == offered


def test_its_figures_are_its_own(classroom: Project, signed_in: SignedIn) -> None:
    covered("2026-07-01", "2026-09-23", settled="2026-09-21", company_id="10001", project_id="-u 1")
    covered("2026-07-01", "2026-09-23", settled="2026-09-21", company_id="10001")
    used("2026-09-20", company_id="10001", project_id="-u 1", figures=rtc(audio=5))
    used("2026-09-20", company_id="10001", figures=rtc(audio=900))
    page = shown(signed_in("viewer"), "?since=2026-09-20&until=2026-09-20")
    assert (table(page, "1 – 21 Sep")[0][1], column(page, "SD video", "Audio")["Sun, 20 Sep 2026"]) == ("5", "5")


def test_its_bills_are_its_own(classroom: Project, signed_in: SignedIn) -> None:
    bill_known("2026-09-20")
    line("2026-09-20", "10001", "-u 1", "3")
    line("2026-09-20", "10001", "other", "4")
    line("2026-09-20", "20002", "-u 1", "5")
    page = shown(signed_in("finance"), "?since=2026-09-20&until=2026-09-20")
    assert table(page, "USD")[-1][:2] == ["Sun, 20 Sep 2026", "3.00"]


@pytest.mark.parametrize(
    "address",
    [
        "/companies/10001/projects/404/",
        "/companies/10001/projects/-U%201/",
        "/companies/20002/projects/-u%201/",
        "/companies/10001/projects/404/chart/usage/",
        "/companies/10001/projects/404/chart/bills/",
    ],
)
def test_a_project_that_was_never_listed_there_is_not_found(
    address: str, classroom: Project, signed_in: SignedIn
) -> None:
    assert signed_in("admin").get(address).status_code == 404
