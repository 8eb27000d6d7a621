"""The server's own clock, which may be wrong on purpose, and the day it pretends to be."""

from datetime import UTC, date, datetime, timedelta


class Clock:
    """Tells the time of the sandbox: `offset` seconds off, on the UTC day `pretended` when one is given."""

    def __init__(self, *, offset: float = 0.0, pretended: date | None = None) -> None:
        self.offset = offset
        self.pretended = pretended

    def now(self) -> datetime:
        """The instant of the `Date` header, of the signature window and of `created`."""
        return datetime.now(UTC) + timedelta(seconds=self.offset)

    def today(self) -> date:
        """The UTC day that is still going on; usage is provisional on it and bills end two days before."""
        return self.pretended or self.now().date()

    def elapsed(self) -> int:
        """Seconds of the UTC day that are over, 0 to 86399."""
        now = self.now()
        return now.hour * 3600 + now.minute * 60 + now.second
