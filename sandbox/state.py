"""What a sandbox keeps between two starts, in one JSON file: its first day and all that was created."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import date, datetime
from pathlib import Path

from sandbox.companies import Company, Project, UapService, milliseconds

_PROJECT_FIELDS = ("id", "number", "company_id", "name", "status")


@dataclass(frozen=True, kw_only=True)
class State:
    """`born` is the day of the first start, `epoch` the first day with figures; the rest was created by calls."""

    born: date
    epoch: date
    companies: tuple[Company, ...] = ()
    projects: tuple[Project, ...] = ()
    services: tuple[UapService, ...] = ()
    statuses: Mapping[int, int] = field(default_factory=dict)


def load_state(path: Path) -> State | None:
    """The state in a file; None when there is no such file yet."""
    if not path.exists():
        return None
    kept = json.loads(path.read_text(encoding="utf-8"))
    return State(
        born=date.fromisoformat(kept["born"]),
        epoch=date.fromisoformat(kept["epoch"]),
        companies=tuple(Company(**row) for row in kept["companies"]),
        projects=tuple(_project(row) for row in kept["projects"]),
        services=tuple(UapService(**row) for row in kept["services"]),
        statuses={int(company_id): status for company_id, status in kept["statuses"].items()},
    )


def save_state(path: Path, state: State) -> None:
    """Write the state beside the file and put it in its place, so that a kill leaves the old or the new one."""
    kept = {
        "born": state.born.isoformat(),
        "epoch": state.epoch.isoformat(),
        "companies": [asdict(company) for company in state.companies],
        "projects": [_project_row(project) for project in state.projects],
        "services": [asdict(service) for service in state.services],
        "statuses": dict(state.statuses),
    }
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(path.name + ".new")
    beside.write_text(json.dumps(kept, ensure_ascii=False, indent=1), encoding="utf-8")
    beside.replace(path)


def _project_row(project: Project) -> dict[str, object]:
    row = {name: getattr(project, name) for name in _PROJECT_FIELDS}
    return {**row, "created": milliseconds(project.created)}


def _project(row: Mapping[str, str | int]) -> Project:
    return Project(
        id=str(row["id"]),
        number=int(row["number"]),
        company_id=int(row["company_id"]),
        name=str(row["name"]),
        status=int(row["status"]),
        created=datetime.fromisoformat(str(row["created"])),
    )
