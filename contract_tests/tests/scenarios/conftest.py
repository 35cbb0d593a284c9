"""One fake and one correct client, which plays in its own process, for all tests of the judge."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from flipsnack_contract.adapter.fake_server import Fake
from flipsnack_contract.adapter.launch import LaunchMode, greeting_of, playing
from flipsnack_contract.scenarios.scenario_runner import ScenarioRunner

ADAPTER = Path(__file__).parents[2] / "adapters" / "python" / "adapter.py"


@pytest.fixture(scope="session")
def runner(fake_server: Fake) -> Iterator[ScenarioRunner]:
    """The reference client at that fake."""
    mode = LaunchMode((sys.executable, str(ADAPTER)), timeout=60.0)
    with playing(mode, greeting_of("0", "tests")) as player:
        yield ScenarioRunner(player, fake_server, name="tests")
