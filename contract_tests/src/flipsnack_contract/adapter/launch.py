"""From what a user says to something that plays cases: a command and how it is to be run."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field

from flipsnack_contract.adapter.messages import CAPABILITIES, PROTOCOL, Greeting
from flipsnack_contract.adapter.process import Process
from flipsnack_contract.adapter.program import Program
from flipsnack_contract.adapter.session import AdapterSession, Timeouts

__all__ = ["MODES", "BadUse", "LaunchMode", "greeting_of", "playing"]

MODES = {
    "persistent": "one process for all cases, which speaks the adapter protocol",
    "exec": "one process for each case, a program with {collection} and {dest} among its arguments",
}


class BadUse(ValueError):
    """Options that make no sense together; the text says what was expected."""


@dataclass(frozen=True)
class LaunchMode:
    """How the client under test is run. `environment` is what a program is given besides its credentials."""

    command: tuple[str, ...]
    mode: str = "persistent"
    patience: float = 10.0
    capabilities: tuple[str, ...] = ("json",)
    environment: Mapping[str, str] = field(default_factory=dict, repr=False)

    def __post_init__(self) -> None:
        """Refuse what makes no sense."""
        if not self.command:
            raise BadUse("which client? Give its command after --, as in: -- node adapter.mjs")
        if self.mode == "persistent" and any("{collection}" in part for part in self.command):
            raise BadUse("{collection} is filled in for programs without the protocol: add --mode exec before the --")
        if unknown := sorted(set(self.capabilities) - CAPABILITIES.keys()):
            raise BadUse(f"capabilities {', '.join(unknown)} are unknown; there are {', '.join(CAPABILITIES)}")


def greeting_of(version: str, run: str | None = None) -> Greeting:
    """The kit's hello; a run without a name gets a new one."""
    return Greeting(protocols=(PROTOCOL,), kit=version, run=run or uuid.uuid4().hex[:12])


@contextmanager
def playing(mode: LaunchMode, greeting: Greeting) -> Iterator[AdapterSession | Program]:
    """What plays cases in that mode, until the block ends. Raises `AdapterFault` and `BadTemplate`."""
    if mode.mode == "exec":
        yield Program(mode.command, mode.environment, mode.capabilities, mode.patience)
    else:
        with AdapterSession(lambda: Process(mode.command), greeting, patience=Timeouts(case=mode.patience)) as session:
            yield session
