import threading
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from client.tests.conftest import KEY, SECRET, ScriptedApi, VirtualClock, answer, http, raw

from flipsnack_client import (
    ApiError,
    ConnectionFailed,
    Flipsnack,
    Forbidden,
    Limiter,
    MalformedAnswer,
)
from flipsnack_client.caller import ANSWER_LIMIT
from flipsnack_client.envelope import CALLBACK
from flipsnack_client.signature import sign

OK = answer(code=20, status="OK", data={"x": "y"})


def query(head: bytes) -> dict[str, str]:
    """The parameters of a request, decoded."""
    target = head.split(b" ")[1].decode()
    return {name: values[0] for name, values in parse_qs(urlsplit(target).query, keep_blank_values=True).items()}


@pytest.mark.parametrize(
    ("answer_format", "body", "more"),
    [
        ("json", b'{"code":20,"status":"OK"}', {}),
        ("jsonp", f'{CALLBACK}({{"code":20,"status":"OK"}});'.encode(), {"format": "jsonp", "callback": CALLBACK}),
        ("xml", b"<response><code>20</code><status>OK</status></response>", {"format": "xml"}),
    ],
)
def test_a_call_is_a_signed_get(api: ScriptedApi, answer_format: str, body: bytes, more: dict[str, str]) -> None:
    api.server.plan = [http(body)]
    client = Flipsnack(KEY, SECRET, base_url=f"{api.server.url}/v1/", format=answer_format, clock=api.clock)
    assert 20 == client.call("collection.getList", {"query": "", "orderBy": "name & ä"}).code
    sent = query(api.server.requests[0])
    signature = sent.pop("signature")
    assert {"apiKey": KEY, "action": "collection.getList", "query": "", "orderBy": "name & ä", **more} == sent
    assert sign(sent, SECRET) == signature
    assert api.server.requests[0].startswith(b"GET /v1/?")


@pytest.mark.parametrize(("code", "attempts"), [(43, 1), (99, 1), (32, 3)])
def test_the_vendors_code_is_raised_after_the_last_attempt(api: ScriptedApi, code: int, attempts: int) -> None:
    api.server.plan = [answer(code=code, status="No")]
    with pytest.raises(ApiError, match=f"{code} No") as caught:
        api.client().call("a", {})
    assert (code, "No") == (caught.value.code, caught.value.message)
    assert attempts == len(api.server.requests)


def test_a_connection_that_breaks_in_the_headers_is_tried_again(api: ScriptedApi) -> None:
    """Half a head is no answer. Other breaks are in test_call_faults: this one the fake does not do."""
    api.server.plan = [raw(b"HTTP/1.1 200 OK\r\nContent-"), OK]
    assert {"x": "y"} == api.client().call("a", {}).data
    assert 2 == len(api.server.requests)


@pytest.mark.parametrize("hint", ["Wed, 21 Oct 2026 07:28:00 GMT", "-1", "3.5", "", "9" * 10, "\xb2"])
def test_a_hint_that_is_no_number_of_seconds_is_none(api: ScriptedApi, hint: str) -> None:
    api.server.plan = [http(b"", status=503, headers=f"Retry-After: {hint}\r\n"), OK]
    api.client().call("a", {})
    assert [0.25] == api.clock.sleeps


def test_an_endless_answer_is_refused(api: ScriptedApi) -> None:
    api.server.plan = [http(b" " * (ANSWER_LIMIT + 1))]
    with pytest.raises(MalformedAnswer, match="longer than"):
        api.client().call("a", {})
    assert 1 == len(api.server.requests)


def test_an_envelope_counts_whatever_the_http_status(api: ScriptedApi) -> None:
    """The HTTP status of an error is not documented; the envelope decides."""
    api.server.plan = [http(b'{"code":43,"status":"Forbidden"}', status=403)]
    with pytest.raises(Forbidden):
        api.client().call("a", {})


def test_a_refused_connection_is_a_connection_failure_and_retried() -> None:
    clock = VirtualClock()
    client = Flipsnack(KEY, SECRET, base_url="http://127.0.0.1:9/v1/", clock=clock)
    with pytest.raises(ConnectionFailed, match=r"cannot reach 127\.0\.0\.1:9: Connection refused"):
        client.call("a", {})
    assert 7 == len(clock.sleeps)


def test_a_foreign_session_is_used_and_left_open(api: ScriptedApi) -> None:
    api.server.plan = [OK]
    closed: list[bool] = []

    class Mine(requests.Session):
        def close(self) -> None:
            closed.append(True)

    session = Mine()
    session.headers["X-Mine"] = "yes"
    with Flipsnack(KEY, SECRET, base_url=f"{api.server.url}/v1/", session=session) as client:
        client.call("a", {})
    assert b"X-Mine: yes" in api.server.requests[0]
    assert not closed


def test_clients_can_share_one_limiter(api: ScriptedApi) -> None:
    api.server.plan = [OK]
    limiter, url = Limiter(), f"{api.server.url}/v1/"
    pair = [Flipsnack(KEY, SECRET, base_url=url, clock=api.clock, limiter=limiter) for _ in range(2)]
    for index in range(6):
        pair[index % 2].call("a", {})
    assert [pytest.approx(1.0, abs=0.01)] == api.clock.sleeps


def test_threads_can_share_one_client(api: ScriptedApi) -> None:
    api.server.plan = [OK]
    client = Flipsnack(KEY, SECRET, base_url=f"{api.server.url}/v1/", limiter=Limiter(()))
    codes: list[int] = []
    threads = [threading.Thread(target=lambda: codes.append(client.call("a", {}).code)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [20] * 8 == codes


MISTAKES: dict[str, Callable[[], Any]] = {
    "hash must not be empty": lambda: Flipsnack(KEY, SECRET).download_html(""),
    "api_key and secret must not": lambda: Flipsnack("", SECRET),
    "format": lambda: Flipsnack(KEY, SECRET, format="yaml"),
    "base_url": lambda: Flipsnack(KEY, SECRET, base_url="api.flipsnack.com/v1"),
    "something like": lambda: Flipsnack(KEY, SECRET, base_url="https://x/v1?a=b"),
    r"base_url is 'http://\[::1/v1', expected": lambda: Flipsnack(KEY, SECRET, base_url="http://[::1/v1"),
    "base_url holds a user or a password, expected": lambda: Flipsnack(KEY, SECRET, base_url="http://u:p@x/v1"),
    "lone surrogate": lambda: Flipsnack(KEY, SECRET).call("a", {"title": "\ud800"}),
}


@pytest.mark.parametrize("words", MISTAKES)
def test_a_wrong_argument_is_refused_before_anything_is_sent(words: str) -> None:
    with pytest.raises(ValueError, match=words):
        MISTAKES[words]()


def test_the_repr_shows_neither_key_nor_secret() -> None:
    text = repr(Flipsnack(KEY, SECRET))
    assert "test…" in text
    assert KEY not in text
    assert SECRET not in text
