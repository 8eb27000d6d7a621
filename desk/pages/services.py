"""UAP services, product by region: requested, reported on, reported off, or unknown; nothing can read them back."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from agora.vocabulary import Region, UapType
from companies.converters import project_path
from companies.labels import REGIONS, UAP_TYPES, words
from companies.models import Company, Project, UapService
from desk.queries.projects import Product, requested_services

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
class MatrixRow:
    """One project with a cell for each product in each region."""

    project: Project
    href: str
    cells: Sequence[Cell]


@dataclass(frozen=True, kw_only=True)
class Matrix:
    """The services of some projects: the products of the heading, and a row for each project."""

    products: Sequence[str]
    regions: Sequence[str]
    rows: Sequence[MatrixRow]

    @property
    def columns(self) -> Sequence[str]:
        """The regions of the second heading, once for each product."""
        return [region for _product in self.products for region in self.regions]


def services_matrix(
    company: Company, projects: Iterable[Project], services: Mapping[int, Sequence[UapService]], project_id: str = ""
) -> Matrix:
    """What is known of the services of these projects of a company; a service that nobody asked for here is unknown."""
    asked = requested_services(company, project_id)
    return Matrix(
        products=[words(UAP_TYPES, type_id.value) for type_id in UapType],
        regions=[words(REGIONS, region.value) for region in Region],
        rows=[
            MatrixRow(
                project=project,
                href=project_path(company.company_id, project.project_id),
                cells=_cells(services.get(project.pk, ()), asked.get(project.project_id, ())),
            )
            for project in projects
        ],
    )


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
