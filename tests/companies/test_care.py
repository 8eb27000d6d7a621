"""What the team says about companies: tags and owners, of one and of many, written down and undone."""

import datetime as dt
from collections.abc import Callable

import pytest
from django.utils import timezone

from accounts.models import AuditEntry, Person
from companies.forms.care import CareForm
from companies.models import CareChange, Company, Tag
from companies.queries.care import owners_in_use, possible_owners, tags_in_use
from companies.services import care
from companies.services.mirror import store_companies
from tests.companies.test_mirror import company_record
from tests.usage.known import company

MakePerson = Callable[..., Person]
NOW = dt.datetime(2026, 9, 23, 12, tzinfo=dt.UTC)


@pytest.fixture
def ann(person: MakePerson) -> Person:
    return person("operator", email="ann@reseller.example")


@pytest.fixture
def ben(person: MakePerson) -> Person:
    return person("operator", email="ben@reseller.example")


def tags_of(one: Company) -> list[str]:
    return [tag.name for tag in one.tags.all()]


def owners() -> list[int | None]:
    return list(Company.objects.order_by("company_id").values_list("owner_id", flat=True))


def test_a_company_has_the_tags_that_were_set_in_the_order_of_the_alphabet(ann: Person) -> None:
    acme = company("1", "Acme")
    changed = care.set_tags(company=acme, names=["pilot", "Education", " big   one "], by=ann)
    assert (changed, tags_of(acme)) == (True, ["big one", "Education", "pilot"])


def test_a_tag_in_another_case_is_the_same_tag_as_it_was_first_spelled(ann: Person) -> None:
    acme, bolt = company("1"), company("2")
    care.set_tags(company=acme, names=["Ärzte", "Education"], by=ann)
    care.set_tags(company=bolt, names=["EDUCATION", "äRZTE", "education"], by=ann)
    assert (tags_of(bolt), Tag.objects.count()) == (["Education", "Ärzte"], 2)


def test_setting_what_is_so_already_changes_nothing_and_is_not_written_down(ann: Person) -> None:
    acme = company("1")
    care.set_tags(company=acme, names=["pilot"], by=ann)
    again = care.set_tags(company=acme, names=["PILOT"], by=ann)
    assert (again, AuditEntry.objects.count()) == (False, 1)


def test_tags_and_owner_of_one_company_are_written_down(ann: Person, ben: Person) -> None:
    acme = company("1")
    care.set_tags(company=acme, names=["pilot"], by=ann)
    care.set_owner(company=acme, owner=ben, by=ann)
    written = AuditEntry.objects.order_by("pk").values_list("action", "object_id", "detail")
    assert list(written) == [
        ("company.tagged", f"{acme.pk}", {"tags": ["", "pilot"]}),
        ("company.owner_set", f"{acme.pk}", {"owner": ["", "ben@reseller.example"]}),
    ]


def test_an_owner_is_set_and_taken_away(ann: Person, ben: Person) -> None:
    acme = company("1")
    steps = [care.set_owner(company=acme, owner=owner, by=ann) for owner in (ben, ben, None)]
    assert (steps, owners()) == ([True, False, True], [None])


def test_a_listing_touches_neither_tags_nor_owner(ann: Person) -> None:
    acme = company("1", "Acme")
    care.set_tags(company=acme, names=["pilot"], by=ann)
    care.set_owner(company=acme, owner=ann, by=ann)
    store_companies([company_record("1", name="Acme 2")], seen_at=timezone.now(), gone=True)
    acme.refresh_from_db()
    assert (acme.name, acme.owner, tags_of(acme)) == ("Acme 2", ann, ["pilot"])


def test_a_tag_is_put_on_many_and_only_those_that_lacked_it_changed(ann: Person) -> None:
    acme, bolt, cork = company("1"), company("2"), company("3")
    care.set_tags(company=bolt, names=["pilot"], by=ann)
    change = care.add_tag(companies=Company.objects.filter(pk__in=[acme.pk, bolt.pk]), name="Pilot", by=ann, now=NOW)
    assert change is not None
    assert (change.before, [tags_of(one) for one in (acme, bolt, cork)]) == (
        {acme.pk: None},
        [["pilot"], ["pilot"], []],
    )


def test_undoing_takes_a_tag_off_again_where_it_was_put_on_and_nowhere_else(ann: Person) -> None:
    acme, bolt = company("1"), company("2")
    care.set_tags(company=bolt, names=["pilot"], by=ann)
    care.add_tag(companies=Company.objects.all(), name="pilot", by=ann, now=NOW)
    count = care.undo(change=CareChange.objects.get(), by=ann, now=NOW)
    assert (count, tags_of(acme), tags_of(bolt)) == (1, [], ["pilot"])


def test_undoing_puts_a_tag_back_where_it_was_taken_off(ann: Person) -> None:
    acme, bolt = company("1"), company("2")
    care.set_tags(company=bolt, names=["pilot"], by=ann)
    care.remove_tag(companies=Company.objects.all(), tag=Tag.objects.get(), by=ann, now=NOW)
    taken_off = tags_of(bolt)
    count = care.undo(change=CareChange.objects.get(), by=ann, now=NOW)
    assert (taken_off, count, tags_of(acme), tags_of(bolt)) == ([], 1, [], ["pilot"])


def test_undoing_gives_every_company_back_to_whoever_looked_after_it(ann: Person, ben: Person) -> None:
    company("1"), company("2")
    care.set_owner(company=company("3"), owner=ben, by=ann)
    care.set_owner(company=company("4"), owner=ann, by=ann)
    care.set_owners(companies=Company.objects.all(), owner=ann, by=ann, now=NOW)
    all_hers = owners()
    count = care.undo(change=CareChange.objects.get(), by=ann, now=NOW)
    assert (all_hers, count, owners()) == ([ann.pk] * 4, 3, [None, None, ben.pk, ann.pk])


def test_undoing_leaves_alone_what_somebody_changed_since(ann: Person, ben: Person) -> None:
    acme = company("1")
    company("2")
    care.set_owners(companies=Company.objects.all(), owner=ann, by=ann, now=NOW)
    care.set_owner(company=acme, owner=ben, by=ben)
    count = care.undo(change=CareChange.objects.get(), by=ann, now=NOW)
    assert (count, owners()) == (1, [ben.pk, None])


def test_undoing_twice_is_undoing_once(ann: Person) -> None:
    company("1")
    care.add_tag(companies=Company.objects.all(), name="pilot", by=ann, now=NOW)
    counts = [care.undo(change=CareChange.objects.get(), by=ann, now=NOW) for _ in range(2)]
    assert counts == [1, None]


def test_a_step_that_changes_nothing_leaves_nothing_to_undo(ann: Person) -> None:
    company("1")
    changes = [
        care.set_owners(companies=Company.objects.all(), owner=None, by=ann, now=NOW),
        care.add_tag(companies=Company.objects.none(), name="pilot", by=ann, now=NOW),
        care.remove_tag(companies=Company.objects.all(), tag=Tag.objects.get(), by=ann, now=NOW),
    ]
    assert (changes, CareChange.objects.count(), AuditEntry.objects.count()) == ([None] * 3, 0, 0)


def test_a_step_over_many_is_one_entry_that_says_what_and_how_many(ann: Person) -> None:
    company("1"), company("2")
    care.add_tag(companies=Company.objects.all(), name="pilot", by=ann, now=NOW)
    entry = AuditEntry.objects.get()
    assert (entry.action, entry.detail) == ("companies.changed", {"step": "add-tag", "tag": "pilot", "companies": 2})


def test_a_thousand_companies_change_at_once(ann: Person) -> None:
    many = [Company(company_id=f"{n}", first_seen_at=NOW, last_seen_at=NOW) for n in range(1001)]
    Company.objects.bulk_create(many)
    care.add_tag(companies=Company.objects.all(), name="pilot", by=ann, now=NOW)
    tagged = Company.objects.filter(tags__name="pilot").count()
    care.undo(change=CareChange.objects.get(), by=ann, now=NOW)
    assert (tagged, Company.objects.filter(tags__name="pilot").count()) == (1001, 0)


def test_only_tags_and_owners_of_listed_companies_are_in_use(ann: Person, ben: Person) -> None:
    for number, owner, tag in (("1", ann, "pilot"), ("2", ben, "gone")):
        one = company(number)
        care.set_tags(company=one, names=[tag], by=ann)
        care.set_owner(company=one, owner=owner, by=ann)
    Company.objects.filter(company_id="2").update(gone_at=NOW)
    assert ([tag.name for tag in tags_in_use()], list(owners_in_use())) == (["pilot"], [ann])


def test_whoever_may_not_sign_in_cannot_become_an_owner(ann: Person, ben: Person) -> None:
    Person.objects.filter(pk=ben.pk).update(is_active=False)
    assert list(possible_owners()) == [ann]


@pytest.mark.parametrize(
    ("typed", "tags"), [("pilot, Big one ,,", ["pilot", "Big one"]), ("", []), (" , ", []), ("教育", ["教育"])]
)
def test_typed_tags_are_divided_by_commas(typed: str, tags: list[str], db: None) -> None:
    form = CareForm({"tags": typed}, company=company("1"))
    assert (form.is_valid(), form.cleaned_data.get("tags")) == (True, tags)


@pytest.mark.parametrize("typed", ["x" * 41, "a\tb", ",".join(f"tag {n}" for n in range(21))])
def test_a_tag_that_is_too_long_or_holds_control_characters_is_refused(typed: str, db: None) -> None:
    form = CareForm({"tags": typed}, company=company("1"))
    assert list(form.errors) == ["tags"]


def test_an_owner_who_lost_the_sign_in_stays_when_only_tags_change(ann: Person, ben: Person) -> None:
    acme = company("1")
    care.set_owner(company=acme, owner=ben, by=ann)
    Person.objects.filter(pk=ben.pk).update(is_active=False)
    acme.refresh_from_db()
    form = CareForm({"tags": "pilot", "owner": ben.pk}, company=acme)
    assert (form.is_valid(), form.cleaned_data["owner"]) == (True, ben)


def test_a_company_with_more_tags_than_are_typed_at_once_can_keep_them(ann: Person) -> None:
    acme = company("1")
    names = [f"tag {number}" for number in range(22)]
    care.set_tags(company=acme, names=names, by=ann)
    forms = [CareForm({"tags": ", ".join(some), "owner": ""}, company=acme) for some in (names, [*names, "more"])]
    assert [form.errors.get("tags") for form in forms] == [None, ["At most 22 tags."]]
