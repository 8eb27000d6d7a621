"""What the bill export says after a poll, against what the server knows."""

import csv
import datetime as dt
from collections.abc import Callable
from decimal import Decimal
from io import StringIO

import pytest
from django.test import Client

from billing.exports import exact_amount
from sandbox.expected import expected_bills
from tests.polled import TODAY, polled_portal


@pytest.mark.django_db
def test_the_export_equals_the_servers_truth_to_the_last_decimal(signed_in: Callable[..., Client]) -> None:
    since, until = TODAY - dt.timedelta(days=9), TODAY
    with polled_portal(days=10, names="hostile") as portal:
        portal.poll("companies", "projects", "daily-bills")
        answer = signed_in("finance").get("/bills/export.csv", {"since": f"{since}", "until": f"{until}"})
        text = b"".join(answer.streaming_content).decode("utf-8-sig")
        bills = expected_bills(portal.sandbox, since, until)
    rows = list(csv.DictReader(StringIO(text, newline="")))
    told = {(row["period"], row["company_id"], row["project_id"], row["currency"], row["amount"]) for row in rows}
    true = {
        (bill["period"], str(bill["company"]), bill["project"], bill["currency"], exact_amount(Decimal(bill["amount"])))
        for bill in bills
    }
    assert (told, len(rows)) == (true, len(bills))
