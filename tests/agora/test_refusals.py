"""What a status and its body mean, and what a person is told."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from agora.drafts import CompanyDraft
from agora.errors import (
    AgoraError,
    ClockRefused,
    Effect,
    Forbidden,
    GatewayRefused,
    NotFound,
    OutcomeUnknown,
    RateLimited,
    Refused,
    UnknownKey,
    WrongSecret,
)
from agora.transport import Transport

from .conftest import KEY, NotingGate
from .scripted_server import Reply, ScriptedServer, answer

NOW = datetime(2024, 5, 6, 7, 8, 9, tzinfo=UTC)
DATE = "HMAC signature cannot be verified, a valid date or x-date header is required for HMAC Authentication"

Error = Callable[..., AgoraError]


@pytest.fixture
def error(
    serve: Callable[..., ScriptedServer], connect: Callable[..., Transport], draft: CompanyDraft
) -> Callable[[Reply], AgoraError]:
    """The error of a create that gets this reply at NOW."""

    def send(reply: Reply) -> AgoraError:
        transport = connect(serve(reply), clock=lambda: NOW)
        with pytest.raises(AgoraError) as raised:
            transport.send(transport.prepare("POST", "/v1/resellers/companies", draft=draft))
        return raised.value

    return send


@pytest.mark.parametrize("status", [401, 403])
@pytest.mark.parametrize(
    ("message", "kind"),
    [
        (DATE, ClockRefused),
        ("HMAC signature cannot be verified", UnknownKey),
        ("HMAC signature does not match", WrongSecret),
        ("HMAC signature is something new", GatewayRefused),
    ],
)
def test_a_gateway_s_refusal_is_known_by_its_words(
    status: int, message: str, kind: type[AgoraError], error: Error
) -> None:
    refusal = error(answer(status, {"message": message, "request_id": "kong"}))
    assert (type(refusal), refusal.effect, refusal.status) == (kind, Effect.NONE, status)


def test_any_other_401_is_the_gateway_s_refusal_as_well(error: Error) -> None:
    assert type(error(answer(401, {"message": "Unauthorized"}))) is GatewayRefused


def test_three_401s_have_three_help_texts(error: Error) -> None:
    texts = {
        error(answer(401, {"message": words})).help_text
        for words in (DATE, "HMAC signature cannot be verified", "HMAC signature does not match")
    }
    assert texts == {ClockRefused.help_message, UnknownKey.help_message, WrongSecret.help_message}


@pytest.mark.parametrize(
    ("minutes", "words"),
    [
        (10, "This machine's clock is 10.0 minutes behind Agora's"),
        (-10, "This machine's clock is 10.0 minutes ahead of Agora's"),
    ],
)
def test_c28_the_clock_s_help_says_by_how_much(minutes: int, words: str, error: Error) -> None:
    server_time = format_datetime(NOW + timedelta(minutes=minutes), usegmt=True)
    refusal = error(answer(401, {"message": DATE}, Date=server_time))
    assert refusal.help_text.startswith(words)
    assert isinstance(refusal, ClockRefused)
    assert refusal.skew == pytest.approx(60 * minutes, abs=1)


def test_c28_without_a_date_the_clock_s_help_gives_no_figure(error: Error) -> None:
    assert error(answer(401, {"message": DATE})).help_text == ClockRefused.help_message


def test_a_date_from_a_cache_measures_nothing(error: Error) -> None:
    server_time = format_datetime(NOW + timedelta(minutes=10), usegmt=True)
    refusal = error(answer(401, {"message": DATE}, Date=server_time, Age="600"))
    assert refusal.help_text == ClockRefused.help_message


@pytest.mark.parametrize(
    ("status", "kind"),
    [(400, Refused), (403, Forbidden), (404, NotFound), (413, Refused), (415, Refused), (422, Refused)],
)
def test_c30_a_definite_no_is_refused(status: int, kind: type[AgoraError], error: Error) -> None:
    refusal = error(answer(status, {"message": "email already used"}))
    assert (type(refusal), refusal.effect, refusal.agora_message) == (kind, Effect.REFUSED, "email already used")


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ({"message": "one"}, "one"),
        ({"msg": "two"}, "two"),
        ({"error": "three"}, "three"),
        ({"reason": "four"}, "four"),
        ({"code": 7, "message": "", "error": {"message": "inner"}}, "inner"),
        ({"code": 7}, '{"code": 7}'),
        (["array"], '["array"]'),
        ("plain text", "plain text"),
        ("<b>极光</b>", "<b>极光</b>"),
        (b"\xff\x00x", "\ufffdx"),
        (b"", ""),
    ],
)
def test_c27_what_agora_said_is_kept(body: object, message: str, error: Error) -> None:
    assert error(answer(400, body)).agora_message == message


@pytest.mark.parametrize("letter", ["x", "极"])
def test_c27_a_long_text_is_cut_at_4_kb(letter: str, error: Error) -> None:
    refusal = error(answer(400, {"message": letter * 1_000_000}))
    assert refusal.agora_message == letter * (4096 // len(letter.encode()))


@pytest.mark.parametrize(
    "reply",
    [
        answer(429, {}, Retry_After="5"),
        answer(429, {}, RateLimit_Reset="5"),
        answer(429, {}, RateLimit_Remaining="0"),
        answer(429, {"message": "API rate limit exceeded"}),
    ],
)
def test_a_429_of_the_gateway_took_no_effect(reply: Reply, error: Error) -> None:
    refusal = error(reply)
    assert (type(refusal), refusal.effect) == (RateLimited, Effect.NONE)


@pytest.mark.parametrize("body", [{}, {"message": "Too many requests"}, "API rate limit exceeded?"])
def test_c32_any_other_429_is_unknown(body: object, error: Error) -> None:
    assert type(error(answer(429, body))) is OutcomeUnknown


@pytest.mark.parametrize(
    ("asked", "seconds"),
    [
        ("5", 5),
        ("Mon, 06 May 2024 07:10:00 GMT", 60),
        ("-1", 1),
        ("0", 1),
        ("abc", None),
        ("", None),
        ("1000000000", 3600),
        ("Mon, 06 May 2030 07:10:00 GMT", 3600),
        ("Mon, 06 May 2019 07:10:00 GMT", 1),
    ],
)
def test_c31_retry_after_is_seconds_or_a_date_of_the_server(asked: str, seconds: float | None, error: Error) -> None:
    reply = answer(429, {}, Retry_After=asked, Date="Mon, 06 May 2024 07:09:00 GMT")
    assert error(reply).retry_after == seconds


def test_a_pause_may_also_stand_in_ratelimit_reset(error: Error) -> None:
    assert error(answer(429, {}, RateLimit_Reset="7")).retry_after == 7


def test_the_gate_hears_of_a_pause(error: Error, gate: NotingGate) -> None:
    error(answer(429, {}, Retry_After="77"))
    heard = gate.exchanges[0]
    assert (heard.status, heard.error, heard.retry_after) == (429, "RateLimited", 77)


def test_an_error_carries_our_request_id(error: Error, gate: NotingGate) -> None:
    assert error(answer(500, {})).request_id == gate.exchanges[0].request_id


def test_an_error_reads_as_one_line(error: Error) -> None:
    refusal = error(answer(400, {"message": "email already used"}))
    assert str(refusal) == (f"Agora answered 400 · email already used · request {refusal.request_id}")


def test_s31_a_server_that_echoes_the_signature_does_not_get_it_shown(
    serve: Callable[..., ScriptedServer], connect: Callable[..., Transport], draft: CompanyDraft
) -> None:
    transport = connect("http://127.0.0.1:1")
    call = transport.prepare("POST", "/", draft=draft)
    server = serve(answer(400, {"message": f"bad header {call.headers.authorization}"}))
    with pytest.raises(Refused) as raised:
        connect(server).send(call)
    assert raised.value.agora_message == (
        f'bad header hmac username="{KEY.id}", algorithm="hmac-sha256", headers="x-date x-request-id", signature="…"'
    )


def test_an_answer_that_is_no_json_shows_its_status(error: Error) -> None:
    unusable = error(answer(201, "<html>"))
    assert str(unusable) == f"the answer was no JSON · status 201 · request {unusable.request_id}"
