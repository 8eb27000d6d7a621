"""The gateway's checks: each row of its table, their order, and the published signatures."""

from datetime import UTC, datetime, timedelta

import pytest

from sandbox.clock import Clock
from sandbox.exchange import Request
from sandbox.gateway import CHECKS, Claim, Gateway, http_date, parsed_date, signature_matches
from tests.sandbox.caller import ROOT, Caller, Said, send, signature, signed_headers
from tests.sandbox_server import KEY_ID, KEY_SECRET, RunningSandbox, running_sandbox

NOT_VERIFIED = '{"message":"HMAC signature cannot be verified"}'
NO_DATE = (
    '{"message":"HMAC signature cannot be verified, a valid date or x-date header is required for HMAC Authentication"}'
)
NO_MATCH = '{"message":"HMAC signature does not match"}'


def ask(running: RunningSandbox, headers: dict[str, str], *, method: str = "GET", target: str = ROOT) -> Said:
    return send(running.base_url, method, target, headers)


def good_headers(**given: str) -> dict[str, str]:
    return signed_headers(KEY_ID, KEY_SECRET, **given)


@pytest.mark.parametrize(
    ("secret", "date", "request_id", "expected"),
    [
        (
            "secret",
            "Wed, 11 Sep 2019 14:28:28 GMT",
            "4c18781f-16b2-43c5-9281-2eddfd313bd8",
            "T8wbSTShX/y9RHpkYlT1OB5Oo2y2ogNGGfImRqZn2vI=",
        ),
        (
            "A" * 40,
            "Wed, 11 Sep 2019 14:28:28 GMT",
            "4c18781f-16b2-43c5-9281-2eddfd313bd8",
            "1omIqVlSeA4FV4kC3GisV3Iyv2WMSnjjzNlGnbGTBBQ=",
        ),
        (
            "secret",
            "Wed, 11 Sep 2019 16:21:09 GMT",
            "70a0a14b-f38c-4aaf-aa46-04d8fae3e38c",
            "vMzs2CeE05VJmVBEXKaLVDEhiaWxOUT5bngg0HdiV1E=",
        ),
    ],
)
def test_a_published_signature_is_accepted(secret: str, date: str, request_id: str, expected: str) -> None:
    claim = Claim.read(
        f'hmac username="k", algorithm="hmac-sha256", headers="x-date x-request-id", signature="{expected}"'
    )
    assert claim is not None
    assert signature_matches(claim, secret, {"x-date": date, "x-request-id": request_id}) is True


def test_a_signed_request_is_let_through(caller: Caller) -> None:
    assert caller.get().status == 200


@pytest.mark.parametrize(
    ("method", "target"),
    [
        ("GET", "/v1/resellers"),
        ("GET", "/v1/resellers/companies/"),
        ("DELETE", ROOT),
        ("PUT", f"{ROOT}/10001"),
        ("GET", f"{ROOT}/10001"),
        ("POST", f"{ROOT}/10001/usage"),
        ("GET", f"{ROOT}/10001/projects/x/uap"),
        ("GET", "/_sandbox/truth"),
    ],
)
def test_an_unknown_route_is_404_before_anything_is_signed(sandbox: RunningSandbox, method: str, target: str) -> None:
    said = ask(sandbox, {}, method=method, target=target)
    assert (said.status, said.text) == (404, '{"message":"no Route matched with those values"}')


def test_a_request_without_authorization_is_unauthorized(sandbox: RunningSandbox) -> None:
    said = ask(sandbox, {"x-date": http_date(datetime.now(UTC))})
    assert (said.status, said.text) == (401, '{"message":"Unauthorized"}')


@pytest.mark.parametrize("minutes", [-6, 6, 60, -1440])
def test_a_date_out_of_the_window_needs_a_valid_date(sandbox: RunningSandbox, minutes: int) -> None:
    date = http_date(datetime.now(UTC) + timedelta(minutes=minutes))
    said = ask(sandbox, good_headers(date=date))
    assert (said.status, said.text) == (401, NO_DATE)


@pytest.mark.parametrize("minutes", [-4, 4])
def test_a_date_four_minutes_off_is_still_accepted(sandbox: RunningSandbox, minutes: int) -> None:
    date = http_date(datetime.now(UTC) + timedelta(minutes=minutes))
    assert ask(sandbox, good_headers(date=date)).status == 200


@pytest.mark.parametrize(("seconds", "expected"), [(-3, 200), (-8, 401), (3, 200), (8, 401)])
def test_the_window_may_be_smaller(seconds: int, expected: int) -> None:
    with running_sandbox(window=5) as running:
        date = http_date(datetime.now(UTC) + timedelta(seconds=seconds))
        assert ask(running, good_headers(date=date)).status == expected


@pytest.mark.parametrize(
    "text",
    [
        "Wed, 2 Oct 2019 08:00:00 GMT",
        "Tue, 02 Oct 2019 08:00:00 GMT",
        "Wed, 02 Okt 2019 08:00:00 GMT",
        "Wed, 02 Oct 2019 08:00:00 UTC",
        "Wed, 02 Oct 2019 08:00:00 +0000",
        "Mi, 02 Okt 2019 08:00:00 GMT",
        "Wed, 30 Feb 2019 08:00:00 GMT",
        "2019-10-02T08:00:00Z",
        "",
    ],
)
def test_a_date_in_another_form_is_no_date(text: str) -> None:
    assert parsed_date(text) is None


def test_a_date_with_a_two_digit_day_is_read() -> None:
    assert parsed_date("Wed, 02 Oct 2019 08:00:00 GMT") == datetime(2019, 10, 2, 8, tzinfo=UTC)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("hmac username", "basic username"),
        ('algorithm="hmac-sha256", ', ""),
        ("hmac-sha256", "hmac-sha1"),
        ('"x-date x-request-id"', '"x-date"'),
        ('"x-date x-request-id"', '"x-request-id"'),
        ("username=", "user="),
    ],
)
def test_a_claim_in_another_form_cannot_be_verified(sandbox: RunningSandbox, old: str, new: str) -> None:
    headers = good_headers()
    headers["Authorization"] = headers["Authorization"].replace(old, new)
    said = ask(sandbox, headers)
    assert (said.status, said.text) == (401, NOT_VERIFIED)


def test_an_unknown_key_cannot_be_verified(sandbox: RunningSandbox) -> None:
    said = ask(sandbox, signed_headers("nobody", KEY_SECRET))
    assert (said.status, said.text) == (401, NOT_VERIFIED)


def test_a_deleted_key_stops_working_at_once(sandbox: RunningSandbox, caller: Caller) -> None:
    before = caller.get().status
    del sandbox.sandbox.gateway.keys[KEY_ID]
    assert (before, caller.get().text) == (200, NOT_VERIFIED)


def test_a_wrong_secret_does_not_match(sandbox: RunningSandbox) -> None:
    said = ask(sandbox, signed_headers(KEY_ID, "wrong"))
    assert (said.status, said.text) == (401, NO_MATCH)


def test_a_hexadecimal_signature_does_not_match(sandbox: RunningSandbox) -> None:
    headers = good_headers()
    head, _mark, _signature = headers["Authorization"].partition('signature="')
    headers["Authorization"] = f'{head}signature="{"ab" * 32}"'
    assert ask(sandbox, headers).text == NO_MATCH


def test_a_request_id_that_was_signed_but_not_sent_does_not_match(sandbox: RunningSandbox) -> None:
    headers = good_headers()
    del headers["x-request-id"]
    assert ask(sandbox, headers).text == NO_MATCH


def test_the_listed_order_of_the_headers_is_the_signed_one(sandbox: RunningSandbox) -> None:
    headers = good_headers()
    text = f"x-request-id: {headers['x-request-id']}\nx-date: {headers['x-date']}"
    proof = signature(KEY_SECRET, text)
    headers["Authorization"] = (
        f'hmac username="{KEY_ID}", algorithm="hmac-sha256", headers="x-request-id x-date", signature="{proof}"'
    )
    assert ask(sandbox, headers).status == 200


def broken_from(check: str) -> tuple[Request, bool]:
    """A request that passes every check before this one and fails it and, where it can, all after it."""
    at = CHECKS.index(check)
    headers = {"x-date": http_date(datetime.now(UTC)), "x-request-id": "id"}
    proof = signature(
        "secret" if at > CHECKS.index("signature") else "wrong",
        "\n".join(f"{name}: {value}" for name, value in headers.items()),
    )
    key_id = "key" if at > CHECKS.index("key") else "nobody"
    algorithm = "hmac-sha256" if at > CHECKS.index("format") else "md5"
    listed = f'headers="x-date x-request-id", signature="{proof}"'
    headers["authorization"] = f'hmac username="{key_id}", algorithm="{algorithm}", {listed}'
    if at <= CHECKS.index("date"):
        headers["x-date"] = "yesterday"
    if at <= CHECKS.index("authorization"):
        del headers["authorization"]
    return Request(method="GET", path=ROOT, headers=headers), at > 0


@pytest.mark.parametrize("check", CHECKS)
def test_the_first_check_that_fails_decides(check: str) -> None:
    gateway = Gateway(keys={"key": "secret"}, clock=Clock(), rate=-1)  # below 0: every call is too many
    request, routed = broken_from(check)
    verdict = gateway.verdict(request, routed=routed)
    at = CHECKS.index(check)
    expected = [True] * at + [False] + [None] * (len(CHECKS) - at - 1)
    assert list(verdict.checks.values()) == expected


def test_an_old_gateway_answers_403_for_a_signature() -> None:
    with running_sandbox(old_gateway=True) as running:
        said = ask(running, signed_headers(KEY_ID, "wrong"))
        assert (said.status, said.text) == (403, NO_MATCH)


def test_an_old_gateway_answers_401_without_authorization() -> None:
    with running_sandbox(old_gateway=True) as running:
        assert ask(running, {}).status == 401


def test_a_newer_gateway_names_the_request_in_its_errors() -> None:
    with running_sandbox(request_ids=True) as running:
        headers = signed_headers(KEY_ID, "wrong", request_id="70a0a14b-f38c-4aaf-aa46-04d8fae3e38c")
        expected = {
            "message": "HMAC signature does not match",
            "request_id": "70a0a14b-f38c-4aaf-aa46-04d8fae3e38c",
        }
        assert ask(running, headers).json == expected


def test_a_wrong_clock_shows_in_the_date_and_refuses_the_caller() -> None:
    with running_sandbox(clock_offset=3600) as running:
        said = ask(running, good_headers())
        served = parsed_date(said.headers["Date"])
        assert served is not None
        off = served - datetime.now(UTC)
        assert (said.text, round(off.total_seconds() / 60)) == (NO_DATE, 60)


def test_the_date_header_can_be_left_out() -> None:
    with running_sandbox(date_header=False) as running:
        assert "Date" not in ask(running, good_headers()).headers


def burst(running: RunningSandbox, count: int = 8) -> list[Said]:
    return [ask(running, good_headers()) for _ in range(count)]


def test_calls_beyond_the_rate_are_refused_with_headers() -> None:
    with running_sandbox(rate=2, companies=0) as running:
        refused = next(said for said in burst(running) if said.status == 429)
        shown = {name: refused.headers.get(name) for name in ("Retry-After", "RateLimit-Reset", "RateLimit-Limit")}
        assert refused.text == '{"message":"API rate limit exceeded"}'
        assert shown == {"Retry-After": "1", "RateLimit-Reset": "1", "RateLimit-Limit": "2"}


def test_an_old_gateway_refuses_beyond_the_rate_without_headers() -> None:
    with running_sandbox(rate=2, rate_headers=False, companies=0) as running:
        refused = next(said for said in burst(running) if said.status == 429)
        assert "Retry-After" not in refused.headers


def test_the_rate_is_counted_by_second_and_key() -> None:
    gateway = Gateway(keys={}, clock=Clock(), rate=2)
    now = datetime(2020, 1, 1, tzinfo=UTC)
    limit = gateway.rate_limit
    said = [limit.allows("a", now) for _ in range(3)]
    said += [limit.allows("b", now), limit.allows("a", now + timedelta(seconds=1))]
    assert said == [True, True, False, True, True]


def test_a_refused_signature_does_not_use_up_the_rate() -> None:
    with running_sandbox(rate=1, companies=0) as running:
        for _ in range(5):
            ask(running, signed_headers(KEY_ID, "wrong"))
        assert ask(running, good_headers()).status == 200


def test_the_repr_of_options_holds_no_secret(sandbox: RunningSandbox) -> None:
    assert KEY_SECRET not in repr(sandbox.sandbox.options) + repr(sandbox)
