"""The pages of the operations that create something, and what people decide there."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.views.decorators.http import require_POST, require_safe

from accounts.access import Right, person_of, requires
from accounts.origin import client_ip
from companies import queries
from companies.forms.operations import AdoptForm, DecisionForm, OperationFilterForm
from companies.models import Operation, OperationState
from companies.pages import tables
from companies.pages.checklists import unfinished_rows
from companies.pages.operation import mark_of, operation_page
from companies.pages.words import title_of
from companies.services import decisions

OPERATIONS_PER_PAGE = 50


@requires(Right.CREATE)
@require_safe
def list_operations(request: HttpRequest) -> HttpResponse:
    """Everything that was or is being created; what waits for a person comes first."""
    form = OperationFilterForm(request.GET)
    wanted = form.wanted()
    waiting = "waiting" in request.GET
    found = queries.operations_matching(**wanted, waiting=waiting)
    page = Paginator(found, OPERATIONS_PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "form": form,
        "page": page,
        "rows": tables.operation_rows(list(page)),
        "is_filtered": bool(wanted) or waiting,
        "waiting": waiting,
        "filters": request.GET.urlencode(),
        "unfinished": [] if request.GET else unfinished_rows(person_of(request)),
    }
    return render(request, "companies/list_operations.html", context)


@requires(Right.CREATE)
@require_safe
def show_operation(request: HttpRequest, operation_id: int) -> HttpResponse:
    """An operation, live: a browser that knows its `mark` gets 204 until something has changed.

    One that is being decided about asks with `told`: it is only told that there is something new, so that
    nothing is moved away below the hand that decides.
    """
    operation = _operation(operation_id)
    if "HX-Request" not in request.headers:
        return _show(request, operation)
    if request.GET.get("mark") == mark_of(operation):
        return HttpResponse(status=204)
    template = "companies/operation_changed.html" if "told" in request.GET else "companies/operation.html"
    return render(request, template, {**_context(operation), "is_live": True})


@requires(Right.CREATE)
@require_POST
def cancel_operation(request: HttpRequest, operation_id: int) -> HttpResponse:
    """End what was provably not processed."""
    return _act(request, operation_id, decisions.cancel, _("“%(title)s” is given up; nothing more is sent."))


@requires(Right.CREATE)
@require_POST
def retry_operation(request: HttpRequest, operation_id: int) -> HttpResponse:
    """Try again at once what cannot have been created."""
    return _act(request, operation_id, decisions.retry, _("“%(title)s” is tried again now."))


@requires(Right.CREATE)
@require_POST
def look_again_for_operation(request: HttpRequest, operation_id: int) -> HttpResponse:
    """Have Agora's list read once more."""
    words = _("Agora's list is read again now; what it brings appears here.")
    return _act(request, operation_id, decisions.look_again, words)


@requires(Right.APPROVE)
@require_POST
def send_operation_again(request: HttpRequest, operation_id: int) -> HttpResponse:
    """None of the candidates is it, and nothing is on its way: have it sent once more."""
    return _decide(request, operation_id, DecisionForm, decisions.send_again)


@requires(Right.CREATE)
@require_POST
def give_up_operation(request: HttpRequest, operation_id: int) -> HttpResponse:
    """End an operation that waits for a decision: none of the candidates is it."""
    return _decide(request, operation_id, DecisionForm, decisions.give_up)


@requires(Right.CREATE)
@require_POST
def adopt_operation(request: HttpRequest, operation_id: int) -> HttpResponse:
    """Say which of the candidates it is."""
    return _decide(request, operation_id, AdoptForm, decisions.adopt)


# Why something cannot be decided like this.
REFUSALS: dict[type[decisions.DecisionError], Promise] = {
    decisions.NotSettledError: _lazy("It may still appear at Agora, so it cannot be sent again yet."),
    decisions.NoIdError: _lazy("A UAP service has no ID that could be looked up."),
    decisions.NotListedError: _lazy("Agora does not list this ID now. Look again, or copy it from Agora's console."),
    decisions.IdTakenError: _lazy("This ID belongs to another operation already."),
    decisions.ExistedBeforeError: _lazy("This ID was listed before this was asked for, so it is another one."),
}


def _act(request: HttpRequest, operation_id: int, action: Callable[..., None], words: str) -> HttpResponse:
    """Do what needs no words, say so, and go back to where it was pressed."""
    operation = _operation(operation_id)
    try:
        action(operation=operation, by=person_of(request), now=timezone.now(), ip=client_ip(request))
    except decisions.StateChangedError:
        messages.warning(request, _("This has moved on in the meantime; nothing was changed."))
    else:
        messages.success(request, words % {"title": title_of(operation)})
    if "back" not in request.POST:
        return redirect("companies:show_operation", operation_id=operation.pk)
    filters = QueryDict(request.POST["back"]).urlencode()
    return redirect(reverse("companies:list_operations") + (f"?{filters}" if filters else ""))


def _decide(
    request: HttpRequest, operation_id: int, form_class: type[DecisionForm], decision: Callable[..., None]
) -> HttpResponse:
    """Decide as the form says; what cannot be decided leads back to the page as it is now, with what was typed."""
    operation = _operation(operation_id)
    form = form_class(request.POST, operation=operation)
    if form.is_valid():
        who = {"by": person_of(request), "now": timezone.now(), "ip": client_ip(request)}
        try:
            decision(operation=operation, **form.decided(), **who)
        except decisions.StateChangedError:
            words = _("This has moved on since it was shown to you; nothing was changed. Look again before you decide.")
            messages.warning(request, words)
        except decisions.DecisionError as error:
            form.add_error(getattr(form, "place_of_id", None), str(REFUSALS[type(error)]))
        else:
            return redirect("companies:show_operation", operation_id=operation.pk)
    return _show(request, _operation(operation_id), form)


def _operation(operation_id: int) -> Operation:
    return get_object_or_404(Operation.objects.select_related("created_by", "decided_by"), pk=operation_id)


def _context(operation: Operation, form: DecisionForm | None = None) -> dict[str, Any]:
    undecided = operation.state == OperationState.REVIEW
    return {
        "page": operation_page(operation),
        "operation": operation,
        "form": form or (DecisionForm(operation=operation) if undecided else None),
    }


def _show(request: HttpRequest, operation: Operation, form: DecisionForm | None = None) -> HttpResponse:
    return render(request, "companies/show_operation.html", _context(operation, form))
