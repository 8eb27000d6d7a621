"""Some seconds of a whole run: it ends by itself and finds nothing that must never happen."""

import subprocess
import sys

import pytest


@pytest.mark.slow
@pytest.mark.e2e
def test_nothing_is_duplicated_lost_or_hidden_in_ten_seconds_of_kills() -> None:
    command = [sys.executable, "-m", "tests.chaos", "--seconds", "10", "--every", "2", "--sqlite"]
    ran = subprocess.run(command, capture_output=True, text=True, timeout=400, check=False)
    assert ran.returncode == 0, ran.stdout + ran.stderr
