import contextlib
import datetime
import socket
import sys
import threading
from types import SimpleNamespace
from urllib.parse import urlsplit

import pytest
import requests
from mock_server.tests.conftest import signed

from flipsnack_mock.state.settings import SettingsError
from flipsnack_mock.testing import AccountAdmin, AdminClient, AdminError, MockServer

BOUND = 30


def call(account: AccountAdmin, base_url: str, collection_hash: str = "mock-complete") -> dict[str, object]:
    """The answer to a call of that account, signed with the secret that the control plane shows."""
    params = signed(account.secret, apiKey=account.key, collectionHash=collection_hash)
    return dict(requests.get(base_url, params=params, timeout=BOUND).json())


def status(account: AccountAdmin, base_url: str, collection_hash: str) -> object:
    data = call(account, base_url, collection_hash)["data"]
    assert isinstance(data, dict)
    return data["status"]


@pytest.fixture
def account(server: MockServer, request: pytest.FixtureRequest) -> AccountAdmin:
    return server.admin.account(f"test-{request.node.name}")


def test_a_server_is_ready_when_it_is_entered_and_gone_when_it_is_left() -> None:
    threads = threading.active_count()
    with contextlib.suppress(LookupError), MockServer() as server:
        parts = urlsplit(server.url)
        assert f"{server.url}/v1/" == server.base_url
        assert 20 == call(server.admin.account("test-a"), server.base_url)["code"]
        raise LookupError
    with pytest.raises(ConnectionRefusedError), socket.create_connection((parts.hostname, parts.port), timeout=BOUND):
        pass
    assert threads == threading.active_count()


def test_two_servers_share_nothing() -> None:
    with MockServer() as one, MockServer() as other:
        one.admin.account("test-a").clock.freeze()
        assert ["test-a"] == [item["key"] for item in one.admin.accounts() if item["frozen"]]
        assert 2 == len(other.admin.accounts())


def test_a_server_takes_the_settings_of_the_command_line_and_reads_no_environment(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("FLIPSNACK_MOCK_ADMIN", "false")
    seed = [{"key": "K", "secret": "S", "collections": [{"hash": "h", "schedule": "failed"}]}]
    with MockServer(seed=seed, requests_per_second=1) as server:
        account = server.admin.account("K")
        assert "FAILED" == status(account, server.base_url, "h")
        assert 31 == call(account, server.base_url, "h")["code"]


@pytest.mark.parametrize(("name", "value"), [("prot", 1), ("port", 70_000), ("default_schedule", "soon")])
def test_a_bad_setting_is_refused_before_anything_starts(name: str, value: object) -> None:
    with pytest.raises(SettingsError, match=f"argument {name} is"):
        MockServer(**{name: value})


def test_a_port_in_use_is_an_error(server: MockServer) -> None:
    with pytest.raises(OSError, match="in use"), MockServer(port=urlsplit(server.url).port):
        pass


def test_a_token_is_used_by_the_servers_own_client() -> None:
    with MockServer(admin_token="sesame") as server:
        assert server.admin.accounts()
        stranger = AdminClient(server.url)
        with pytest.raises(AdminError, match="the control plane requires") as caught:
            stranger.accounts()
        stranger.close()
    assert (401, "unauthorized") == (caught.value.status, caught.value.error["type"])


def test_accounts_are_created_shown_and_deleted(server: MockServer) -> None:
    mine = server.admin.create_account("mine", "hush")
    assert ("hush", "secret-other") == (mine.secret, server.admin.create_account("other").secret)
    assert {"mine", "other"} <= {item["key"] for item in server.admin.accounts()}
    with pytest.raises(AdminError, match="is taken"):
        server.admin.create_account("mine")
    mine.delete()
    with pytest.raises(AdminError, match="there is no account 'mine'"):
        mine.show()


@pytest.mark.parametrize("key", ["test-a?b=c#d", "test-%2F", "test-a+b&c", "test-~!@$*()"])
def test_any_key_can_be_steered(server: MockServer, key: str) -> None:
    assert key == server.admin.account(key).show()["key"]
    assert 20 == call(server.admin.account(key), server.base_url)["code"]


def test_the_clock_is_steered_in_seconds(account: AccountAdmin) -> None:
    frozen = account.clock.freeze()
    assert frozen == account.clock.now() == account.clock.now()
    assert frozen + 5.5 == pytest.approx(account.clock.advance(5.5))
    assert frozen + 60 == pytest.approx(account.clock.set(frozen + 60))
    later = datetime.datetime.fromtimestamp(frozen + 120, tz=datetime.UTC)
    assert frozen + 120 == pytest.approx(account.clock.set(later))
    with pytest.raises(AdminError, match="never goes back"):
        account.clock.set(frozen)
    assert frozen + 120 <= account.clock.resume()


def test_collections_jobs_and_settings_are_controlled(server: MockServer, account: AccountAdmin) -> None:
    made = account.collections.create(title="Mine", pages=2, schedule="manual")["hash"]
    assert [made] == [item["hash"] for item in account.collections.list()]
    assert "PROCESSING" == status(account, server.base_url, made)
    assert 1 == account.jobs.show(made)["polls"]
    assert "COMPLETE" == account.jobs.force(made, "COMPLETE")["state"]
    with pytest.raises(AdminError, match="cannot become FAILED") as caught:
        account.jobs.force(made, "FAILED")
    assert (409, []) == (caught.value.status, caught.value.error["legal"])
    assert "Mine" == account.collections.show(made)["title"]
    account.collections.delete(made)
    assert 43 == call(account, server.base_url, made)["code"]
    assert 1 == account.settings(requests_per_second=1)["requests_per_second"]
    account.maintenance(on=True)
    assert 22 == call(account, server.base_url)["code"]
    account.reset()
    assert [20, 20] == [call(account, server.base_url)["code"] for _ in range(2)]


def test_the_whole_server_is_steered_from_the_top() -> None:
    with MockServer() as server:
        account = server.admin.account("test-a")
        server.admin.maintenance(on=True)
        assert 22 == call(account, server.base_url)["code"]
        server.admin.reset()
        assert 20 == call(account, server.base_url)["code"]
        assert "off" == server.admin.settings()["log"]["value"]
        assert "code.20" in {entry["id"] for entry in server.admin.rules()["rule"]}


def test_a_namespace_has_a_client_of_its_own(server: MockServer) -> None:
    inner = AdminClient(server.url, namespace="suite-1")
    inner.maintenance(on=True)
    account = inner.account("test-a")
    assert 22 == call(account, f"{server.url}/t/suite-1/v1/")["code"]
    assert 20 == call(server.admin.account("test-a"), server.base_url)["code"]
    inner.close()


@pytest.mark.parametrize(
    ("module", "asked"), [("gevent.monkey", "is_module_patched"), ("eventlet.patcher", "is_monkey_patched")]
)
def test_where_no_thread_runs_it_says_so_and_what_works(
    monkeypatch: pytest.MonkeyPatch, module: str, asked: str
) -> None:
    """It waited for ever, and said nothing."""
    monkeypatch.setitem(sys.modules, module, SimpleNamespace(**{asked: lambda _name: True}))
    with pytest.raises(RuntimeError, match=r"serve.*intercept"), MockServer():
        pass
