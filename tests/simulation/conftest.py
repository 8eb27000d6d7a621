"""A very small simulated world."""

from collections.abc import Iterator

import pytest

from simulation.changes import Pace
from simulation.run import Simulation, Size, simulated

NOTHING = Pace(
    late=0, idle=0, revised=0, unpublished_every=0, comes_every=0, goes_every=0, project_every=0, outage_every=0,
    storm_every=0, kill_every=0,
)  # fmt: skip


@pytest.fixture
def calm(transactional_db: None) -> Iterator[Simulation]:
    """Four companies that use something, and two days on which nothing goes wrong."""
    size = Size(
        companies=4, projects=2, days=2, history=3, quiet=0, active=1, noise=0, moving=0, hours=6, tick_minutes=180,
        calls_a_day=0, pace=NOTHING,
    )  # fmt: skip
    with simulated(size) as simulation:
        yield simulation
        simulation.worker.end()
