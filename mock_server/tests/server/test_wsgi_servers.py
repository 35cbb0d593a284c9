"""The fake under WSGI servers that are not its own."""

import threading
import wsgiref.simple_server
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
import requests
import werkzeug.serving
from mock_server.tests.conftest import signed
from mock_server.tests.raw_socket import query

from flipsnack_mock.server.app import create_app
from flipsnack_mock.state.settings import load_settings
from flipsnack_mock.testing import AdminClient


@contextmanager
def elsewhere(name: str, slept: list[float], **more: Any) -> Iterator[str]:
    """The URL of the application under a WSGI server that is not ours."""
    settings, sources = load_settings(flags={"requests_per_second": 0} | more, environment={}, file=None)
    app = create_app(settings, sleep=slept.append, sources=sources)
    server: Any
    if name == "wsgiref":
        server = wsgiref.simple_server.make_server("127.0.0.1", 0, app)
    else:
        server = werkzeug.serving.make_server("127.0.0.1", 0, app)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.mark.parametrize("name", ["wsgiref", "werkzeug"])
def test_every_surface_is_served_by_any_wsgi_server(name: str) -> None:
    """The API, resource URLs, control plane and page, in the main world and in a namespace."""
    with elsewhere(name, []) as root, requests.Session() as session:
        session.trust_env = False
        for url in (root, f"{root}/t/one"):
            answer = session.get(f"{url}/v1/", params=signed(), timeout=10).json()
            assert answer["data"]["resourceUrl"].startswith(f"{url}/packages/")
            package = session.get(answer["data"]["resourceUrl"], timeout=10)
            assert (200, b"PK") == (package.status_code, package.content[:2])
            head = session.head(answer["data"]["resourceUrl"], timeout=10)
            assert (str(len(package.content)), b"") == (head.headers["Content-Length"], head.content)
            assert 40 == session.post(f"{url}/v1/", data=signed(), timeout=10).json()["code"]
            assert 40 == session.put(f"{url}/v1/x", timeout=10).json()["code"]
            assert 200 == session.put(f"{url}/__admin/maintenance", json={"on": False}, timeout=10).status_code
            assert session.get(f"{url}/__admin/ui", timeout=10).text.startswith("<!doctype html>")
            assert 404 == session.get(f"{url}/nothing", timeout=10).status_code


@pytest.mark.parametrize("name", ["wsgiref", "werkzeug"])
def test_what_needs_no_connection_works_under_any_wsgi_server(name: str) -> None:
    """Codes, statuses, damage and delays come from the application itself; it sleeps as long as it was told."""
    slept: list[float] = []
    with elsewhere(name, slept) as url:
        faults = AdminClient(url).account("test-wsgi").faults
        faults.add("code", code=31, count=1)
        faults.add("status", status=502, count=1)
        faults.add("invalid-json", count=1)
        faults.add("delay", seconds=0.25, count=1)
        faults.add("delay", seconds=0.5, before="body", count=1)
        faults.add("drip", bytes=200, seconds=0.125, count=1)
        answers = [requests.get(f"{url}/v1/", params=query("test-wsgi"), timeout=10) for _ in range(6)]
        assert [0] * 6 == [rule["hits_left"] for rule in faults.list()]
    assert 31 == answers[0].json()["code"]
    assert 502 == answers[1].status_code
    assert not answers[2].text.endswith("}}}")
    assert [20, 20, 20] == [answer.json()["code"] for answer in answers[3:]]
    assert [0.25, 0.5, 0.125] == slept[:3]


@pytest.mark.parametrize("name", ["wsgiref", "werkzeug"])
@pytest.mark.parametrize("kind", ["reset", "empty-reply", "garbage", "truncate"])
def test_what_needs_the_connection_says_so_under_another_server(name: str, kind: str) -> None:
    """Where the connection is not ours the fault is HTTP 500 with the reason, never silently nothing."""
    with elsewhere(name, []) as url:
        account = AdminClient(url).account("test-wsgi-tcp")
        account.faults.add(kind)
        answer = requests.get(f"{url}/v1/", params=query("test-wsgi-tcp"), timeout=10)
        assert 500 == answer.status_code
        assert "needs the connection" in answer.json()["error"]["message"]
        assert (0, 1) == (account.faults.list()[0]["hits"], account.faults.list()[0]["failures"])
