"""Creating companies and projects and enabling services: what is answered, and every limit of the document."""

import json
import re
import time
from datetime import UTC, datetime

import pytest

from sandbox.countries import COUNTRIES
from tests.sandbox.caller import ROOT, Caller, send, signed_headers
from tests.sandbox_server import KEY_ID, KEY_SECRET, RunningSandbox, running_sandbox

COMPANY = {
    "companyName": "Agora",
    "name": "Agora",
    "email": "test@example.com",
    "firstName": "John",
    "lastName": "Doe",
    "country": "CN",
    "area": "CN",
    "appLimit": 3,
    "memberLimit": 4,
    "industry": 6,
    "interest": 5,
    "environment": 8,
    "sendPasswordResetEmail": True,
}
MISSING = object()


def company(**changes: object) -> dict[str, object]:
    """The good body with some values changed, or left out where they are MISSING."""
    return {name: value for name, value in {**COMPANY, **changes}.items() if value is not MISSING}


def calls(running: RunningSandbox) -> Caller:
    return Caller(base_url=running.base_url, key_id=KEY_ID, key_secret=KEY_SECRET)


# --- Companies -----------------------------------------------------------------------------------------


def test_a_created_company_is_answered_as_the_document_says(caller: Caller) -> None:
    said = caller.post("", company())
    expected = {
        "id": 10025,
        "name": "Agora",
        "country": "CN",
        "area": "CN",
        "appLimit": 3,
        "memberLimit": 4,
        "industry": 6,
        "interest": 5,
        "environment": 8,
        "status": 0,
    }
    assert (said.status, said.json) == (201, expected)


def test_a_created_company_is_listed(caller: Caller) -> None:
    created = caller.post("", company()).json
    assert caller.get(offset=24).json == {"rows": [created], "count": 25}


def test_what_is_left_out_gets_the_documents_defaults(caller: Caller) -> None:
    optional = ("appLimit", "memberLimit", "industry", "interest", "environment", "sendPasswordResetEmail")
    created = caller.post("", company(**dict.fromkeys(optional, MISSING))).json
    assert [created[name] for name in optional[:5]] == [10, 10, 12, 1, 1]


@pytest.mark.parametrize("left_out", ["companyName", "name"])
def test_one_spelling_of_the_name_is_enough(caller: Caller, left_out: str) -> None:
    assert caller.post("", company(**{left_out: MISSING})).json["name"] == "Agora"


def test_codes_may_be_sent_as_text(caller: Caller) -> None:
    assert caller.post("", company(industry="19")).json["industry"] == 19


def test_twenty_emoji_are_a_name_of_twenty(caller: Caller) -> None:
    name = "😀" * 20
    assert caller.post("", company(companyName=name, name=name)).json["name"] == name


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"companyName": MISSING, "name": MISSING}, "companyName is required"),
        ({"companyName": "", "name": ""}, "companyName length must be between 1 and 20"),
        ({"companyName": "   ", "name": "   "}, "companyName length must be between 1 and 20"),
        ({"companyName": "x" * 21, "name": "x" * 21}, "companyName length must be between 1 and 20"),
        ({"name": "Other"}, "companyName and name differ"),
        ({"companyName": 5}, "companyName must be a string"),
        ({"email": MISSING}, "email is required"),
        ({"email": "nobody"}, "email is invalid"),
        ({"email": "a b@example.com"}, "email is invalid"),
        ({"email": "a@example"}, "email is invalid"),
        ({"firstName": MISSING}, "firstName is required"),
        ({"firstName": "x" * 256}, "firstName length must be between 1 and 255"),
        ({"lastName": ""}, "lastName length must be between 1 and 255"),
        ({"country": MISSING}, "country is required"),
        ({"country": "XX"}, "country is invalid"),
        ({"country": "cn"}, "country is invalid"),
        ({"country": "Germany"}, "country is invalid"),
        ({"area": MISSING}, "area is required"),
        ({"area": "EU"}, "area must be CN or Non-CN"),
        ({"area": "cn"}, "area must be CN or Non-CN"),
        ({"appLimit": 0}, "appLimit must be at least 1"),
        ({"appLimit": "10"}, "appLimit must be a number"),
        ({"appLimit": 1.5}, "appLimit must be a number"),
        ({"appLimit": True}, "appLimit must be a number"),
        ({"memberLimit": -1}, "memberLimit must be at least 1"),
        ({"industry": 20}, "industry is invalid"),
        ({"industry": "twelve"}, "industry is invalid"),
        ({"interest": 6}, "interest is invalid"),
        ({"environment": 0}, "environment is invalid"),
        ({"sendPasswordResetEmail": "true"}, "sendPasswordResetEmail must be a boolean"),
        ({"appLimt": 3}, "unknown parameter appLimt"),
        ({"firstName": "\ud800"}, "request body must be valid JSON"),
    ],
)
def test_a_company_outside_the_limits_is_refused(
    caller: Caller, sandbox: RunningSandbox, changes: dict[str, object], message: str
) -> None:
    said = caller.post("", company(**changes))
    outcome = (said.status, said.json, sandbox.sandbox.truth.effects())
    assert outcome == (400, {"message": message}, [])


def test_an_email_is_used_once_whatever_its_case(caller: Caller) -> None:
    caller.post("", company())
    said = caller.post("", company(email="TEST@example.COM"))
    assert (said.status, said.json) == (400, {"message": "email already used"})


def test_an_email_may_repeat_where_that_is_chosen() -> None:
    with running_sandbox(repeated_emails=True) as running:
        first = calls(running).post("", company()).json["id"]
        assert calls(running).post("", company()).json["id"] == first + 1


def test_names_may_repeat(caller: Caller) -> None:
    first = caller.post("", company()).json["id"]
    assert caller.post("", company(email="other@example.com")).json["id"] == first + 1


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (b"", "request body must be valid JSON"),
        (b"{", "request body must be valid JSON"),
        (b"\xff", "request body must be valid JSON"),
        (b"[" * 100_000, "request body must be valid JSON"),
        (b"[]", "request body must be a JSON object"),
        (b'"x"', "request body must be a JSON object"),
    ],
)
def test_a_body_that_is_no_object_is_refused(sandbox: RunningSandbox, body: bytes, message: str) -> None:
    headers = signed_headers(KEY_ID, KEY_SECRET) | {"Content-Type": "application/json"}
    said = send(sandbox.base_url, "POST", ROOT, headers, body)
    assert (said.status, said.json) == (400, {"message": message})


def test_a_body_that_is_not_json_by_its_type_is_refused(sandbox: RunningSandbox) -> None:
    headers = signed_headers(KEY_ID, KEY_SECRET) | {"Content-Type": "text/plain"}
    assert send(sandbox.base_url, "POST", ROOT, headers, json.dumps(COMPANY).encode()).status == 415


def test_a_body_beyond_all_measure_is_refused(sandbox: RunningSandbox) -> None:
    headers = signed_headers(KEY_ID, KEY_SECRET) | {"Content-Length": "2000000"}
    assert send(sandbox.base_url, "POST", ROOT, headers).status == 413


def test_there_are_249_countries() -> None:
    assert len(COUNTRIES) == 249


def test_a_created_company_can_be_answered_with_200() -> None:
    with running_sandbox(created_status=200) as running:
        assert calls(running).post("", company()).status == 200


def test_a_created_company_can_stay_out_of_the_list_for_a_while() -> None:
    with running_sandbox(companies=2, list_lag=1.5) as running:
        caller = calls(running)
        caller.post("", company())
        before = caller.get().json["count"]
        time.sleep(1.6)
        assert (before, caller.get().json["count"]) == (2, 3)


# --- Projects ------------------------------------------------------------------------------------------


def test_a_created_project_is_answered_as_the_list_shows_it(caller: Caller) -> None:
    said = caller.post("/10019/projects", {"name": "ProjectX"})
    assert (said.status, caller.get("/10019/projects").json) == (201, {"rows": [said.json], "count": 1})


def test_a_created_project_is_enabled_and_made_now(caller: Caller) -> None:
    created = caller.post("/10019/projects", {"name": "ProjectX"}).json
    age = datetime.now(UTC) - datetime.fromisoformat(created["created"])
    assert (created["status"], created["name"], abs(age.total_seconds()) < 5) == (1, "ProjectX", True)


def test_the_time_of_creation_has_milliseconds_and_a_z(caller: Caller) -> None:
    created = caller.post("/10019/projects", {"name": "ProjectX"}).json["created"]
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", created)


def test_two_projects_of_one_name_have_different_ids(caller: Caller) -> None:
    ids = {caller.post("/10019/projects", {"name": "Same"}).json["id"] for _ in range(2)}
    assert len(ids) == 2


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ({}, "name is required"),
        ({"name": ""}, "name length must be between 1 and 255"),
        ({"name": "\t "}, "name length must be between 1 and 255"),
        ({"name": "x" * 256}, "name length must be between 1 and 255"),
        ({"name": 7}, "name must be a string"),
        ({"projectName": "x"}, "unknown parameter projectName"),
    ],
)
def test_a_project_outside_the_limits_is_refused(caller: Caller, body: object, message: str) -> None:
    said = caller.post("/10001/projects", body)
    assert (said.status, said.json) == (400, {"message": message})


def test_a_project_of_an_unknown_company_is_not_found(caller: Caller) -> None:
    said = caller.post("/9/projects", {"name": "x"})
    assert (said.status, said.json) == (404, {"message": "company not found"})


def test_no_more_projects_than_the_limit(caller: Caller) -> None:
    company_id = caller.post("", company(appLimit=1)).json["id"]
    statuses = [caller.post(f"/{company_id}/projects", {"name": "x"}) for _ in range(2)]
    assert [said.status for said in statuses] == [201, 400]
    assert statuses[1].json == {"message": "project limit reached"}


# --- Services ------------------------------------------------------------------------------------------


def service_path(running: RunningSandbox) -> str:
    return f"/10001/projects/{running.sandbox.world.projects(10001)[0].id}/uap"


def test_an_enabled_service_is_answered_with_the_projects_number(caller: Caller, sandbox: RunningSandbox) -> None:
    said = caller.post(service_path(sandbox), {"typeId": 7, "region": 2})
    expected = {"id": 20001, "typeId": 7, "projectName": "Production", "status": 1, "region": 2}
    assert (said.status, said.json) == (201, expected)


def test_a_service_can_be_answered_as_disabled() -> None:
    with running_sandbox(uap_status=0) as running:
        assert calls(running).post(service_path(running), {"typeId": 1, "region": 1}).json["status"] == 0


def test_enabling_twice_is_harmless(caller: Caller, sandbox: RunningSandbox) -> None:
    for _ in range(2):
        caller.post(service_path(sandbox), {"typeId": 3, "region": 1})
    assert len(sandbox.sandbox.world.services) == 1


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ({"region": 1}, "typeId is required"),
        ({"typeId": 1}, "region is required"),
        ({"typeId": 2, "region": 1}, "typeId is invalid"),
        ({"typeId": "1", "region": 1}, "typeId must be a number"),
        ({"typeId": 1, "region": 3}, "region is invalid"),
        ({"typeId": 1, "region": True}, "region is invalid"),
    ],
)
def test_a_service_outside_the_limits_is_refused(
    caller: Caller, sandbox: RunningSandbox, body: object, message: str
) -> None:
    said = caller.post(service_path(sandbox), body)
    assert (said.status, said.json) == (400, {"message": message})


def test_a_service_of_an_unknown_project_is_not_found(caller: Caller) -> None:
    said = caller.post("/10001/projects/nothing/uap", {"typeId": 1, "region": 1})
    assert (said.status, said.json) == (404, {"message": "project not found"})


def test_a_new_project_takes_services_only_after_a_while() -> None:
    with running_sandbox(companies=1, uap_delay=1.5) as running:
        caller = calls(running)
        project = caller.post("/10001/projects", {"name": "x"}).json["id"]
        path = f"/10001/projects/{project}/uap"
        early = caller.post(path, {"typeId": 1, "region": 1}).status
        time.sleep(1.6)
        assert (early, caller.post(path, {"typeId": 1, "region": 1}).status) == (404, 201)
