import io
import socket
import zipfile
from array import array
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import requests
import urllib3
from mock_server.tests.raw_socket import query
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.util import SKIP_HEADER

from flipsnack_mock.state.settings import SettingsError
from flipsnack_mock.testing import MockServer
from flipsnack_mock.testing.intercept import Interception, intercept

BASE = "https://api.flipsnack.com/v1/"


def signed(collection_hash: str) -> dict[str, str]:
    return query("test-intercept", collectionHash=collection_hash)


def test_requests_to_the_vendor_land_in_the_fake() -> None:
    with intercept():
        answer = requests.get(BASE, params=signed("mock-complete"), timeout=5).json()
        package = requests.get(answer["data"]["resourceUrl"], timeout=5)
    assert 20 == answer["code"]
    assert zipfile.ZipFile(io.BytesIO(package.content)).testzip() is None


def test_urllib3_is_intercepted_and_the_control_plane_controls_the_fake() -> None:
    with intercept() as fake, urllib3.PoolManager() as pool:
        answer = pool.request("GET", BASE, fields=signed("mock-after-30s"))
        assert {"status": "PROCESSING"} == answer.json()["data"]
        fake.admin.account("test-intercept").clock.advance(30)
        assert "COMPLETE" == requests.get(BASE, params=signed("mock-after-30s"), timeout=5).json()["data"]["status"]


def test_a_post_body_reaches_the_fake() -> None:
    """A form is read: a POST with good credentials is refused for its verb, not for missing parameters."""
    with intercept():
        form = requests.post(BASE, data=signed("mock-complete"), timeout=5).json()
        upload = requests.post(BASE, data=signed("mock-complete"), files={"file": b"x"}, timeout=5).json()
    assert [40, 40] == [form["code"], upload["code"]]


def test_other_hosts_work_as_usual_or_are_refused() -> None:
    with MockServer() as server:
        with intercept():
            assert "ok" == requests.get(f"{server.url}/health", timeout=5).json()["status"]
        with intercept(others="refuse"), pytest.raises(requests.ConnectionError, match="is refused: only"):
            requests.get(f"{server.url}/health", timeout=5)


class OwnConnection(HTTPSConnection):
    """As a client with timeouts of its own has."""


class OwnPool(urllib3.HTTPSConnectionPool):
    ConnectionCls = OwnConnection


def by_an_own_pool(url: str) -> int:
    with urllib3.PoolManager() as manager:
        manager.pool_classes_by_scheme = {"https": OwnPool, "http": urllib3.HTTPConnectionPool}
        return manager.request("GET", url, retries=False).status


WAYS: dict[str, Callable[[str], int]] = {
    "requests": lambda url: requests.get(url, timeout=5).status_code,
    "a proxy": lambda url: (
        requests.get(url, proxies=dict.fromkeys(("http", "https"), "http://127.0.0.1:9"), timeout=5).status_code
    ),
    "a pool manager": lambda url: urllib3.PoolManager().request("GET", url, retries=False).status,
    "a proxy manager": lambda url: urllib3.ProxyManager("https://127.0.0.1:9").request("GET", url).status,
    "a pool": lambda url: urllib3.connection_from_url(url).request("GET", urlsplit(url).path).status,
    "a pool of one's own": by_an_own_pool,
}


@pytest.mark.parametrize("way", WAYS)
def test_whatever_urllib3_sends_is_answered_or_refused(way: str) -> None:
    """Under the vendor's names in every spelling, and at any port; nothing leaves this process."""
    with intercept(others="refuse"):
        for origin in ("https://api.flipsnack.com", "https://API.flipsnack.com.:8443", "http://upload.flipsnack.com"):
            assert 200 == WAYS[way](f"{origin}/v1/")
        for url in ("http://127.0.0.1:9/v1/", "https://api.flipsnack.com.example/v1/"):
            with pytest.raises((requests.ConnectionError, urllib3.exceptions.HTTPError), match="refused"):
                WAYS[way](url)


@pytest.mark.parametrize("host", ["api.flipsnack.com", "127.0.0.1"])
def test_a_connection_without_a_pool_is_refused(host: str) -> None:
    """Also one that was open before."""
    opened = HTTPConnection(host)
    opened.sock, other_end = socket.socketpair()
    with other_end:
        for connection in (HTTPSConnection(host), opened):
            with intercept(others="refuse"), pytest.raises(urllib3.exceptions.NewConnectionError, match="is refused"):
                connection.request("GET", "/v1/")
        opened.close()
        assert b"" == other_end.recv(1)


@pytest.mark.parametrize(
    ("body", "headers"),
    [
        (array("b", b"action=x&apiKey=test-1&signature=x"), {"X": b"bytes", "User-Agent": SKIP_HEADER}),
        (io.StringIO("action=x&apiKey=test-1&signature=x"), {"X": 5}),
        (iter(["action=x&apiKey=test-1", b"&signature=x"]), urllib3.HTTPHeaderDict([("X", "1"), ("X", "2")])),
    ],
    ids=["bytes", "a file of text", "pieces"],
)
def test_all_that_urllib3_sends_is_read(body: Any, headers: Any) -> None:
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    sent = urllib3.HTTPHeaderDict([*form.items(), *headers.items()])
    with intercept() as fake:
        assert 42 == urllib3.request("POST", BASE, body=body, headers=sent).json()["code"]
        assert SKIP_HEADER not in str(fake.admin.account("test-1").requests.list())


def test_an_open_connection_is_intercepted_and_redirects_and_retries_are_urllib3s() -> None:
    with MockServer() as server, urllib3.PoolManager() as pool:
        before = pool.request("GET", f"{server.url}/health").headers["x-content-type-options"]
        with intercept(hosts=["127.0.0.1"]) as fake:
            faults = fake.admin.account("test-intercept").faults
            faults.add(preset="redirect")
            faults.add("status", status=503, count=1)
            retries = urllib3.Retry(3, status_forcelist=[503], backoff_factor=0)
            answer = pool.request("GET", server.base_url, fields=signed("mock-complete"), retries=retries)
            assert answer.json()["data"]["resourceUrl"].startswith(server.url)
            assert [302, 503] == [one.status for one in answer.retries.history]  # type: ignore[union-attr]  # there is one
        assert [] == server.admin.account("test-intercept").requests.list()
    assert "nosniff" == before


def test_a_session_that_outlives_the_interception_is_free_again() -> None:
    with MockServer() as server, requests.Session() as session:
        with intercept(hosts=["127.0.0.1"]):
            inside = session.get(f"{server.url}/health", timeout=5)
        server.admin.create_account("seen-by-the-real-one")
        outside = session.get(f"{server.url}/__admin/accounts/seen-by-the-real-one", timeout=5)
    assert [200, 200] == [inside.status_code, outside.status_code]


def test_the_end_restores_what_was_there(monkeypatch: pytest.MonkeyPatch) -> None:
    """What another tool put there before too, which sees what passes through an interception."""
    own: Any = urllib3.HTTPConnectionPool.urlopen
    seen: list[str] = []

    def traced(pool: urllib3.HTTPConnectionPool, *arguments: Any, **options: Any) -> Any:
        seen.append(pool.host)
        return own(pool, *arguments, **options)

    monkeypatch.setattr(urllib3.HTTPConnectionPool, "urlopen", traced)
    before = (urllib3.HTTPConnectionPool.urlopen, HTTPSConnection._new_conn)
    with MockServer() as server, intercept():
        assert 200 == requests.get(server.url + "/health", timeout=5).status_code
    with pytest.raises(ZeroDivisionError), intercept():
        raise ZeroDivisionError
    assert before == (urllib3.HTTPConnectionPool.urlopen, HTTPSConnection._new_conn)
    assert ["127.0.0.1"] == seen[-1:]


def test_two_interceptions_end_in_any_order(tmp_path: Path) -> None:
    """As those of two threads do; and a file of the one is free for the next."""
    before, state = urllib3.HTTPConnectionPool.urlopen, str(tmp_path / "state.sqlite")
    one, other = ExitStack(), ExitStack()
    one.enter_context(intercept(state=state))
    assert 20 == requests.get(BASE, params=signed("mock-complete"), timeout=5).json()["code"]
    other.enter_context(intercept(hosts="b.test"))
    one.close()
    assert 20 == requests.get("http://b.test/v1/", params=signed("mock-complete"), timeout=5).json()["code"]
    other.close()
    assert before is urllib3.HTTPConnectionPool.urlopen
    with intercept(state=state) as again:
        assert "test-intercept" in [
            account["key"] for account in again.admin.call("GET", "/__admin/accounts")["accounts"]
        ]


def test_settings_are_those_of_the_server() -> None:
    with intercept(lenient_post=True) as fake:
        assert isinstance(fake, Interception)
        answer = requests.post(BASE, data=signed("mock-complete"), timeout=5).json()
    assert 20 == answer["code"]
    wrong: list[dict[str, Any]] = [{"speed": 3}, {"others": "refused"}]
    wrong += [{"hosts": hosts} for hosts in ([], [""], "https://a.test", "a.test:80", "a b")]
    for arguments in wrong:
        with pytest.raises(SettingsError, match=next(iter(arguments))), intercept(**arguments):
            pass
    with intercept(hosts=["::1"]) as fake:
        assert 40 == requests.post(fake.base_url, data=signed("mock-complete"), timeout=5).json()["code"]
