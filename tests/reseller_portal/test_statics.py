"""Static files are collected for the web server once, and again only when one of them changed."""

from pathlib import Path

import pytest
from pytest_django import Settings

from reseller_portal.run.statics import collect_statics


@pytest.fixture
def source(tmp_path: Path, settings: Settings) -> Path:
    """The only static file there is."""
    folder = tmp_path / "static"
    folder.mkdir()
    settings.STATICFILES_DIRS = [folder]
    settings.STATICFILES_FINDERS = ["django.contrib.staticfiles.finders.FileSystemFinder"]
    settings.STATIC_ROOT = tmp_path / "collected"
    path = folder / "page.css"
    path.write_text("a{color:red}")
    return path


def collected(settings: Settings) -> list[str]:
    return sorted(path.name for path in settings.STATIC_ROOT.iterdir())


def test_they_are_collected_at_the_first_start(source: Path, settings: Settings) -> None:
    assert (collect_statics(), collected(settings)) == (True, [".stamp", "page.css"])


def test_a_second_start_has_nothing_to_do(source: Path) -> None:
    collect_statics()
    assert collect_statics() is False


def test_a_changed_file_is_collected_again(source: Path, settings: Settings) -> None:
    collect_statics()
    source.write_text("a{color:blue;}")
    collect_statics()
    assert (settings.STATIC_ROOT / "page.css").read_text() == "a{color:blue;}"


def test_what_is_no_longer_there_is_taken_away(source: Path, settings: Settings) -> None:
    collect_statics()
    source.rename(source.with_name("other.css"))
    collect_statics()
    assert collected(settings) == [".stamp", "other.css"]
