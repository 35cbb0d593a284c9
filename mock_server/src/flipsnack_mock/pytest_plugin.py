"""Fixtures for pytest: one fake for the session, and a separate account for each test.

pytest finds it where flipsnack-kit is installed. Without that search (`PYTEST_DISABLE_PLUGIN_AUTOLOAD`) load it with
`pytest -p flipsnack_mock.pytest_plugin`. Under pytest-xdist each worker starts its own fake; with `--flipsnack-url`
all workers share a running one, with separate accounts. PYTEST_DONT_REWRITE
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import IO, TYPE_CHECKING, Any, NamedTuple

import pytest

# Every run of pytest imports this module: what the fixtures need is imported when one of them is used.
if TYPE_CHECKING:
    from flipsnack_mock.testing import AccountAdmin, AdminClient, Clock
    from flipsnack_mock.testing.faults import Faults

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
_ACCOUNT = pytest.StashKey["AccountAdmin"]()


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


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Iterator[None]:
    """Fail a test that passed if its client broke a rule of the vendor, with linting on."""
    result = yield
    account = item.stash.get(_ACCOUNT, None)
    if account is not None and _lints(item):
        from flipsnack_mock.testing import assert_clean

        with _told_without_traceback(AssertionError):
            assert_clean(account)
    return result


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Iterator[None]:
    """Add the journal of its account to the report of a test that failed."""
    report: pytest.TestReport = yield  # type: ignore[assignment]  # a wrapper is sent what the hook returned
    account = item.stash.get(_ACCOUNT, None)
    if account is not None and report.failed:
        from flipsnack_mock.testing.journal_section import TITLE, journal_section

        report.sections.append((TITLE, journal_section(account)))
    return report  # type: ignore[return-value]


@pytest.fixture(scope="session")
def flipsnack_server(request: pytest.FixtureRequest) -> Iterator[FlipsnackServer]:
    """The fake of this session; started unless `--flipsnack-url` is given.

    Ends the session with one sentence if no fake answers at that URL.
    """
    url = request.config.getoption("--flipsnack-url")
    with _named(url, request.config) if url else _started() as server:
        yield server


@pytest.fixture
def flipsnack_account(flipsnack_server: FlipsnackServer, request: pytest.FixtureRequest) -> Iterator[AccountAdmin]:
    """A separate account for this test: `key`, `secret`, clock, collections, faults. Deleted after the test.

    If the test fails, its report has a section with the requests of this account. With linting on, the test fails if
    its client broke a rule of the vendor.
    """
    from flipsnack_mock.server.ids import fresh_id

    digest = hashlib.sha256(request.node.nodeid.encode()).hexdigest()[:8]
    account = flipsnack_server.admin.account(f"test-{digest}-{fresh_id()}")
    account.show()
    request.node.stash[_ACCOUNT] = account
    yield account
    del request.node.stash[_ACCOUNT]
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
    import requests

    from flipsnack_mock.protocol.methods import UPLOADS
    from flipsnack_mock.protocol.signature import sign

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


@contextmanager
def _started() -> Iterator[FlipsnackServer]:
    with _told_without_traceback(ImportError):
        from flipsnack_mock.testing import MockServer
    with MockServer() as server:
        yield FlipsnackServer(server.url, server.base_url, server.admin)


@contextmanager
def _named(url: str, config: pytest.Config) -> Iterator[FlipsnackServer]:
    from flipsnack_mock.testing.running_fake import NotConnected, connected

    try:
        admin = connected(url, config.getoption("--flipsnack-token"))
    except NotConnected as trouble:
        if hasattr(config, "workerinput"):
            # pytest-xdist takes a worker that exits for one that crashed; here each test fails instead.
            raise pytest.fail.Exception(str(trouble), pytrace=False) from None
        raise pytest.exit.Exception(str(trouble), returncode=pytest.ExitCode.USAGE_ERROR) from None
    yield FlipsnackServer(url.rstrip("/"), f"{url.rstrip('/')}/v1/", admin)
    admin.close()


@contextmanager
def _told_without_traceback(kind: type[Exception]) -> Iterator[None]:
    """Fail with the text of an error of this kind."""
    try:
        yield
    except kind as trouble:
        raise pytest.fail.Exception(str(trouble), pytrace=False) from None


def _lints(item: pytest.Item) -> bool:
    marker = item.get_closest_marker("flipsnack_lint")
    if marker is not None:
        return bool(marker.args[0]) if marker.args else True
    return bool(item.config.getoption("--flipsnack-lint") or item.config.getini("flipsnack_lint"))
