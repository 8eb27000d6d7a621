"""A create counts only when its answer has a usable id and echoes what was sent."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from agora.client import ResellerClient
from agora.drafts import CompanyDraft, ProjectDraft, UapServiceDraft
from agora.errors import Effect, IdNotAddressable, OutcomeUnknown

from .conftest import NotingGate
from .scripted_server import ScriptedServer, answer

Serve = Callable[..., ScriptedServer]
Client = Callable[..., ResellerClient]
PROJECT = ProjectDraft(company_id="10001", name="ProjectX")
UAP = UapServiceDraft(company_id="10001", project_id="-u/1", type_id=7, region=2)
CREATED = {"id": 7, "name": "Aurora", "country": "DE", "area": "Non-CN", "status": 0}


@pytest.mark.parametrize("status", [200, 201, 202, 299])
def test_row_30_any_2xx_confirms_a_company(status: int, serve: Serve, client: Client, draft: CompanyDraft) -> None:
    server = serve(answer(status, CREATED))
    assert client(server).create_company(draft).id == "7"
    assert (server.requests[0].method, server.requests[0].path) == ("POST", "/v1/resellers/companies")


def test_a_project_is_created_below_its_company(serve: Serve, client: Client) -> None:
    server = serve(answer(201, {"id": "u_gRV4g0", "name": "ProjectX", "status": 1}))
    assert client(server).create_project(PROJECT).id == "u_gRV4g0"
    assert server.requests[0].path == "/v1/resellers/companies/10001/projects"


def test_a_uap_service_is_enabled_below_its_project(serve: Serve, client: Client) -> None:
    server = serve(answer(201, {"id": 1, "typeId": 7, "projectName": "X", "status": 1, "region": 2}))
    assert client(server).enable_uap_service(UAP).status == 1
    assert server.requests[0].path == "/v1/resellers/companies/10001/projects/-u%2F1/uap"
    assert server.requests[0].json == {"typeId": 7, "region": 2}


@pytest.mark.parametrize("name", ["Aurora", "  aurora ", "AURORA"])
def test_c36_a_name_echoed_in_another_spelling_is_the_same(
    name: str, serve: Serve, client: Client, draft: CompanyDraft
) -> None:
    assert client(serve(answer(201, CREATED | {"name": name}))).create_company(draft).name == name


def test_c36_a_name_echoed_in_another_normal_form_is_the_same(
    serve: Serve, client: Client, draft: CompanyDraft
) -> None:
    server = serve(answer(201, CREATED | {"name": "Cafe\u0301"}))
    assert client(server).create_company(replace(draft, company_name="Café")).id == "7"


def unusable(client: Client, server: ScriptedServer, draft: Any) -> OutcomeUnknown:
    calls = client(server)
    prepare: dict[type, Any] = {
        CompanyDraft: calls.prepare_create_company,
        ProjectDraft: calls.prepare_create_project,
        UapServiceDraft: calls.prepare_enable_uap_service,
    }
    with pytest.raises(OutcomeUnknown) as raised:
        calls.send(prepare[type(draft)](draft))
    return raised.value


@pytest.mark.parametrize(
    "body",
    [
        {},
        [],
        None,
        "text",
        [CREATED],
        {"name": "Aurora"},
        CREATED | {"id": None},
        CREATED | {"id": ""},
        CREATED | {"id": "x"},
        CREATED | {"id": -1},
        CREATED | {"id": 1.5},
        CREATED | {"id": True},
        CREATED | {"id": 2**63},
        CREATED | {"id": 2**70},
        CREATED | {"id": "²"},
        CREATED | {"name": "Borealis"},
        CREATED | {"name": None},
    ],
)
def test_c23_an_answer_that_does_not_confirm_a_company_is_unknown(
    body: Any, serve: Serve, client: Client, draft: CompanyDraft
) -> None:
    error = unusable(client, serve(answer(201, body)), draft)
    assert (error.effect, error.status) == (Effect.UNKNOWN, 201)


@pytest.mark.parametrize("body", [{}, {"id": None, "name": "ProjectX"}, {"id": "u_1", "name": "Other"}])
def test_c23_an_answer_that_does_not_confirm_a_project_is_unknown(body: Any, serve: Serve, client: Client) -> None:
    assert unusable(client, serve(answer(201, body)), PROJECT).status == 201


@pytest.mark.parametrize("body", [{}, {"typeId": 1, "region": 2}, {"typeId": 7, "region": 1}, {"id": 1, "status": 1}])
def test_c42_an_answer_with_another_type_or_region_is_unknown(body: Any, serve: Serve, client: Client) -> None:
    assert unusable(client, serve(answer(200, body)), UAP).status == 200


def test_c42_a_service_reported_disabled_is_confirmed(serve: Serve, client: Client) -> None:
    server = serve(answer(200, {"id": 1, "typeId": 7, "projectName": "X", "status": 0, "region": 2}))
    assert client(server).enable_uap_service(UAP).status == 0


def test_an_unknown_outcome_carries_the_id_that_was_committed(
    serve: Serve, client: Client, draft: CompanyDraft
) -> None:
    calls = client(serve(answer(201, {})))
    prepared = calls.prepare_create_company(draft)
    with pytest.raises(OutcomeUnknown) as raised:
        calls.send(prepared)
    assert raised.value.request_id == prepared.x_request_id


def test_preparing_sends_nothing(client: Client, draft: CompanyDraft, gate: NotingGate) -> None:
    client("http://127.0.0.1:1").prepare_create_company(draft)
    assert gate.exchanges == []


def test_a_write_waits_at_the_gate_once_before_it_is_signed(
    serve: Serve, client: Client, draft: CompanyDraft, gate: NotingGate
) -> None:
    calls = client(serve(answer(201, CREATED)))
    prepared = calls.prepare_create_company(draft)
    assert gate.waits == [True]
    calls.send(prepared)
    assert gate.waits == [True]


def test_a_read_cannot_be_sent_as_a_create(serve: Serve, client: Client) -> None:
    server = serve(answer(200, {}))
    calls = client(server)
    with pytest.raises(ValueError, match="creates nothing"):
        calls.send(calls.transport.prepare("GET", "/x"))
    assert server.requests == []


def test_s38_a_create_below_an_id_that_no_path_can_carry_is_not_prepared(client: Client) -> None:
    with pytest.raises(IdNotAddressable):
        client("http://127.0.0.1:1").prepare_create_project(ProjectDraft(company_id="..", name="X"))
