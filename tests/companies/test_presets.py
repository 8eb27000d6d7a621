"""Presets: admins keep them, everybody who begins a checklist reads what they fill in."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from accounts.models import AuditEntry
from companies.models import Preset

SignedIn = Callable[..., Client]
LIST = "/onboarding/presets/"
CREATE = f"{LIST}create/"
VALUES = {
    "name": "Education CN",
    "country": "CN",
    "area": "CN",
    "app_limit": "20",
    "industry": "3",
    "send_password_reset_email": "False",
    "rows": "3",
    "project-0-name": "{company} live",
    "project-0-services": ["7-1", "1-1"],
    "project-1-name": "",
    "project-2-name": "{company} test",
}


@pytest.fixture
def admin(db: None, signed_in: SignedIn) -> Client:
    """Somebody who keeps presets."""
    return signed_in("admin")


def stored(client: Client, **changes: Any) -> Preset:
    answer = client.post(CREATE, {**VALUES, **changes})
    assert answer.status_code == 302, answer.content.decode()
    return Preset.objects.get()


def test_a_preset_holds_what_is_set_and_nothing_else(admin: Client) -> None:
    preset = stored(admin)
    assert preset.company == {
        "country": "CN",
        "area": "CN",
        "app_limit": "20",
        "industry": "3",
        "send_password_reset_email": "False",
    }
    assert preset.projects == [
        {"name": "{company} live", "services": [[1, 1], [7, 1]]},
        {"name": "{company} test", "services": []},
    ]


def test_a_preset_is_changed_from_what_it_is(admin: Client) -> None:
    preset = stored(admin)
    url = f"{LIST}{preset.pk}/"
    page = admin.get(url).content.decode()
    assert "{company} live" in page
    admin.post(url, {**VALUES, "name": "Education", "app_limit": "", "project-2-name": ""})
    preset.refresh_from_db()
    assert (preset.name, "app_limit" in preset.company, len(preset.projects)) == ("Education", False, 1)


def test_one_more_line_keeps_what_was_typed_and_finds_nothing_wrong_yet(admin: Client) -> None:
    page = admin.post(CREATE, {**VALUES, "name": "", "more": "1"})
    text = page.content.decode()
    assert (len(page.context["lines"]), Preset.objects.count()) == (4, 0)
    assert "{company} live" in text
    assert "This cannot stay empty" not in text


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"name": ""}, "This cannot stay empty."),
        ({"name": "x" * 81}, "At most 80 characters"),
        ({"app_limit": "0"}, "The least is 1."),
        ({"country": "XX"}, "is no country."),
        ({"industry": "99"}, "99 is not one of the available choices"),
        ({"project-0-name": ""}, "This cannot stay empty."),
        ({"project-0-services": ["2-2"]}, "2-2 is not one of the available choices"),
    ],
)
def test_what_is_wrong_stands_beside_its_field(admin: Client, changes: dict[str, Any], words: str) -> None:
    page = admin.post(CREATE, {**VALUES, **changes}).content.decode()
    assert words in page
    assert "Nothing was saved: 1 field needs another look." in page
    assert Preset.objects.count() == 0


def test_a_name_is_given_once_whatever_its_case(admin: Client) -> None:
    stored(admin)
    assert "Another preset has this name." in admin.post(CREATE, {**VALUES, "name": "education cn"}).content.decode()
    assert Preset.objects.count() == 1


def test_a_preset_is_removed_after_a_question(admin: Client) -> None:
    url = f"{LIST}{stored(admin).pk}/remove/"
    assert "Education CN" in admin.get(url).content.decode()
    page = admin.post(url, follow=True).content.decode()
    assert "The preset “Education CN” was removed." in page
    assert Preset.objects.count() == 0


def test_every_change_of_a_preset_is_in_the_audit_log(admin: Client) -> None:
    url = f"{LIST}{stored(admin).pk}/"
    admin.post(url, VALUES)
    admin.post(f"{url}remove/")
    actions = AuditEntry.objects.filter(action__startswith="preset.").order_by("pk").values_list("action", flat=True)
    assert list(actions) == ["preset.created", "preset.changed", "preset.removed"]


def test_an_empty_list_says_what_a_preset_is_for(admin: Client) -> None:
    assert "No preset yet" in admin.get(LIST).content.decode()


def test_whoever_begins_a_checklist_reads_what_a_preset_fills_in(admin: Client, signed_in: SignedIn) -> None:
    stored(admin)
    page = signed_in("operator").get("/onboarding/checklists/begin/").content.decode()
    assert "Education CN" in page
    assert "Project “{company} live”" in page
    assert "Mini app, China · Cloud recording, China" in page


@pytest.mark.parametrize("role", ["viewer", "operator", "approver", "finance"])
def test_only_admins_keep_presets(role: str, db: None, signed_in: SignedIn) -> None:
    client = signed_in(role)
    assert [client.get(LIST).status_code, client.post(CREATE, VALUES).status_code] == [403, 403]


@pytest.mark.parametrize("rows", ["", "-1", "x", "9" * 30, "999"])
def test_a_number_of_lines_that_makes_no_sense_is_no_error(admin: Client, rows: str) -> None:
    assert admin.post(CREATE, {**VALUES, "rows": rows}).status_code == 302
