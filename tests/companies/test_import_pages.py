"""Loading a table, saying how it is read, correcting rows, and the files that go out and come back."""

import uuid
from collections.abc import Callable

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from accounts.models import AuditEntry
from companies.models import ColumnTemplate, Import, ImportRow, Operation
from companies.uploads import MOST_BYTES
from tests.companies.conftest import dispatched
from tests.companies.tables import (
    HEADINGS,
    LOAD,
    as_csv,
    as_pasted,
    as_xlsx,
    company_row,
    load_file,
    load_rows,
    loaded,
    refusal,
)
from tests.companies.test_import_check import errors, rows_of
from tests.companies.test_import_run import begin, counts, rounds
from tests.sandbox_server import RunningSandbox

Browsers = Callable[..., Client]


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("companies.csv", as_csv([company_row(1)])),
        ("companies.xlsx", as_xlsx([company_row(1)])),
        ("companies.csv", as_xlsx([company_row(1)])),
        ("companies", as_csv([company_row(1)], separator=";")),
    ],
    ids=["CSV", "XLSX", "XLSX that is called CSV", "no ending"],
)
def test_a_file_is_loaded_whatever_it_is_called(name: str, data: bytes, db: None, signed_in: Browsers) -> None:
    client = signed_in("operator")
    batch = load_file(client, data, name)
    assert (batch.source, counts(batch)) == (name, {"ready": 1})


def test_S54_a_file_that_is_too_large_is_refused_in_words(db: None, signed_in: Browsers) -> None:
    file = SimpleUploadedFile("companies.csv", as_csv([["x" * 1000]] * (MOST_BYTES // 1000 + 10)))
    assert "larger than 5 MB" in refusal(signed_in("operator"), file=file)


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({}, "Choose a file, or paste rows below."),
        ({"rows": "Company\tE-mail"}, "no rows below"),
        ({"rows": as_pasted([company_row(1)]), "kind": "project"}, "project"),
        ({"file": SimpleUploadedFile("x.csv", b"")}, "empty"),
        ({"file": SimpleUploadedFile("x.xlsx", b"PK\x03\x04")}, "damaged"),
    ],
    ids=["nothing", "headings only", "another kind", "an empty file", "a broken workbook"],
)
def test_what_cannot_be_loaded_is_refused_in_words(
    values: dict[str, object], words: str, db: None, signed_in: Browsers
) -> None:
    assert words in refusal(signed_in("operator"), **values)


def test_a_file_and_rows_at_once_are_refused(db: None, signed_in: Browsers) -> None:
    file = SimpleUploadedFile("x.csv", as_csv([company_row(1)]))
    assert "not both" in refusal(signed_in("operator"), file=file, rows=as_pasted([company_row(2)]))


def test_the_same_form_sent_twice_is_one_import(db: None, signed_in: Browsers) -> None:
    client, token = signed_in("operator"), str(uuid.uuid4())
    first = load_rows(client, [company_row(1)], form_token=token)
    assert (load_rows(client, [company_row(1)], form_token=token).pk, Import.objects.count()) == (first.pk, 1)


def test_the_same_form_with_other_rows_says_so_and_loads_nothing(db: None, signed_in: Browsers) -> None:
    client, token = signed_in("operator"), str(uuid.uuid4())
    load_rows(client, [company_row(1)], form_token=token)
    words = refusal(client, rows=as_pasted([company_row(2)]), form_token=token)
    assert words == "This form was sent before, with other rows. Open it again to load these."
    assert Import.objects.count() == 1


def test_the_same_rows_loaded_twice_are_recognised_and_marked(agora: RunningSandbox, signed_in: Browsers) -> None:
    client = signed_in("operator")
    first = load_file(client, as_csv([company_row(1)]))
    begin(client, first)
    rounds(2)
    again = load_file(client, as_xlsx([company_row(1)]), "other.xlsx")
    page = client.get(f"/onboarding/imports/{again.pk}/")
    assert (page.context["page"].earlier, counts(again)) == (first, {"problem": 1})
    assert "These very rows were loaded before, by operator1@example.com" in page.content.decode()


def test_a_form_without_its_mark_against_forgery_is_refused_before_its_file_is_read(
    db: None, signed_in: Browsers
) -> None:
    client = signed_in("operator")
    client.handler.enforce_csrf_checks = True
    answer = client.post(LOAD, {"file": SimpleUploadedFile("x.csv", as_csv([company_row(1)]))})
    assert (answer.status_code, Import.objects.count()) == (403, 0)


@pytest.mark.parametrize("role", ["viewer", "finance"])
def test_whoever_may_not_create_loads_and_sees_nothing(role: str, db: None, signed_in: Browsers) -> None:
    batch = load_rows(signed_in("operator"), [company_row(1)])
    client = signed_in(role)
    answers = [client.post(LOAD), client.get("/onboarding/imports/"), client.get(f"/onboarding/imports/{batch.pk}/")]
    assert [answer.status_code for answer in answers] == [403, 403, 403]


def test_columns_that_must_be_there_are_named_when_they_are_missing(db: None, signed_in: Browsers) -> None:
    client = signed_in("operator")
    batch = load_rows(client, [["Acme", "ann@acme.example", "x"]], headings=["Company", "E-mail", "Remark"])
    page = client.get(f"/onboarding/imports/{batch.pk}/").context["page"]
    assert (page.missing, page.unknown) == (["First name", "Last name", "Country", "Area"], ["Remark"])


def map_columns(client: Client, batch: Import, **values: str) -> None:
    taken = {f"column_{name}": str(place) for name, place in batch.columns.items()}
    assert client.post(f"/onboarding/imports/{batch.pk}/columns/", {**taken, **values}).status_code == 303
    batch.refresh_from_db()


def test_a_column_can_be_chosen_and_one_value_given_for_all_rows(db: None, signed_in: Browsers) -> None:
    client = signed_in("operator")
    rows = [company_row(1)[:5], company_row(2)[:5]]
    batch = load_rows(client, rows, headings=["Company", "Contact", "Given name", "Surname", "Country"])
    map_columns(client, batch, column_email="1", fixed_area="Non-CN")
    assert counts(batch) == {"ready": 2}
    assert [row.payload["area"] for row in ImportRow.objects.all() if row.payload] == ["Non-CN", "Non-CN"]


def test_one_column_cannot_fill_two_fields(db: None, signed_in: Browsers) -> None:
    client = signed_in("operator")
    batch = load_rows(client, [company_row(1)])
    answer = client.post(f"/onboarding/imports/{batch.pk}/columns/", {"column_email": "1", "column_area": "1"})
    assert "This column fills another field already." in answer.content.decode()


def test_a_mapping_is_kept_as_a_template_for_the_next_table_with_these_headings(db: None, signed_in: Browsers) -> None:
    client = signed_in("operator")
    headings = ["Who", "Where to write", "Given name", "Surname", "Country"]
    first = load_rows(client, [company_row(1)[:5]], headings=headings)
    values = {"column_company_name": "0", "column_email": "1", "fixed_area": "Non-CN", "keep_as": "School sheet"}
    map_columns(client, first, **values)
    second = load_rows(client, [[*company_row(2)[:5], "new"]], headings=[*headings, "Remark"])
    assert (second.template, counts(second)) == ("School sheet", {"ready": 1})
    assert ColumnTemplate.objects.get().name == "School sheet"


def test_corrections_outlast_another_reading_of_the_columns(db: None, signed_in: Browsers) -> None:
    client = signed_in("operator")
    batch = load_rows(client, [company_row(1, email="nobody")])
    client.post(f"/onboarding/imports/{batch.pk}/rows/2/", {"email": "ann@acme.example"})
    map_columns(client, batch, fixed_industry="3")
    row = batch.rows.get()
    assert row.payload is not None
    assert (row.payload["email"], row.payload["industry"]) == ("ann@acme.example", 3)


def test_a_cell_is_corrected_in_place_and_the_head_is_told(db: None, signed_in: Browsers) -> None:
    client = signed_in("operator")
    batch = load_rows(client, [company_row(1, email="nobody")])
    answer = client.post(
        f"/onboarding/imports/{batch.pk}/rows/2/", {"email": "ann@acme.example"}, headers={"HX-Request": "true"}
    )
    assert (answer.status_code, answer.headers["HX-Trigger"]) == (200, "import-changed")
    assert counts(batch) == {"ready": 1}


def test_without_javascript_a_row_has_a_page_of_its_own_and_leads_back(db: None, signed_in: Browsers) -> None:
    client = signed_in("operator")
    batch = load_rows(client, [company_row(1, email="nobody")])
    address = f"/onboarding/imports/{batch.pk}/rows/2/?show=problems"
    assert "This is no e-mail address" in client.get(address).content.decode()
    answer = client.post(address, {"email": "ann@acme.example"})
    assert answer["Location"] == f"/onboarding/imports/{batch.pk}/?show=problems#row-2"


def test_what_was_typed_wrongly_again_stands_in_the_cell_with_its_error(db: None, signed_in: Browsers) -> None:
    client = signed_in("operator")
    batch = load_rows(client, [company_row(1)])
    client.post(f"/onboarding/imports/{batch.pk}/rows/2/", {"country": "Atlan\0tis"})
    row = rows_of(client, batch)[0]
    assert [cell.text for cell in row.cells if cell.name == "country"] == ["Atlan\ufffdtis"]
    assert list(errors(row)) == ["country"]


def test_a_row_that_is_an_operation_cannot_be_changed_any_more(agora: RunningSandbox, signed_in: Browsers) -> None:
    client = signed_in("operator")
    batch = load_rows(client, [company_row(1)])
    begin(client, batch)
    rounds(2)
    client.post(f"/onboarding/imports/{batch.pk}/rows/2/", {"email": "other@acme.example"})
    client.post(f"/onboarding/imports/{batch.pk}/rows/2/leave-out/", {"left_out": "1"})
    assert (counts(batch), batch.rows.get().edits) == ({"done": 1}, {})


@pytest.mark.parametrize("path", ["rows/99/", "rows/99/leave-out/"])
def test_a_row_that_is_not_there_is_not_found(path: str, db: None, signed_in: Browsers) -> None:
    client = signed_in("operator")
    batch = load_rows(client, [company_row(1)])
    assert client.post(f"/onboarding/imports/{batch.pk}/{path}").status_code == 404


def test_an_open_page_hears_of_changes_and_of_nothing_else(agora: RunningSandbox, signed_in: Browsers) -> None:
    client = signed_in("operator")
    batch = load_rows(client, [company_row(1), company_row(2, email="")])
    begin(client, batch)
    mark = client.get(f"/onboarding/imports/{batch.pk}/").context["head"].mark

    def news() -> tuple[int, str]:
        headers = {"HX-Request": "true"}
        answer = client.get(f"/onboarding/imports/{batch.pk}/?show=all&mark={mark}", headers=headers)
        return answer.status_code, answer.content.decode()

    before, _nothing = news()
    rounds(2)
    after, words = news()
    assert (before, after) == (204, 200)
    assert "<strong>1 of 1 created</strong>" in words
    assert 'Done <span class="text-secondary">1</span>' in words
    assert ('id="row-2"' in words, 'id="row-3"' in words) == (True, False)


def test_an_import_that_runs_without_problems_speaks_of_none(agora: RunningSandbox, signed_in: Browsers) -> None:
    client = signed_in("operator")
    batch = load_rows(client, [company_row(1)])
    begin(client, batch)
    assert list(client.get(f"/onboarding/imports/{batch.pk}/").context["head"].not_begun) == []


def test_an_import_that_was_not_begun_is_removed_whole(db: None, signed_in: Browsers) -> None:
    client = signed_in("operator")
    batch = load_rows(client, [company_row(1)])
    client.post(f"/onboarding/imports/{batch.pk}/discard/")
    assert (Import.objects.count(), ImportRow.objects.count()) == (0, 0)
    assert AuditEntry.objects.filter(action="import.discarded").count() == 1


def test_an_import_that_was_begun_stays(agora: RunningSandbox, signed_in: Browsers) -> None:
    client = signed_in("operator")
    batch = load_rows(client, [company_row(1)])
    begin(client, batch)
    client.post(f"/onboarding/imports/{batch.pk}/discard/")
    assert Import.objects.count() == 1


def test_names_are_text_and_never_markup(db: None, signed_in: Browsers) -> None:
    client = signed_in("operator")
    batch = load_file(client, as_csv([company_row(1, company="<script>x")]), "<script>y.csv")
    pages = [client.get(f"/onboarding/imports/{path}").content.decode() for path in (f"{batch.pk}/", "")]
    assert ["<script>x" in page or "<script>y" in page for page in pages] == [False, False]


def test_loading_sends_nothing(agora: RunningSandbox, signed_in: Browsers) -> None:
    load_rows(signed_in("operator"), [company_row(1)])
    dispatched()
    assert Operation.objects.count() == 0


def test_what_starting_would_send_is_told_first(db: None, signed_in: Browsers) -> None:
    client = signed_in("operator")
    rows = [[*company_row(1), "yes"], [*company_row(2, area="CN"), "no"], [*company_row(3, email=""), "no"]]
    batch = loaded(client, rows=as_pasted(rows, [*HEADINGS, "Password reset"]))
    summary = client.get(f"/onboarding/imports/{batch.pk}/start/").context["summary"]
    assert (summary.ready, summary.staying, summary.mailed) == (2, 1, 1)
    assert list(summary.groups) == [("Outside China", 1), ("China", 1)]
    assert list(summary.warnings) == [("This area does not go with this country.", 1)]
