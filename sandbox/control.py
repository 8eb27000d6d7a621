"""The control plane: what a test or the demo may order and read over HTTP, apart from the API itself."""

import hmac
import json
from collections.abc import Callable, Mapping
from dataclasses import asdict
from datetime import date
from decimal import Decimal, InvalidOperation
from functools import partial
from typing import Any

from agora.vocabulary import PAIRS, Interval
from sandbox.api import Sandbox
from sandbox.bills import Revision
from sandbox.exchange import Reply, Request, json_reply, message_reply
from sandbox.expected import expected_bills, expected_usage
from sandbox.faults import Fault, Match
from sandbox.figures import Pair

PREFIX = "/_sandbox/"
TOKEN_HEADER = "x-sandbox-token"  # noqa: S105 - the header's name
Values = Mapping[str, Any]
Order = Callable[[Values], object]


class Control:
    """Takes orders under `/_sandbox/`, each a POST with a JSON object or a GET with parameters."""

    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox = sandbox
        self._orders: Mapping[str, Order] = {
            "POST faults": self.order_fault,
            "POST faults/clear": lambda _values: sandbox.faults.clear(),
            "POST revise": self.revise_bill,
            "POST revise-usage": self.revise_usage,
            "POST move": self.move_row,
            "POST empty": self.empty_bill,
            "POST hide": self.hide_row,
            "POST company-status": self.set_company_status,
            "POST add-companies": self.add_companies,
            "POST keys": self.set_key,
            "POST clock": self.set_clock,
            "POST truth/clear": lambda _values: sandbox.truth.clear(),
            "GET truth": self.truth,
            "GET truth/usage": self.usage_truth,
            "GET truth/bills": self.bill_truth,
        }

    def answer(self, request: Request) -> Reply:
        """Carry out one order; 400 in words when it cannot be understood."""
        given = request.headers.get(TOKEN_HEADER, "")
        if not hmac.compare_digest(given.encode(), self._sandbox.options.control_token.encode()):
            return message_reply(403, "the sandbox's own token is wrong")
        order = self._orders.get(f"{request.method} {request.path.removeprefix(PREFIX)}")
        if order is None:
            return message_reply(404, "no such order")
        try:
            values = json.loads(request.body or b"{}") if request.method == "POST" else dict(request.parameters())
            return json_reply(200, order(values))
        except (ValueError, TypeError, KeyError, IndexError, AttributeError, InvalidOperation) as problem:
            return message_reply(400, f"{type(problem).__name__}: {problem}")

    # --- Orders ------------------------------------------------------------------------------------------

    def order_fault(self, values: Values) -> None:
        """`{match: {method, path_regex, query, nth}, action, times, …}`; `then: {order, body}` names another order."""
        given = dict(values)
        match = Match(**given.pop("match", {}))
        then = given.pop("then", None)
        follow_up = None
        if then is not None:
            order, body = self._orders[f"POST {then['order']}"], then.get("body", {})
            follow_up = partial(order, body)
        self._sandbox.faults.order(Fault(match=match, then=follow_up, **given))

    def revise_bill(self, values: Values) -> None:
        """`{period, company, project?, of_currency?, amount|delta|currency|withdraw|split|add}`; amounts as text."""
        revision = Revision(
            company_id=int(values["company"]),
            project_id=values.get("project"),
            of_currency=values.get("of_currency"),
            amount=Decimal(str(values["amount"])) if "amount" in values else None,
            delta=Decimal(str(values.get("delta", 0))),
            currency=values.get("currency"),
            withdraw=bool(values.get("withdraw")),
            split=bool(values.get("split")),
            add=bool(values.get("add")),
        )
        self._sandbox.bills.revise(_day(values["period"]), revision)

    def revise_usage(self, values: Values) -> None:
        """`{company, project, business, model, day, metric, delta}`."""
        project = self._sandbox.world.project(int(values["company"]), values["project"])
        if project is None:
            raise KeyError(values["project"])
        pair, day = _pair(values), _day(values["day"])
        self._sandbox.usage.correct(project, pair, day, values["metric"], int(values["delta"]))

    def move_row(self, values: Values) -> None:
        """`{list: bills|companies|projects, from, to, period?, company?}`: positions counted from 0."""
        origin, target = int(values["from"]), int(values["to"])
        if values["list"] == "bills":
            self._sandbox.bills.move(_day(values["period"]), origin, target)
        elif values["list"] == "companies":
            self._sandbox.world.move_company(origin, target)
        else:
            self._sandbox.world.move_project(int(values["company"]), origin, target)

    def empty_bill(self, values: Values) -> None:
        """`{period, ready?}`: a day whose bill is empty until it is ordered again with `ready: true`."""
        self._sandbox.bills.set_ready(_day(values["period"]), bool(values.get("ready", False)))

    def hide_row(self, values: Values) -> None:
        """`{seconds}` for everything created from now on, or `{company|project, seconds}` for one row."""
        seconds = float(values["seconds"])
        if "company" in values or "project" in values:
            self._sandbox.world.hide(values.get("project") or int(values["company"]), seconds)
        else:
            self._sandbox.world.list_lag = seconds

    def set_company_status(self, values: Values) -> None:
        """`{id, status}`."""
        self._sandbox.world.set_status(int(values["id"]), int(values["status"]))

    def add_companies(self, values: Values) -> list[int]:
        """`{count}`: more companies with all their history; answers their ids."""
        return [company.id for company in self._sandbox.world.add_companies(int(values["count"]))]

    def set_key(self, values: Values) -> None:
        """`{id, secret}`: add or change a key; `secret` null deletes it."""
        if values["secret"] is None:
            self._sandbox.gateway.keys.pop(values["id"], None)
        else:
            self._sandbox.gateway.keys[values["id"]] = str(values["secret"])

    def set_clock(self, values: Values) -> None:
        """`{offset?, today?}`: put the clock wrong by seconds, or pretend another UTC day (null: the real one)."""
        if "offset" in values:
            self._sandbox.clock.offset = float(values["offset"])
        if "today" in values:
            self._sandbox.clock.pretended = _day(values["today"]) if values["today"] else None

    # --- The truth ---------------------------------------------------------------------------------------

    def truth(self, values: Values) -> list[dict[str, Any]]:
        """`?since=NUMBER`: the truth log after that entry."""
        return [asdict(entry) for entry in self._sandbox.truth.entries(since=int(values.get("since", 0)))]

    def usage_truth(self, values: Values) -> list[dict[str, object]]:
        """`?business=&model=&interval=&since=&until=[&company=]`: what every answer adds up to."""
        interval = Interval(values["interval"])
        rows = expected_usage(self._sandbox, _pair(values), interval, _day(values["since"]), _day(values["until"]))
        return [row for row in rows if values.get("company") in (None, str(row["company"]))]

    def bill_truth(self, values: Values) -> list[dict[str, object]]:
        """`?since=&until=`: every amount of the published periods."""
        return expected_bills(self._sandbox, _day(values["since"]), _day(values["until"]))


def _day(text: str) -> date:
    return date.fromisoformat(text)


def _pair(values: Values) -> Pair:
    return next(pair for pair in PAIRS if pair == (values["business"], values["model"]))
