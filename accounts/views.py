"""The pages of Settings: one's own account and theme, and for admins the people and the audit log."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import queries, services
from accounts.access import Right, access_of, person_of, requires
from accounts.forms import AuditFilterForm, NewPersonForm, PersonForm, ThemeForm
from accounts.models import Person
from accounts.origin import client_ip, safe_next
from accounts.passwords import new_password
from accounts.theme import set_theme_cookie, theme_of

ENTRIES_PER_PAGE = 50


@require_safe
def settings(request: HttpRequest) -> HttpResponse:
    """The person's account and theme, and the way to what admins look after."""
    form = ThemeForm(initial={"theme": theme_of(request)})
    return render(request, "accounts/settings.html", {"theme_form": form})


@require_POST
def set_theme(request: HttpRequest) -> HttpResponse:
    """Keep the theme in this browser and go back to where it was chosen."""
    form = ThemeForm(request.POST)
    response = redirect(safe_next(request, otherwise=reverse("accounts:settings")))
    if form.is_valid():
        set_theme_cookie(response, form.cleaned_data["theme"])
    return response


@requires(Right.MANAGE_PEOPLE)
@require_safe
def people(request: HttpRequest) -> HttpResponse:
    """Everybody who may sign in, and who once could."""
    rows = [{"person": person, "access": access_of(person)} for person in queries.people()]
    return render(request, "accounts/people.html", {"rows": rows})


@requires(Right.MANAGE_PEOPLE)
@require_http_methods(["GET", "HEAD", "POST"])
def create_person(request: HttpRequest) -> HttpResponse:
    """Add a person; the random password is on the answer's page and nowhere else."""
    form = NewPersonForm(request.POST or None)
    if not form.is_valid():
        return render(request, "accounts/create_person.html", {"form": form})
    password = new_password()
    person = services.create_person(
        **form.cleaned_data, password=password, by=person_of(request), ip=client_ip(request)
    )
    return render(request, "accounts/show_password.html", {"person": person, "password": password})


@requires(Right.MANAGE_PEOPLE)
@require_http_methods(["GET", "HEAD", "POST"])
def change_person(request: HttpRequest, person_id: int) -> HttpResponse:
    """Change what a person is called and may do, or whether they may sign in."""
    person = get_object_or_404(Person, pk=person_id)
    form = PersonForm(request.POST or None, instance=person)
    if form.is_valid() and _change_person(request, form, person_id):
        messages.success(request, _("Saved: %(person)s.") % {"person": person})
        return redirect("accounts:people")
    return render(request, "accounts/change_person.html", {"form": form, "person": person})


def _change_person(request: HttpRequest, form: PersonForm, person_id: int) -> bool:
    try:
        services.change_person(person_id=person_id, **form.cleaned_data, by=person_of(request), ip=client_ip(request))
    except services.LastAdminError as refusal:
        form.add_error(None, str(refusal))
        return False
    return True


@requires(Right.MANAGE_PEOPLE)
@require_POST
def renew_password(request: HttpRequest, person_id: int) -> HttpResponse:
    """Give a person who cannot sign in a new random password, shown on this one answer."""
    get_object_or_404(Person, pk=person_id)
    person, password = services.renew_password(person_id=person_id, by=person_of(request), ip=client_ip(request))
    return render(request, "accounts/show_password.html", {"person": person, "password": password})


@requires(Right.MANAGE_PEOPLE)
@require_safe
def audit_log(request: HttpRequest) -> HttpResponse:
    """Who did what, newest first."""
    form = AuditFilterForm(request.GET)
    wanted = form.cleaned_data if form.is_valid() else {}
    entries = queries.audit_entries(**wanted)
    page = Paginator(entries, ENTRIES_PER_PAGE).get_page(request.GET.get("page"))
    context = {"form": form, "page": page, "filtered": any(wanted.values())}
    return render(request, "accounts/audit_log.html", context)
