"""Company and project lists: rows, paging, ids, and what is not there."""

import time

import pytest

from sandbox.options import Dress
from tests.sandbox.caller import Caller, send, signed_headers
from tests.sandbox_server import KEY_ID, KEY_SECRET, RunningSandbox, running_sandbox


def calls(running: RunningSandbox) -> Caller:
    return Caller(base_url=running.base_url, key_id=KEY_ID, key_secret=KEY_SECRET)


def test_a_company_row_has_the_documents_fields(caller: Caller) -> None:
    row = caller.get(limit=1).json["rows"][0]
    assert list(row) == [
        "id",
        "name",
        "country",
        "area",
        "appLimit",
        "memberLimit",
        "industry",
        "interest",
        "environment",
        "status",
    ]


def test_a_project_row_has_the_documents_fields(caller: Caller) -> None:
    assert list(caller.get("/10001/projects").json["rows"][0]) == ["id", "name", "status", "created"]


def test_a_list_gives_twenty_rows_unless_asked_for_more(caller: Caller) -> None:
    answer = caller.get().json
    assert (len(answer["rows"]), answer["count"]) == (20, 24)


def test_pages_put_together_are_the_list(caller: Caller) -> None:
    pages = [caller.get(limit=7, offset=offset).json["rows"] for offset in range(0, 28, 7)]
    assert [row["id"] for page in pages for row in page] == list(range(10001, 10025))


def test_a_list_gives_no_more_than_its_own_limit() -> None:
    with running_sandbox(companies=130) as running:
        answer = calls(running).get(limit=500).json
        assert (len(answer["rows"]), answer["count"]) == (100, 130)


def test_an_offset_beyond_the_end_gives_no_rows(caller: Caller) -> None:
    assert caller.get(offset=99).json == {"rows": [], "count": 24}


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({"limit": 0}, "limit must be at least 1"),
        ({"limit": -1}, "limit must be a number"),
        ({"limit": "ten"}, "limit must be a number"),
        ({"offset": -1}, "offset must be a number"),
        ({"limit": "1&limit=2"}, "a parameter is given twice"),
    ],
)
def test_a_wrong_window_is_refused(caller: Caller, parameters: dict[str, object], message: str) -> None:
    said = caller.get(**parameters)
    assert (said.status, said.json) == (400, {"message": message})


@pytest.mark.parametrize("company", ["9", "99999999999999999999", "abc", "%2e%2e", "-1"])
def test_projects_of_an_unknown_company_are_not_found(caller: Caller, company: str) -> None:
    said = caller.get(f"/{company}/projects")
    assert (said.status, said.json) == (404, {"message": "company not found"})


def test_a_company_can_be_without_projects(caller: Caller) -> None:
    assert caller.get("/10019/projects").json == {"rows": [], "count": 0}


def test_the_world_has_every_company_status(caller: Caller) -> None:
    assert {row["status"] for row in caller.get(limit=100).json["rows"]} == {0, 1, 2, 3}


def test_the_world_has_every_project_status(sandbox: RunningSandbox) -> None:
    world = sandbox.sandbox.world
    assert {project.status for c in world.companies() for project in world.projects(c.id)} == {-1, 0, 1}


def all_project_ids(running: RunningSandbox) -> list[str]:
    world = running.sandbox.world
    return [project.id for company in world.companies() for project in world.projects(company.id)]


def test_project_ids_are_all_different(sandbox: RunningSandbox) -> None:
    ids = all_project_ids(sandbox)
    assert len(set(ids)) == len(ids)


def test_some_project_ids_differ_only_by_case(sandbox: RunningSandbox) -> None:
    ids = all_project_ids(sandbox)
    assert len({project_id.lower() for project_id in ids}) < len(ids)


def test_some_project_ids_begin_with_a_dash(sandbox: RunningSandbox) -> None:
    assert any(project_id.startswith("-") for project_id in all_project_ids(sandbox))


def test_ids_that_differ_by_case_are_different_projects(caller: Caller, sandbox: RunningSandbox) -> None:
    first, second, *_rest = sandbox.sandbox.world.projects(10002)
    range_ = "model=duration&business=default&fromTs=1569196800&endTs=1569283199&interval=daily"
    path = f"/10002/projects/{{}}/usage?{range_}"
    statuses = [caller.get(path.format(name)).status for name in (first.id, second.id, first.id.upper())]
    assert (first.id.lower() == second.id.lower(), statuses) == (True, [200, 200, 404])


def test_a_percent_encoded_id_is_one_segment(sandbox: RunningSandbox) -> None:
    target = "/v1/resellers/companies/10001%2Fprojects/projects"
    said = send(sandbox.base_url, "GET", target, signed_headers(KEY_ID, KEY_SECRET))
    assert said.json == {"message": "company not found"}


def test_codes_can_be_answered_as_text() -> None:
    with running_sandbox(companies=1, dress=Dress(numbers="text")) as running:
        row = calls(running).get().json["rows"][0]
        assert (row["industry"], row["appLimit"], row["status"]) == ("3", "10", 0)


def test_hostile_names_are_answered_as_they_are() -> None:
    with running_sandbox(companies=16, names="hostile") as running:
        names = [row["name"] for row in calls(running).get(limit=100).json["rows"]]
        assert (names[0], names[1][:11], len(names[15])) == ("<script>alert(1)</script>", "=HYPERLINK(", 300)


def test_every_company_can_have_the_same_number_of_projects() -> None:
    with running_sandbox(companies=12, projects=5) as running:
        world = running.sandbox.world
        assert [len(world.projects(company.id)) for company in world.companies()] == [5] * 12


def test_a_moved_company_changes_the_order_of_the_list(caller: Caller, sandbox: RunningSandbox) -> None:
    sandbox.sandbox.world.move_company(23, 0)
    assert [row["id"] for row in caller.get(limit=3).json["rows"]] == [10024, 10001, 10002]


def test_a_hidden_company_is_not_listed_and_not_counted(caller: Caller, sandbox: RunningSandbox) -> None:
    sandbox.sandbox.world.hide(10001, 60)
    answer = caller.get(limit=100).json
    assert (answer["count"], answer["rows"][0]["id"]) == (23, 10002)


def test_a_hidden_project_appears_when_its_time_is_over(caller: Caller, sandbox: RunningSandbox) -> None:
    project = sandbox.sandbox.world.projects(10005)[0]
    sandbox.sandbox.world.hide(project.id, 1.5)
    before = caller.get("/10005/projects").json["count"]
    time.sleep(1.6)
    assert (before, caller.get("/10005/projects").json["count"]) == (0, 1)
