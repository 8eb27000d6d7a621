"""Companies, projects and UAP services as Agora tells of them, and the lists they come in."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, TypeVar

from ..vocabulary import Area
from .values import Problem, problem, read_code, read_id, read_text, read_time, read_whole

_AREAS = {area.value.lower(): area.value for area in Area}


@dataclass(frozen=True, kw_only=True)
class CompanyRecord:
    """A company ("Create a company", "Fetch the company list"); unknown codes stay as they came."""

    id: str
    name: str
    country: str
    area: str
    app_limit: int | None
    member_limit: int | None
    industry: int | str | None
    interest: int | str | None
    environment: int | str | None
    status: int | None


@dataclass(frozen=True, kw_only=True)
class ProjectRecord:
    """A project ("Create a project", "Fetch the project list"); `created` is in UTC."""

    id: str
    name: str
    status: int | None
    created: datetime | None


@dataclass(frozen=True, kw_only=True)
class UapServiceRecord:
    """A UAP service ("Enable UAP self-service"); its `id` is the project's, in another spelling."""

    id: str | None
    type_id: int | None
    project_name: str
    status: int | None
    region: int | None


Row = TypeVar("Row", CompanyRecord, ProjectRecord)


@dataclass(frozen=True, kw_only=True)
class ListPage(Generic[Row]):
    """One page of a list: its rows, how many there are in all, how many lines it had."""

    rows: Sequence[Row]
    count: int | None
    lines: int
    problems: Sequence[Problem]


def read_company(data: Any) -> CompanyRecord:
    """A company; ValueError when it has no id."""
    row = _object(data)
    area = read_text(row.get("area"))
    return CompanyRecord(
        id=_id(row),
        name=read_text(row.get("name")),
        country=read_text(row.get("country")).upper(),
        area=_AREAS.get(area.lower(), area),
        app_limit=read_whole(row.get("appLimit")),
        member_limit=read_whole(row.get("memberLimit")),
        industry=read_code(row.get("industry")),
        interest=read_code(row.get("interest")),
        environment=read_code(row.get("environment")),
        status=read_whole(row.get("status")),
    )


def read_project(data: Any) -> ProjectRecord:
    """A project; ValueError when it has no id."""
    row = _object(data)
    return ProjectRecord(
        id=_id(row),
        name=read_text(row.get("name")),
        status=read_whole(row.get("status")),
        created=read_time(row.get("created")),
    )


def read_uap_service(data: Any) -> UapServiceRecord:
    """A UAP service; ValueError when the answer is no object."""
    row = _object(data)
    return UapServiceRecord(
        id=read_id(row.get("id")),
        type_id=read_whole(row.get("typeId")),
        project_name=read_text(row.get("projectName")),
        status=read_whole(row.get("status")),
        region=read_whole(row.get("region")),
    )


def read_list_page(data: Any, read_row: Callable[[Any], Row]) -> ListPage[Row]:
    """A page `{rows, count}`; a row without an id becomes a problem; ValueError when there are no rows."""
    page = _object(data)
    if "rows" not in page or not isinstance(page["rows"] or [], list):
        raise ValueError("the list has no rows")
    rows: list[Row] = []
    problems: list[Problem] = []
    lines = page["rows"] or []
    for line in lines:
        try:
            rows.append(read_row(line))
        except ValueError as error:
            problems.append(problem("list row", str(error), line))
    count = read_whole(page.get("count"))
    return ListPage(rows=rows, count=count, lines=len(lines), problems=problems)


def _object(data: Any) -> dict[str, Any]:
    if not isinstance(data, dict):
        raise ValueError("it is no object")
    return data


def _id(row: dict[str, Any]) -> str:
    text = read_id(row.get("id"))
    if text is None:
        raise ValueError("it has no usable id")
    return text
