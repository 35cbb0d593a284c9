"""The fake as the kit sees it: in this process, and behind a socket."""

from collections.abc import Iterator

import pytest

from flipsnack_contract.target.target import HttpTarget, WsgiTarget
from flipsnack_contract.target.target_under_test import TargetUnderTest, examine
from flipsnack_mock.server.app import create_app
from flipsnack_mock.testing import MockServer


@pytest.fixture(scope="session")
def fake() -> WsgiTarget:
    """The fake in this process."""
    return WsgiTarget(create_app())


@pytest.fixture(scope="session")
def subject(fake: WsgiTarget) -> TargetUnderTest:
    """The fake in this process, with its control plane."""
    return examine(fake)


@pytest.fixture(scope="session")
def server() -> Iterator[MockServer]:
    """The fake behind a socket."""
    with MockServer() as running:
        yield running


@pytest.fixture(scope="session")
def served(server: MockServer) -> Iterator[TargetUnderTest]:
    """The fake behind a socket, with its control plane; nobody else uses it."""
    with HttpTarget(server.base_url) as target:
        yield examine(target, alone=True)
