"""Sessions with adapters that break the protocol."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest
from contract_tests.tests.adapter.rehearsal import Hourglass, faulty

from flipsnack_contract.adapter.process import Process
from flipsnack_contract.adapter.session import Patience, Session


@pytest.fixture
def hourglass() -> Hourglass:
    """A time of its own for each test."""
    return Hourglass()


@pytest.fixture
def opened() -> Iterator[Callable[..., Session]]:
    """Opens sessions with adapters that misbehave as named, waiting `patience` seconds; ends them all."""
    with ExitStack() as stack:

        def open_session(name: str, *, patience: float = 30.0) -> Session:
            waits = Patience(hello=30.0, case=patience)
            session = Session(lambda: Process(faulty(name)), kit="0", name="test", patience=waits)
            return stack.enter_context(session)

        yield open_session
