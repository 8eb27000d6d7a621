"""What `make run` prints: lines of processes, and one line of progress that stays below them."""

import datetime as dt
import io

from honcho.printer import Message

from reseller_portal.run.screen import Screen

NOON = dt.datetime(2026, 1, 31, 12, tzinfo=dt.UTC)


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def line(data: str | bytes, name: str = "polls") -> Message:
    return Message(type="line", data=data, time=NOON, name=name, colour=None)


def test_a_line_bears_the_time_and_the_name_of_its_process() -> None:
    out = io.StringIO()
    Screen(out).write(line(b"hello\n"))
    assert out.getvalue() == "12:00:00 polls | hello\n"


def test_empty_lines_and_words_about_stopping_are_left_out() -> None:
    out = io.StringIO()
    screen = Screen(out)
    for data in (b"\n", b"worker: Warm shutdown (MainProcess)\n", "web started (pid=1)\n"):
        screen.write(line(data, name="system" if isinstance(data, str) else "polls"))
    assert out.getvalue() == ""


def test_a_process_that_ended_is_told() -> None:
    out = io.StringIO()
    Screen(out).write(line("web stopped (rc=1)\n", name="system"))
    assert out.getvalue() == "12:00:00 system | web stopped (rc=1)\n"


def test_ctrl_c_is_answered_in_words() -> None:
    out = io.StringIO()
    Screen(out).write(line("SIGINT received\n", name="system"))
    assert out.getvalue() == "\nStopping; a create that is being sent gets up to 95 seconds.\n"


def test_progress_in_a_log_is_a_line_of_its_own() -> None:
    out = io.StringIO()
    screen = Screen(out)
    screen.show_progress("1 of 2")
    screen.show_progress("")
    assert out.getvalue() == "1 of 2\n"


def test_progress_on_a_terminal_stays_below_what_is_printed() -> None:
    out = Terminal()
    screen = Screen(out)
    screen.show_progress("1 of 2")
    screen.say("hello")
    screen.show_progress("")
    assert out.getvalue() == "1 of 2\r\033[Khello\n1 of 2\r\033[K"
