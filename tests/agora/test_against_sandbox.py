"""The whole client against the sandbox over HTTP: what it reads is the sandbox's truth, what it creates exists once."""

from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from agora.client import ResellerClient
from agora.drafts import CompanyDraft, ProjectDraft, UapServiceDraft
from agora.errors import (
    AgoraError,
    ClockRefused,
    NotFound,
    OutcomeUnknown,
    RateLimited,
    Refused,
    UnknownKey,
    WrongSecret,
)
from agora.signing import AccessKey
from agora.transport import OpenGate, Transport
from agora.vocabulary import MONTHLY_PAIRS, PAIRS, Business, Interval, Model
from sandbox.expected import expected_bills, expected_usage
from sandbox.faults import Fault, Match
from sandbox.options import BILL_IDS, DATE_STYLES, HAS_MORE, NUMBERS, PAGE_PARAMETERS, PAGE_SIZES, SHAPES, Dress
from tests.sandbox_server import RunningSandbox, running_sandbox

TODAY = datetime.now(UTC).date()
UNTIL = TODAY - timedelta(days=2)
SINCE = UNTIL - timedelta(days=6)
DRESSES = [
    *(Dress(shape=shape) for shape in SHAPES),
    *(Dress(numbers=numbers) for numbers in NUMBERS),
    *(Dress(date_style=style) for style in DATE_STYLES),
]
BILL_DRESSES = [
    *(Dress(bill_ids=ids) for ids in BILL_IDS),
    *(Dress(has_more=more) for more in HAS_MORE),
    *(Dress(page_size_means=means) for means in PAGE_SIZES),
    *(Dress(page_parameter=parameter) for parameter in PAGE_PARAMETERS),
]


def client_of(running: RunningSandbox, **options: Any) -> ResellerClient:
    keys = (AccessKey(id=running.key_id, secret=running.key_secret),)
    options = {"keys": keys, "gate": OpenGate(), "sleep": lambda seconds: None, "read_timeout": 2.0} | options
    return ResellerClient(transport=Transport(base_url=running.base_url, **options))


@contextmanager
def spoken_to(**options: Any) -> Iterator[tuple[RunningSandbox, ResellerClient]]:
    with running_sandbox(**({"companies": 4, "epoch": TODAY - timedelta(days=60)} | options)) as running:
        yield running, client_of(running)


@pytest.fixture
def spoken() -> Iterator[tuple[RunningSandbox, ResellerClient]]:
    with spoken_to() as both:
        yield both


Spoken = tuple[RunningSandbox, ResellerClient]


@pytest.mark.parametrize("options", [{}, {"names": "hostile"}, {"list_limit": 1}, {"old_gateway": True}])
def test_every_company_and_project_is_listed(options: dict[str, Any]) -> None:
    with spoken_to(**options) as (running, client):
        world = running.sandbox.world
        companies = {record.id: record.name for record in client.list_companies().records}
        projects = {(c, record.id) for c in companies for record in client.list_projects(c).records}
        assert companies == {str(company.id): company.name for company in world.companies()}
        assert projects == {(str(c.id), project.id) for c in world.companies() for project in world.projects(c.id)}


def usage_read(client: ResellerClient, pair: tuple[Business, Model], interval: Interval) -> dict[Any, Any]:
    """Every figure of every company and project, by company, project ('' for none) and period."""
    figures = {}
    for company in client.list_companies().records:
        answers = {"": client.company_usage(company.id, *pair, SINCE, UNTIL, interval)}
        for project in client.list_projects(company.id).records:
            answers[project.id] = client.project_usage(company.id, project.id, *pair, SINCE, UNTIL, interval)
        for project_id, answer in answers.items():
            assert list(answer.problems) == []
            for record in answer.records:
                assert dict(record.extra) == {}
                figures[company.id, project_id, record.period] = dict(record.metrics)
    return figures


def usage_true(running: RunningSandbox, pair: tuple[Business, Model], interval: Interval) -> dict[Any, Any]:
    form = "%Y-%m" if interval is Interval.MONTHLY else "%Y-%m-%d"
    return {
        (
            str(row["company"]),
            row["project"],
            datetime.strptime(str(row["period"]), form).replace(tzinfo=UTC).date(),
        ): row["metrics"]
        for row in expected_usage(running.sandbox, pair, interval, SINCE, UNTIL)
    }


@pytest.mark.parametrize("pair", PAIRS)
def test_every_daily_figure_is_the_truth(pair: tuple[Business, Model], spoken: Spoken) -> None:
    running, client = spoken
    assert usage_read(client, pair, Interval.DAILY) == usage_true(running, pair, Interval.DAILY)


@pytest.mark.parametrize("pair", MONTHLY_PAIRS)
def test_every_monthly_figure_is_the_truth(pair: tuple[Business, Model], spoken: Spoken) -> None:
    running, client = spoken
    assert usage_read(client, pair, Interval.MONTHLY) == usage_true(running, pair, Interval.MONTHLY)


@pytest.mark.parametrize("dress", DRESSES, ids=str)
@pytest.mark.parametrize("pair", [PAIRS[0], *MONTHLY_PAIRS])
def test_figures_in_any_dress_are_the_truth(pair: tuple[Business, Model], dress: Dress) -> None:
    with spoken_to(companies=2, projects=2, dress=dress) as (running, client):
        assert usage_read(client, pair, Interval.DAILY) == usage_true(running, pair, Interval.DAILY)


def bills_read(client: ResellerClient) -> dict[Any, Any]:
    """Every amount of the days, lines of one key added up, with how many lines they were."""
    amounts: dict[Any, list[Decimal]] = defaultdict(list)
    for number in range(7):
        bill = client.daily_bills(SINCE + timedelta(days=number))
        assert (bill.reason, list(bill.problems)) == ("", [])
        for line in bill.lines:
            amounts[str(bill.period), *line.key].append(line.amount)
    return {key: (sum(found, Decimal(0)), len(found)) for key, found in amounts.items()}


def bills_true(running: RunningSandbox) -> dict[Any, Any]:
    return {
        (row["period"], str(row["company"]), row["project"], row["currency"]): (
            Decimal(str(row["amount"])),
            row["lines"],
        )
        for row in expected_bills(running.sandbox, SINCE, UNTIL)
    }


@pytest.mark.parametrize("page_size", [1000, 3, 7])
def test_every_amount_is_the_truth(page_size: int) -> None:
    with spoken_to(companies=24, page_size=page_size) as (running, client):
        assert bills_read(client) == bills_true(running)


@pytest.mark.parametrize("dress", BILL_DRESSES, ids=str)
def test_bills_in_any_dress_are_the_truth(dress: Dress) -> None:
    with spoken_to(dress=dress, page_size=4) as (running, client):
        assert bills_read(client) == bills_true(running)


@pytest.mark.parametrize("days", [0, 1])
def test_a_bill_that_is_not_published_is_not_asked_for(days: int, spoken: Spoken) -> None:
    running, client = spoken
    with pytest.raises(ValueError, match="two days later"):
        client.daily_bills(TODAY - timedelta(days=days))
    assert running.sandbox.truth.entries() == []


def test_what_is_created_exists_once(spoken: Spoken, draft: CompanyDraft) -> None:
    running, client = spoken
    company = client.create_company(draft)
    project = client.create_project(ProjectDraft(company_id=company.id, name="ProjectX"))
    service = client.enable_uap_service(
        UapServiceDraft(company_id=company.id, project_id=project.id, type_id=7, region=2)
    )
    assert (company.name, project.name, service.status) == ("Aurora", "ProjectX", 1)
    assert len(running.sandbox.truth.effects()) == 3
    assert running.sandbox.truth.unsigned() == []


def test_an_e_mail_in_use_is_refused_in_agora_s_words(spoken: Spoken, draft: CompanyDraft) -> None:
    _, client = spoken
    client.create_company(draft)
    with pytest.raises(Refused) as raised:
        client.create_company(draft)
    assert (raised.value.status, raised.value.agora_message) == (400, "email already used")


def test_a_project_of_a_company_that_does_not_exist_is_not_found(spoken: Spoken) -> None:
    with pytest.raises(NotFound):
        spoken[1].create_project(ProjectDraft(company_id="99999", name="ProjectX"))


@pytest.mark.parametrize("action", ["drop_before", "drop_after", "cut_body", "reset", "html", "empty", "redirect"])
def test_a_create_without_a_whole_answer_is_unknown_and_sent_once(
    action: str, spoken: Spoken, draft: CompanyDraft
) -> None:
    running, client = spoken
    running.sandbox.faults.order(Fault(action=action, match=Match(method="POST"), times=0))
    with pytest.raises(OutcomeUnknown):
        client.create_company(draft)
    assert len(running.sandbox.truth.entries()) == 1


@pytest.mark.parametrize("action", ["drop_before", "drop_after", "cut_body", "reset"])
def test_a_read_without_a_whole_answer_is_asked_again(action: str, spoken: Spoken) -> None:
    running, client = spoken
    running.sandbox.faults.order(Fault(action=action, times=3))
    assert len(client.list_companies().records) == 4


@pytest.mark.parametrize("old_gateway", [False, True])
@pytest.mark.parametrize(
    ("options", "kind"),
    [
        ({"keys": (AccessKey(id="x" * 40, secret="y" * 40),)}, UnknownKey),
        ({"clock": lambda: datetime.now(UTC) + timedelta(minutes=6)}, ClockRefused),
        ({"clock": lambda: datetime.now(UTC) - timedelta(minutes=6)}, ClockRefused),
    ],
)
def test_a_refused_signature_is_named(old_gateway: bool, options: dict[str, Any], kind: type[AgoraError]) -> None:
    with running_sandbox(companies=1, old_gateway=old_gateway) as running, pytest.raises(kind):
        client_of(running, **options).list_companies()


def test_a_wrong_secret_is_named(spoken: Spoken) -> None:
    running, _ = spoken
    keys = (AccessKey(id=running.key_id, secret="y" * 40),)
    with pytest.raises(WrongSecret):
        client_of(running, keys=keys).list_companies()


def test_a_clock_within_five_minutes_is_accepted(spoken: Spoken) -> None:
    running, _ = spoken
    client = client_of(running, clock=lambda: datetime.now(UTC) + timedelta(minutes=4))
    assert len(client.list_companies().records) == 4


@pytest.mark.parametrize("headers", [True, False])
def test_beyond_the_rate_the_gateway_refuses(headers: bool, draft: CompanyDraft) -> None:
    with spoken_to(rate=1, rate_headers=headers) as (_, client):
        client.create_company(draft)
        with pytest.raises(RateLimited):
            client.create_company(draft)


def test_a_second_key_takes_over(spoken: Spoken, draft: CompanyDraft) -> None:
    running, _ = spoken
    good = AccessKey(id=running.key_id, secret=running.key_secret)
    client = client_of(running, keys=(AccessKey(id="x" * 40, secret="y" * 40), good))
    assert client.create_company(draft).name == "Aurora"


IDS = ["../x", "a/b", "%2e%2e", "a?b", "a#b", ".hidden", "x y"]


@pytest.mark.parametrize("project_id", IDS)
def test_a_strange_project_id_stays_below_its_company(project_id: str, spoken: Spoken) -> None:
    running, client = spoken
    ask: Callable[..., object] = client.project_usage
    with pytest.raises(NotFound):
        ask("10001", project_id, Business.DEFAULT, Model.DURATION, SINCE, UNTIL, Interval.DAILY)
    entry = running.sandbox.truth.entries()[0]
    assert entry.path.startswith("/v1/resellers/companies/10001/projects/")
    assert entry.path.count("/") == 7
