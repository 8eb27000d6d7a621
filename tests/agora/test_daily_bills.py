"""A day's bill read whole: every page, every line once, or not believed."""

import json
from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from agora.client import DailyBill, ResellerClient
from agora.errors import OutcomeUnknown

from .scripted_server import Reply, ScriptedServer, answer

Serve = Callable[..., ScriptedServer]
Client = Callable[..., ResellerClient]
DAY = date(2024, 5, 4)
NOW = datetime(2024, 5, 6, 0, 0, 1, tzinfo=UTC)
ABSENT = object()


def line(number: Any, amount: str = "1.5") -> str:
    return f'{{"companyId": 10001, "projectId": {json.dumps(number)}, "amount": {amount}, "currency": "USD"}}'


def page(number: Any, total: Any, more: Any, *lines: Any, size: Any = 2) -> Reply:
    """A page; `lines` are project ids or whole lines, and ABSENT leaves a field out."""
    elements = ", ".join(one if isinstance(one, str) and one.startswith("{") else line(one) for one in lines)
    fields = {"pageNumber": number, "totalSize": total, "hasMore": more, "pageSize": size}
    text = "".join(f'"{name}": {json.dumps(value)}, ' for name, value in fields.items() if value is not ABSENT)
    return answer(200, f'{{{text}"elements": [{elements}]}}')


def read(client: Client, server: ScriptedServer) -> DailyBill:
    return client(server, clock=lambda: NOW).daily_bills(DAY)


def projects(bill: DailyBill) -> list[str]:
    return [line.project_id for line in bill.lines]


def asked(server: ScriptedServer) -> list[str]:
    return [request.path.partition("?period=20240504&")[2] for request in server.requests]


def test_row_21_a_bill_is_asked_for_in_the_query_without_a_body(serve: Serve, client: Client) -> None:
    server = serve(page(1, 1, False, 1))
    read(client, server)
    request = server.requests[0]
    assert request.path == "/v1/resellers/companies/daily-bills?period=20240504&pageNumber=1"
    assert (request.method, request.body) == ("GET", b"")


def test_a_bill_of_one_page_is_complete(serve: Serve, client: Client) -> None:
    bill = read(client, serve(page(1, 2, False, 1, 2)))
    assert (bill.complete, bill.reason, projects(bill), bill.pages, bill.total_size) == (True, "", ["1", "2"], 1, 2)


def test_row_23_pages_are_read_while_there_are_more(serve: Serve, client: Client) -> None:
    bill = read(client, serve(page(1, 5, True, 1, 2), page(2, 5, True, 3, 4), page(3, 5, False, 5)))
    assert (bill.complete, projects(bill), bill.pages) == (True, ["1", "2", "3", "4", "5"], 3)


@pytest.mark.parametrize("more", ["true", 1, "1", ABSENT, None])
def test_row_23_more_is_said_in_many_ways(more: Any, serve: Serve, client: Client) -> None:
    assert read(client, serve(page(1, 3, more, 1, 2), page(2, 3, ABSENT, 3))).complete


@pytest.mark.parametrize("more", [False, "false", 0])
def test_p5_no_more_while_lines_are_missing_is_not_believed(more: Any, serve: Serve, client: Client) -> None:
    bill = read(client, serve(page(1, 3, more, 1, 2), page(2, 3, more, 3)))
    assert (bill.complete, projects(bill)) == (True, ["1", "2", "3"])


def test_p5_more_for_ever_ends_at_the_bound(serve: Serve, client: Client) -> None:
    server = serve(page(1, 3, True, 1, 2), page(2, 3, True, 3), *(page(n, 3, True) for n in range(3, 50)))
    bill = read(client, server)
    assert (len(server.requests), bill.complete, projects(bill)) == (4, True, ["1", "2", "3"])


def test_p5_lines_that_never_come_end_at_the_bound(serve: Serve, client: Client) -> None:
    server = serve(page(1, 9, True, 1, 2), *(page(n, 9, True) for n in range(2, 50)))
    bill = read(client, server)
    assert (len(server.requests), bill.complete, bill.reason) == (7, False, "2 lines came, and 9 were announced")


def test_no_line_at_all_ends_after_three_pages(serve: Serve, client: Client) -> None:
    server = serve(*(page(n, 9_000_000_000_000, True) for n in range(1, 50)))
    assert (read(client, server).complete, len(server.requests)) == (False, 3)


@pytest.mark.parametrize("size", [0, 1, 1000, None, ABSENT, "x"])
def test_p7_nothing_is_decided_by_the_page_size(size: Any, serve: Serve, client: Client) -> None:
    bill = read(client, serve(page(1, 3, True, 1, 2, size=size), page(2, 3, False, 3, size=size)))
    assert bill.complete


def test_p7_an_empty_page_in_the_middle_is_passed(serve: Serve, client: Client) -> None:
    bill = read(client, serve(page(1, 3, True, 1, 2), page(2, 3, True), page(3, 3, False, 3)))
    assert (bill.complete, projects(bill)) == (True, ["1", "2", "3"])


def test_p7_a_short_page_in_the_middle_is_passed(serve: Serve, client: Client) -> None:
    pages = page(1, 5, True, 1, 2), page(2, 5, True, 3), page(3, 5, False, 4, 5)
    assert read(client, serve(*pages)).complete


def test_p8_a_page_that_repeats_an_earlier_one_ends_the_try(serve: Serve, client: Client) -> None:
    server = serve(page(1, 6, True, 1, 2), page(2, 6, True, 3, 4), page(3, 6, True, 1, 2))
    bill = read(client, server)
    assert (bill.complete, bill.reason, len(server.requests)) == (False, "page 3 repeats an earlier page", 3)


def test_p8_a_page_that_answers_for_another_ends_the_try(serve: Serve, client: Client) -> None:
    bill = read(client, serve(page(1, 6, True, 1, 2), page(3, 6, True, 5, 6)))
    assert (bill.complete, bill.reason) == (False, "page 2 was answered as page 3")


@pytest.mark.parametrize("again", [page(1, 4, True, 1, 2), page(ABSENT, 4, True, 1, 2), page(1, 4, True, 3, 4)])
def test_row_22_a_page_two_that_is_page_one_is_asked_for_in_the_sample_s_spelling(
    again: Reply, serve: Serve, client: Client
) -> None:
    server = serve(page(1, 4, True, 1, 2), again, page(2, 4, False, 3, 4))
    assert projects(read(client, server)) == ["1", "2", "3", "4"]
    assert asked(server) == ["pageNumber=1", "pageNumber=2", "pageNumer=2"]


def test_row_22_the_spelling_that_works_is_kept(serve: Serve, client: Client) -> None:
    first = page(1, 6, True, 1, 2)
    server = serve(first, first, page(2, 6, True, 3, 4), page(3, 6, False, 5, 6))
    assert read(client, server).complete
    assert asked(server)[-1] == "pageNumer=3"


def test_row_22_when_neither_spelling_works_the_bill_is_not_believed(serve: Serve, client: Client) -> None:
    server = serve(page(1, 4, True, 1, 2))
    bill = read(client, server)
    assert (bill.complete, bill.reason) == (False, "page 2 was answered as page 1")
    assert asked(server) == ["pageNumber=1", "pageNumber=2", "pageNumer=2"]


@pytest.mark.parametrize("total", [ABSENT, None, "many", -1, 1.5])
def test_p6_a_total_that_is_none_ends_the_try(total: Any, serve: Serve, client: Client) -> None:
    bill = read(client, serve(page(1, total, False, 1, 2)))
    assert (bill.complete, bill.reason) == (False, "page 1 does not say how many lines there are")


def test_p6_a_total_that_moves_ends_the_try(serve: Serve, client: Client) -> None:
    bill = read(client, serve(page(1, 4, True, 1, 2), page(2, 5, False, 3, 4)))
    assert (bill.complete, bill.reason) == (False, "the number of lines moved from 4 to 5")


def test_p6_a_total_may_be_text(serve: Serve, client: Client) -> None:
    assert read(client, serve(page(1, "2", False, 1, 2))).complete


def test_more_lines_than_announced_are_not_believed(serve: Serve, client: Client) -> None:
    bill = read(client, serve(page(1, 1, False, 1, 2)))
    assert (bill.complete, bill.reason) == (False, "2 lines came, and 1 were announced")


def test_row_29_repeated_keys_are_believed_when_a_second_reading_is_equal(serve: Serve, client: Client) -> None:
    first, second = page(1, 3, True, 1, 2), page(2, 3, False, 1)
    server = serve(first, second, first, second)
    bill = read(client, server)
    assert (bill.complete, projects(bill), len(server.requests)) == (True, ["1", "1", "2"], 4)


def test_row_29_the_order_of_two_equal_readings_does_not_matter(serve: Serve, client: Client) -> None:
    pages = page(1, 3, True, 1, 2), page(2, 3, False, 1), page(1, 3, True, 1, 1), page(2, 3, False, 2)
    assert read(client, serve(*pages)).complete


@pytest.mark.parametrize("second", [page(1, 2, False, 1, 2), page(1, 2, False, 1, line(1, "1.6"))])
def test_p4_repeated_keys_with_another_second_reading_are_not_believed(
    second: Reply, serve: Serve, client: Client
) -> None:
    bill = read(client, serve(page(1, 2, False, 1, 1), second))
    assert (bill.complete, bill.reason) == (False, "lines repeat, and a second reading brought other lines")


def test_a_second_reading_that_breaks_off_confirms_nothing(serve: Serve, client: Client) -> None:
    again = [page(1, 3, False, 1, 1), *(page(n, 3, False) for n in (2, 3, 4))]
    bill = read(client, serve(page(1, 2, False, 1, 1), *again))
    assert (bill.complete, bill.reason) == (False, "2 lines came, and 3 were announced")


def test_the_same_project_in_two_currencies_is_no_repetition(serve: Serve, client: Client) -> None:
    server = serve(page(1, 2, False, line(1), line(1).replace("USD", "CNY")))
    assert (read(client, server).complete, len(server.requests)) == (True, 1)


def test_row_24_a_day_without_lines_is_complete_and_empty(serve: Serve, client: Client) -> None:
    bill = read(client, serve(page(1, 0, False)))
    assert (bill.complete, bill.lines, bill.total_size) == (True, [], 0)


def test_p15_a_line_that_cannot_be_read_counts_and_is_shown(serve: Serve, client: Client) -> None:
    bill = read(client, serve(page(1, 2, False, 1, line(2, "NaN"))))
    assert (bill.complete, projects(bill), len(bill.problems)) == (True, ["1"], 1)


def test_amounts_stay_exact(serve: Serve, client: Client) -> None:
    bill = read(client, serve(page(1, 1, False, line(1, "0.12345678"))))
    assert [line.amount for line in bill.lines] == [Decimal("0.12345678")]


def test_every_page_has_its_digest(serve: Serve, client: Client) -> None:
    bill = read(client, serve(page(1, 4, True, 1, 2), page(2, 4, False, 3, 4)))
    assert len(set(bill.digests)) == 2


def test_p9_a_page_that_fails_three_times_is_still_read(serve: Serve, client: Client) -> None:
    broken = answer(500, {})
    server = serve(page(1, 3, True, 1, 2), broken, broken, broken, page(2, 3, False, 3))
    assert read(client, server).complete


def test_p9_a_page_that_always_fails_gives_no_bill(serve: Serve, client: Client) -> None:
    with pytest.raises(OutcomeUnknown):
        read(client, serve(page(1, 3, True, 1, 2), answer(500, {})))


def test_row_25_a_body_that_is_no_json_is_an_error_with_its_status(serve: Serve, client: Client) -> None:
    sample = '{"totalSize": 1 "pageSize": 1}'
    with pytest.raises(OutcomeUnknown) as raised:
        read(client, serve(answer(200, sample)))
    assert (raised.value.status, raised.value.reason) == (200, "the answer was no JSON")


def test_row_24_a_day_later_than_the_day_before_yesterday_is_not_asked_for(serve: Serve, client: Client) -> None:
    server = serve(page(1, 0, False))
    with pytest.raises(ValueError, match="two days later"):
        client(server, clock=lambda: NOW).daily_bills(date(2024, 5, 5))
    assert server.requests == []


def test_one_page_can_be_asked_for(serve: Serve, client: Client) -> None:
    server = serve(page(3, 5, False, 5))
    assert client(server, clock=lambda: NOW).daily_bill_page(DAY, 3).page_number == 3
    assert asked(server) == ["pageNumber=3"]
