"""Sessions with adapters that break the protocol."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest
from contract_tests.tests.adapter.cases import GREETING, Hourglass, faulty

from flipsnack_contract.adapter.process import Process
from flipsnack_contract.adapter.session import AdapterSession


@pytest.fixture
def hourglass() -> Hourglass:
    """A time of its own for each test."""
    return Hourglass()


@pytest.fixture
def opened() -> Iterator[Callable[..., AdapterSession]]:
    """Opens sessions with adapters that misbehave as named, waiting `timeout` seconds; ends them all."""
    with ExitStack() as stack:

        def open_session(name: str, *, timeout: float = 30.0) -> AdapterSession:
            return stack.enter_context(AdapterSession(lambda: Process(faulty(name)), GREETING, timeout))

        yield open_session
