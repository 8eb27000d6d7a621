"""Lists read whole: pages by offset, distinct ids, again until they stand still."""

from collections.abc import Callable
from contextlib import suppress
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from agora.client import Listing, ResellerClient
from agora.errors import Effect, IdNotAddressable, IncompleteListing, NotFound, OutcomeUnknown
from agora.records import CompanyRecord

from .scripted_server import Reply, ScriptedServer, answer

Serve = Callable[..., ScriptedServer]
Client = Callable[..., ResellerClient]


def page(ids: Any, count: Any) -> Reply:
    return answer(200, {"rows": [{"id": number, "name": f"Company {number}"} for number in ids], "count": count})


def offsets(server: ScriptedServer) -> list[int]:
    return [int(parse_qs(urlsplit(asked.path).query)["offset"][0]) for asked in server.requests]


def test_a_list_is_asked_for_in_hundreds(serve: Serve, client: Client) -> None:
    server = serve(page([1, 2], 2))
    client(server).list_companies()
    assert [asked.path for asked in server.requests] == ["/v1/resellers/companies?limit=100&offset=0"]


def test_a_list_of_one_page_is_read_once(serve: Serve, client: Client) -> None:
    listing = client(serve(page([1, 2], 2))).list_companies()
    assert ([row.id for row in listing.records], listing.count, listing.scans) == (["1", "2"], 2, 1)


def test_an_empty_list_is_a_list(serve: Serve, client: Client) -> None:
    assert client(serve(page([], 0))).list_companies().records == []


def test_row_9_pages_are_read_until_the_count(serve: Serve, client: Client) -> None:
    server = serve(page(range(100), 250), page(range(100, 200), 250), page(range(200, 250), 250))
    listing = client(server).list_companies()
    assert (len(listing.records), offsets(server)) == (250, [0, 100, 200])


def test_row_9_a_server_may_give_smaller_pages_than_asked(serve: Serve, client: Client) -> None:
    server = serve(page(range(20), 45), page(range(20, 40), 45), page(range(40, 45), 45))
    assert len(client(server).list_companies().records) == 45
    assert offsets(server) == [0, 20, 40]


def test_row_9_a_count_that_may_be_the_page_s_own_is_asked_beyond(serve: Serve, client: Client) -> None:
    server = serve(page(range(100), 100), page(range(100, 150), 50))
    assert len(client(server).list_companies().records) == 150


def test_row_9_a_full_page_that_was_all_is_followed_by_an_empty_one(serve: Serve, client: Client) -> None:
    server = serve(page(range(100), 100), page([], 100))
    listing = client(server).list_companies()
    assert (len(listing.records), listing.scans, offsets(server)) == (100, 1, [0, 100])


def test_a_list_without_a_count_ends_with_an_empty_page(serve: Serve, client: Client) -> None:
    server = serve(page([1, 2], None), page([3], None), page([], None))
    assert [row.id for row in client(server).list_companies().records] == ["1", "2", "3"]


def test_row_9_a_repeated_id_makes_the_list_be_read_again(serve: Serve, client: Client) -> None:
    server = serve(page([1, 2], 4), page([2, 3], 4), page([1, 2], 4), page([3, 4], 4))
    listing = client(server).list_companies()
    assert ([row.id for row in listing.records], listing.scans) == (["1", "2", "3", "4"], 2)


def test_row_9_a_count_that_moves_makes_the_list_be_read_again(serve: Serve, client: Client) -> None:
    server = serve(page([1, 2], 4), page([3], 3), page([1, 2], 3), page([3], 3))
    listing = client(server).list_companies()
    assert ([row.id for row in listing.records], listing.scans) == (["1", "2", "3"], 2)


def test_row_9_fewer_rows_than_counted_are_believed_when_told_twice(serve: Serve, client: Client) -> None:
    server = serve(page([1, 2], 3), page([], 3), page([1, 2], 3), page([], 3))
    listing = client(server).list_companies()
    assert ([row.id for row in listing.records], listing.count, listing.scans) == (["1", "2"], 2, 2)


def test_row_9_an_id_that_is_always_there_twice_is_kept_once(serve: Serve, client: Client) -> None:
    listing = client(serve(page([1, 2, 2], 3))).list_companies()
    assert ([row.id for row in listing.records], listing.scans) == (["1", "2"], 2)


def test_a_list_that_never_stands_still_is_not_believed(serve: Serve, client: Client) -> None:
    moving = [(page([1, number], 4), page([99], 3)) for number in range(2, 40)]
    server = serve(*(reply for scan in moving for reply in scan))
    with pytest.raises(IncompleteListing) as raised:
        client(server).list_companies()
    assert raised.value.effect is Effect.UNKNOWN
    assert len(server.requests) == 10


def test_a_server_that_ignores_the_offset_is_not_believed(serve: Serve, client: Client) -> None:
    with pytest.raises(IncompleteListing):
        client(serve(page(range(100), 250))).list_companies()


def test_two_equal_readings_can_be_asked_for(serve: Serve, client: Client) -> None:
    server = serve(page([1, 2], 2), page([1], 1), page([1], 1))
    listing = client(server).list_companies(confirm=True)
    assert ([row.id for row in listing.records], listing.scans) == (["1"], 3)


def test_ids_that_differ_only_by_case_are_two(serve: Serve, client: Client) -> None:
    listing = client(serve(page(["u_a", "u_A"], 2))).list_projects("1")
    assert [row.id for row in listing.records] == ["u_a", "u_A"]


def test_a_row_that_cannot_be_read_is_counted_and_shown(serve: Serve, client: Client) -> None:
    listing = client(serve(page([1, None], 2))).list_companies()
    assert (len(listing.records), len(listing.problems), listing.scans) == (1, 1, 1)


def test_an_answer_that_is_no_list_is_unusable(serve: Serve, client: Client) -> None:
    with pytest.raises(OutcomeUnknown) as raised:
        client(serve(answer(200, {"message": "ok"}))).list_companies()
    assert (raised.value.status, raised.value.reason) == (200, "the list has no rows")


@pytest.mark.parametrize("depth", [10, 400, 900, 990, 5000])
def test_p18_an_answer_that_is_deep_is_no_crash(depth: int, serve: Serve, client: Client) -> None:
    deep = '{"rows": [{"id": ' + "[" * depth + "]" * depth + '}], "count": 1}'
    listing: Listing[CompanyRecord] | None = None
    with suppress(OutcomeUnknown):
        listing = client(serve(answer(200, deep))).list_companies()
    assert listing is None or len(listing.problems) == 1


def test_row_35_a_404_keeps_agora_s_words(serve: Serve, client: Client) -> None:
    with pytest.raises(NotFound) as raised:
        client(serve(answer(404, {"message": "company not found"}))).list_projects("1")
    assert raised.value.agora_message == "company not found"


@pytest.mark.parametrize(
    ("company_id", "segment"),
    [
        ("10001", "10001"),
        ("../x", "..%2Fx"),
        ("a/../b", "a%2F..%2Fb"),
        ("%2e%2e", "%252e%252e"),
        ("a?b", "a%3Fb"),
        ("a#b", "a%23b"),
        ("a b+c", "a%20b%2Bc"),
        ("a;b=c", "a%3Bb%3Dc"),
        ("-u_gRV4g0", "-u_gRV4g0"),
        ("\\x", "%5Cx"),
        ("极", "%E6%9E%81"),
        ("...", "..."),
    ],
)
def test_s38_an_id_stays_one_segment(company_id: str, segment: str, serve: Serve, client: Client) -> None:
    server = serve(page([], 0))
    client(server).list_projects(company_id)
    assert server.requests[0].path == f"/v1/resellers/companies/{segment}/projects?limit=100&offset=0"


@pytest.mark.parametrize("company_id", ["", ".", ".."])
def test_s38_an_id_that_no_path_can_carry_is_not_asked_for(company_id: str, client: Client) -> None:
    with pytest.raises(IdNotAddressable):
        client("http://127.0.0.1:1").list_projects(company_id)
