"""Usage answers in every shape they come in; what cannot be believed is named, and missing is never 0."""

import json
from datetime import date
from typing import Any

import pytest

from agora.records import Asked, UsageAnswer, UsageRecord, read_usage
from agora.transport.answers import read_json
from agora.vocabulary import METRICS, Business, Interval, Model

DAY = "2019-09-23 00:00:00"
FLAT = {"audioAll": 1, "videoAll": 2, "sdAll": 3, "hdAll": 4, "hdpAll": 5}
NOTHING = dict.fromkeys(FLAT)
SINCE, UNTIL = date(2019, 9, 23), date(2019, 9, 29)


def asked(
    business: str = "default", model: str = "duration", interval: Interval = Interval.DAILY, until: date = UNTIL
) -> Asked:
    return Asked(business=Business(business), model=Model(model), since=SINCE, until=until, interval=interval)


def read(data: Any, question: Asked | None = None) -> UsageAnswer:
    return read_usage(read_json(json.dumps(data).encode()), question or asked())


def only(data: Any, question: Asked | None = None) -> UsageRecord:
    answer = read(data, question)
    assert (len(answer.records), list(answer.problems)) == (1, [])
    return answer.records[0]


def usage(value: Any, question: Asked | None = None) -> UsageRecord:
    return only([{"dateTime": DAY, "usage": value}], question)


@pytest.mark.parametrize(
    "shape",
    [
        [{"dateTime": DAY, "usage": FLAT}],
        {"UsageDatum": [{"dateTime": DAY, "usage": FLAT}]},
        {"data": [{"dateTime": DAY, "usage": FLAT}]},
        {"rows": [{"dateTime": DAY, "usage": FLAT}]},
        {"data": {"UsageDatum": [{"dateTime": DAY, "usage": FLAT}]}},
        {"UsageDatum": {"dateTime": DAY, "usage": FLAT}},
        {"dateTime": DAY, "usage": FLAT},
    ],
)
def test_row_14_an_answer_is_a_list_a_dict_with_one_or_one_datum(shape: Any) -> None:
    assert only(shape) == UsageRecord(period=SINCE, metrics=FLAT)


@pytest.mark.parametrize("shape", [None, 5, "text", {}, {"message": "ok"}, {"data": 5}])
def test_row_14_an_answer_without_figures_is_none(shape: Any) -> None:
    with pytest.raises(ValueError, match="holds no figures"):
        read(shape)


@pytest.mark.parametrize("shape", [[], {"UsageDatum": []}, {"data": None}])
def test_row_14_an_empty_answer_tells_of_no_day(shape: Any) -> None:
    assert read(shape) == UsageAnswer(records=[], problems=[])


@pytest.mark.parametrize(
    "value", [FLAT, [FLAT], [{"audioAll": 1, "videoAll": 2}, {"sdAll": 3, "hdAll": 4}, {"hdpAll": 5}]]
)
def test_row_15_usage_is_a_dict_or_a_list_to_merge(value: Any) -> None:
    assert usage(value).metrics == FLAT


@pytest.mark.parametrize("value", [None, [], {}, [None]])
def test_row_15_usage_that_is_null_has_no_metrics(value: Any) -> None:
    assert usage(value) == UsageRecord(period=SINCE, metrics=NOTHING)


@pytest.mark.parametrize(
    "value", [{"duration": FLAT}, {"default": FLAT}, {"duration": {"default": FLAT}}, {"duration": [FLAT]}]
)
def test_row_16_an_outer_level_of_the_model_or_the_business_is_taken_off(value: Any) -> None:
    assert usage(value) == UsageRecord(period=SINCE, metrics=FLAT)


def test_row_16_the_outer_level_of_another_business_is_not() -> None:
    assert usage({"miniapp": {"audioAll": 7}}) == UsageRecord(
        period=SINCE, metrics=NOTHING, extra={"miniapp.audioAll": "7"}
    )


def test_row_16_daily_active_users_may_lie_deep() -> None:
    value = {"transcoding": {"counter": {"rtm": {"dau": 9}}}}
    assert usage(value, asked("rtm", "counter")).metrics == {"dau": 9}


@pytest.mark.parametrize("wrapped", [False, True])
def test_row_16_the_two_groups_of_transcoding_stay_apart(wrapped: bool) -> None:
    groups = {"transcodeDuration": {"avcSd": 1, "avcHd": 2}, "concurrentChannel": {"avcSd": 3, "avcTotal": 4}}
    metrics = usage({"transcoding": groups} if wrapped else groups, asked("default", "transcoding")).metrics
    assert metrics == dict.fromkeys(METRICS[Business.DEFAULT, Model.TRANSCODING]) | {
        "transcodeDuration.avcSd": 1,
        "transcodeDuration.avcHd": 2,
        "concurrentChannel.avcSd": 3,
        "concurrentChannel.avcTotal": 4,
    }


def test_row_16_flat_transcoding_keys_belong_to_no_group() -> None:
    record = usage({"avcSd": 1}, asked("default", "transcoding"))
    assert (set(record.metrics.values()), record.extra) == ({None}, {"unspecified.avcSd": "1"})


def test_row_16_a_key_with_its_group_before_it_is_understood() -> None:
    record = usage({"concurrentChannel.avcSd": 1}, asked("default", "transcoding"))
    assert record.metrics["concurrentChannel.avcSd"] == 1


@pytest.mark.parametrize(
    ("value", "figure"),
    [("12", 12), ("12.0", 12), (0, 0), ("0", 0), (-3, -3), (2**63 - 1, 2**63 - 1), (" 7 ", 7), ("1e3", 1000)],
)
def test_row_18_a_whole_value_is_a_number_or_a_numeric_string(value: Any, figure: int) -> None:
    assert usage({"audioAll": value}) == UsageRecord(period=SINCE, metrics=NOTHING | {"audioAll": figure})


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("1.50", "1.50"),
        ('"1.50"', "1.50"),
        ('"many"', "many"),
        ("9223372036854775808", "9223372036854775808"),
        ("1e999", "1E+999"),
        ("NaN", "NaN"),
        ("true", "true"),
    ],
)
def test_row_18_any_other_value_is_kept_as_text(text: str, kept: str) -> None:
    data = read_json(f'[{{"dateTime": "{DAY}", "usage": {{"audioAll": {text}}}}}]'.encode())
    assert read_usage(data, asked()).records == [UsageRecord(period=SINCE, metrics=NOTHING, extra={"audioAll": kept})]


def test_row_18_an_unknown_key_is_kept_as_text() -> None:
    assert usage({"audioAll": 1, "uhdAll": 12}).extra == {"uhdAll": "12"}


def test_row_18_a_metric_that_is_null_is_missing() -> None:
    assert usage({"audioAll": None}) == UsageRecord(period=SINCE, metrics=NOTHING)


@pytest.mark.parametrize(
    "said",
    [
        "2019-09-23 00:00:00",
        "2019-09-23T00:00:00",
        "2019-09-23T00:00:00Z",
        "2019-09-23T00:00:00.000Z",
        "2019-09-23T00:00:00+00:00",
        "2019-09-23T08:00:00+08:00",
        "2019-09-23",
        1569196800,
        1569196800000,
        "1569196800",
        "2019-09-23 12:30:00",
    ],
)
def test_row_19_a_day_comes_in_many_spellings(said: Any) -> None:
    assert only([{"dateTime": said, "usage": FLAT}]).period == SINCE


@pytest.mark.parametrize("said", ["2019-09-01 00:00:00", "2019-09-30 23:59:59", "2019-09-23", 1569196800])
def test_a_month_is_named_by_any_instant_of_it(said: Any) -> None:
    question = asked(interval=Interval.MONTHLY)
    assert only([{"dateTime": said, "usage": FLAT}], question).period == date(2019, 9, 1)


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        ("2019-09-22 00:00:00", "it is outside the days that were asked for"),
        ("2019-09-30 00:00:00", "it is outside the days that were asked for"),
        ("2019-09-24T00:00:00+08:00", "it is a day of another time zone"),
        (None, "it has no readable dateTime"),
        ("soon", "it has no readable dateTime"),
    ],
)
def test_p14_a_day_that_cannot_be_believed_is_rejected_and_named(said: Any, reason: str) -> None:
    answer = read([{"dateTime": said, "usage": FLAT}])
    assert ([problem.reason for problem in answer.problems], answer.records) == ([reason], [])


def test_p14_a_month_outside_is_rejected_and_named() -> None:
    answer = read([{"dateTime": "2019-10-01", "usage": FLAT}], asked(interval=Interval.MONTHLY))
    assert [problem.reason for problem in answer.problems] == ["it is outside the days that were asked for"]


def test_p14_a_day_told_twice_is_rejected_and_named() -> None:
    twice = {"dateTime": DAY, "usage": FLAT}
    answer = read([twice, {"dateTime": "2019-09-24", "usage": FLAT}, twice])
    assert [record.period for record in answer.records] == [date(2019, 9, 24)]
    assert [(problem.reason, problem.raw) for problem in answer.problems] == [("it is told twice", "2019-09-23")]


def test_p14_a_metric_told_twice_with_two_values_rejects_its_day() -> None:
    answer = read([{"dateTime": DAY, "usage": [{"audioAll": 1}, {"audioAll": 2}]}])
    assert ([problem.reason for problem in answer.problems], answer.records) == (["audioAll is told twice"], [])


@pytest.mark.parametrize("datum", [5, None, [], "text"])
def test_p14_a_datum_that_is_no_object_is_named(datum: Any) -> None:
    assert [problem.reason for problem in read([datum]).problems] == ["it has no readable dateTime"]


def test_a_problem_shows_what_came() -> None:
    problem = read([{"dateTime": "soon", "usage": {"audioAll": 1}}]).problems[0]
    assert (problem.where, problem.raw) == ("usage", '{"dateTime": "soon", "usage": {"audioAll": 1}}')


def test_a_missing_day_has_no_record() -> None:
    days = [{"dateTime": f"2019-09-{day}", "usage": FLAT} for day in (23, 25)]
    assert [record.period.day for record in read(days).records] == [23, 25]
