from pathlib import Path

import pytest
import requests
from client.tests.conftest import KEY, SECRET, ScriptedServer, complete, drip, package

from flipsnack_client import DeadlineAdapter, DeadlineExceeded, Flipsnack

# A drip lasts 200 * 0.02 s; a client that waits for its end would succeed, and so fail these tests.
HEAD = b"HTTP/1.1 200 OK\r\n"
FILLER = b"X-Filler: " + b"x" * 200
ANSWER = b'{"code":20,"status":"OK"}'


@pytest.mark.parametrize("mine", [False, True], ids=["our session", "mounted on another session"])
def test_dripping_headers_do_not_outlast_the_deadline(scripted: ScriptedServer, *, mine: bool) -> None:
    """A server that sends its head byte by byte is cut off at the deadline."""
    end = b"\r\nContent-Length: %d\r\n\r\n" % len(ANSWER)
    scripted.plan = [drip(HEAD + FILLER, then=end + ANSWER)]
    session = None
    if mine:
        session = requests.Session()
        session.mount("http://", DeadlineAdapter())
    client = Flipsnack(KEY, SECRET, base_url=f"{scripted.url}/v1/", session=session)
    with pytest.raises(DeadlineExceeded, match="waiting for 127"):
        client.call("a", {}, deadline=0.3)


def test_a_dripping_answer_does_not_outlast_the_deadline(scripted: ScriptedServer) -> None:
    """Nor does one whose body drips, in one read of the client."""
    body = b" " * 200 + ANSWER
    scripted.plan = [drip(HEAD + b"Content-Length: %d\r\n\r\n" % len(body) + b" " * 200, then=ANSWER)]
    with pytest.raises(DeadlineExceeded):
        Flipsnack(KEY, SECRET, base_url=f"{scripted.url}/v1/").call("a", {}, deadline=0.3)


def test_a_dripping_package_does_not_outlast_the_deadline(scripted: ScriptedServer, tmp_path: Path) -> None:
    """The same deadline cuts a download that drips."""
    body = package()
    head = HEAD + b"Content-Length: %d\r\n\r\n" % len(body)
    scripted.plan = [complete(f"{scripted.url}/p.zip"), drip(head + body[:200], then=body[200:])]
    client = Flipsnack(KEY, SECRET, base_url=f"{scripted.url}/v1/")
    with pytest.raises(DeadlineExceeded):
        client.download_html("h").save(tmp_path / "p.zip", deadline=0.5)


def test_a_slow_answer_within_the_deadline_arrives(scripted: ScriptedServer) -> None:
    """Slowness alone is no fault."""
    scripted.plan = [drip(HEAD, then=b"Content-Length: %d\r\n\r\n" % len(ANSWER) + ANSWER)]
    assert 20 == Flipsnack(KEY, SECRET, base_url=f"{scripted.url}/v1/").call("a", {}, deadline=30).code
