"""The two usage calls over HTTP: their shapes, and what they refuse."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import pytest

from sandbox.options import Dress
from tests.sandbox.caller import Caller, Said
from tests.sandbox_server import KEY_ID, KEY_SECRET, RunningSandbox, running_sandbox

TODAY = date(2026, 5, 20)
GOOD = {
    "model": "duration",
    "business": "default",
    "fromTs": int(datetime(2026, 5, 1, tzinfo=UTC).timestamp()),
    "endTs": int(datetime(2026, 5, 2, tzinfo=UTC).timestamp()) - 1,
    "interval": "daily",
}
DAY = 86_400


def ask(running: RunningSandbox, path: str = "/10002/usage", **changes: object) -> Said:
    caller = Caller(base_url=running.base_url, key_id=KEY_ID, key_secret=KEY_SECRET)
    parameters = {name: value for name, value in {**GOOD, **changes}.items() if value is not None}
    return caller.get(path, **parameters)


@pytest.fixture(scope="module")
def may() -> Iterator[RunningSandbox]:
    with running_sandbox(today=TODAY) as running:
        yield running


def dressed(**dress: str) -> object:
    with running_sandbox(today=TODAY, companies=2, dress=Dress(**dress)) as running:
        return ask(running).json


def test_an_answer_is_a_bare_list_of_days(may: RunningSandbox) -> None:
    [datum] = ask(may).json
    assert (datum["dateTime"], list(datum)) == ("2026-05-01 00:00:00", ["dateTime", "usage"])


def test_the_end_is_inclusive_and_within_its_day(may: RunningSandbox) -> None:
    days = ask(may, endTs=GOOD["endTs"] + DAY).json
    assert [datum["dateTime"][:10] for datum in days] == ["2026-05-01", "2026-05-02"]


@pytest.mark.parametrize(
    ("business", "model", "names"),
    [
        ("default", "duration", ["audioAll", "videoAll", "sdAll", "hdAll", "hdpAll"]),
        ("default", "transcoding", ["transcodeDuration", "concurrentChannel"]),
        ("recording", "duration", ["audioAudience", "sdAudience", "hdAudience", "hdpAudience"]),
        ("cloudRecording", "duration", ["audioAudience", "sdAudience", "hdAudience", "hdpAudience"]),
        ("miniapp", "duration", ["audioAll", "videoAll"]),
        ("rtm", "counter", ["dau"]),
    ],
)
def test_each_pair_has_its_metrics(may: RunningSandbox, business: str, model: str, names: list[str]) -> None:
    [datum] = ask(may, business=business, model=model).json
    assert list(datum["usage"]) == names


def test_transcoding_keeps_its_two_groups_apart(may: RunningSandbox) -> None:
    [datum] = ask(may, model="transcoding").json
    groups = datum["usage"]
    shared = set(groups["transcodeDuration"]) & set(groups["concurrentChannel"])
    assert (len(groups["transcodeDuration"]), len(groups["concurrentChannel"]), len(shared)) == (10, 13, 10)


def test_a_company_without_a_product_is_answered_zeros(may: RunningSandbox) -> None:
    [datum] = ask(may, "/10019/usage", business="rtm", model="counter").json
    assert datum["usage"] == {"dau": 0}


def test_a_projects_usage_is_a_part_of_its_companys(may: RunningSandbox) -> None:
    projects = [project.id for project in may.sandbox.world.projects(10002)]
    parts = [ask(may, f"/10002/projects/{name}/usage").json[0]["usage"]["audioAll"] for name in projects]
    assert sum(parts) == ask(may).json[0]["usage"]["audioAll"]


def test_a_month_is_named_by_its_first_day(may: RunningSandbox) -> None:
    [datum] = ask(may, interval="monthly", fromTs=GOOD["fromTs"] + 5 * DAY, endTs=GOOD["endTs"] + 9 * DAY).json
    assert datum["dateTime"] == "2026-05-01 00:00:00"


@pytest.mark.parametrize("name", list(GOOD))
def test_a_missing_parameter_is_named(may: RunningSandbox, name: str) -> None:
    said = ask(may, **{name: None})
    assert (said.status, said.json) == (400, {"message": f"{name} is required"})


@pytest.mark.parametrize(
    ("business", "model"),
    [("rtm", "duration"), ("default", "counter"), ("recording", "transcoding"), ("x", "duration")],
)
def test_pairs_that_do_not_go_together_are_refused(may: RunningSandbox, business: str, model: str) -> None:
    said = ask(may, business=business, model=model)
    assert (said.status, said.json) == (400, {"message": "business and model do not go together"})


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"interval": "hourly"}, "interval must be daily or monthly"),
        ({"fromTs": "2026-05-01"}, "fromTs must be a number"),
        ({"endTs": GOOD["endTs"] * 1000}, "endTs must be a number"),
        ({"endTs": 5_000_000_000}, "endTs must be in seconds"),
        ({"endTs": GOOD["fromTs"] - 1}, "endTs must not be earlier than fromTs"),
        ({"fromTs": GOOD["fromTs"] - 45 * DAY}, "a daily call covers at most 45 days"),
        ({"interval": "monthly", "fromTs": GOOD["fromTs"] - 335 * DAY}, "a monthly call covers at most 12 months"),
    ],
)
def test_a_range_outside_the_limits_is_refused(may: RunningSandbox, changes: dict[str, object], message: str) -> None:
    said = ask(may, **changes)
    assert (said.status, said.json) == (400, {"message": message})


def test_forty_five_days_are_answered(may: RunningSandbox) -> None:
    assert len(ask(may, fromTs=GOOD["fromTs"] - 44 * DAY).json) == 45


def test_twelve_months_are_answered(may: RunningSandbox) -> None:
    since = int(datetime(2025, 6, 1, tzinfo=UTC).timestamp())
    assert len(ask(may, interval="monthly", fromTs=since).json) == 12


def test_usage_of_an_unknown_company_is_not_found(may: RunningSandbox) -> None:
    assert ask(may, "/7/usage").json == {"message": "company not found"}


def test_usage_of_another_companys_project_is_not_found(may: RunningSandbox) -> None:
    project = may.sandbox.world.projects(10001)[0].id
    assert ask(may, f"/10002/projects/{project}/usage").json == {"message": "project not found"}


def test_today_is_the_pretended_day(may: RunningSandbox) -> None:
    since = int(datetime(2026, 5, 19, tzinfo=UTC).timestamp())
    days = ask(may, fromTs=since, endTs=since + 5 * DAY).json
    assert days[-1]["dateTime"][:10] == str(TODAY)


@pytest.mark.parametrize(("shape", "key"), [("usagedatum", "UsageDatum"), ("data", "data"), ("rows", "rows")])
def test_the_list_can_stand_in_an_object(shape: str, key: str) -> None:
    answer = dressed(shape=shape)
    assert isinstance(answer, dict)
    assert (list(answer), answer[key]) == ([key], dressed())


def test_a_single_datum_can_stand_alone() -> None:
    assert [dressed(shape="one")] == dressed()


def test_the_metrics_can_stand_in_an_object_of_the_business() -> None:
    plain, nested = dressed(), dressed(shape="nested")
    assert nested[0]["usage"] == {"default": plain[0]["usage"]}


def test_the_metrics_can_be_a_list_of_objects() -> None:
    plain, listed = dressed(), dressed(shape="list")
    assert listed[0]["usage"] == [{name: value} for name, value in plain[0]["usage"].items()]


def test_the_values_can_be_text() -> None:
    plain, texts = dressed(), dressed(numbers="text")
    assert texts[0]["usage"] == {name: str(value) for name, value in plain[0]["usage"].items()}


@pytest.mark.parametrize(
    ("style", "written"),
    [
        ("iso", "2026-05-01T00:00:00.000Z"),
        ("date", "2026-05-01"),
        ("seconds", GOOD["fromTs"]),
        ("milliseconds", GOOD["fromTs"] * 1000),
    ],
)
def test_the_day_can_be_written_in_other_ways(style: str, written: object) -> None:
    assert dressed(date_style=style)[0]["dateTime"] == written


def test_a_day_of_a_year_ago_is_known(may: RunningSandbox) -> None:
    since = int(datetime.combine(TODAY - timedelta(days=390), datetime.min.time(), UTC).timestamp())
    assert ask(may, fromTs=since, endTs=since + DAY - 1).json[0]["usage"]["audioAll"] > 0
