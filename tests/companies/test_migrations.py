"""Rows of an older release keep what they say when the tables change."""

import datetime as dt
import uuid
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.utils import timezone

from companies.models import MirrorChange, Operation, OperationState, Tag

BEFORE = [("companies", "0001_companies_and_operations")]
THEN = timezone.now() - dt.timedelta(days=3)


def migrated_to(targets: list[tuple[str, str]]) -> Any:
    """Bring the tables to a state and give the models as they were then."""
    executor = MigrationExecutor(connection)
    executor.migrate(targets)
    return MigrationExecutor(connection).loader.project_state(targets).apps


@pytest.fixture
def older(transactional_db: None) -> Iterator[Any]:
    """The models of the first release; the tables are as new again in the end."""
    newest = MigrationExecutor(connection).loader.graph.leaf_nodes()
    apps = migrated_to(BEFORE)
    try:
        yield apps
    finally:
        migrated_to(newest)


def stored(apps: Any, **columns: Any) -> int:
    """An operation of the first release."""
    people = apps.get_model("accounts", "Person").objects
    ann = people.filter(email="ann@reseller.example").first() or people.create(email="ann@reseller.example")
    row = apps.get_model("companies", "Operation").objects.create(
        form_token=uuid.uuid4(),
        natural_key=str(uuid.uuid4()),
        payload={"company_name": "Acme"},
        payload_sha256="",
        created_by=ann,
        created_at=THEN,
        **{"kind": "company", **columns},
    )
    return int(row.pk)


def migrated(apps: Any, operation_id: int) -> Operation:
    """The same operation in the newest tables."""
    migrated_to(MigrationExecutor(connection).loader.graph.leaf_nodes())
    return Operation.objects.get(pk=operation_id)


def test_an_older_operation_counts_from_the_time_it_was_asked_for(older: Any) -> None:
    operation = migrated(older, stored(older, state="queued", next_action_at=THEN))
    assert (operation.queued_at, operation.state_since, operation.next_action_at) == (THEN, THEN, THEN)


@pytest.mark.parametrize("state", [OperationState.UNCERTAIN, OperationState.RETRY_WAIT])
def test_what_waited_without_an_end_goes_on(older: Any, state: OperationState) -> None:
    operation = migrated(older, stored(older, state=state.value, sent_at=THEN))
    assert operation.next_action_at is not None
    assert operation.settles_at in (None, THEN + dt.timedelta(minutes=15))


def test_what_was_listed_before_an_older_operation_is_no_candidate(older: Any) -> None:
    companies = older.get_model("companies", "Company").objects
    for name, seen_at in (("before", THEN - dt.timedelta(days=1)), ("after", THEN + dt.timedelta(days=1))):
        companies.create(company_id=name, name="Acme", first_seen_at=seen_at, last_seen_at=seen_at)
    operation = migrated(older, stored(older, state="uncertain", sent_at=THEN))
    assert operation.baseline == companies.get(company_id="before").pk


def test_a_company_that_was_not_normal_when_last_listed_is_known_to_be_so_since_then(older: Any) -> None:
    companies = older.get_model("companies", "Company").objects
    for company_id, status in (("1", "0"), ("2", "2"), ("3", "")):
        companies.create(company_id=company_id, status=status, first_seen_at=THEN - dt.timedelta(9), last_seen_at=THEN)
    migrated_to(MigrationExecutor(connection).loader.graph.leaf_nodes())
    kept = MirrorChange.objects.values_list("company__company_id", "field", "old", "new", "seen_at")
    assert list(kept) == [("2", "status", "", "2", THEN)]


def test_tags_keep_being_found_by_the_keys_of_this_release(older: Any) -> None:
    tags = migrated_to([("companies", "0009_what_became_of_care")]).get_model("companies", "Tag").objects
    for name, key in (("Gold™", "goldTM"), ("Pilot", "pilot"), ("Big℠", "bigSM"), ("bigsm", "bigsm")):
        tags.create(name=name, key=key)
    migrated_to(MigrationExecutor(connection).loader.graph.leaf_nodes())
    kept = dict(Tag.objects.values_list("name", "key"))
    assert kept == {"Gold™": "goldtm", "Pilot": "pilot", "Big℠": "bigSM", "bigsm": "bigsm"}
