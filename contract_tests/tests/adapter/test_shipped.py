from pathlib import Path

import pytest
from contract_tests.tests.adapter.cases import ADAPTERS, GREETING, shipped

from flipsnack_contract.adapter.adapter_check import PROTOCOL_CHECKS, check_adapter
from flipsnack_contract.adapter.fake_server import Fake
from flipsnack_contract.adapter.launch import LaunchMode

# A loaded machine starts a JVM slowly.
TIMEOUT = 60.0
ENVIRONMENT = {"PATH": "/usr/local/bin:/usr/bin:/bin"}
FILES = sorted(path for path in ADAPTERS.rglob("*") if path.is_file() and "__pycache__" not in path.parts)
MOST_LINES = {".py": 140, ".mjs": 120}


LACKS = {"python": {"counts"}, "node": {"lists", "publishes", "counts"}}
LACKS["java"] = {"creates", *LACKS["node"]}


@pytest.mark.parametrize("name", ["python", "node", "java"])
def test_a_shipped_adapter_passes_every_check(fake_server: Fake, name: str) -> None:
    """It keeps the protocol, downloads, waits, reports what fails, and calls any method."""
    findings = list(check_adapter(LaunchMode(shipped(name), timeout=TIMEOUT), GREETING, fake_server))
    declared = [check for check in PROTOCOL_CHECKS if check not in LACKS[name]]
    assert declared == [finding.name for finding in findings]
    assert [] == [finding for finding in findings if finding.wrong]


@pytest.mark.parametrize(
    ("name", "checks"), [("bash", ["downloads", "waits", "fails", "auth"]), ("bash-call", ["calls"])]
)
def test_a_shipped_program_passes_every_check(fake_server: Fake, name: str, checks: list[str]) -> None:
    """Those that need no protocol."""
    mode = LaunchMode(shipped(name), mode="exec", timeout=TIMEOUT, environment=ENVIRONMENT)
    findings = list(check_adapter(mode, GREETING, fake_server))
    assert [(name, "") for name in checks] == [(finding.name, finding.wrong) for finding in findings]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_a_shipped_adapter_is_small(path: Path) -> None:
    """It can be read in one go, and copied."""
    lines = path.read_text(encoding="utf-8").splitlines()
    assert len(lines) <= MOST_LINES.get(path.suffix, 110)
    assert max(map(len, lines)) <= 120
