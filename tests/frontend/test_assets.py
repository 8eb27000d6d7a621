"""The asset build: what it makes, when it makes it, and what must never be in it."""

import json
import re
import shutil
from pathlib import Path

import pytest

from reseller_portal.assets import BUILT, LOCKED, OUTPUTS, PACKAGES, ROOT, SOURCES, BuildError, build, install

REMOTE = re.compile(r"(?:https?:)?//(?!www\.w3\.org/)[a-z0-9-]+(?:\.[a-z0-9-]+)+", re.IGNORECASE)
LONGEST_MODULE = 120


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A copy of the sources that shares this checkout's installed packages."""
    install(ROOT)
    shutil.copytree(ROOT / SOURCES, tmp_path / SOURCES)
    for name in LOCKED:
        shutil.copy(ROOT / name, tmp_path / name)
    (tmp_path / PACKAGES).symlink_to(ROOT / PACKAGES)
    return tmp_path


@pytest.fixture(scope="module")
def built() -> Path:
    """This checkout's own build."""
    build()
    return ROOT / BUILT


def test_one_style_sheet_and_one_script_are_built(checkout: Path) -> None:
    assert build(checkout) is True
    assert sorted(path.name for path in (checkout / BUILT).glob("*.[cj]s*") if path.suffix != ".txt") == [*OUTPUTS]


def test_a_second_build_does_nothing(checkout: Path) -> None:
    build(checkout)
    assert build(checkout) is False


def test_a_changed_source_is_built_again(checkout: Path) -> None:
    build(checkout)
    (checkout / SOURCES / "nav.js").write_text("export function prepareNavigation() {}\n")
    assert build(checkout) is True


def test_a_missing_output_is_built_again(checkout: Path) -> None:
    build(checkout)
    (checkout / BUILT / OUTPUTS[0]).unlink()
    assert build(checkout) is True


def test_no_node_on_the_machine_is_needed(checkout: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    assert build(checkout) is True


def test_a_broken_source_ends_the_build_and_keeps_what_was_built(checkout: Path) -> None:
    build(checkout)
    before = (checkout / BUILT / "portal.js").read_bytes()
    (checkout / SOURCES / "main.js").write_text("absent(")
    with pytest.raises(BuildError):
        build(checkout)
    assert (checkout / BUILT / "portal.js").read_bytes() == before


@pytest.mark.parametrize("name", OUTPUTS)
def test_nothing_built_names_another_server(built: Path, name: str) -> None:
    assert REMOTE.search("see https://cdn.example.com/x.js") is not None
    assert REMOTE.findall((built / name).read_text(encoding="utf-8")) == []


def test_every_font_the_style_sheet_names_is_beside_it(built: Path) -> None:
    named = re.findall(r'url\("?\./([^")]+)"?\)', (built / "portal.css").read_text(encoding="utf-8"))
    assert len(named) > 0
    assert [name for name in named if not (built / name).is_file()] == []


def test_the_lock_names_no_download_addresses() -> None:
    packages = json.loads((ROOT / "package-lock.json").read_text())["packages"]
    assert [name for name, package in packages.items() if "resolved" in package] == []


@pytest.mark.parametrize("platform", ["linux-x64", "linux-arm64", "darwin-x64", "darwin-arm64", "win32-x64"])
def test_the_lock_holds_the_bundler_for_every_common_machine(platform: str) -> None:
    packages = json.loads((ROOT / "package-lock.json").read_text())["packages"]
    assert f"node_modules/@esbuild/{platform}" in packages


def test_modules_stay_short() -> None:
    lengths = {path.name: len(path.read_text().splitlines()) for path in (ROOT / SOURCES).glob("*.js")}
    assert {name: length for name, length in lengths.items() if length > LONGEST_MODULE} == {}
