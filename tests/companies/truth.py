"""The end check of every fault: what Agora did by its truth log, beside what the portal says that was done."""

from sandbox.api import Sandbox
from tests.chaos.audit import Offence, offences
from tests.chaos.creators import Ledger
from tests.chaos.evidence import gathered


def offences_now(sandbox: Sandbox) -> list[Offence]:
    """What is duplicated, lost, wrongly linked or hidden; what still waits for its time is none of these."""
    return [offence for offence in offences(gathered(sandbox, Ledger())) if offence.name != "stuck"]


def assert_told(sandbox: Sandbox) -> None:
    """Nothing is duplicated, lost, wrongly linked or hidden."""
    assert offences_now(sandbox) == []
