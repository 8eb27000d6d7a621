"""Companies, projects and UAP services as they come: tolerant of every shape, silent about nothing."""

from datetime import UTC, datetime
from typing import Any

import pytest

from agora.records import CompanyRecord, read_company, read_list_page, read_project, read_uap_service
from agora.transport.answers import read_json

COMPANY = {
    "id": 1,
    "name": "Agora",
    "country": "CN",
    "area": "CN",
    "appLimit": 10,
    "memberLimit": 10,
    "industry": 12,
    "interest": 1,
    "environment": 1,
    "status": 0,
}


def company(**fields: Any) -> CompanyRecord:
    return read_company(COMPANY | fields)


def test_the_document_s_sample_of_a_company_is_read() -> None:
    assert company() == CompanyRecord(
        id="1",
        name="Agora",
        country="CN",
        area="CN",
        app_limit=10,
        member_limit=10,
        industry=12,
        interest=1,
        environment=1,
        status=0,
    )


def test_row_2_a_name_from_the_console_may_be_longer_than_twenty() -> None:
    assert company(name="n" * 200).name == "n" * 200


@pytest.mark.parametrize(
    ("value", "limit"), [(10, 10), ("10", 10), (" 10 ", 10), (None, None), ("many", None), (10.5, None), (True, None)]
)
def test_row_3_a_limit_is_a_number_a_numeric_string_or_null(value: object, limit: int | None) -> None:
    assert company(appLimit=value, memberLimit=value).app_limit == limit


@pytest.mark.parametrize(
    ("value", "code"), [(3, 3), ("3", 3), (None, None), ("", None), (99, 99), ("Education", "Education")]
)
def test_row_4_a_code_is_a_number_a_numeric_string_null_or_unknown(value: object, code: object) -> None:
    record = company(industry=value, interest=value, environment=value)
    assert (record.industry, record.interest, record.environment) == (code, code, code)


@pytest.mark.parametrize(
    ("value", "area"), [("CN", "CN"), ("cn", "CN"), ("NON-CN", "Non-CN"), ("Mars", "Mars"), (None, "")]
)
def test_row_5_an_area_has_any_case_and_an_unknown_one_stays(value: object, area: str) -> None:
    assert company(area=value).area == area


@pytest.mark.parametrize(("value", "country"), [("cn", "CN"), ("De", "DE"), ("", ""), (None, "")])
def test_row_6_a_country_has_any_case_or_is_empty(value: object, country: str) -> None:
    assert company(country=value).country == country


@pytest.mark.parametrize(("value", "status"), [(0, 0), ("2", 2), (9, 9), (None, None), ("suspended", None)])
def test_row_8_an_unknown_status_is_never_the_normal_one(value: object, status: int | None) -> None:
    assert company(status=value).status == status


@pytest.mark.parametrize("status", [-1, 0, 1, 7])
def test_row_8_a_project_s_status_may_be_negative_or_unknown(status: int) -> None:
    assert read_project({"id": "u_1", "status": status}).status == status


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (1, "1"),
        ("u_gRV4g0", "u_gRV4g0"),
        ("10013", "10013"),
        ("-dash", "-dash"),
        ("../x", "../x"),
        (" spaced ", " spaced "),
        (2**63, "9223372036854775808"),
        (2**70, str(2**70)),
    ],
)
def test_row_10_an_id_is_kept_as_raw_text(value: object, text: str) -> None:
    assert read_project({"id": value}).id == text


@pytest.mark.parametrize("text", ['{"id": 10001.0}', '{"id": 1.0001e4}'])
def test_row_10_a_whole_id_is_written_as_one(text: str) -> None:
    assert read_project(read_json(text.encode())).id == "10001"


@pytest.mark.parametrize("value", [None, "", "  ", True, [], {}, "a\0b", "a\ud800", "x" * 256])
def test_row_10_an_id_that_cannot_be_kept_exactly_is_none(value: object) -> None:
    with pytest.raises(ValueError, match="usable id"):
        read_company(COMPANY | {"id": value})


def test_row_11_a_uap_service_tells_the_returned_status() -> None:
    record = read_uap_service({"id": 1, "typeId": 1, "projectName": "ProjectX", "status": 0, "region": 1})
    assert (record.id, record.type_id, record.project_name, record.status, record.region) == ("1", 1, "ProjectX", 0, 1)


def test_row_12_an_unknown_type_or_region_is_kept() -> None:
    record = read_uap_service({"id": None, "typeId": "5", "status": 1, "region": 9})
    assert (record.id, record.type_id, record.region) == (None, 5, 9)


def test_row_33_an_unknown_field_is_ignored() -> None:
    assert company(colour="red") == company()


@pytest.mark.parametrize(
    ("created", "at"),
    [
        ("2019-09-24T08:37:38.502Z", datetime(2019, 9, 24, 8, 37, 38, 502000, UTC)),
        ("2019-09-24 08:37:38", datetime(2019, 9, 24, 8, 37, 38, tzinfo=UTC)),
        ("2019-09-24T16:37:38+08:00", datetime(2019, 9, 24, 8, 37, 38, tzinfo=UTC)),
        ("2019-09-24", datetime(2019, 9, 24, tzinfo=UTC)),
        ("20190924", datetime(2019, 9, 24, tzinfo=UTC)),
        ("2016-12-31T23:59:60Z", datetime(2016, 12, 31, 23, 59, 59, tzinfo=UTC)),
        (1569314258, datetime(2019, 9, 24, 8, 37, 38, tzinfo=UTC)),
        (1569314258000, datetime(2019, 9, 24, 8, 37, 38, tzinfo=UTC)),
        ("1512123100", datetime(2017, 12, 1, 10, 11, 40, tzinfo=UTC)),
        ("1512123100000", datetime(2017, 12, 1, 10, 11, 40, tzinfo=UTC)),
        (0, datetime(1970, 1, 1, tzinfo=UTC)),
        (None, None),
        ("", None),
        ("yesterday", None),
        ("2019-02-30", None),
        ("0001-01-01T00:00:00+14:00", None),
        ("0001-01-01T00:00:00Z", None),
        ("9999-12-31T23:59:59Z", None),
        (True, None),
        ([], None),
        (10**15, None),
        (10**400, None),
        ("NaN", None),
    ],
)
def test_row_19_a_time_is_iso_text_a_date_or_seconds_always_utc(created: object, at: datetime | None) -> None:
    assert read_project({"id": "u_1", "created": created}).created == at


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("x" * 1_000_000, "x" * 255),
        ("a\0b", "ab"),
        ("a\ud83db", "ab"),
        ("😀", "😀"),
        ("شركة", "شركة"),
        ("<script>alert(1)</script>", "<script>alert(1)</script>"),
        ("=cmd|' /C calc'!A0", "=cmd|' /C calc'!A0"),
        (12, "12"),
        (None, ""),
        (["a"], '["a"]'),
    ],
)
def test_p17_a_name_is_cleaned_at_the_edge(name: object, kept: str) -> None:
    assert company(name=name).name == kept


def test_p17_half_a_character_in_the_json_does_not_hide_the_rest() -> None:
    assert read_company(read_json(rb'{"id": 1, "name": "a\ud83db\u0000c"}')).name == "abc"


def test_a_page_of_a_list_is_read() -> None:
    page = read_list_page({"rows": [COMPANY], "count": "1"}, read_company)
    assert ([row.id for row in page.rows], page.count, page.lines, page.problems) == (["1"], 1, 1, [])


def test_a_row_that_cannot_be_read_stays_visible() -> None:
    page = read_list_page({"rows": [COMPANY, {"name": "no id"}, "text", None], "count": 4}, read_company)
    told = [(problem.where, problem.reason, problem.raw) for problem in page.problems]
    assert told == [
        ("list row", "it has no usable id", '{"name": "no id"}'),
        ("list row", "it is no object", "text"),
        ("list row", "it is no object", "null"),
    ]
    assert page.lines == 4


@pytest.mark.parametrize("data", [None, [], "text", 5, {}, {"count": 0}, {"rows": 5}, {"rows": {"a": 1}}])
def test_an_answer_without_rows_is_no_list(data: object) -> None:
    with pytest.raises(ValueError, match=r"no object|no rows"):
        read_list_page(data, read_company)


def test_rows_that_are_null_are_an_empty_list() -> None:
    assert read_list_page({"rows": None, "count": 0}, read_company).rows == []
