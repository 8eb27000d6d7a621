"""Columns are recognised by their headings and words by what they mean; what nobody understands stays as it is."""

import pytest

from companies.intake.columns import FIELDS, guess_columns, is_example
from companies.intake.understanding import understood


@pytest.mark.parametrize(
    "headings",
    [
        ["companyName", "email", "firstName", "lastName", "country", "area"],
        ["company_name", "e_mail", "first_name", "last_name", "Country", "AREA"],
        ["Company", "E-mail", "Given name", "Surname", "Country code", "Service area"],
        ["Company name *", "E-mail address", "First name", "Last name", "Country", "Area"],
        ["公司名称", "邮箱", "名", "姓", "国家", "区域"],
    ],
    ids=["camel", "snake", "synonyms", "ours", "Chinese"],
)
def test_headings_are_recognised_in_many_ways(headings: list[str]) -> None:
    wanted = ["company_name", "email", "first_name", "last_name", "country", "area"]
    assert guess_columns("company", headings) == {name: place for place, name in enumerate(wanted)}


def test_a_heading_that_names_the_field_itself_comes_before_another_word_for_it() -> None:
    assert guess_columns("company", ["Account", "Company name"])["company_name"] == 1


def test_a_column_fills_one_field_only() -> None:
    assert guess_columns("uap-service", ["Company", "Project", "Product", "Region"]) == {
        "company_id": 0,
        "project_id": 1,
        "type_id": 2,
        "region": 3,
    }


def test_every_template_of_ours_is_recognised_whole() -> None:
    for kind, fields in FIELDS.items():
        assert len(guess_columns(kind, [field.name for field in fields])) == len(fields)
        assert is_example(kind, [field.example for field in fields])


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("country", "Germany", "DE"),
        ("country", " germany ", "DE"),
        ("country", "de", "DE"),
        ("country", "UK", "GB"),
        ("country", "Atlantis", "Atlantis"),
        ("area", "China", "CN"),
        ("area", "outside  China", "Non-CN"),
        ("area", "non-cn", "Non-CN"),
        ("area", "Mars", "Mars"),
        ("industry", "education", "3"),
        ("industry", "3.0", "3"),
        ("industry", "99", "99"),
        ("interest", "Video", "2"),
        ("environment", "macOS", "6"),
        ("app_limit", "10.0", "10"),
        ("send_password_reset_email", "Yes", "on"),
        ("send_password_reset_email", "no", ""),
        ("send_password_reset_email", "perhaps", "perhaps"),
        ("type_id", "Cloud recording", "7"),
        ("region", "Outside China", "2"),
        ("region", "1", "1"),
        ("company_name", "China", "China"),
    ],
)
def test_words_are_understood_as_what_the_forms_take(name: str, text: str, value: str) -> None:
    assert understood(name, text) == value
