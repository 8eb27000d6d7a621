"""Who may do what: the rights of every role and the right that every page needs, all of it on this page."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from functools import wraps
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseBase

from accounts.models import Person, Role


class Right(StrEnum):
    """What a role can be allowed beyond reading."""

    CREATE = "create"
    APPROVE = "approve"
    SEE_AMOUNTS = "see_amounts"
    MANAGE_PEOPLE = "manage_people"
    KEEP_PRESETS = "keep_presets"
    POLL = "poll"
    CARE = "care"


ROLE_RIGHTS: dict[str, frozenset[Right]] = {
    Role.VIEWER: frozenset(),
    Role.OPERATOR: frozenset({Right.CREATE, Right.POLL, Right.CARE}),
    Role.APPROVER: frozenset({Right.CREATE, Right.APPROVE, Right.POLL, Right.CARE}),
    Role.FINANCE: frozenset({Right.SEE_AMOUNTS, Right.CARE}),
    Role.ADMIN: frozenset(Right),
}


class Door(StrEnum):
    """What a page needs when it needs no right."""

    OPEN = "open to everybody"
    SIGNED_IN = "open to whoever is signed in"


PAGE_RIGHTS: dict[str, Door | Right] = {
    "healthz": Door.OPEN,
    "readyz": Door.OPEN,
    "progress": Door.OPEN,
    "account_login": Door.OPEN,
    "account_logout": Door.OPEN,
    "account_inactive": Door.OPEN,
    "account_change_password": Door.SIGNED_IN,
    "account_reset_password": Door.OPEN,
    "account_reset_password_done": Door.OPEN,
    "account_reset_password_from_key": Door.OPEN,
    "account_reset_password_from_key_done": Door.OPEN,
    "accounts:settings": Door.SIGNED_IN,
    "accounts:set_theme": Door.SIGNED_IN,
    "accounts:people": Right.MANAGE_PEOPLE,
    "accounts:create_person": Right.MANAGE_PEOPLE,
    "accounts:change_person": Right.MANAGE_PEOPLE,
    "accounts:renew_password": Right.MANAGE_PEOPLE,
    "accounts:audit_log": Right.MANAGE_PEOPLE,
    "companies:save_view": Right.CARE,
    "companies:change_view": Right.CARE,
    "companies:replace_view": Right.CARE,
    "companies:remove_view": Right.CARE,
    "companies:list_tags": Right.CARE,
    "companies:rename_tag": Right.CARE,
    "companies:remove_tag": Right.CARE,
    "companies:undo_change": Right.CARE,
    "companies:create_company": Right.CREATE,
    "companies:create_project": Right.CREATE,
    "companies:enable_uap_service": Right.CREATE,
    "companies:change_care": Right.CARE,
    "companies:add_note": Right.CARE,
    "companies:change_note": Right.CARE,
    "companies:remove_note": Right.CARE,
    "companies:restore_note": Right.CARE,
    "companies:list_operations": Right.CREATE,
    "companies:show_operation": Right.CREATE,
    "companies:cancel_operation": Right.CREATE,
    "companies:retry_operation": Right.CREATE,
    "companies:look_again": Right.CREATE,
    "companies:send_operation_again": Right.APPROVE,
    "companies:give_up_operation": Right.CREATE,
    "companies:adopt_operation": Right.CREATE,
    "companies:list_checklists": Right.CREATE,
    "companies:begin_checklist": Right.CREATE,
    "companies:show_checklist": Right.CREATE,
    "companies:save_checklist": Right.CREATE,
    "companies:start_checklist": Right.CREATE,
    "companies:fill_in_checklist": Right.CREATE,
    "companies:discard_checklist": Right.CREATE,
    "companies:add_project": Right.CREATE,
    "companies:remove_project": Right.CREATE,
    "companies:add_project_step": Right.CREATE,
    "companies:add_service_steps": Right.CREATE,
    "companies:correct_step": Right.CREATE,
    "companies:skip_step": Right.CREATE,
    "companies:take_up_step": Right.CREATE,
    "companies:list_presets": Right.KEEP_PRESETS,
    "companies:create_preset": Right.KEEP_PRESETS,
    "companies:change_preset": Right.KEEP_PRESETS,
    "companies:remove_preset": Right.KEEP_PRESETS,
    "companies:list_imports": Right.CREATE,
    "companies:load_import": Right.CREATE,
    "companies:choose_projects": Right.CREATE,
    "companies:export_import_template_csv": Right.CREATE,
    "companies:export_import_template_xlsx": Right.CREATE,
    "companies:show_import": Right.CREATE,
    "companies:map_import": Right.CREATE,
    "companies:export_import_problems_csv": Right.CREATE,
    "companies:export_import_problems_xlsx": Right.CREATE,
    "companies:start_import": Right.CREATE,
    "companies:pause_import": Right.CREATE,
    "companies:resume_import": Right.CREATE,
    "companies:cancel_import": Right.CREATE,
    "companies:retry_import": Right.CREATE,
    "companies:discard_import": Right.CREATE,
    "companies:edit_import_row": Right.CREATE,
    "companies:leave_out_import_row": Right.CREATE,
    "desk:overview": Door.SIGNED_IN,
    "desk:chart_usage": Door.SIGNED_IN,
    "desk:chart_bills": Right.SEE_AMOUNTS,
    "desk:show_movers": Door.SIGNED_IN,
    "desk:export_movers_csv": Door.SIGNED_IN,
    "desk:export_movers_xlsx": Door.SIGNED_IN,
    "desk:list_companies": Door.SIGNED_IN,
    "desk:export_companies_csv": Door.SIGNED_IN,
    "desk:export_companies_xlsx": Door.SIGNED_IN,
    "desk:choose_columns": Door.SIGNED_IN,
    "desk:change_companies": Right.CARE,
    "desk:show_company": Door.SIGNED_IN,
    "desk:chart_company_usage": Door.SIGNED_IN,
    "desk:chart_company_bills": Right.SEE_AMOUNTS,
    "desk:show_project": Door.SIGNED_IN,
    "desk:chart_project_usage": Door.SIGNED_IN,
    "desk:chart_project_bills": Right.SEE_AMOUNTS,
    "desk:chart_calls": Door.SIGNED_IN,
    "desk:order_backfill": Right.POLL,
    "desk:show_slot": Door.SIGNED_IN,
    "desk:refetch_slot": Right.POLL,
    "polling:calendar": Door.SIGNED_IN,
    "polling:list_gaps": Door.SIGNED_IN,
    "polling:list_backfills": Door.SIGNED_IN,
    "polling:show_backfill": Door.SIGNED_IN,
    "polling:cancel_backfill": Right.POLL,
    "polling:download_answer": Right.POLL,
    "usage:show_usage": Door.SIGNED_IN,
    "usage:show_products": Door.SIGNED_IN,
    "usage:export_products_csv": Door.SIGNED_IN,
    "usage:export_products_xlsx": Door.SIGNED_IN,
    "usage:chart_usage": Door.SIGNED_IN,
    "usage:export_usage_csv": Door.SIGNED_IN,
    "usage:export_usage_xlsx": Door.SIGNED_IN,
    "usage:export_table_csv": Door.SIGNED_IN,
    "usage:export_table_xlsx": Door.SIGNED_IN,
    "billing:show_daily_bills": Right.SEE_AMOUNTS,
    "billing:chart_daily_bills": Right.SEE_AMOUNTS,
    "billing:export_daily_bills_csv": Right.SEE_AMOUNTS,
    "billing:export_daily_bills_xlsx": Right.SEE_AMOUNTS,
    "billing:export_corrections_csv": Right.SEE_AMOUNTS,
    "billing:export_corrections_xlsx": Right.SEE_AMOUNTS,
}


def has_right(person: Person | AnonymousUser, right: Right) -> bool:
    """Whether the person's role, or the right given on top of it, allows this."""
    if isinstance(person, AnonymousUser) or not person.is_active:
        return False
    given = right is Right.SEE_AMOUNTS and person.sees_amounts
    return given or right in ROLE_RIGHTS.get(person.role, frozenset())


def may_create(person: Person | AnonymousUser) -> bool:
    """May create companies, projects and UAP services."""
    return has_right(person, Right.CREATE)


def may_approve(person: Person | AnonymousUser) -> bool:
    """May decide about an operation whose outcome is not known."""
    return has_right(person, Right.APPROVE)


def may_see_amounts(person: Person | AnonymousUser) -> bool:
    """May see amounts of money, on every page, chart and export alike."""
    return has_right(person, Right.SEE_AMOUNTS)


def may_manage_people(person: Person | AnonymousUser) -> bool:
    """May add, change and disable people and read the audit log."""
    return has_right(person, Right.MANAGE_PEOPLE)


def may_keep_presets(person: Person | AnonymousUser) -> bool:
    """May create, change and remove the presets that checklists are filled in with."""
    return has_right(person, Right.KEEP_PRESETS)


def may_poll(person: Person | AnonymousUser) -> bool:
    """May order days to be read from Agora again, and cancel such orders."""
    return has_right(person, Right.POLL)


def may_care(person: Person | AnonymousUser) -> bool:
    """May say what the team itself knows about companies: tags, owners, notes, views of the list for everybody."""
    return has_right(person, Right.CARE)


@dataclass(frozen=True, kw_only=True)
class Access:
    """The rights of one person, as templates read them: `{% if access.see_amounts %}`."""

    create: bool
    approve: bool
    see_amounts: bool
    manage_people: bool
    keep_presets: bool
    poll: bool
    care: bool


def access_of(person: Person | AnonymousUser) -> Access:
    """Every right of this person at once."""
    return Access(
        create=may_create(person),
        approve=may_approve(person),
        see_amounts=may_see_amounts(person),
        manage_people=may_manage_people(person),
        keep_presets=may_keep_presets(person),
        poll=may_poll(person),
        care=may_care(person),
    )


def person_of(request: HttpRequest) -> Person:
    """The person who is signed in; PermissionDenied when nobody is."""
    if isinstance(request.user, AnonymousUser):
        raise PermissionDenied
    return request.user


View = Callable[..., HttpResponseBase]


def requires(right: Right) -> Callable[[View], View]:
    """Answer 403 to whoever lacks the right: `@requires(Right.CREATE)`, outermost of a view's decorators."""

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if not has_right(request.user, right):
                raise PermissionDenied
            return view(request, *args, **kwargs)

        guarded.right = right  # type: ignore[attr-defined]
        return guarded

    return decorate
