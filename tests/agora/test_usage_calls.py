"""Asking for usage: whole UTC days, six pairs, companies and projects."""

from collections.abc import Callable
from datetime import date

import pytest

from agora.client import ResellerClient
from agora.errors import OutcomeUnknown
from agora.vocabulary import Business, Interval, Model

from .scripted_server import ScriptedServer, answer

Serve = Callable[..., ScriptedServer]
Client = Callable[..., ResellerClient]
SINCE, UNTIL = date(2019, 9, 23), date(2019, 9, 29)
DAY = {"dateTime": "2019-09-23 00:00:00", "usage": {"audioAll": 0}}


def test_row_13_and_20_a_company_is_asked_for_from_the_first_to_the_last_second(serve: Serve, client: Client) -> None:
    server = serve(answer(200, [DAY]))
    client(server).company_usage("10001", Business.DEFAULT, Model.DURATION, SINCE, UNTIL, Interval.DAILY)
    assert server.requests[0].path == (
        "/v1/resellers/companies/10001/usage"
        "?model=duration&business=default&fromTs=1569196800&endTs=1569801599&interval=daily"
    )


def test_a_project_is_asked_for_below_its_company(serve: Serve, client: Client) -> None:
    server = serve(answer(200, [DAY]))
    calls = client(server)
    calls.project_usage("10001", "u/1", Business.RTM, Model.COUNTER, SINCE, UNTIL, Interval.MONTHLY)
    assert server.requests[0].path == (
        "/v1/resellers/companies/10001/projects/u%2F1/usage"
        "?model=counter&business=rtm&fromTs=1569196800&endTs=1569801599&interval=monthly"
    )


def test_the_days_of_an_answer_are_read(serve: Serve, client: Client) -> None:
    calls = client(serve(answer(200, [DAY])))
    usage = calls.company_usage("10001", Business.MINIAPP, Model.DURATION, SINCE, UNTIL, Interval.DAILY)
    assert [(record.period, dict(record.metrics)) for record in usage.records] == [
        (SINCE, {"audioAll": 0, "videoAll": None})
    ]


def test_row_17_a_pair_that_nobody_measures_is_not_asked_for(client: Client) -> None:
    calls = client("http://127.0.0.1:1")
    with pytest.raises(ValueError, match="cannot be asked for"):
        calls.company_usage("10001", Business.RTM, Model.DURATION, SINCE, UNTIL, Interval.DAILY)


def test_days_that_run_backwards_are_not_asked_for(client: Client) -> None:
    calls = client("http://127.0.0.1:1")
    with pytest.raises(ValueError, match="cannot be asked for"):
        calls.company_usage("10001", Business.DEFAULT, Model.DURATION, UNTIL, SINCE, Interval.DAILY)


def test_an_answer_without_figures_is_unusable(serve: Serve, client: Client) -> None:
    calls = client(serve(answer(200, {"message": "ok"})))
    with pytest.raises(OutcomeUnknown) as raised:
        calls.company_usage("10001", Business.DEFAULT, Model.DURATION, SINCE, UNTIL, Interval.DAILY)
    assert (raised.value.status, raised.value.reason) == (200, "the answer holds no figures")
