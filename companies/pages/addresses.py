"""Where the pages around an operation are: crumbs, what it led to, and the forms that come next."""

from django.urls import reverse
from django.utils.translation import gettext as _

from companies import queries
from companies.converters import COMPANIES_PATH, company_path, project_path
from companies.models import Checklist, Company, Operation, OperationKind, OperationState, Project


def companies_crumb() -> tuple[str, str]:
    """Address and name of the list of companies."""
    return COMPANIES_PATH, _("Companies")


def onboarding_crumb() -> tuple[str, str]:
    """Address and name of the list of operations."""
    return reverse("companies:list_operations"), _("Onboarding")


def company_crumb(company: Company) -> tuple[str, str]:
    """Address and name of a company's page."""
    return company_path(company.company_id), company.name or company.company_id


def project_crumb(project: Project) -> tuple[str, str]:
    """Address and name of a project's page."""
    return project_path(project.company.company_id, project.project_id), project.name or project.project_id


def above(operation: Operation) -> list[tuple[str, str]]:
    """The pages that this belongs below: the list of operations, the company and the project."""
    crumbs = [onboarding_crumb()]
    if company := queries.company(operation.company_id):
        crumbs.append(company_crumb(company))
    if project := queries.project_of(operation.company_id, operation.project_id):
        crumbs.append(project_crumb(project))
    return crumbs


def whole_of(operation: Operation) -> tuple[str, str] | None:
    """Address and name of the checklist or import that this is a part of."""
    whole = queries.asked_by(operation)
    if whole is None:
        return None
    if isinstance(whole, Checklist):
        return reverse("companies:show_checklist", args=[whole.pk]), _("Back to the checklist")
    words = _("Back to the import “%(source)s”") % {"source": whole.source} if whole.source else _("Back to the import")
    return reverse("companies:show_import", args=[whole.pk]), words


def result_url(operation: Operation) -> str:
    """The page of what was created or enabled; '' where it has none yet."""
    if operation.state != OperationState.DONE:
        return ""
    if operation.kind == OperationKind.UAP_SERVICE:
        return project_path(operation.company_id, operation.project_id)
    remote_id = operation.result_remote_id or ""
    if queries.listed_result(operation, remote_id) is None:
        return ""
    return listed_path(operation, remote_id)


def listed_path(operation: Operation, remote_id: str) -> str:
    """The page of a listed company or project that this operation may have created; '' where a path cannot carry it."""
    is_company = operation.kind == OperationKind.COMPANY
    return company_path(remote_id) if is_company else project_path(operation.company_id, remote_id)


def next_url(operation: Operation) -> str:
    """The form that usually comes next: a project in the new company, a service for the new project."""
    if not result_url(operation) or operation.kind == OperationKind.UAP_SERVICE:
        return ""
    remote_id = operation.result_remote_id or ""
    if operation.kind == OperationKind.COMPANY:
        return reverse("companies:create_project", args=[remote_id])
    return reverse("companies:enable_uap_service", args=[operation.company_id, remote_id])


def again_url(operation: Operation) -> str:
    """The form once more, filled in as it was sent; '' where that would make no sense."""
    if not queries.may_be_asked_again(operation):
        return ""
    views = {
        OperationKind.COMPANY.value: ("companies:create_company", []),
        OperationKind.PROJECT.value: ("companies:create_project", [operation.company_id]),
        OperationKind.UAP_SERVICE.value: (
            "companies:enable_uap_service",
            [operation.company_id, operation.project_id],
        ),
    }
    view, ids = views[operation.kind]
    return f"{reverse(view, args=ids)}?again={operation.pk}"
