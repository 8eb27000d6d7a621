"""Tells on the terminal when the portal answers, and how far it is with fetching the figures."""

import http.client
import threading
import time

from django.db import DatabaseError, connections
from django.utils import timezone
from django.utils.module_loading import import_string

from reseller_portal.run.folder import ADDRESS
from reseller_portal.run.screen import Screen

BAR = 30
LOOK_EVERY = 1.0
TELL_EVERY = 5.0


def watch(screen: Screen, port: int, stopped: threading.Event) -> None:
    """Say when the portal answers, then draw the progress until all that is due is known or the portal stops."""
    while not answers(port):
        if stopped.wait(0.2):
            return
    screen.say(f"\nThe portal is up: http://{ADDRESS}:{port}/  (Ctrl-C stops it)\n")
    try:
        draw(screen, stopped)
    finally:
        connections.close_all()


def answers(port: int) -> bool:
    """Whether the web server answers /healthz."""
    connection = http.client.HTTPConnection(ADDRESS, port, timeout=2)
    try:
        connection.request("GET", "/healthz")
        return connection.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def draw(screen: Screen, stopped: threading.Event) -> None:
    """Redraw the progress whenever it changed; a log gets a line at most every few seconds."""
    shown, told_at = "", 0.0
    while not stopped.wait(LOOK_EVERY):
        text, complete = look()
        if complete:
            screen.show_progress("")
            screen.say("All figures are there: from now on only what is new is fetched.")
            return
        if text != shown and (screen.live or time.monotonic() - told_at >= TELL_EVERY):
            shown, told_at = text, time.monotonic()
            screen.show_progress(text)


def look() -> tuple[str, bool]:
    """The line to show, and whether all that is due is known."""
    try:
        progress = import_string("polling.queries.progress")(timezone.now())
    except DatabaseError:
        return "Figures: the database does not answer", False
    if not progress.due:
        return "Figures: asking for the companies", False
    filled = BAR * progress.known // progress.due
    line = f"Figures {'█' * filled}{'░' * (BAR - filled)} {progress.known:,} of {progress.due:,} days and lists"
    return line, not progress.open
