"""Charts of the pages that look across rooms: those of usage and of daily bills, of whoever the page is about."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django.views.generic import View

from billing.charts import DailyBillChart
from desk.pages.owners import narrowed, owner_of
from usage.charts import Line, UsageChart


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
