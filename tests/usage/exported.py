"""Usage exports as a browser gets them, taken apart into lines."""

from django.test import Client


def export(browser: Client, ending: str = "csv", **asked: str) -> bytes:
    answer = browser.get(f"/usage/export.{ending}", {"business": "default", "model": "duration"} | asked)
    assert answer.status_code == 200, answer.content
    return b"".join(answer.streaming_content)


def lines(browser: Client, **asked: str) -> list[str]:
    return export(browser, **asked).decode().split("\r\n")[1:-1]


def values(browser: Client, metric: str, **asked: str) -> list[tuple[str, str, str]]:
    """Period, value and state of one metric's rows."""
    rows = [line.split(",") for line in lines(browser, **asked)]
    return [(row[0], row[8], row[10]) for row in rows if row[7] == metric]
