"""Fixtures for pytest: one fake for the session, and a separate account for each test.

Load it with `pytest_plugins = ["flipsnack_mock.pytest_plugin"]` in the top-level conftest.py, or with
`pytest -p flipsnack_mock.pytest_plugin`. Under pytest-xdist each worker starts its own fake; with `--flipsnack-url`
all workers share a running one, with separate accounts.
"""

import hashlib
from collections.abc import Callable, Iterator
from typing import IO, Any, NamedTuple

import pytest
import requests

from flipsnack_mock.protocol.methods import UPLOADS
from flipsnack_mock.protocol.signature import sign
from flipsnack_mock.server.ids import fresh_id
from flipsnack_mock.testing import AccountAdmin, AdminClient, Clock, MockServer
from flipsnack_mock.testing.faults import Faults
from flipsnack_mock.testing.requests import assert_clean

__all__ = [
    "FlipsnackServer",
    "flipsnack_account",
    "flipsnack_call",
    "flipsnack_clock",
    "flipsnack_environment",
    "flipsnack_faults",
    "flipsnack_server",
]

Call = Callable[..., dict[str, Any]]


class FlipsnackServer(NamedTuple):
    """The fake of this session: its `url`, the API's `base_url`, and a client of its control plane (`admin`)."""

    url: str
    base_url: str
    admin: AdminClient


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the options of this plugin."""
    group = parser.getgroup("flipsnack", "the fake of the Flipsnack API")
    group.addoption("--flipsnack-url", help="use the running fake at this URL instead of starting one")
    group.addoption("--flipsnack-token", default="", help="admin token of the fake at --flipsnack-url")
    group.addoption("--flipsnack-lint", action="store_true", help="fail tests whose client breaks a rule of the vendor")
    parser.addini("flipsnack_lint", "fail tests whose client breaks a rule of the vendor", type="bool", default=False)


def pytest_configure(config: pytest.Config) -> None:
    """Register the marker."""
    config.addinivalue_line("markers", "flipsnack_lint(on): whether to lint the client of this test")


@pytest.fixture(scope="session")
def flipsnack_server(request: pytest.FixtureRequest) -> Iterator[FlipsnackServer]:
    """The fake of this session; started unless `--flipsnack-url` is given."""
    url = request.config.getoption("--flipsnack-url")
    if url:
        admin = AdminClient(url, token=request.config.getoption("--flipsnack-token"))
        yield FlipsnackServer(url.rstrip("/"), f"{url.rstrip('/')}/v1/", admin)
        admin.close()
        return
    with MockServer() as server:
        yield FlipsnackServer(server.url, server.base_url, server.admin)


@pytest.fixture
def flipsnack_account(flipsnack_server: FlipsnackServer, request: pytest.FixtureRequest) -> Iterator[AccountAdmin]:
    """A separate account for this test: `key`, `secret`, clock, collections, faults. Deleted after the test.

    With linting on, teardown fails if the client broke a rule of the vendor.
    """
    digest = hashlib.sha256(request.node.nodeid.encode()).hexdigest()[:8]
    account = flipsnack_server.admin.account(f"test-{digest}-{fresh_id()}")
    account.show()
    yield account
    try:
        if _lints(request):
            assert_clean(account)
    except AssertionError as findings:
        pytest.fail(str(findings), pytrace=False)
    finally:
        account.delete()


@pytest.fixture
def flipsnack_clock(flipsnack_account: AccountAdmin) -> Clock:
    """The clock of this test's account."""
    return flipsnack_account.clock


@pytest.fixture
def flipsnack_faults(flipsnack_account: AccountAdmin) -> Faults:
    """The faults of this test's account."""
    return flipsnack_account.faults


@pytest.fixture
def flipsnack_environment(
    flipsnack_server: FlipsnackServer, flipsnack_account: AccountAdmin, monkeypatch: pytest.MonkeyPatch
) -> dict[str, str]:
    """The environment variables that configure a client for this test's account, set during the test."""
    variables = {
        "FLIPSNACK_BASE_URL": flipsnack_server.base_url,
        "FLIPSNACK_API_KEY": flipsnack_account.key,
        "FLIPSNACK_SECRET": flipsnack_account.secret,
    }
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    return variables


@pytest.fixture
def flipsnack_call(flipsnack_server: FlipsnackServer, flipsnack_account: AccountAdmin) -> Iterator[Call]:
    """A minimal client: `flipsnack_call("collection.downloadHTML", collectionHash=…)` signs, sends, decodes JSON.

    `flipsnack_call("collection.create", file=("catalogue.pdf", content), title=…)` uploads; `content` is `bytes` or a
    binary file.
    """
    secret = flipsnack_account.secret
    session = requests.Session()
    session.trust_env = False

    def call(action: str, *, file: tuple[str, bytes | IO[bytes]] | None = None, **params: str) -> dict[str, Any]:
        params = {"action": action, "apiKey": flipsnack_account.key, **params}
        signed = params | {"signature": sign(secret, params)}
        if action not in UPLOADS:
            return dict(session.get(flipsnack_server.base_url, params=signed, timeout=30).json())
        files = {"file": file} if file else {}
        return dict(session.post(flipsnack_server.base_url, data=signed, files=files, timeout=30).json())

    yield call
    session.close()


def _lints(request: pytest.FixtureRequest) -> bool:
    marker = request.node.get_closest_marker("flipsnack_lint")
    if marker is not None:
        return bool(marker.args[0]) if marker.args else True
    return bool(request.config.getoption("--flipsnack-lint") or request.config.getini("flipsnack_lint"))
