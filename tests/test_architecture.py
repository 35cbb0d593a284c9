from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parents[1]
PAGE = (REPOSITORY / "ARCHITECTURE.md").read_text()
CONTRACTS = tomllib.loads((REPOSITORY / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]

# What touches the world outside: an engine, a framework, a clock, a file, the environment.
ENGINE = frozenset({"app", "bridge", "control", "delivery", "exchange_log", "namespaces", "replay", "server", "tls"})
DOORS = frozenset({"clock", "ids"})
CONTROL = frozenset({"admin_client", "fault_admin", "journal_admin"})
COMMANDS = frozenset(
    {"__main__", "cli", "doctor_command", "flags", "health_command", "lint_command", "magic_command", "replay_command"}
)
IN_TESTS = frozenset(
    {"admin_client", "containers", "fault_admin", "intercept", "journal_admin", "pytest_plugin", "testing"}
)
EDGES = ENGINE | DOORS | COMMANDS | CONTROL | IN_TESTS


def _modules(package: str) -> set[str]:
    (folder,) = REPOSITORY.glob(f"*/src/{package}")
    names = {path.stem for path in folder.iterdir() if path.suffix == ".py" or any(path.glob("*.*"))}
    return names - {"__init__", "__pycache__"}


@pytest.mark.parametrize("package", ["flipsnack_client", "flipsnack_contract", "flipsnack_mock"])
def test_every_module_has_its_place_on_the_page(package: str) -> None:
    """Whoever reads ARCHITECTURE.md has heard of each module."""
    missing = {name for name in _modules(package) - {"__main__"} if f"`{name}`" not in PAGE}

    assert set() == missing, "name them in a table of ARCHITECTURE.md"


def test_every_module_of_the_fake_is_core_or_edge() -> None:
    """A new module is held to the rules of the core unless it is named an edge here."""
    (core,) = (contract["source_modules"] for contract in CONTRACTS if contract["id"] == "core")

    expected = {f"flipsnack_mock.{name}" for name in _modules("flipsnack_mock") - EDGES}
    assert expected == set(core), "put it into the contract `core` of pyproject.toml, or name it an edge here"
