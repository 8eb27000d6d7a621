"""Every page of the portal in a browser, with figures on it: bright and dark, on a desk and on a phone."""

from collections.abc import Callable

import pytest
from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from django.conf import settings
from playwright.sync_api import Page
from pytest_django.live_server_helper import LiveServer

from accounts.models import Person
from tests.accounts.test_access import pages
from tests.browser.season import Season, store_season

DESK, PHONE = {"width": 1280, "height": 900}, {"width": 375, "height": 800}

STARTED, REFUSED = "/onboarding/checklists/{season.checklists.started.pk}", "{season.checklists.refused.pk}"
# Pages for whoever is signed in, and for whoever is not; the names in braces are attributes of `Season` and `Person`.
SIGNED_IN = {
    "account_logout": "/accounts/logout/",
    "account_change_password": "/accounts/password/change/",
    "accounts:settings": "/settings/",
    "accounts:people": "/settings/people/",
    "accounts:create_person": "/settings/people/create/",
    "accounts:change_person": "/settings/people/{person.pk}/",
    "accounts:audit_log": "/settings/audit/",
    "companies:create_company": "/companies/create/",
    "companies:create_project": "/companies/10001/projects/create/",
    "companies:enable_uap_service": "/companies/10001/projects/-u_1/uap/enable/",
    "companies:change_care": "/companies/10001/care/",
    "companies:add_note": "/companies/10001/notes/add/",
    "companies:change_note": "/companies/10001/notes/{season.note.pk}/",
    "companies:list_operations": "/onboarding/",
    "companies:show_operation": "/onboarding/{season.operation.pk}/",
    "companies:list_imports": "/onboarding/imports/",
    "companies:load_import": "/onboarding/imports/load/",
    "companies:choose_projects": "/onboarding/imports/services/",
    "companies:show_import": "/onboarding/imports/{season.batch.pk}/",
    "companies:start_import": "/onboarding/imports/{season.batch.pk}/start/",
    "companies:edit_import_row": "/onboarding/imports/{season.batch.pk}/rows/3/",
    "companies:list_checklists": "/onboarding/checklists/",
    "companies:begin_checklist": "/onboarding/checklists/begin/",
    "companies:show_checklist": f"{STARTED}/",
    "companies:discard_checklist": "/onboarding/checklists/{season.checklists.draft.pk}/discard/",
    "companies:add_project_step": f"{STARTED}/steps/add/",
    "companies:correct_step": f"{STARTED}/steps/{REFUSED}/",
    "companies:add_service_steps": f"{STARTED}/steps/{REFUSED}/services/",
    "companies:skip_step": f"{STARTED}/steps/{REFUSED}/skip/",
    "companies:list_presets": "/onboarding/presets/",
    "companies:create_preset": "/onboarding/presets/create/",
    "companies:change_preset": "/onboarding/presets/{season.checklists.preset.pk}/",
    "companies:remove_preset": "/onboarding/presets/{season.checklists.preset.pk}/remove/",
    "companies:save_view": "/company-list/views/save/?tag=Education",
    "companies:change_view": "/company-list/views/{season.view.pk}/",
    "companies:list_tags": "/company-list/tags/",
    "desk:overview": "/?provisional=1",
    "desk:show_movers": "/movers/?floor=1",
    "desk:list_companies": "/companies/?status=0&status=1&status=3&status=7",
    "desk:show_company": "/companies/10001/",
    "desk:show_project": "/companies/10001/projects/-u_1/?product=transcoding",
    "desk:order_backfill": "/polling/orders/give/?fill=gaps",
    "desk:show_slot": "/polling/usage/{season.polled.gap.period}/?scope=default/duration/daily",
    "polling:calendar": "/polling/",
    "polling:list_gaps": "/polling/gaps/",
    "polling:list_backfills": "/polling/orders/",
    "polling:show_backfill": "/polling/orders/{season.polled.order.pk}/",
    "usage:show_usage": "/usage/?provisional=1",
    "usage:show_products": "/usage/products/?company=10001",
    "billing:show_daily_bills": "/bills/",
}
SIGNED_OUT = {
    "account_login": "/accounts/login/",
    "account_inactive": "/accounts/inactive/",
    "account_reset_password": "/accounts/password/reset/",
    "account_reset_password_done": "/accounts/password/reset/done/",
    "account_reset_password_from_key": "/accounts/password/reset/key/{key}/",
    "account_reset_password_from_key_done": "/accounts/password/reset/key/done/",
}
# What answers with figures, files or one word, and what only takes a form.
NO_PAGES = {
    "healthz",
    "readyz",
    "progress",
    "accounts:set_theme",
    "accounts:renew_password",
    "companies:remove_note",
    "companies:restore_note",
    "companies:cancel_operation",
    "companies:retry_operation",
    "companies:look_again",
    "companies:send_operation_again",
    "companies:give_up_operation",
    "companies:adopt_operation",
    "companies:export_import_template_csv",
    "companies:export_import_template_xlsx",
    "companies:map_import",
    "companies:export_import_problems_csv",
    "companies:export_import_problems_xlsx",
    "companies:pause_import",
    "companies:resume_import",
    "companies:cancel_import",
    "companies:retry_import",
    "companies:discard_import",
    "companies:leave_out_import_row",
    "companies:save_checklist",
    "companies:start_checklist",
    "companies:fill_in_checklist",
    "companies:add_project",
    "companies:remove_project",
    "companies:take_up_step",
    "companies:replace_view",
    "companies:remove_view",
    "companies:rename_tag",
    "companies:remove_tag",
    "companies:undo_change",
    "desk:export_companies_csv",
    "desk:export_companies_xlsx",
    "desk:choose_columns",
    "desk:change_companies",
    "desk:chart_usage",
    "desk:export_movers_csv",
    "desk:export_movers_xlsx",
    "desk:chart_bills",
    "desk:chart_company_usage",
    "desk:chart_company_bills",
    "desk:chart_project_usage",
    "desk:chart_project_bills",
    "desk:chart_calls",
    "desk:refetch_slot",
    "polling:cancel_backfill",
    "polling:download_answer",
    "usage:chart_usage",
    "usage:export_products_csv",
    "usage:export_products_xlsx",
    "usage:export_usage_csv",
    "usage:export_usage_xlsx",
    "usage:export_table_csv",
    "usage:export_table_xlsx",
    "billing:chart_daily_bills",
    "billing:export_daily_bills_csv",
    "billing:export_daily_bills_xlsx",
    "billing:export_corrections_csv",
    "billing:export_corrections_xlsx",
}


def test_every_address_of_the_portal_is_opened_here_or_is_no_page() -> None:
    assert {name for name, _pattern in pages()} == SIGNED_IN.keys() | SIGNED_OUT.keys() | NO_PAGES


@pytest.mark.parametrize("name", [*SIGNED_IN, *SIGNED_OUT])
def test_S11_a_page_looks_and_reads_well_bright_and_dark_on_desk_and_phone(
    name: str,
    page: Page,
    live_server: LiveServer,
    person: Callable[..., Person],
    sign_in: Callable[..., Person],
    axe: Callable[[Page], list[str]],
) -> None:
    somebody = sign_in("admin") if name in SIGNED_IN else person("admin")
    address = address_of(name, store_season(somebody), somebody)
    found = []
    for theme, size in (("light", DESK), ("dark", PHONE)):
        page.context.add_cookies([{"name": settings.THEME_COOKIE_NAME, "value": theme, "url": live_server.url}])
        page.set_viewport_size(size)
        page.goto(address)
        page.wait_for_selector("canvas[aria-busy]", state="detached")
        found += [*axe(page), *faults(page)]
    assert found == []


def address_of(name: str, season: Season, somebody: Person) -> str:
    """Where the page is."""
    key = f"{user_pk_to_url_str(somebody)}-{default_token_generator.make_token(somebody)}"
    address = SIGNED_IN.get(name) or SIGNED_OUT[name]
    return address.format(person=somebody, season=season, key=key)


def faults(page: Page) -> list[str]:
    """What a person would see at once: a page that is too wide, a chart that was not drawn."""
    too_wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    undrawn = page.locator("canvas[data-chart-url][hidden]").count()
    found = {f"{too_wide} px too wide": too_wide, f"{undrawn} charts not drawn": undrawn}
    return [fault for fault, number in found.items() if number]
