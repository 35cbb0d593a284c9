"""A case and a time that need no server, and the adapters under test."""

import shutil
import sys
from pathlib import Path
from typing import Any

import pytest

from flipsnack_contract.adapter.case import Case, Timeline
from flipsnack_contract.adapter.messages import Greeting

ZOO = Path(__file__).parents[2] / "zoo" / "adapters.py"
ADAPTERS = Path(__file__).parents[2] / "adapters"
SHIPPED = {
    "python": (sys.executable, str(ADAPTERS / "python" / "adapter.py")),
    "node": ("node", str(ADAPTERS / "node" / "adapter.mjs")),
    "java": ("java", str(ADAPTERS / "java" / "Adapter.java")),
    "bash": ("bash", str(ADAPTERS / "bash" / "fetch.sh"), "{collection}", "{dest}", "{deadline_s}"),
    "bash-call": ("bash", str(ADAPTERS / "bash" / "fetch.sh"), "--call", "{action}", "{params}"),
}
START = 1_790_000_000_000
SECRET = 'a "secret"'
GREETING = Greeting(protocols=(1,), kit="0", run="rehearsal")


class Hourglass(Timeline):
    """Virtual time without a server; `passed` are its steps."""

    is_virtual = True

    def __init__(self) -> None:
        self.passed: list[int] = []

    @property
    def now_ms(self) -> int:
        return START + sum(self.passed)

    def pass_by(self, ms: int) -> None:
        self.passed.append(ms)


def faulty(name: str) -> list[str]:
    """The command of the adapter that breaks the protocol as named."""
    return [sys.executable, str(ZOO), name]


def case(case_id: str = "case-1", **changes: Any) -> Case:
    """A case that needs no server."""
    fields: dict[str, Any] = {
        "id": case_id,
        "op": "poll",
        "base_url": "http://127.0.0.1:9/v1/",
        "key": "a-key",
        "secret": SECRET,
        "args": {"collection": "f000001"},
    }
    return Case(**{**fields, **changes})


def shipped(name: str) -> tuple[str, ...]:
    """The command of a shipped adapter; skips the test where its runtime is absent."""
    command = SHIPPED[name]
    if shutil.which(command[0]) is None:
        pytest.skip(f"{command[0]} is not installed")
    return command
