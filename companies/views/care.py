"""The form of what the team itself says about one company: its tags and its owner."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.access import Right, person_of, requires
from accounts.origin import client_ip
from companies import queries
from companies.converters import company_path
from companies.forms.care import CareForm
from companies.models import Company
from companies.pages.addresses import companies_crumb, company_crumb
from companies.services import care


@requires(Right.CARE)
@require_http_methods(["GET", "HEAD", "POST"])
def change_care(request: HttpRequest, company_id: str) -> HttpResponse:
    """Tags and owner of a company, gone or not."""
    company = queries.company(company_id)
    if company is None:
        raise Http404
    form = CareForm(request.POST if request.method == "POST" else None, company=company)
    if not form.is_valid():
        crumbs = [companies_crumb(), company_crumb(company)]
        return render(request, "companies/edit_care.html", {"form": form, "company": company, "crumbs": crumbs})
    if _store(request, company, form):
        messages.success(request, _("Tags and owner were saved."))
    return redirect(company_path(company.company_id))


def _store(request: HttpRequest, company: Company, form: CareForm) -> bool:
    """Store what the form holds; tells whether that changed anything."""
    person, ip = person_of(request), client_ip(request)
    tagged = care.set_tags(company=company, names=form.cleaned_data["tags"], by=person, ip=ip)
    owned = care.set_owner(company=company, owner=form.cleaned_data["owner"], by=person, ip=ip)
    return tagged or owned
