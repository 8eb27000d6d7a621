"""Of whom figures are asked, counted: everybody takes a call of every kind."""

from __future__ import annotations

from companies.models import Company, Project
from polling.series import UNADDRESSABLE


def asked_calls(company_id: str = "") -> int:
    """How many companies and projects are asked for usage, of one company or of all."""
    companies = Company.objects.filter(gone_at=None).exclude(company_id__in=UNADDRESSABLE)
    if company_id:
        companies = companies.filter(company_id=company_id)
    projects = Project.objects.filter(gone_at=None, company__in=companies).exclude(project_id__in=UNADDRESSABLE)
    return companies.count() + projects.count()
