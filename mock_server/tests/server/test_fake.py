import json
import subprocess
import sys

import pytest

from flipsnack_mock.protocol.addresses import WsgiApp
from flipsnack_mock.server.fake import Deferred

_CALL = """
import json, sys
from flipsnack_mock.server.engine import Server
from flipsnack_mock.server.fake import Fake
from flipsnack_mock.state.settings import Settings

environ = {"REQUEST_METHOD": "GET", "PATH_INFO": "/v1/", "wsgi.url_scheme": "http", "HTTP_HOST": "localhost"}
answer = b"".join(Fake(Settings()).wsgi_app(environ, lambda status, headers: None))
print(json.dumps([json.loads(answer)["code"], sorted({"flask", "werkzeug", "jinja2"} & sys.modules.keys())]))
"""


def test_a_call_is_answered_without_flask() -> None:
    done = subprocess.run([sys.executable, "-c", _CALL], capture_output=True, text=True, check=True)
    assert [30, []] == json.loads(done.stdout)


def test_requests_wait_for_an_application_that_is_made_once() -> None:
    made: list[int] = []

    def make() -> WsgiApp:
        made.append(1)
        return lambda _environ, _start_response: [b"hello"]

    deferred = Deferred(make)
    assert [[b"hello"], [b"hello"]] == [deferred({}, lambda *_: None) for _ in range(2)]
    assert [1] == made


def test_what_cannot_be_made_is_tried_again_by_the_next_request() -> None:
    """A machine has no free file now, and later it has."""
    troubles = [OSError(24, "Too many open files"), ImportError("it is not there")]

    def make() -> WsgiApp:
        if troubles:
            raise troubles.pop()
        return lambda _environ, _start_response: [b"hello"]

    deferred = Deferred(make)
    for reason in ("it is not there", "Too many open files"):
        with pytest.raises((ImportError, OSError), match=reason):
            deferred({}, lambda *_: None)
    assert [b"hello"] == deferred({}, lambda *_: None)
