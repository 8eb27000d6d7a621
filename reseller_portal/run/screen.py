"""The terminal of `make run`: lines of all processes, and below them one line that tells how far the filling is."""

import sys
import threading
from typing import TextIO

from honcho.manager import SYSTEM_PRINTER_NAME
from honcho.printer import Message, Printer

CLEAR_LINE = "\r\033[K"
# What a worker says when it is told to stop; honcho's line about its end follows.
CELERY_STOPS = ("worker: Hitting Ctrl+C", "worker: Warm shutdown", "worker: Cold shutdown", "Initiating Soft Shutdown")


class Screen(Printer):
    """Honcho's printer with a line of progress that stays at the bottom of a terminal."""

    def __init__(self, output: TextIO = sys.stdout) -> None:
        super().__init__(output)
        self.live = output.isatty()
        self.progress = ""
        self.lock = threading.RLock()

    def write(self, message: Message) -> None:
        """Print what a process said, without empty lines and without what only repeats that all is being stopped."""
        text = message.data if isinstance(message.data, str) else message.data.decode("utf-8", "replace")
        if message.name == SYSTEM_PRINTER_NAME:
            self.write_system(text, message)
        elif text.strip() and not any(words in text for words in CELERY_STOPS):
            self.print_above(message)

    def write_system(self, text: str, message: Message) -> None:
        """Print in own words that the end was asked for, and honcho's line for each process that ended."""
        if text.endswith(" received\n"):
            self.say("\nStopping; a create that is being sent gets up to 95 seconds.")
        elif " stopped " in text:
            self.print_above(message)

    def print_above(self, message: Message) -> None:
        with self.lock:
            self.erase()
            super().write(message)
            self.draw()

    def say(self, text: str) -> None:
        """Print words of our own."""
        with self.lock:
            self.erase()
            self.output.write(f"{text}\n")
            self.draw()
            self.output.flush()

    def show_progress(self, text: str) -> None:
        """Put this line in the place of the last one; '' takes it away. Without a terminal it is one more line."""
        if not self.live:
            if text:
                self.say(text)
            return
        with self.lock:
            self.erase()
            self.progress = text
            self.draw()
            self.output.flush()

    def erase(self) -> None:
        if self.progress:
            self.output.write(CLEAR_LINE)

    def draw(self) -> None:
        if self.progress:
            self.output.write(self.progress)
