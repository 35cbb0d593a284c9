import io
import zipfile
from typing import Any

import pytest
import requests
import urllib3
from mock_server.tests.raw_socket import query

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


def test_a_session_that_outlives_the_interception_is_free_again() -> None:
    with MockServer() as server, requests.Session() as session:
        with intercept(hosts=["127.0.0.1"]):
            inside = session.get(f"{server.url}/health", timeout=5)
        server.admin.create_account("seen-by-the-real-one")
        outside = session.get(f"{server.url}/__admin/accounts/seen-by-the-real-one", timeout=5)
    assert [200, 200] == [inside.status_code, outside.status_code]


def test_the_end_restores_what_was_there() -> None:
    before = (urllib3.HTTPConnectionPool.ConnectionCls, urllib3.HTTPSConnectionPool.ConnectionCls)
    with pytest.raises(ZeroDivisionError), intercept():
        raise ZeroDivisionError
    assert before == (urllib3.HTTPConnectionPool.ConnectionCls, urllib3.HTTPSConnectionPool.ConnectionCls)


def test_settings_are_those_of_the_server() -> None:
    with intercept(lenient_post=True) as fake:
        assert isinstance(fake, Interception)
        answer = requests.post(BASE, data=signed("mock-complete"), timeout=5).json()
    assert 20 == answer["code"]
    unknown: dict[str, Any] = {"speed": 3}
    with pytest.raises(SettingsError, match="speed"), intercept(**unknown):
        pass
