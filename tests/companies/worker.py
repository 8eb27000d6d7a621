"""A worker whose steps are taken by hand, so that it can be killed or held up between any two of them."""

from __future__ import annotations

from dataclasses import dataclass, field

from agora.transport import PreparedCall
from companies.models import Attempt, Operation
from companies.services import sending
from companies.services.recording import record
from companies.services.verdicts import Verdict
from polling.services.reading import Reader, open_reader


@dataclass(kw_only=True)
class Worker:
    """Does what `send_operation` does, in the same order; a worker that is killed is simply not used any more."""

    operation: Operation
    reader: Reader = field(default_factory=open_reader)
    call: PreparedCall | None = None
    attempt: Attempt | None = None
    verdict: Verdict | None = None

    def claim(self) -> bool:
        """Take the operation; False when somebody else has it."""
        return sending.claim(self.operation, now=self.reader.clock())

    def look(self) -> bool:
        """Whether nothing that exists may be it already."""
        return sending.is_clear(self.reader, self.operation)

    def sign(self) -> None:
        """Sign the one request of this attempt."""
        self.call = sending.signed(self.reader.client, self.operation.draft())

    def begin(self) -> bool:
        """Commit that it is being sent; False when the operation is not this worker's any more."""
        assert self.call is not None
        self.attempt = sending.begin_attempt(self.operation, self.call, now=self.reader.clock())
        return self.attempt is not None

    def write(self) -> Verdict:
        """Write the request and read what is answered."""
        assert self.call is not None
        self.verdict = sending.outcome(self.reader, self.call, self.operation.draft())
        return self.verdict

    def record(self) -> None:
        """Store what came of it."""
        assert self.attempt is not None
        assert self.verdict is not None
        record(self.operation, self.attempt, self.verdict, now=self.reader.clock())

    def up_to(self, step: str) -> Worker:
        """Take every step up to this one, which is taken too; gives the worker."""
        steps = ("claim", "look", "sign", "begin", "write", "record")
        for name in steps[: steps.index(step) + 1]:
            getattr(self, name)()
        return self
