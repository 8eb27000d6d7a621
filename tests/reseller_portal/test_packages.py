"""The house has exactly the rooms that the import contracts know: a new `core/` or `common/` breaks this."""

import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
# They are no part of the portal: nothing imports them.
OUTSIDE = {"tests", "benchmarks", "simulation"}


def test_every_package_is_a_room_of_the_contracts() -> None:
    with (ROOT / "pyproject.toml").open("rb") as file:
        rooms = set(tomllib.load(file)["tool"]["importlinter"]["root_packages"])
    assert {path.parent.name for path in ROOT.glob("*/__init__.py")} - OUTSIDE == rooms


def test_every_room_of_the_contracts_is_checked_for_types() -> None:
    with (ROOT / "pyproject.toml").open("rb") as file:
        tools = tomllib.load(file)["tool"]
    assert set(tools["mypy"]["packages"]) >= set(tools["importlinter"]["root_packages"])


def test_no_module_lies_outside_the_rooms() -> None:
    assert [path.name for path in ROOT.glob("*.py")] == ["manage.py"]
