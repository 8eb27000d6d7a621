"""The list of companies as a workbench: chips, columns, totals, views of the team, exports, steps over many."""

import csv
import re
from collections.abc import Callable
from io import BytesIO, StringIO

import pytest
from django.test import Client
from openpyxl import load_workbook

from accounts.models import AuditEntry, Person
from companies.models import CareChange, Company, SavedView
from companies.services import care
from tests.billing.known import bill_known, line
from tests.desk.reading import number_of_queries, table, tables, words
from tests.usage.known import at, company, covered, gap, project, rtc, used

pytestmark = pytest.mark.usefixtures("noon")

Known = Callable[..., Company]
SignedIn = Callable[..., Client]
LIST = "/companies/"


def read(browser: Client, address: str = LIST) -> str:
    answer = browser.get(address, follow=True)
    assert answer.status_code == 200
    return answer.content.decode()


def names(page: str) -> list[str]:
    return [row[0] for row in table(page, "Company")[:-1]] if tables(page) else []


def totals(browser: Client, address: str = LIST) -> dict[str, str]:
    """The line below the list, by the headings."""
    (found,) = tables(read(browser, address))
    return dict(zip(found[0], found[-1], strict=True))


def chips(page: str) -> list[str]:
    return re.findall(r'aria-label="Remove the filter ([^"]*)"', page)


def files(browser: Client, query: str = "") -> list[list[str]]:
    """The CSV of the list."""
    answer = browser.get(f"/company-list/companies.csv?{query}")
    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    return list(csv.reader(StringIO(text)))


def change(browser: Client, **fields: object) -> str:
    """Change many companies and read what the list says then."""
    return browser.post("/company-list/change/", {"which": "ticked", **fields}, follow=True).content.decode()


def tag(one: Company, *tags: str) -> Company:
    by = Person.objects.first() or Person.objects.create_user("ann@reseller.example", role="operator")
    care.set_tags(company=one, names=tags, by=by)
    return one


def tagged(name: str) -> list[str]:
    return list(Company.objects.filter(tags__name=name).order_by("company_id").values_list("company_id", flat=True))


# What narrows the list down.


def test_it_is_narrowed_down_by_tag_in_any_case(signed_in: SignedIn) -> None:
    tag(company("1", "Acme"), "Pilot")
    tag(company("2", "Bolt"), "other")
    browser = signed_in("viewer")
    assert [names(read(browser, f"{LIST}?tag={asked}")) for asked in ("Pilot", "pilot", "nothing")] == [
        ["Acme"],
        ["Acme"],
        [],
    ]


def test_it_is_narrowed_down_by_owner_and_to_those_of_nobody(
    signed_in: SignedIn, person: Callable[..., Person]
) -> None:
    ann = person("operator", email="ann@reseller.example")
    care.set_owner(company=company("1", "Acme"), owner=ann, by=ann)
    company("2", "Bolt")
    browser = signed_in("viewer")
    asked = (f"{ann.pk}", "none", f"{ann.pk}&owner=none", "999999", "x")
    assert [names(read(browser, f"{LIST}?owner={one}")) for one in asked] == [
        ["Acme"],
        ["Bolt"],
        ["Acme", "Bolt"],
        [],
        [],
    ]


def test_each_thing_it_is_narrowed_down_by_is_a_chip(signed_in: SignedIn) -> None:
    tag(company("1", "Acme", status="1", area="CN", country="DE", industry="3"), "pilot")
    page = read(signed_in("viewer"), f"{LIST}?q=a&status=1&area=CN&country=DE&industry=3&tag=pilot")
    assert chips(page) == [
        "Search: a",
        "Status: Insufficient balance",
        "Area: China",
        "Country: Germany",
        "Industry: Education",
        "Tag: pilot",
    ]


def test_a_chip_leads_to_the_list_without_it_from_its_first_page(signed_in: SignedIn) -> None:
    company("1", "Acme", status="1", area="CN")
    page = read(signed_in("viewer"), f"{LIST}?status=1&area=CN&sort=-name&page=1")
    assert re.findall(r'class="chip"\s+href="([^"]*)"', page) == [
        "/companies/?area=CN&amp;sort=-name",
        "/companies/?status=1&amp;sort=-name",
    ]


# What is shown.


def test_columns_of_the_address_are_shown_in_the_order_of_the_table(signed_in: SignedIn) -> None:
    company("1", "Acme", industry="3")
    page = read(signed_in("viewer"), f"{LIST}?columns=industry,company_id&columns=owner&columns=nonsense")
    assert tables(page)[0][:2] == [["Company", "CID", "Industry", "Owner"], ["Acme", "1", "Education", "—"]]


def test_chosen_columns_and_density_are_kept_for_whoever_chose_them(signed_in: SignedIn) -> None:
    company("1", "Acme")
    ann, ben = signed_in("viewer"), signed_in("viewer")
    kept = {"columns": ["owner", "status"], "density": "comfortable", "query": "q=acme&columns=area&page=3"}
    answer = ann.post("/company-list/columns/", kept)
    page = read(ann)
    assert (answer.headers["Location"], tables(page)[0][0], "is-comfortable" in page) == (
        "/companies/?q=acme",
        ["Company", "Status", "Owner"],
        True,
    )
    assert tables(read(ben))[0][0][:3] == ["Company", "CID", "Status"]


def test_nobody_may_choose_what_there_is_not(signed_in: SignedIn) -> None:
    browser = signed_in("viewer")
    company("1", "Acme")
    before = tables(read(browser))
    browser.post("/company-list/columns/", {"columns": ["password"], "density": "huge"})
    assert tables(read(browser)) == before


def test_amounts_are_a_column_only_for_whoever_may_see_them(signed_in: SignedIn) -> None:
    company("1", "Acme")
    bill_known("2026-09-01")
    line("2026-09-01", "1", "p1", "1")
    address = f"{LIST}?columns=amounts"
    shown = [tables(read(signed_in(role), address))[0][0] for role in ("operator", "finance")]
    offered = ['value="amounts"' in read(signed_in(role)) for role in ("operator", "finance")]
    assert (shown, offered) == ([["Company"], ["Company", "USD, Sep"]], [False, True])


def test_tags_lead_to_all_companies_that_have_them(signed_in: SignedIn) -> None:
    tag(company("1", "Acme"), "big & bold/x")
    page = read(signed_in("viewer"))
    assert 'href="/companies/?tag=big%20%26%20bold%2Fx"' in page


def test_minutes_have_a_line_of_their_days_with_gaps_where_nothing_is_known(signed_in: SignedIn) -> None:
    company("1", "Acme")
    covered("2026-07-01", "2026-09-23", company_id="1")
    gap("2026-09-10", "2026-09-12", company_id="1")
    used("2026-09-09", company_id="1", figures=rtc(audio=7))
    page = read(signed_in("viewer"))
    assert [len(piece.split()) for piece in re.findall(r'<polyline points="([^"]*)"', page)] == [18, 9]


def test_a_sort_by_a_column_that_is_not_shown_is_by_name(signed_in: SignedIn) -> None:
    company("2", "Acme", status="0")
    company("1", "Bolt", status="3")
    assert names(read(signed_in("viewer"), f"{LIST}?columns=area&sort=-status")) == ["Acme", "Bolt"]


# Totals.


def test_totals_hold_all_that_match_and_no_other(known_company: Known, signed_in: SignedIn) -> None:
    for number in range(30):
        known_company(f"{number}", f"Company {number}", status="1")
        used("2026-09-20", company_id=f"{number}", figures=rtc(audio=10, sd=1))
    known_company("99", "Other", status="2")
    used("2026-09-20", company_id="99", figures=rtc(audio=5000))
    browser = signed_in("viewer")
    found = [totals(browser, f"{LIST}{query}")["Minutes, 30 days"] for query in ("?status=1", "?status=2", "")]
    assert found == ["330", "5,000", "5,330"]


def test_totals_of_everybody_leave_out_who_is_gone_and_days_that_became_unknown(
    known_company: Known, signed_in: SignedIn
) -> None:
    for number in ("1", "2", "3"):
        known_company(number)
        used("2026-09-20", company_id=number, figures=rtc(audio=int(number) * 100))
        used("2026-09-10", company_id=number, figures=rtc(audio=1))
    gap("2026-09-10", "2026-09-10", company_id="2")
    Company.objects.filter(company_id="3").update(gone_at=at("2026-09-22 00:00"))
    page = read(signed_in("viewer"))
    (found,) = tables(page)
    assert (found[-1][:1], found[-1][6], "1 of 2 companies are known on every day" in page) == (
        ["2 companies"],
        "301*",
        True,
    )


def test_minutes_of_all_are_what_the_rows_add_up_to(known_company: Known, signed_in: SignedIn) -> None:
    known_company("1", "Acme", status="1")
    used("2026-09-20", company_id="1", figures=rtc(audio=10), extra={"sdAll": "0.5"})
    used("2026-09-01", company_id="1", figures=rtc(audio=3))
    browser = signed_in("viewer")
    rows = [table(read(browser, address), "CID")[0][6] for address in (LIST, f"{LIST}?status=1")]
    below = [totals(browser, address)["Minutes, 30 days"] for address in (LIST, f"{LIST}?status=1")]
    assert below == rows


def test_a_total_of_nothing_known_is_no_zero(signed_in: SignedIn) -> None:
    company("1", "Acme")
    assert totals(signed_in("viewer"))["Minutes, 30 days"] == "No data"


def test_amounts_are_added_up_in_each_currency_by_itself(known_company: Known, signed_in: SignedIn) -> None:
    for number in range(1, 22):
        bill_known(f"2026-09-{number:02d}")
    for number in range(30):
        company(f"{number}", f"Company {number}", status="1" if number else "2")
        line("2026-09-02", f"{number}", "p1", "0.10")
        line("2026-09-02", f"{number}", "p2", "1", currency="CNY")
    line("2026-09-02", "unlisted", "p1", "1000")
    found = totals(signed_in("finance"), f"{LIST}?status=1")
    assert (found["USD, Sep"], found["CNY, Sep"]) == ("2.90", "29.00")


def test_it_asks_as_often_whatever_there_is(
    known_company: Known, signed_in: SignedIn, person: Callable[..., Person]
) -> None:
    ann = person("operator")
    bill_known("2026-09-01")

    def make(number: int) -> None:
        one = tag(known_company(f"{number}", status="1"), f"tag {number}", "all")
        care.set_owner(company=one, owner=person("operator"), by=ann)
        used("2026-09-20", company_id=f"{number}", figures=rtc(audio=1))
        line("2026-09-01", f"{number}", "p1", "1")
        project(one, f"p{number}")

    make(1)
    browser = signed_in("admin")
    address = f"{LIST}?status=1&tag=all&columns=tags,owner,minutes,amounts,last_usage"
    for_one = number_of_queries(browser, address)
    for number in range(2, 31):
        make(number)
    assert number_of_queries(browser, address) == for_one


# Views of the team.


def test_a_view_opens_for_another_account_with_filters_columns_and_order(signed_in: SignedIn) -> None:
    company("1", "Acme", status="1")
    company("2", "Bolt", status="1")
    company("3", "Cork", status="0")
    query = "status=1&columns=name,status&sort=-name"
    saved = signed_in("operator").post("/company-list/views/save/", {"name": "In trouble", "query": query})
    page = read(signed_in("viewer"), saved.headers["Location"])
    assert (names(page), tables(page)[0][0], "“In trouble” " in words(page)) == (
        ["Bolt", "Acme"],
        ["Company", "Status"],
        False,
    )


def test_a_view_keeps_what_is_shown_to_whoever_saves_it(signed_in: SignedIn) -> None:
    company("1", "Acme")
    browser = signed_in("operator")
    browser.post("/company-list/columns/", {"columns": ["area"], "density": "compact"})
    state = re.findall(r'name="query"\s+value="([^"]*)"', read(browser, f"{LIST}?q=ac&page=1"))[0]
    assert state == "q=ac&amp;columns=name%2Carea"


def test_a_view_keeps_only_what_counts(signed_in: SignedIn) -> None:
    query = "page=7&status=1&view=3&evil=1&q=&sort=name"
    signed_in("operator").post("/company-list/views/save/", {"name": "One", "query": query})
    assert SavedView.objects.get().query == "status=1&sort=name"


@pytest.mark.parametrize(
    ("name", "said"),
    [("", "This cannot stay empty."), ("  ", "This cannot stay empty."), ("x" * 61, "At most 60 characters"),
     ("EDUCATION", "The team has a view of this name already.")],
)  # fmt: skip
def test_a_name_that_will_not_do_is_refused_beside_the_field(name: str, said: str, signed_in: SignedIn) -> None:
    browser = signed_in("operator")
    browser.post("/company-list/views/save/", {"name": "Education", "query": "q=a"})
    page = browser.post("/company-list/views/save/", {"name": name, "query": "q=b"}).content.decode()
    assert (said in words(page), 'value="q=b"' in page, SavedView.objects.count()) == (True, True, 1)


def saved_by(role: str, signed_in: SignedIn) -> tuple[Client, SavedView]:
    browser = signed_in(role)
    browser.post("/company-list/views/save/", {"name": "Education", "query": "q=a"})
    return browser, SavedView.objects.get()


def test_whoever_saved_a_view_renames_and_removes_it(signed_in: SignedIn) -> None:
    browser, view = saved_by("operator", signed_in)
    browser.post(f"/company-list/views/{view.pk}/", {"name": "Schools"})
    view.refresh_from_db()
    browser.post(f"/company-list/views/{view.pk}/remove/")
    actions = list(AuditEntry.objects.order_by("pk").values_list("action", flat=True))
    assert (view.name, SavedView.objects.count(), actions) == (
        "Schools",
        0,
        ["view.saved", "view.renamed", "view.removed"],
    )


@pytest.mark.parametrize(("role", "status"), [("operator", 403), ("viewer", 403), ("admin", 302)])
def test_another_persons_view_is_changed_by_admins_alone(role: str, status: int, signed_in: SignedIn) -> None:
    view = saved_by("operator", signed_in)[1]
    other = signed_in(role)
    offered = f'href="/company-list/views/{view.pk}/"' in read(other)
    answers = [other.post(f"/company-list/views/{view.pk}/{step}", {"name": "Mine"}) for step in ("", "remove/")]
    assert ([answer.status_code for answer in answers], offered) == ([status, status], status == 302)


def test_a_view_that_was_removed_shows_all_companies_and_says_so(signed_in: SignedIn) -> None:
    company("1", "Acme")
    page = read(signed_in("viewer"), f"{LIST}?view=77")
    assert (names(page), "This view was removed" in page) == (["Acme"], True)


# Files.


def test_a_file_holds_every_company_that_matches_in_order_with_the_columns_shown(
    known_company: Known, signed_in: SignedIn
) -> None:
    for number in range(30):
        company(f"{number}", f"Company {number:02d}", status="1")
    company("99", "Other", status="0")
    rows = files(signed_in("viewer"), "status=1&sort=-name&columns=name,company_id,status")
    assert (rows[:2], len(rows)) == (
        [["company_name", "company_id", "status"], ["Company 29", "29", "Insufficient balance"]],
        31,
    )


def test_a_file_holds_exact_figures_and_says_how_many_days_are_known(
    known_company: Known, signed_in: SignedIn, person: Callable[..., Person]
) -> None:
    acme = tag(known_company("1", "Acme", area="CN", country="DE", app_limit=5, industry="3"), "pilot", "big")
    care.set_owner(company=acme, owner=person("operator", name="Ann"), by=person("admin"))
    project(acme, "p1", status="1")
    used("2026-09-20", company_id="1", figures=rtc(audio=1234))
    bill_known("2026-09-01")
    line("2026-09-01", "1", "p1", "1234.56789012")
    company("2", "Bolt")
    every = "industry,owner,tags,company_id,status,area,country,project_count,minutes,amounts,last_usage"
    assert files(signed_in("finance"), f"columns={every}") == [
        ["company_name", "company_id", "status", "area", "country", "industry", "projects", "project_limit",
         "minutes_2026-08-23_2026-09-21", "minutes_days_known", "amount_USD_2026-09-01_2026-09-21", "last_usage",
         "tags", "owner"],
        ["Acme", "1", "Normal", "CN", "Germany", "Education", "1", "5",
         "1234", "30", "1234.56789012", "2026-09-20", "big, pilot", "Ann"],
        ["Bolt", "2", "Unknown", "", "", "Unknown", "0", "", "", "0", "", "", "", ""],
    ]  # fmt: skip


def test_a_file_shows_amounts_only_to_whoever_may_see_them(signed_in: SignedIn) -> None:
    company("1", "Acme")
    bill_known("2026-09-01")
    line("2026-09-01", "1", "p1", "1")
    assert files(signed_in("operator"), "columns=amounts") == [["company_name"], ["Acme"]]


def test_no_spreadsheet_runs_what_a_file_holds(signed_in: SignedIn) -> None:
    tag(company("1", "=1+1"), "@now")
    assert files(signed_in("viewer"), "columns=tags")[1] == ["'=1+1", "'@now"]


def test_the_sheet_holds_what_the_file_holds(known_company: Known, signed_in: SignedIn) -> None:
    known_company("1", "Acme")
    used("2026-09-20", company_id="1", figures=rtc(audio=1234))
    browser = signed_in("viewer")
    answer = browser.get("/company-list/companies.xlsx?columns=company_id,minutes")
    rows = load_workbook(BytesIO(b"".join(answer.streaming_content))).active.values
    assert list(rows)[1] == ("Acme", "1", 1234, 30)


def test_the_page_leads_to_files_of_just_what_it_shows(signed_in: SignedIn) -> None:
    company("1", "Acme", status="1")
    browser = signed_in("viewer")
    browser.post("/company-list/columns/", {"columns": ["status"], "density": "compact"})
    page = read(browser, f"{LIST}?status=1&sort=-name&page=1")
    assert 'href="/company-list/companies.csv?status=1&amp;columns=name%2Cstatus&amp;sort=-name"' in page


# Steps over many.


def test_ticked_companies_get_a_tag_and_it_is_said_how_many(signed_in: SignedIn) -> None:
    acme, bolt, _cork = tag(company("1"), "pilot"), company("2"), company("3")
    page = change(signed_in("operator"), step="add-tag", tag="Pilot", company=[acme.pk, bolt.pk])
    assert (tagged("pilot"), "Tagged 1 company “pilot”. 1 was so already. Undo" in words(page)) == (["1", "2"], True)


def test_all_that_match_are_found_by_the_filter_beyond_the_page(signed_in: SignedIn) -> None:
    for number in range(30):
        company(f"{number}", status="1" if number < 27 else "0")
    asked = {"step": "add-tag", "tag": "pilot", "which": "all", "query": "status=1", "matching": 27}
    page = change(signed_in("operator"), **asked)
    assert (len(tagged("pilot")), "Tagged 27 companies “pilot”." in words(page), len(names(page))) == (27, True, 25)


def test_nothing_changes_when_others_match_than_were_counted(signed_in: SignedIn) -> None:
    company("1"), company("2")
    page = change(signed_in("operator"), step="add-tag", tag="pilot", which="all", query="", matching=1)
    said = "2 companies match by now. Nothing was changed: look at the list again."
    assert (tagged("pilot"), said in words(page)) == ([], True)


def test_a_tag_is_taken_off_and_comes_back_when_that_is_undone(signed_in: SignedIn) -> None:
    one = tag(company("1"), "pilot")
    browser = signed_in("operator")
    change(browser, step="remove-tag", tag="pilot", company=[one.pk])
    taken_off = tagged("pilot")
    page = browser.post(f"/company-list/changes/{CareChange.objects.get().pk}/undo/", follow=True).content.decode()
    assert (taken_off, tagged("pilot"), "Undone: 1 company is as before." in page) == ([], ["1"], True)


def test_undoing_leads_back_to_the_list_as_it_was(signed_in: SignedIn) -> None:
    one = company("1", status="1")
    browser = signed_in("operator")
    page = change(browser, step="add-tag", tag="pilot", company=[one.pk], query="status=1")
    (address,) = re.findall(r'form="undo" formaction="([^"]*)"', page)
    (where,) = re.findall(r'<form id="undo".*?name="next" value="([^"]*)"', page, flags=re.S)
    answer = browser.post(address, {"next": where})
    assert (answer.headers["Location"], tagged("pilot")) == ("/companies/?status=1", [])


def test_undoing_twice_says_that_it_was_undone(signed_in: SignedIn) -> None:
    one = company("1")
    browser = signed_in("operator")
    change(browser, step="add-tag", tag="pilot", company=[one.pk])
    address = f"/company-list/changes/{CareChange.objects.get().pk}/undo/"
    browser.post(address)
    assert "This was undone already." in browser.post(address, follow=True).content.decode()


def test_nobody_undoes_what_another_person_did(signed_in: SignedIn) -> None:
    one = company("1")
    change(signed_in("operator"), step="add-tag", tag="pilot", company=[one.pk])
    answer = signed_in("admin").post(f"/company-list/changes/{CareChange.objects.get().pk}/undo/")
    assert (answer.status_code, tagged("pilot")) == (404, ["1"])


def test_an_owner_is_set_and_taken_away(signed_in: SignedIn, person: Callable[..., Person]) -> None:
    one, ann = company("1"), person("operator", name="Ann")
    browser = signed_in("operator")
    pages = [change(browser, step="set-owner", owner=owner, company=[one.pk]) for owner in (ann.pk, ann.pk, "")]
    said = ["Ann looks after 1 company more.", "that is so already.", "1 company has no owner now."]
    assert [text in words(page) for text, page in zip(said, pages, strict=True)] == [True, True, True]


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"step": "add-tag", "tag": "pilot"}, "Tick companies first, or choose all that match."),
        ({"step": "add-tag", "tag": " ", "company": "1"}, "This cannot stay empty."),
        ({"step": "add-tag", "tag": "a,b", "company": "1"}, "A tag holds no comma."),
        ({"step": "remove-tag", "tag": "unheard of", "company": "1"}, "No company has this tag."),
        ({"step": "set-owner", "owner": "999999", "company": "1"}, "Select a valid choice."),
        ({"step": "explode", "company": "1"}, "Select a valid choice."),
    ],
)
def test_what_cannot_be_done_is_said_in_words(fields: dict[str, str], said: str, signed_in: SignedIn) -> None:
    company("1", "Acme")
    page = change(signed_in("operator"), **fields)
    assert (said in words(page), CareChange.objects.count()) == (True, 0)


def test_viewers_see_neither_boxes_nor_buttons(signed_in: SignedIn) -> None:
    company("1", "Acme")
    found = [[text in read(signed_in(role)) for text in ("data-select", 'id="change-many"', "Save view")]
             for role in ("viewer", "operator")]  # fmt: skip
    assert found == [[False] * 3, [True] * 3]
