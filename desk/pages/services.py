"""UAP services, product by region: requested, reported on, reported off, or unknown; nothing can read them back."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from agora.vocabulary import Region, UapType
from companies.converters import project_path
from companies.labels import REGIONS, UAP_TYPES, words
from companies.models import Company, Project, UapService
from desk.numbers import moment
from desk.queries.projects import EnabledService, Product, enabled_services, requested_services

PRODUCTS = [(type_id.value, region.value) for type_id in UapType for region in Region]
ON, OFF = "1", "0"


class Standing(StrEnum):
    """What is known of one service of one project."""

    REQUESTED = "requested"
    ON = "on"
    OFF = "off"
    ODD = "odd"
    UNKNOWN = "unknown"


@dataclass(frozen=True, kw_only=True)
class Cell:
    """One product in one region; `status` is Agora's code where the document does not know it."""

    words: str
    standing: Standing
    status: str = ""


@dataclass(frozen=True, kw_only=True)
class ServiceLine:
    """One service of one project, with whoever enabled it from here, and when Agora reported that."""

    cell: Cell
    by: str = ""
    reported_at: str = ""


@dataclass(frozen=True, kw_only=True)
class MatrixRow:
    """One project with a cell for each product in each region."""

    project: Project
    href: str
    cells: Sequence[Cell]


@dataclass(frozen=True, kw_only=True)
class Matrix:
    """The services of some projects: product and region of each column, and a row for each project."""

    columns: Sequence[tuple[str, str]]
    rows: Sequence[MatrixRow]


def services_matrix(
    company: Company, projects: Iterable[Project], services: Mapping[int, Sequence[UapService]]
) -> Matrix:
    """What is known of the services of these projects of a company; a service that nobody asked for here is unknown."""
    asked = requested_services(company)
    return Matrix(
        columns=[(words(UAP_TYPES, type_id), words(REGIONS, region)) for type_id, region in PRODUCTS],
        rows=[
            MatrixRow(
                project=project,
                href=project_path(company.company_id, project.project_id),
                cells=_cells(services.get(project.pk, ()), asked.get(project.project_id, ())),
            )
            for project in projects
        ],
    )


def services_of(project: Project) -> list[ServiceLine]:
    """Each service that one project can have: what is known of it, and who asked for it when."""
    enabled = {(one.service.type_id, one.service.region): one for one in enabled_services(project)}
    asked = requested_services(project.company, project.project_id).get(project.project_id, ())
    cells = _cells([one.service for one in enabled.values()], asked)
    return [_line(cell, enabled.get(product)) for product, cell in zip(PRODUCTS, cells, strict=True)]


def _line(cell: Cell, enabled: EnabledService | None) -> ServiceLine:
    if enabled is None:
        return ServiceLine(cell=cell)
    return ServiceLine(cell=cell, by=str(enabled.by or ""), reported_at=moment(enabled.at))


def _cells(services: Iterable[UapService], asked: Collection[Product]) -> list[Cell]:
    reported = {(service.type_id, service.region): service.status for service in services}
    return [_cell(product, reported.get(product), product in asked) for product in PRODUCTS]


def _cell(product: Product, status: str | None, is_asked: bool) -> Cell:
    named = f"{words(UAP_TYPES, product[0])}, {words(REGIONS, product[1])}"
    if status == ON:
        return Cell(words=named, standing=Standing.ON)
    if is_asked:
        return Cell(words=named, standing=Standing.REQUESTED)
    if status == OFF:
        return Cell(words=named, standing=Standing.OFF)
    return Cell(words=named, standing=Standing.ODD if status else Standing.UNKNOWN, status=status or "")
