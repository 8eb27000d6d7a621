"""Orders to read days again, from the form to the page that tells how far they are."""

from collections.abc import Callable, Iterator

import pytest
from django.test import Client

from accounts.models import AuditEntry
from companies.models import Company
from polling.models import Backfill
from polling.periods import DAY
from tests.desk.slots import HOLE, NOW, USAGE, ask, ordered
from tests.polled import TODAY, Portal, polled_portal

SignedIn = Callable[..., Client]
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def since(settings: object) -> None:
    settings.POLL_SINCE = TODAY - 60 * DAY  # type: ignore[attr-defined]


@pytest.fixture
def portal() -> Iterator[Portal]:
    with polled_portal(days=12, companies=2, projects=1) as running:
        running.poll()
        yield running


def test_the_cost_is_said_before_anything_is_ordered(portal: Portal, signed_in: SignedIn) -> None:
    client = signed_in("operator")
    answer = client.get("/polling/orders/give/", ask(streams=["usage"], since=f"{TODAY - 6 * DAY}"))
    assert "<strong>32 calls, less than a minute</strong>" in answer.content.decode()
    assert not Backfill.objects.exists()


def test_an_order_is_given_and_noted_in_the_audit_log(portal: Portal, signed_in: SignedIn) -> None:
    answer = signed_in("operator").post("/polling/orders/give/", ask())
    (order,) = Backfill.objects.all()
    (entry,) = AuditEntry.objects.filter(action="backfill.ordered")
    assert answer.headers["Location"] == f"/polling/orders/{order.pk}/"
    assert (entry.person, entry.object_id, entry.detail["calls"]) == (order.ordered_by, str(order.pk), 1)


def test_what_was_changed_after_its_price_was_told_is_priced_again(portal: Portal, signed_in: SignedIn) -> None:
    client = signed_in("operator")
    priced = client.get("/polling/orders/give/", ask(streams=["usage"])).context["key"]
    changed = client.post("/polling/orders/give/", ask(streams=["usage"], company_id="10001", priced=priced))
    asked = client.post("/polling/orders/give/", ask(streams=["usage"], ask="on"))
    assert ["nothing was ordered yet" in answer.content.decode() for answer in (changed, asked)] == [True, False]
    assert not Backfill.objects.exists()
    client.post("/polling/orders/give/", ask(streams=["usage"], priced=priced))
    assert Backfill.objects.get().company_id == ""


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"streams": []}, "Choose at least one."),
        ({"since": f"{TODAY + DAY}", "until": f"{TODAY + DAY}"}, "This day has not begun yet."),
        ({"until": f"{HOLE - DAY}"}, "This is before the first day."),
        ({"since": "2001-01-01"}, "That is more than three years"),
        ({"since": "soon"}, "Enter a valid date."),
        ({"company_id": "nobody"}, "No company with this ID is listed."),
    ],
)
def test_an_order_that_makes_no_sense_is_refused_beside_its_field(
    changes: dict[str, object], words: str, signed_in: SignedIn
) -> None:
    answer = signed_in("operator").post("/polling/orders/give/", ask(**changes))
    assert (answer.status_code, words in answer.content.decode(), Backfill.objects.count()) == (200, True, 0)


def test_the_gaps_have_a_link_that_fills_the_form_in(signed_in: SignedIn) -> None:
    answer = signed_in("operator").get("/polling/orders/give/?fill=gaps")
    assert "only_gaps=on" in answer.headers["Location"]


def test_one_product_is_ordered_of_usage_alone(signed_in: SignedIn) -> None:
    client = signed_in("operator")
    Company.objects.create(company_id="1", name="Acme", status="0", first_seen_at=NOW, last_seen_at=NOW)
    answer = client.post("/polling/orders/give/", ask(streams=["usage", "daily-bills"], scope=USAGE))
    assert "choose usage alone, or all products" in answer.content.decode()
    client.post("/polling/orders/give/", ask(streams=["usage"], scope=USAGE))
    assert list(Backfill.objects.values_list("streams", "scope")) == [(["usage"], USAGE)]


def test_a_browser_that_knows_how_far_an_order_is_gets_nothing_new(signed_in: SignedIn) -> None:
    client = signed_in("operator")
    order = ordered(client)
    mark = f"{order.pk}.queued.0.1."
    answers = [
        client.get(f"/polling/orders/{order.pk}/?mark={known}", headers={"HX-Request": "true"}).status_code
        for known in (mark, "older")
    ]
    assert answers == [204, 200]


def test_an_order_is_cancelled_from_its_page(signed_in: SignedIn) -> None:
    client = signed_in("operator")
    order = ordered(client)
    answer = client.post(f"/polling/orders/{order.pk}/cancel/", follow=True)
    assert "What was read until then is stored." in answer.content.decode()
    again = client.post(f"/polling/orders/{order.pk}/cancel/", follow=True)
    assert "It had ended before." in again.content.decode()
