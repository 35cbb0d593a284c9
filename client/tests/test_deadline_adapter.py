import io
from http.client import LineTooLong
from pathlib import Path

import pytest
import requests
from client.tests.conftest import KEY, SECRET, ScriptedServer, complete, drip, package, raw

from flipsnack_client import ConnectionFailed, DeadlineAdapter, DeadlineExceeded, Flipsnack, RetryPolicy
from flipsnack_client.deadline_adapter import MOST_OF_LINE, BoundedReader
from flipsnack_mock.testing.intercept import intercept

# A drip lasts 200 * 0.02 s; a client that waits for its end would succeed, and so fail these tests.
HEAD = b"HTTP/1.1 200 OK\r\n"
FILLER = b"X-Filler: " + b"x" * 200
ANSWER = b'{"code":20,"status":"OK"}'


@pytest.mark.parametrize("mine", [False, True], ids=["our session", "mounted on another session"])
def test_dripping_headers_do_not_outlast_the_deadline(scripted: ScriptedServer, *, mine: bool) -> None:
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
    body = b" " * 200 + ANSWER
    scripted.plan = [drip(HEAD + b"Content-Length: %d\r\n\r\n" % len(body) + b" " * 200, then=ANSWER)]
    with pytest.raises(DeadlineExceeded):
        Flipsnack(KEY, SECRET, base_url=f"{scripted.url}/v1/").call("a", {}, deadline=0.3)


def test_a_dripping_package_does_not_outlast_the_deadline(scripted: ScriptedServer, tmp_path: Path) -> None:
    body = package()
    head = HEAD + b"Content-Length: %d\r\n\r\n" % len(body)
    scripted.plan = [complete(f"{scripted.url}/p.zip"), drip(head + body[:200], then=body[200:])]
    client = Flipsnack(KEY, SECRET, base_url=f"{scripted.url}/v1/")
    with pytest.raises(DeadlineExceeded):
        client.download_html("h").save(tmp_path / "p.zip", deadline=0.5)


def test_a_slow_answer_within_the_deadline_arrives(scripted: ScriptedServer) -> None:
    scripted.plan = [drip(HEAD, then=b"Content-Length: %d\r\n\r\n" % len(ANSWER) + ANSWER)]
    assert 20 == Flipsnack(KEY, SECRET, base_url=f"{scripted.url}/v1/").call("a", {}, deadline=30).code


@pytest.mark.parametrize("interim", [b"100 Continue", b"102 Processing", b"103 Early Hints\r\nLink: </x>; rel=preload"])
def test_answers_before_the_final_one_are_skipped(scripted: ScriptedServer, interim: bytes) -> None:
    """RFC 9110, 15.2: a client can read any number of them, even when it expects none."""
    final = HEAD + b"Content-Length: %d\r\n\r\n" % len(ANSWER) + ANSWER
    scripted.plan = [raw((b"HTTP/1.1 " + interim + b"\r\n\r\n") * 3 + final)]
    assert 20 == Flipsnack(KEY, SECRET, base_url=f"{scripted.url}/v1/").call("a", {}, deadline=30).code


def test_a_line_has_a_bound_also_where_the_reader_of_chunks_names_none() -> None:
    """Else the size of a chunk that never ends fills the memory."""
    assert b"5\r\n" == BoundedReader(io.BytesIO(b"5\r\nhello")).readline()
    with pytest.raises(LineTooLong):
        BoundedReader(io.BytesIO(b"0" * (MOST_OF_LINE + 1))).readline()


def test_an_interception_of_urllib3_answers_or_refuses_this_client(tmp_path: Path) -> None:
    """Whatever replaces a class of urllib3 or its `urlopen` has an effect on our connections too."""
    once = RetryPolicy(attempts=1)
    with intercept(others="refuse") as fake:
        poller = Flipsnack(KEY, SECRET, base_url=fake.base_url, retry=once).download_html("mock-complete")
        assert poller.save(tmp_path / "p.zip").is_file()
        with pytest.raises(ConnectionFailed, match=r"cannot reach elsewhere\.example: no connection"):
            Flipsnack(KEY, SECRET, base_url="http://elsewhere.example/v1/", retry=once).call("a", {})
