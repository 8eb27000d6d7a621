"""The pages of bulk imports: what was loaded, loading a table or choosing projects, reading its columns, its files."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from django_countries import countries

from accounts.access import Right, person_of, requires
from accounts.origin import client_ip
from companies.exports import answer
from companies.forms.creates import CreateForm
from companies.forms.imports import LoadForm, MappingForm, ProjectsForm
from companies.intake.columns import FIELDS, fields_of
from companies.intake.reading import Table
from companies.models import Import, OperationKind
from companies.pages import addresses
from companies.pages.import_files import problem_rows, template_rows
from companies.pages.import_plan import Plan, checked_anew, checked_table, plan_for, without_example
from companies.pages.imports import ImportPage, import_page
from companies.queries import imports as reads
from companies.services.imports import loading
from companies.uploads import takes_a_file

IMPORTS_PER_PAGE = 50
PROJECTS_PER_PAGE = 100


@requires(Right.CREATE)
@require_safe
def list_imports(request: HttpRequest) -> HttpResponse:
    """Every table that somebody loaded, the newest first."""
    page = Paginator(reads.imports(), IMPORTS_PER_PAGE).get_page(request.GET.get("page"))
    context = {"page": page, "crumbs": [addresses.onboarding_crumb()]}
    return render(request, "companies/imports/list_imports.html", context)


@requires(Right.CREATE)
@takes_a_file
@require_http_methods(["GET", "HEAD", "POST"])
def load_import(request: HttpRequest) -> HttpResponse:
    """The form that takes a table; nothing is sent by it."""
    if request.method == "POST":
        form = LoadForm(request.POST, request.FILES)
        if form.is_valid() and (batch := _loaded(request, form)):
            return _see(reverse("companies:show_import", args=[batch.pk]))
    else:
        form = LoadForm(initial={"kind": _kind(request)})
    context = {"form": form, "crumbs": _crumbs(), "fields": {kind: fields_of(kind) for kind in FIELDS}}
    return render(request, "companies/imports/load_import.html", context)


def _loaded(request: HttpRequest, form: LoadForm) -> Import | None:
    """The import of the table in the form; None when only the template's example is in it."""
    kind = form.cleaned_data["kind"]
    table = without_example(kind, form.table())
    if not table.lines:
        form.add_error(None, _("Only the example of the template is in this. Put your own rows below the headings."))
        return None
    return _stored(request, form, kind, form.source(), table)


def _stored(request: HttpRequest, form: CreateForm, kind: str, source: str, table: Table) -> Import | None:
    """The import of a table; None when this form was sent before with other rows, which the form then says."""
    plan = plan_for(kind, table.headings)
    try:
        return loading.load(
            form_token=form.token,
            kind=kind,
            source=source,
            table=table,
            columns=plan.columns,
            fixed=plan.fixed,
            template=plan.template,
            checks=checked_table(kind, table, plan),
            by=person_of(request),
            now=timezone.now(),
            ip=client_ip(request),
        )
    except loading.TokenUsedError:
        form.add_error(None, _("This form was sent before, with other rows. Open it again to load these."))
    return None


@requires(Right.CREATE)
@require_http_methods(["GET", "HEAD", "POST"])
def choose_projects(request: HttpRequest) -> HttpResponse:
    """Projects from a list, a product and a region: the same as a table of UAP services."""
    search = request.GET.get("search", "").replace("\0", "").strip()
    found = reads.projects_matching(search)
    form = ProjectsForm(request.POST if request.method == "POST" else None, found=found)
    if request.method == "POST" and form.is_valid():
        table = form.table()
        if batch := _stored(request, form, OperationKind.UAP_SERVICE, _("Chosen projects"), table):
            return _see(reverse("companies:show_import", args=[batch.pk]))
    page = Paginator(found, PROJECTS_PER_PAGE).get_page(request.GET.get("page"))
    context = {"form": form, "page": page, "search": search, "crumbs": _crumbs()}
    return render(request, "companies/imports/choose_projects.html", context)


@requires(Right.CREATE)
@require_safe
def show_import(request: HttpRequest, import_id: int) -> HttpResponse:
    """An import; a browser that knows its `mark` gets what has changed of it, or 204."""
    batch = _import(import_id)
    page = _page(request, batch)
    if "HX-Request" not in request.headers:
        return _show(request, page)
    if request.GET.get("mark") == page.head.mark:
        return HttpResponse(status=204)
    return render(request, "companies/imports/news.html", {"page": page, "head": page.head, "query": _query(request)})


@requires(Right.CREATE)
@require_POST
def map_import(request: HttpRequest, import_id: int) -> HttpResponse:
    """Read the table otherwise; every row is checked again."""
    batch = _import(import_id)
    form = MappingForm(request.POST, batch=batch)
    if not form.is_valid():
        return _show(request, _page(request, batch), mapping=form)
    plan = Plan(columns=form.columns(), fixed=form.fixed())
    try:
        loading.map_columns(batch=batch, columns=plan.columns, fixed=plan.fixed, checks=checked_anew(batch, plan))
    except loading.HasBegunError:
        messages.warning(request, _("These rows are being created already; nothing was changed."))
    if name := form.cleaned_data["keep_as"]:
        loading.keep_template(batch=_import(import_id), name=name, by=person_of(request), now=timezone.now())
        messages.success(request, _("Kept as the template “%(name)s”.") % {"name": name})
    return _see(reverse("companies:show_import", args=[batch.pk]))


@requires(Right.CREATE)
@require_safe
def export_import_template(request: HttpRequest, ending: str) -> HttpResponse:
    """The file to fill in."""
    return answer(template_rows(_kind(request)), ending)


@requires(Right.CREATE)
@require_safe
def export_import_problems(request: HttpRequest, import_id: int, ending: str) -> HttpResponse:
    """The rows to correct and to load again."""
    return answer(problem_rows(_import(import_id)), ending)


def _page(request: HttpRequest, batch: Import) -> ImportPage:
    wanted = request.GET
    search = wanted.get("search", "").strip()[:100]
    return import_page(batch, show=wanted.get("show", "all"), search=search, number=wanted.get("page"))


def _show(request: HttpRequest, page: ImportPage, mapping: MappingForm | None = None) -> HttpResponse:
    context = {
        "page": page,
        "head": page.head,
        "query": _query(request),
        "mapping": mapping or (MappingForm(batch=page.batch) if page.may_map else None),
        "countries": list(countries),
        "crumbs": _crumbs(),
    }
    return render(request, "companies/imports/show_import.html", context)


def _query(request: HttpRequest) -> str:
    """What narrows the table down, for the addresses of its rows."""
    query = request.GET.copy()
    query.pop("mark", None)
    return query.urlencode()


def _import(import_id: int) -> Import:
    return get_object_or_404(Import.objects.select_related("created_by"), pk=import_id)


def _kind(request: HttpRequest) -> str:
    kind = request.GET.get("kind", "")
    return kind if kind in FIELDS else OperationKind.COMPANY.value


def _crumbs() -> list[tuple[str, str]]:
    return [addresses.onboarding_crumb(), (reverse("companies:list_imports"), _("Imports"))]


def _see(address: str) -> HttpResponse:
    return HttpResponse(status=303, headers={"Location": address})
