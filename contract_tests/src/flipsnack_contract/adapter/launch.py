"""From what a user says to something that plays cases: a command and how it is to be run."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field

from flipsnack_contract.adapter.attach import Listener, instructions
from flipsnack_contract.adapter.messages import CAPABILITIES, PROTOCOL, Greeting
from flipsnack_contract.adapter.process import Process
from flipsnack_contract.adapter.program import Program
from flipsnack_contract.adapter.session import Patience, Session

__all__ = ["MODES", "BadUse", "Manner", "greeting_of", "playing"]

MODES = {
    "persistent": "one process for all cases, which speaks the adapter protocol",
    "exec": "one process for each case, a program with {collection} and {dest} among its arguments",
    "attach": "you start the adapter, under a debugger for instance; the kit prints how and waits",
}


class BadUse(ValueError):
    """Options that make no sense together; the text says what was expected."""


@dataclass(frozen=True)
class Manner:
    """How the client under test is run. `environment` is what a program is given besides its credentials."""

    command: tuple[str, ...]
    mode: str = "persistent"
    port: int = 0
    patience: float = 10.0
    capabilities: tuple[str, ...] = ("json",)
    environment: Mapping[str, str] = field(default_factory=dict, repr=False)

    def __post_init__(self) -> None:
        """Refuse what makes no sense."""
        if not self.command and self.mode != "attach":
            raise BadUse("which client? Give its command after --, as in: -- node adapter.mjs")
        if self.mode == "persistent" and any("{collection}" in part for part in self.command):
            raise BadUse("{collection} is filled in for programs without the protocol: add --mode exec before the --")
        if unknown := sorted(set(self.capabilities) - CAPABILITIES.keys()):
            raise BadUse(f"capabilities {', '.join(unknown)} are unknown; there are {', '.join(CAPABILITIES)}")


def greeting_of(version: str, run: str | None = None) -> Greeting:
    """The kit's hello; a run without a name gets a new one."""
    return Greeting(protocols=(PROTOCOL,), kit=version, run=run or uuid.uuid4().hex[:12])


@contextmanager
def playing(manner: Manner, greeting: Greeting, *, say: Callable[[str], None]) -> Iterator[Session | Program]:
    """What plays cases in that manner, until the block ends; `say` tells the user what to do, where there is something.

    Raises `AdapterFault`, `BadTemplate`, and `BadUse` for a port that is taken.
    """
    if manner.mode == "exec":
        yield Program(manner.command, manner.environment, manner.capabilities, manner.patience)
    elif manner.mode == "attach":
        with _listening(manner.port) as listener, _attached(manner, listener, greeting, say) as session:
            yield session
    else:
        patience = Patience(case=manner.patience)
        with Session(lambda: Process(manner.command), greeting, patience=patience) as session:
            yield session


def _listening(port: int) -> Listener:
    try:
        return Listener(port)
    except OSError as trouble:
        raise BadUse(f"cannot listen on port {port}: {trouble.strerror or trouble}; choose another --port") from None


def _attached(manner: Manner, listener: Listener, greeting: Greeting, say: Callable[[str], None]) -> Session:
    def waiting() -> None:
        say(f"waiting on 127.0.0.1:{listener.port}; start the adapter in a bash, as long as you like, with:")
        say(f"  {instructions(listener.port, manner.command)}")

    # In a debugger nobody is in a hurry.
    return Session(lambda: listener.accept(waiting=waiting), greeting, patience=Patience(None, None))
