import http.client
import json
import threading
import zlib
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from xml.etree import ElementTree

import pytest

from flipsnack_contract.adapter.answer_forms import ANSWER_FORMS, QUERY, AnswerForm, ReshapedAnswers
from flipsnack_contract.adapter.relay import Relay
from flipsnack_contract.adapter.spellings_of_answers import json_otherwise, jsonp_otherwise, xml_otherwise

BODY = b"The same in every form. " * 40


class Handler(BaseHTTPRequestHandler):
    """Answers everything with `BODY`."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/plain; charset=utf-8")
        self.send_header("Content-Length", str(len(BODY)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(BODY)

    do_HEAD = do_GET  # noqa: N815 - the name that the base class looks for

    def log_message(self, *_arguments: object) -> None:
        pass


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}/"
        server.shutdown()


SEEN = {
    "chunked": ("transfer-encoding", "chunked"),
    "until the end": ("content-length", None),
    "compressed": ("content-encoding", "gzip"),
    "other letters": ("content-type", "TEXT/PLAIN; CHARSET=UTF-8"),
    "small pieces": ("content-length", str(len(BODY))),
    "other spelling": ("content-length", str(len(BODY))),
}


@pytest.mark.parametrize("form", ANSWER_FORMS)
def test_an_answer_is_the_same_in_another_form(server: str, form: AnswerForm) -> None:
    relay = Relay(server, form=form)
    connection = http.client.HTTPConnection(relay.netloc, timeout=10)
    try:
        for _ in range(2):
            connection.request("GET", "/a", headers={"Accept-Encoding": "gzip"})
            answer = connection.getresponse()
            body = answer.read()
            name, value = SEEN[form]
            assert value == (answer.headers[name] and answer.headers[name].strip())
            assert BODY == (zlib.decompress(body, 31) if form == "compressed" else body)
        connection.request("HEAD", "/a")
        assert b"" == connection.getresponse().read()
    finally:
        connection.close()
        relay.close()
    assert ["GET", "GET", "HEAD"] == [one.method for one in relay.sent()]


def test_no_answer_is_compressed_that_the_client_does_not_accept(server: str) -> None:
    relay = Relay(server, form="compressed")
    connection = http.client.HTTPConnection(relay.netloc, timeout=10)
    try:
        connection.request("GET", "/a", headers={"Accept-Encoding": "identity"})
        assert BODY == connection.getresponse().read()
    finally:
        connection.close()
        relay.close()


VALUE = {"code": 20, "data": {"a": 'x "y" \\ é日', "b": [1, {"c": ""}], "link": "http://x/?a=1&b=2"}}
XML = '<?xml version="1.0"?><r><a>x &lt; y</a><b>&amp;c</b><c>20</c><d/><e>two words</e></r>'


def test_another_spelling_says_the_same() -> None:
    written = json.dumps(VALUE)
    otherwise = json_otherwise(written)
    assert (VALUE, written != otherwise) == (json.loads(otherwise), True)
    called = jsonp_otherwise(f"/**/back({written});")
    assert VALUE == json.loads(called.removeprefix("/**/back(").rpartition(")")[0])
    texts = [one.text for one in ElementTree.fromstring(xml_otherwise(XML)).iter()]
    assert ([one.text for one in ElementTree.fromstring(XML).iter()], True) == (texts, xml_otherwise(XML) != XML)
    for text in ("not an answer", "{"):
        assert [text] * 3 == [json_otherwise(text), jsonp_otherwise(text), xml_otherwise(text)]


def test_a_redirect_leads_elsewhere_with_the_query_of_the_request() -> None:
    answers = ReshapedAnswers(None, bytearray(b"GET /v1/?a=1&b=%20 HTTP/1.1\r\nHost: x\r\n\r\n"))
    moved = f"HTTP/1.1 302 Found\r\nLocation: http://x/?{QUERY}\r\nContent-Length: 0\r\n\r\n".encode()
    assert moved.replace(QUERY.encode(), b"a=1&b=%20") == b"".join(answers.take(moved))
