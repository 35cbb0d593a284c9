"""How the client under test is started, and what then runs cases with it."""

import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field

from flipsnack_contract.adapter.messages import CAPABILITIES, PROTOCOL, Greeting
from flipsnack_contract.adapter.process import Process
from flipsnack_contract.adapter.program import Program
from flipsnack_contract.adapter.session import AdapterSession

MODES = {
    "persistent": "one process for all cases, which speaks the adapter protocol",
    "exec": "one process for each case: a program with {collection} and {dest}, or {action} and {params}, as arguments",
}


class BadUse(ValueError):
    """Options that cannot work together; the text says what was expected."""


@dataclass(frozen=True)
class LaunchMode:
    """A client's command, and how to run it.

    `timeout` is in seconds without a message; `capabilities` and `environment` are for programs of mode exec, which
    get `environment` besides their credentials. Raises `BadUse`.
    """

    command: tuple[str, ...]
    mode: str = "persistent"
    timeout: float = 10.0
    capabilities: tuple[str, ...] = ("json",)
    environment: Mapping[str, str] = field(default_factory=dict, repr=False)

    def __post_init__(self) -> None:
        """Check what cannot work."""
        if not self.command:
            raise BadUse("missing client command: give it after --, as in: -- node adapter.mjs")
        words = " ".join(self.command)
        if self.mode == "persistent" and ("{collection}" in words or "{action}" in words):
            raise BadUse("placeholders are only filled in with --mode exec: add that option before the --")
        if unknown := sorted(set(self.capabilities) - CAPABILITIES.keys()):
            raise BadUse(f"unknown capability {', '.join(unknown)}; expected some of {', '.join(CAPABILITIES)}")


def greeting_of(version: str, run: str | None = None) -> Greeting:
    """The kit's hello; `run` names the run, by default at random."""
    return Greeting(protocols=(PROTOCOL,), kit=version, run=run or uuid.uuid4().hex[:12])


@contextmanager
def playing(mode: LaunchMode, greeting: Greeting) -> Iterator[AdapterSession | Program]:
    """What runs cases with that client, until the block ends. Raises `AdapterFault` and `BadTemplate`."""
    if mode.mode == "exec":
        yield Program(mode.command, mode.environment, mode.capabilities, mode.timeout)
    else:
        with AdapterSession(lambda: Process(mode.command), greeting, timeout=mode.timeout) as session:
            yield session
