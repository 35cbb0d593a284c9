from pathlib import Path

import pytest
from contract_tests.tests.adapter.cases import ADAPTERS, GREETING, shipped

from flipsnack_contract.adapter.fake_server import Fake
from flipsnack_contract.adapter.launch import LaunchMode, playing
from flipsnack_contract.adapter.lint import MANNERS, lint
from flipsnack_contract.adapter.session import Timeouts
from flipsnack_contract.adapter.smoke import TRIALS, smoke

# A loaded machine starts a JVM slowly.
TIMEOUT = 60.0
ENVIRONMENT = {"PATH": "/usr/local/bin:/usr/bin:/bin"}
FILES = sorted(path for path in ADAPTERS.rglob("*") if path.is_file() and "__pycache__" not in path.parts)


@pytest.mark.parametrize("name", ["python", "node", "java"])
def test_a_shipped_adapter_keeps_the_protocol(name: str) -> None:
    """Every rule of manners."""
    findings = list(lint(shipped(name), GREETING, timeouts=Timeouts(hello=TIMEOUT, case=TIMEOUT)))
    assert list(MANNERS) == [finding.name for finding in findings]
    assert [] == [finding for finding in findings if finding.wrong]


@pytest.mark.parametrize("name", ["python", "node", "java", "bash"])
def test_a_shipped_adapter_plays(played: Fake, name: str) -> None:
    """What is built is downloaded, what is being built is waited for, what fails is said to fail."""
    mode = LaunchMode(
        shipped(name), mode="exec" if name == "bash" else "persistent", timeout=TIMEOUT, environment=ENVIRONMENT
    )
    with playing(mode, GREETING) as player:
        smoked = list(smoke(player, played))
    assert [trial.promise for trial in TRIALS] == [one.trial.promise for one in smoked]
    assert [] == [(one.trial.promise, one.wrong) for one in smoked if one.wrong]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_a_shipped_adapter_is_small(path: Path) -> None:
    """It can be read in one go, and copied."""
    lines = path.read_text(encoding="utf-8").splitlines()
    assert len(lines) < 80
    assert max(map(len, lines)) <= 120
