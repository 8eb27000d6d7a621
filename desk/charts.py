"""Charts of the pages that look across rooms: usage and daily bills of whoever the page is about, and calls."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.generic import View

from billing.charts import DailyBillChart
from desk.pages.owners import narrowed, owner_of
from polling.pages.calls import hour_words
from polling.queries.calls import Calls, calls_by_hour
from usage.charts import ChartView, Line, UsageChart
from usage.figures import State


class OfOwner(View):
    """Narrows a chart down to the company or project that the address names; Http404 for an unknown one."""

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        request.GET = narrowed(request.GET, owner_of(**kwargs))  # type: ignore[assignment]
        super().setup(request, *args, **kwargs)


class OwnersUsageChart(OfOwner, UsageChart):
    """Usage by day of everybody, a company or a project."""


class OwnersBillChart(OfOwner, DailyBillChart):
    """The daily bill of everybody, a company or a project; days known to have cost nothing are drawn as that."""

    def get_lines(self) -> Iterable[Line]:
        nothing = Line(
            label=_("Nothing was billed"),
            values=[0 if bill.known else None for bill in self.bills],
            states=[bill.state for bill in self.bills],
        )
        return list(super().get_lines()) or [nothing]


ENDED = {"answered": _("Answered"), "refused": _("Refused for the rate"), "failed": _("Failed")}


class CallsChart(ChartView):
    """Calls to Agora in the last 24 hours by how they ended; the hour that runs is provisional."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        self.hours = calls_by_hour(timezone.now())
        return super().get_context_data(**kwargs)

    def get_labels(self) -> list[str]:
        return [hour_words(hour) for hour in self.hours]

    def get_lines(self) -> Iterable[Line]:
        found: list[Calls | None] = list(self.hours.values())
        states = [State.MISSING if calls is None else State.SETTLED for calls in found[:-1]]
        states.append(State.MISSING if found[-1] is None else State.PROVISIONAL)
        for name, words in ENDED.items():
            yield Line(label=words, values=[getattr(calls, name, None) for calls in found], states=states)
