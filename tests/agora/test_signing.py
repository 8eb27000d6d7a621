"""The signature: published vectors, dates, and keys that never show their secret."""

import locale
import logging
from contextlib import suppress
from datetime import UTC, datetime, timedelta, timezone

import pytest

from agora.signing import AccessKey, http_date, sign, signature, string_to_sign

AT = datetime(2019, 9, 11, 14, 28, 28, tzinfo=UTC)
REQUEST_ID = "4c18781f-16b2-43c5-9281-2eddfd313bd8"


@pytest.mark.parametrize(
    ("secret", "x_date", "request_id", "expected"),
    [
        ("secret", "Wed, 11 Sep 2019 14:28:28 GMT", REQUEST_ID, "T8wbSTShX/y9RHpkYlT1OB5Oo2y2ogNGGfImRqZn2vI="),
        ("A" * 40, "Wed, 11 Sep 2019 14:28:28 GMT", REQUEST_ID, "1omIqVlSeA4FV4kC3GisV3Iyv2WMSnjjzNlGnbGTBBQ="),
        (
            "secret",
            "Wed, 11 Sep 2019 16:21:09 GMT",
            "70a0a14b-f38c-4aaf-aa46-04d8fae3e38c",
            "vMzs2CeE05VJmVBEXKaLVDEhiaWxOUT5bngg0HdiV1E=",
        ),
    ],
)
def test_the_published_vectors_come_out(secret: str, x_date: str, request_id: str, expected: str) -> None:
    assert signature(secret, string_to_sign(x_date, request_id)) == expected


def test_the_signed_text_is_two_lines_without_an_end() -> None:
    assert string_to_sign("D", "U") == "x-date: D\nx-request-id: U"


def test_the_header_names_its_four_fields_in_order() -> None:
    headers = sign(key=AccessKey(id="ccc", secret="secret"), at=AT, request_id=REQUEST_ID)
    assert headers.as_dict() == {
        "x-date": "Wed, 11 Sep 2019 14:28:28 GMT",
        "x-request-id": REQUEST_ID,
        "Authorization": 'hmac username="ccc", algorithm="hmac-sha256", headers="x-date x-request-id", '
        'signature="T8wbSTShX/y9RHpkYlT1OB5Oo2y2ogNGGfImRqZn2vI="',
    }


def test_a_day_before_the_tenth_has_two_digits() -> None:
    assert http_date(datetime(2019, 10, 2, 8, tzinfo=UTC)) == "Wed, 02 Oct 2019 08:00:00 GMT"


def test_a_time_of_another_zone_is_signed_as_gmt() -> None:
    shanghai = timezone(timedelta(hours=8))
    assert http_date(datetime(2019, 10, 2, 7, tzinfo=shanghai)) == "Tue, 01 Oct 2019 23:00:00 GMT"


def test_the_date_does_not_follow_the_locale() -> None:
    before = locale.setlocale(locale.LC_TIME)
    for name in ("de_DE.UTF-8", "zh_CN.UTF-8", "C.UTF-8"):
        with suppress(locale.Error):
            locale.setlocale(locale.LC_TIME, name)
        assert http_date(AT) == "Wed, 11 Sep 2019 14:28:28 GMT"
    locale.setlocale(locale.LC_TIME, before)


def test_the_secret_of_a_key_is_not_shown() -> None:
    key = AccessKey(id="ccc", secret="canary")
    assert f"{key} {key!r}" == "AccessKey(id='ccc') AccessKey(id='ccc')"


def test_the_signature_of_headers_is_not_shown() -> None:
    headers = sign(key=AccessKey(id="ccc", secret="secret"), at=AT, request_id=REQUEST_ID)
    expected = f"SignedHeaders(x_date='Wed, 11 Sep 2019 14:28:28 GMT', x_request_id='{REQUEST_ID}')"
    assert repr(headers) == expected


@pytest.mark.parametrize("bad", ["", "with space", "a" * 65, 'quote"', "new\nline", "ünicode", "abc\n"])
def test_a_secret_that_is_no_secret_is_refused_without_showing_it(bad: str) -> None:
    with pytest.raises(ValueError, match="secret must be 1 to 64 letters and digits") as refusal:
        AccessKey(id="a" * 40, secret=bad)
    assert str(refusal.value) == "The access key secret must be 1 to 64 letters and digits, nothing else."


def test_an_unusual_length_is_taken_with_one_warning(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING):
        for _ in range(2):
            AccessKey(id="a" * 40, secret="s" * 57)
    assert caplog.messages == ["The access key secret has 57 characters, not the usual 40."]
