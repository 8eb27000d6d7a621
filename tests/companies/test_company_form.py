"""What the form of a company takes, and what it says to the rest."""

from urllib.parse import urlencode

import pytest
from django.http import QueryDict

from companies.forms.creates import CompanyForm
from tests.companies.conftest import company_values


def form_with(**changes: object) -> CompanyForm:
    return CompanyForm(company_values(**changes))


@pytest.mark.parametrize(
    ("field", "typed", "taken"),
    [
        ("company_name", "  A  ", "A"),
        ("company_name", "x" * 20, "x" * 20),
        ("company_name", "𠮷" * 20, "𠮷" * 20),
        ("company_name", "شركة <b>=1", "شركة <b>=1"),
        ("first_name", "é" * 255, "é" * 255),
        ("last_name", "O'Neil-Ng", "O'Neil-Ng"),
        ("email", " Ann@Acme.example ", "Ann@Acme.example"),
        ("country", "de", "DE"),
        ("area", "CN", "CN"),
        ("app_limit", "1", 1),
        ("app_limit", "", 10),
        ("member_limit", "2147483647", 2147483647),
        ("industry", "19", 19),
        ("interest", "", 1),
        ("environment", "8", 8),
        ("send_password_reset_email", "on", True),
        ("send_password_reset_email", None, False),
    ],
)
def test_what_the_document_allows_is_taken(field: str, typed: str | None, taken: object) -> None:
    form = form_with(**{field: typed})
    assert form.is_valid(), form.errors
    assert form.cleaned_data[field] == taken


@pytest.mark.parametrize(
    ("field", "typed", "words"),
    [
        ("company_name", "", "This cannot stay empty."),
        ("company_name", "   ", "This cannot stay empty."),
        ("company_name", "\u200b\u2060", "This cannot stay empty."),
        ("company_name", "x" * 21, "At most 20 characters; these are 21."),
        ("company_name", "𠮷" * 21, "At most 20 characters; these are 21."),
        ("company_name", "a\nb", "This holds a character that cannot be sent: a line break, a tab or half a sign."),
        ("company_name", "a\0b", "This holds a character that cannot be sent: a line break, a tab or half a sign."),
        ("company_name", "a\ud800b", "This holds a character that cannot be sent: a line break, a tab or half a sign."),
        ("first_name", "x" * 256, "At most 255 characters; these are 256."),
        ("last_name", "", "This cannot stay empty."),
        ("email", "ann", "This is no e-mail address: it needs a name, an @ and a domain."),
        ("email", "ann@", "This is no e-mail address: it needs a name, an @ and a domain."),
        ("email", "", "This cannot stay empty."),
        ("country", "XX", "“XX” is no country. Choose one from the list."),
        ("country", "Germany", "“GERMANY” is no country. Choose one from the list."),
        ("country", "", "Choose a country."),
        ("area", "EU", "Choose one of the two areas."),
        ("area", "", "Choose an area."),
        ("app_limit", "0", "The least is 1."),
        ("app_limit", "ten", "This must be a whole number."),
        ("app_limit", "1.5", "This must be a whole number."),
        ("member_limit", "-3", "The least is 1."),
        ("member_limit", "2147483648", "The most is 2147483647."),
        ("industry", "20", "Select a valid choice. 20 is not one of the available choices."),
        ("interest", "6", "Select a valid choice. 6 is not one of the available choices."),
        ("environment", "x", "Select a valid choice. x is not one of the available choices."),
    ],
)
def test_what_the_document_does_not_allow_is_explained(field: str, typed: str, words: str) -> None:
    assert form_with(**{field: typed}).errors == {field: [words]}


@pytest.mark.parametrize("token", ["", "not a token"])
def test_a_form_without_its_token_is_not_taken(token: str) -> None:
    assert form_with(form_token=token).errors == {
        "__all__": ["This form has lost its mark. Open it again before you send it."]
    }


def test_every_empty_form_has_a_token_of_its_own() -> None:
    assert CompanyForm()["form_token"].value() != CompanyForm()["form_token"].value()


def test_the_form_suggests_what_the_document_defaults_to_and_a_password() -> None:
    form = CompanyForm()
    suggested = {name: form[name].value() for name in form.fields if name != "form_token"}
    assert {name: value for name, value in suggested.items() if value is not None} == {
        "app_limit": 10,
        "member_limit": 10,
        "industry": 12,
        "interest": 1,
        "environment": 1,
        "send_password_reset_email": True,
    }


def test_the_browser_counts_no_characters() -> None:
    assert "maxlength" not in CompanyForm().as_p()


def test_fields_that_the_form_does_not_have_are_left_alone() -> None:
    form = form_with(state="done", created_by="1", result_remote_id="5")
    assert form.is_valid()
    assert "state" not in form.draft().as_payload()


def test_of_a_field_sent_twice_the_last_value_counts() -> None:
    form = CompanyForm(QueryDict(urlencode(company_values(area="CN")) + "&area=Non-CN"))
    assert form.is_valid()
    assert form.draft().area == "Non-CN"
