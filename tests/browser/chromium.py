"""Finds the Chromium or Chrome that the browser tests use; `python -m tests.browser.chromium` brings one if need be."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
ON_A_MAC = Path("/Applications/Google Chrome.app/Contents/MacOS/Google Chrome")
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


def find() -> str:
    """The path of a browser on this machine; '' when there is none."""
    installed = next((path for name in NAMES if (path := shutil.which(name))), "")
    return installed or next((str(path) for path in (ON_A_MAC, playwrights_own()) if path.is_file()), "")


def playwrights_own() -> Path:
    """Where Playwright keeps the browser that it downloads itself."""
    with sync_playwright() as playwright:
        return Path(playwright.chromium.executable_path)


def bring() -> None:
    """Install Debian's Chromium where that is possible, else Playwright's own."""
    if shutil.which("apt-get") and os.geteuid() == 0:
        environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
        subprocess.run(["apt-get", "-qq", "update"], env=environment)
        subprocess.run(["apt-get", "-qq", "install", "-y", "--no-install-recommends", "chromium"], env=environment)
    if not find():
        subprocess.run([sys.executable, "-m", "playwright", "install", "chromium"])


def main() -> int:
    """Say which browser is used; without one 1 where the tests must not be skipped, else 0."""
    if not find():
        print("No Chromium or Chrome on this machine: installing one for the browser tests.", flush=True)
        bring()
    if path := find():
        print(f"Browser tests use {path}.")
        return 0
    print("No browser could be installed: THE BROWSER TESTS ARE SKIPPED. Install Chromium or Chrome to run them.")
    return 1 if os.environ.get("CI") == "true" else 0


if __name__ == "__main__":
    sys.exit(main())
