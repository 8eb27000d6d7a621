"""What goes out: the bodies of the three creates, and drafts that can be stored."""

import json
from dataclasses import replace

import pytest

from agora.drafts import AnyDraft, CompanyDraft, ProjectDraft, UapServiceDraft


def test_a_company_sends_its_name_under_both_keys_and_omits_default_codes(draft: CompanyDraft) -> None:
    assert draft.to_json() == {
        "companyName": "Aurora",
        "name": "Aurora",
        "email": "a@example.com",
        "firstName": "A",
        "lastName": "B",
        "country": "DE",
        "area": "Non-CN",
        "appLimit": 10,
        "memberLimit": 10,
        "sendPasswordResetEmail": False,
    }


def test_codes_that_differ_from_the_default_are_sent_as_numbers(draft: CompanyDraft) -> None:
    body = replace(draft, industry=3, interest=2, environment=8).to_json()
    assert (body["industry"], body["interest"], body["environment"]) == (3, 2, 8)


def test_the_mail_with_the_password_is_always_decided(draft: CompanyDraft) -> None:
    assert replace(draft, send_password_reset_email=True).to_json()["sendPasswordResetEmail"] is True


def test_a_project_sends_its_name_alone() -> None:
    assert ProjectDraft(company_id="1", name="ProjectX").to_json() == {"name": "ProjectX"}


def test_a_uap_service_sends_type_and_region() -> None:
    draft = UapServiceDraft(company_id="1", project_id="u_1", type_id=7, region=2)
    assert draft.to_json() == {"typeId": 7, "region": 2}


@pytest.mark.parametrize(
    "draft",
    [
        CompanyDraft(
            company_name="极光", email="a@b.c", first_name="A", last_name="B", country="CN", area="CN", industry=3
        ),
        ProjectDraft(company_id="1", name="ProjectX"),
        UapServiceDraft(company_id="1", project_id="u_1", type_id=7, region=2),
    ],
)
def test_a_draft_comes_back_from_its_stored_fields(draft: AnyDraft) -> None:
    assert type(draft).from_payload(json.loads(json.dumps(draft.as_payload()))) == draft


def test_an_unknown_field_is_no_draft() -> None:
    with pytest.raises(TypeError):
        ProjectDraft.from_payload({"company_id": "1", "name": "X", "colour": "red"})
