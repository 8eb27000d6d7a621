"""The pages that look across rooms: the overview, the companies, one company, one project, what is polled of them."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase, QueryDict
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import Right, access_of, person_of, requires
from accounts.origin import client_ip
from companies.services.views import choose_columns as choose
from desk.backfills.planning import cost_of
from desk.exports import company_sheet
from desk.forms import ChangeForm, ColumnsForm, OrderForm
from desk.pages import company, company_list, many, movers, orders, owners, polled, project
from desk.pages import overview as overview_page
from desk.pages.mover_sheet import movers_sheet
from polling.models import Backfill
from polling.periods import utc_day
from polling.services import backfills
from polling.services.backfills import Wanted
from usage.sheets import answer


@require_safe
def overview(request: HttpRequest) -> HttpResponse:
    """What the whole account used and cost, what moved, and what somebody should look at."""
    context = overview_page.overview(request.GET, access_of(request.user), now=timezone.now())
    return render(request, "desk/overview.html", context)


@require_safe
def show_movers(request: HttpRequest) -> HttpResponse:
    """Which companies moved most between two windows of settled days, and which project and product caused it."""
    return render(request, "desk/show_movers.html", movers.movers_page(request.GET))


@require_safe
def export_movers(request: HttpRequest, ending: str) -> HttpResponseBase:
    """What the page of movers shows, as CSV or XLSX."""
    sheet = movers_sheet(movers.found_movers(movers.asked_movers(request.GET)))
    return answer(sheet, ending, head=request.method == "HEAD")


@require_safe
def list_companies(request: HttpRequest) -> HttpResponse:
    """Every company that Agora lists ("Fetch the company list"), with what it used and cost; `view` opens a view."""
    if set(request.GET) == {"view"}:
        view = company_list.opened_view(request.GET)
        if view is None:
            messages.info(request, _("This view was removed; here are all companies."))
            return redirect(company_list.address_of(None))
        # Its address stays as short as it was sent; links and forms of the page hold what it shows.
        request.GET = QueryDict(company_list.asked_by(view))
    context = company_list.company_list(request.GET, person_of(request), today=utc_day(timezone.now()))
    return render(request, "desk/list_companies.html", context)


@require_safe
def export_companies(request: HttpRequest, ending: str) -> HttpResponseBase:
    """What the list shows, every page of it, as CSV or XLSX."""
    table = company_list.asked_table(request.GET, person_of(request), today=utc_day(timezone.now()))
    return answer(company_sheet(table), ending, head=request.method == "HEAD")


@require_POST
def choose_columns(request: HttpRequest) -> HttpResponse:
    """Keep what somebody wants to see of each company, and go back to the list."""
    form = ColumnsForm(request.POST)
    if form.is_valid():
        choose(person=person_of(request), **form.cleaned_data)
    return redirect(company_list.address_with(request.POST.get("query", ""), columns=False))


@requires(Right.CARE)
@require_POST
def change_companies(request: HttpRequest) -> HttpResponse:
    """Tag many companies or change their owner: those ticked, or all that match."""
    form = ChangeForm(request.POST)
    if form.is_valid():
        words = many.change_many(form.cleaned_data, by=person_of(request), now=timezone.now(), ip=client_ip(request))
        messages.success(request, words)
    else:
        messages.error(request, form.problem(), extra_tags=" ".join(form.at))
    return redirect(company_list.address_with(request.POST.get("query", "")))


@require_safe
def show_company(request: HttpRequest, company_id: str) -> HttpResponse:
    """One company that Agora lists or once listed; 404 for any other."""
    found = owners.listed_company(company_id)
    person = person_of(request)
    context = company.company_page(found, request.GET, access_of(person), person, now=timezone.now())
    return render(request, "desk/show_company.html", context)


@require_safe
def show_project(request: HttpRequest, company_id: str, project_id: str) -> HttpResponse:
    """One project of one company ("Fetch the project list"); 404 for any other."""
    found = owners.listed_project(company_id, project_id)
    person = person_of(request)
    context = project.project_page(found, request.GET, access_of(person), person, now=timezone.now())
    return render(request, "desk/show_project.html", context)


@require_safe
def show_slot(request: HttpRequest, stream: str, period: str) -> HttpResponse:
    """One period of one stream: how it stands, its readings and gaps; 404 for what is never polled."""
    now = timezone.now()
    slot = polled.found_slot(stream, period, request.GET.get("scope", ""), now)
    return render(request, "desk/show_slot.html", polled.slot_page(slot, access_of(request.user), now))


@requires(Right.POLL)
@require_POST
def refetch_slot(request: HttpRequest, stream: str, period: str) -> HttpResponse:
    """Order just this period to be read again, or what is missing of it."""
    slot = polled.found_slot(stream, period, request.POST.get("scope", ""), timezone.now())
    order = ordered(request, polled.wanted_of(slot, only_gaps=request.POST.get("only_gaps") == "on"))
    return redirect("polling:show_backfill", order.pk)


@requires(Right.POLL)
@require_http_methods(["GET", "HEAD", "POST"])
def order_backfill(request: HttpRequest) -> HttpResponse:
    """The form that orders a range of days to be read again; it says first what that takes."""
    now = timezone.now()
    if request.GET.get("fill") == orders.ALL_GAPS:
        return redirect(orders.presets(utc_day(now))[0][0])
    is_filled_in = request.method == "POST" or any(name in request.GET for name in orders.ASKED)
    data = request.POST if request.method == "POST" else request.GET
    form = OrderForm(data if is_filled_in else None, today=utc_day(now))
    if request.method == "POST" and orders.is_ordered(request.POST, form):
        return redirect("polling:show_backfill", ordered(request, form.wanted()).pk)
    is_part = "HX-Request" in request.headers
    template = "desk/order_cost.html" if is_part else "desk/order_backfill.html"
    context = {**orders.order_page(form, now), "is_part": is_part, "changed": "priced" in request.POST}
    return render(request, template, context)


def ordered(request: HttpRequest, wanted: Wanted) -> Backfill:
    """The order, given now or running already."""
    now = timezone.now()
    calls = cost_of(wanted, now).calls
    order, is_new = backfills.order(
        wanted=wanted, expected_calls=calls, by=person_of(request), now=now, ip=client_ip(request)
    )
    if not is_new:
        messages.info(request, _("This was ordered already and has not ended yet; here it is."))
    return order
