"""The pages of the operations that create something, and what people decide there."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.views.decorators.http import require_POST, require_safe

from accounts.access import Right, person_of, requires
from accounts.origin import client_ip
from companies import queries
from companies.forms.operations import AdoptForm, GiveUpForm, OperationFilterForm, SendAgainForm
from companies.models import Operation, OperationKind, OperationState
from companies.pages import tables
from companies.pages.operation import operation_page
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
        "waiting_count": queries.waiting_for_a_person(),
    }
    return render(request, "companies/list_operations.html", context)


@requires(Right.CREATE)
@require_safe
def show_operation(request: HttpRequest, operation_id: int) -> HttpResponse:
    """An operation, live: a browser that knows its `mark` gets 204 until something has changed."""
    operation = _operation(operation_id)
    if "HX-Request" not in request.headers:
        return _show(request, operation)
    context = _context(operation)
    if request.GET.get("mark") == context["page"].mark:
        return HttpResponse(status=204)
    return render(request, "companies/operation.html", context)


@requires(Right.CREATE)
@require_POST
def cancel_operation(request: HttpRequest, operation_id: int) -> HttpResponse:
    """End what was provably not processed."""
    return _decide(request, _operation(operation_id), decisions.cancel)


@requires(Right.CREATE)
@require_POST
def retry_operation(request: HttpRequest, operation_id: int) -> HttpResponse:
    """Try again at once what cannot have been created."""
    return _decide(request, _operation(operation_id), decisions.retry)


@requires(Right.CREATE)
@require_POST
def look_again_for_operation(request: HttpRequest, operation_id: int) -> HttpResponse:
    """Have Agora's list read once more."""
    return _decide(request, _operation(operation_id), decisions.look_again)


@requires(Right.APPROVE)
@require_POST
def send_operation_again(request: HttpRequest, operation_id: int) -> HttpResponse:
    """None of the candidates is it, and nothing is on its way: have it sent once more."""
    operation = _operation(operation_id)
    form = SendAgainForm(request.POST, operation=operation)
    if not form.is_valid():
        return _show(request, operation, send_again_form=form)
    try:
        return _decide(request, operation, decisions.send_again, **form.cleaned_data)
    except decisions.NotSettledError:
        messages.warning(request, _("It may still appear at Agora, so it cannot be sent again yet."))
    return redirect("companies:show_operation", operation_id=operation.pk)


@requires(Right.CREATE)
@require_POST
def give_up_operation(request: HttpRequest, operation_id: int) -> HttpResponse:
    """End an operation that waits for a decision: none of the candidates is it."""
    operation = _operation(operation_id)
    form = GiveUpForm(request.POST, operation=operation)
    if not form.is_valid():
        return _show(request, operation, give_up_form=form)
    return _decide(request, operation, decisions.give_up, **form.cleaned_data)


@requires(Right.CREATE)
@require_POST
def adopt_operation(request: HttpRequest, operation_id: int) -> HttpResponse:
    """Say which of the candidates it is."""
    operation = _operation(operation_id)
    form = AdoptForm(request.POST, operation=operation)
    if not form.is_valid():
        return _show(request, operation, adopt_form=form)
    try:
        return _decide(request, operation, decisions.adopt, **form.cleaned_data)
    except decisions.DecisionError as error:
        form.add_error("remote_id", str(ADOPTION_REFUSED[type(error)]))
    return _show(request, operation, adopt_form=form)


# Why an ID cannot be the one of what was created.
ADOPTION_REFUSED: dict[type[decisions.DecisionError], Promise] = {
    decisions.NoIdError: _lazy("A UAP service has no ID that could be looked up."),
    decisions.NotListedError: _lazy("Agora does not list this ID now. Look again, or copy it from Agora's console."),
    decisions.IdTakenError: _lazy("This ID belongs to another operation already."),
    decisions.ExistedBeforeError: _lazy("This ID was listed before this was asked for, so it is another one."),
}


def _decide(request: HttpRequest, operation: Operation, decision: Callable[..., None], **values: Any) -> HttpResponse:
    try:
        decision(operation=operation, by=person_of(request), now=timezone.now(), ip=client_ip(request), **values)
    except decisions.StateChangedError:
        messages.warning(request, _("This has moved on in the meantime; nothing was changed."))
    return redirect("companies:show_operation", operation_id=operation.pk)


def _operation(operation_id: int) -> Operation:
    return get_object_or_404(Operation.objects.select_related("created_by", "decided_by"), pk=operation_id)


def _context(operation: Operation, **forms: Any) -> dict[str, Any]:
    undecided = operation.state == OperationState.REVIEW
    can_be_adopted = undecided and operation.kind != OperationKind.UAP_SERVICE
    return {
        "page": operation_page(operation),
        "operation": operation,
        "give_up_form": GiveUpForm(operation=operation) if undecided else None,
        "send_again_form": SendAgainForm(operation=operation) if undecided else None,
        "adopt_form": AdoptForm(operation=operation) if can_be_adopted else None,
        **forms,
    }


def _show(request: HttpRequest, operation: Operation, **forms: Any) -> HttpResponse:
    return render(request, "companies/show_operation.html", _context(operation, **forms))
