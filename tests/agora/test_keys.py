"""Two access keys: the second is used where the first is unknown or deleted."""

from collections.abc import Callable

import pytest

from agora.client import ResellerClient
from agora.drafts import CompanyDraft
from agora.errors import UnknownKey, WrongSecret
from agora.transport import Transport

from .conftest import KEY, OTHER_KEY
from .scripted_server import ScriptedServer, answer

Serve = Callable[..., ScriptedServer]
Connect = Callable[..., Transport]
UNKNOWN = answer(401, {"message": "HMAC signature cannot be verified"})
MISMATCH = answer(401, {"message": "HMAC signature does not match"})
FINE = answer(200, {"rows": [], "count": 0})


def key_ids(server: ScriptedServer) -> list[str]:
    return [asked.headers["authorization"].split('"')[1] for asked in server.requests]


def test_a_read_refused_for_its_key_is_tried_with_the_other(serve: Serve, connect: Connect) -> None:
    server = serve(UNKNOWN, FINE)
    connect(server, keys=(KEY, OTHER_KEY)).get("/x")
    assert key_ids(server) == [KEY.id, OTHER_KEY.id]


def test_the_key_that_was_accepted_is_remembered(serve: Serve, connect: Connect) -> None:
    server = serve(UNKNOWN, FINE)
    transport = connect(server, keys=(KEY, OTHER_KEY))
    transport.get("/x")
    transport.get("/x")
    assert key_ids(server) == [KEY.id, OTHER_KEY.id, OTHER_KEY.id]


def test_two_refused_keys_are_tried_once_each(serve: Serve, connect: Connect) -> None:
    server = serve(UNKNOWN)
    with pytest.raises(UnknownKey):
        connect(server, keys=(KEY, OTHER_KEY)).get("/x")
    assert key_ids(server) == [KEY.id, OTHER_KEY.id]


def test_one_key_alone_is_tried_once(serve: Serve, connect: Connect) -> None:
    server = serve(UNKNOWN)
    with pytest.raises(UnknownKey):
        connect(server).get("/x")
    assert len(server.requests) == 1


def test_a_wrong_secret_does_not_lead_to_the_other_key(serve: Serve, connect: Connect) -> None:
    server = serve(MISMATCH, FINE)
    with pytest.raises(WrongSecret):
        connect(server, keys=(KEY, OTHER_KEY)).get("/x")
    assert key_ids(server) == [KEY.id]


def test_a_write_with_two_keys_first_learns_which_is_accepted(
    serve: Serve, client: Callable[..., ResellerClient], draft: CompanyDraft
) -> None:
    server = serve(UNKNOWN, FINE, answer(201, {"id": 1, "name": "Aurora"}))
    client(server, keys=(KEY, OTHER_KEY)).create_company(draft)
    asked = [(asked.method, key) for asked, key in zip(server.requests, key_ids(server), strict=True)]
    assert asked == [("GET", KEY.id), ("GET", OTHER_KEY.id), ("POST", OTHER_KEY.id)]


def test_a_write_with_one_key_asks_nothing_first(
    serve: Serve, client: Callable[..., ResellerClient], draft: CompanyDraft
) -> None:
    server = serve(answer(201, {"id": 1, "name": "Aurora"}))
    client(server).create_company(draft)
    assert [asked.method for asked in server.requests] == ["POST"]


def test_a_write_refused_for_its_key_is_not_sent_with_the_other(
    serve: Serve, connect: Connect, draft: CompanyDraft
) -> None:
    server = serve(UNKNOWN, FINE)
    transport = connect(server, keys=(KEY, OTHER_KEY))
    with pytest.raises(UnknownKey):
        transport.send(transport.prepare("POST", "/x", draft=draft))
    assert key_ids(server) == [KEY.id]


@pytest.mark.parametrize("keys", [(), (KEY, OTHER_KEY, KEY)])
def test_one_or_two_keys_are_needed(keys: tuple[object, ...], connect: Connect) -> None:
    with pytest.raises(ValueError, match="One or two access keys"):
        connect("https://api.agora.io", keys=keys)
