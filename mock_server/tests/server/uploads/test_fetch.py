import http.server
import threading
from collections.abc import Iterator
from contextlib import nullcontext
from typing import Any

import pytest
import requests
from mock_server.tests.raw_socket import query
from mock_server.tests.server.test_uploads import PNG, fields, files_below, served, upload

from flipsnack_mock.server.clock import real_time
from flipsnack_mock.server.uploads.fetch import Unfetched, fetch
from flipsnack_mock.testing import AdminClient, MockServer, make_pdf

KEY = "test-fetch"
CONTENT = {"/a%20file.pdf": make_pdf(3), "/a.png": PNG, "/text.pdf": b"no PDF", "/half.pdf": make_pdf(3)}


class Elsewhere(http.server.BaseHTTPRequestHandler):
    """A server that has documents, redirects and a document that breaks off; it notes what it was asked."""

    asked: list[str]

    def do_GET(self) -> None:
        self.asked.append(f"{self.headers['Host']}{self.path}")
        content = CONTENT.get(self.path)
        if self.path.startswith("/to/"):
            self.send_response(302)
            self.send_header("Location", self.path.removeprefix("/to"))
        elif self.path == "/nowhere":
            self.send_response(302)
            self.send_header("Location", "http://[::1")
        elif self.path == "/negative":
            self.wfile.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n-5\r\n")
            return
        elif self.path == "/round":
            self.send_response(307)
            self.send_header("Location", "/round")
        else:
            self.send_response(200 if content else 404)
        self.send_header("Content-Length", str(len(content or b"")))
        self.end_headers()
        self.wfile.write((content or b"")[: 100 if self.path == "/half.pdf" else None])

    def log_message(self, *_: Any) -> None:
        """Nothing is logged."""


@pytest.fixture(name="elsewhere", scope="module")
def elsewhere_url() -> Iterator[str]:
    Elsewhere.asked = []
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Elsewhere) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://localhost:{server.server_port}"
        server.shutdown()
        thread.join()


def create(base: str, url: str, **changes: str) -> dict[str, Any]:
    answer = requests.post(base, data=fields(KEY, fileUrl=url, **changes), timeout=30).json()
    return {"code": answer["code"], **answer.get("data", {})}


def latest(url: str) -> dict[str, Any]:
    entries = AdminClient(url).call("GET", "/__admin/requests", key=KEY)["requests"]
    found: dict[str, Any] = entries[-1]
    return found


@pytest.mark.parametrize(
    ("settings", "code", "detail"),
    [({}, 20, ""), ({"fetch_file_urls": True}, 45, "localhost has the address 127.0.0.1, which is not public")],
)
def test_without_leave_nothing_is_fetched(elsewhere: str, settings: dict[str, bool], code: int, detail: str) -> None:
    """Not at all, or not from an address that is not public."""
    Elsewhere.asked.clear()
    with MockServer(**settings) as server:
        assert code == create(server.base_url, f"{elsewhere}/a.png")["code"]
        assert detail in latest(server.url).get("detail", "")
    assert [] == Elsewhere.asked


@pytest.mark.parametrize("name", ["ours", "wsgiref"])
def test_what_is_fetched_is_an_upload(name: str, elsewhere: str, tmp_path: Any) -> None:
    settings = {"fetch_file_urls": True, "fetch_private_urls": True, "requests_per_minute": 0, "spool": str(tmp_path)}
    with served(name, **settings, upload_bytes=3_000, conversion_schedule="immediate") as url:
        base = f"{url}/v1/"
        Elsewhere.asked.clear()
        made = create(base, f"{elsewhere}/to/to/a%20file.pdf")
        assert (20, "a file.pdf") == (made["code"], made["collectionTitle"])
        host = elsewhere.removeprefix("http://")
        assert [f"{host}{path}" for path in ("/to/to/a%20file.pdf", "/to/a%20file.pdf", "/a%20file.pdf")] == (
            Elsewhere.asked
        )
        assert 1 == len(files_below(tmp_path))
        stats = query(KEY, action="collection.getStats", collectionHash=made["collectionHash"], includePageStats="true")
        assert 3 == len(requests.get(base, params=stats, timeout=10).json()["data"]["pages"])
        refused = {"/text.pdf": "neither PDF nor JPG", "/none": "HTTP 404", "/half.pdf": "", "/round": "5 redirects"}
        refused |= dict.fromkeys(("/nowhere", "/negative"), "cannot be fetched")
        for path, detail in refused.items():
            assert 45 == create(base, elsewhere + path)["code"]
            assert detail in latest(url)["detail"]
        Elsewhere.asked.clear()
        assert 44 == create(base, f"{elsewhere}/a.png", signature="x")["code"]
        assert 20 == upload(base, KEY, ("a.png", PNG), fileUrl=f"{elsewhere}/a.png")["code"]
        assert [] == Elsewhere.asked, "a wrong signature, or a file, and nothing is fetched"
        account = AdminClient(url).account(KEY)
        account.settings(upload_bytes=50)
        assert 34 == create(base, f"{elsewhere}/a.png")["code"]
        assert 2 == len(files_below(tmp_path))


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("ftp://example.com/", "begins with http or https"),
        ("http:///a", "begins with http or https"),
        ("http://a:b@127.0.0.1/", "no password"),
        ("http://[::1", "cannot be fetched"),
        ("http://a..b/", "cannot be fetched"),
        *[
            (f"http://{host}/", "is not public")
            for host in (
                "127.0.0.1",
                "localhost",
                "2130706433",
                "0x7f.1",
                "0.0.0.0",
                "10.1.2.3",
                "169.254.169.254",
                "100.64.0.1",
                "224.0.0.1",
                "[::1]",
                "[::]",
                "[fe80::1]",
                "[fd00::1]",
                "[::ffff:127.0.0.1]",
                "[2002:7f00:1::]",
                "[64:ff9b::7f00:1]",
            )
        ],
    ],
)
def test_only_public_addresses_are_asked(url: str, why: str) -> None:
    with pytest.raises(Unfetched, match=why):
        fetch(url, lambda _piece: None, max_bytes=10, private=False, now=real_time())


def test_no_more_is_fetched_than_is_wanted(elsewhere: str) -> None:
    """And not for longer than a minute."""
    pieces: list[bytes] = []
    fetch(f"{elsewhere}/a%20file.pdf", pieces.append, max_bytes=10, private=True, now=real_time())
    assert 1 == len(pieces)
    instants = iter(range(0, 10**12, 10**8))
    with pytest.raises(Unfetched, match="more than 60 s"):
        fetch(f"{elsewhere}/a.png", pieces.append, max_bytes=10**6, private=True, now=lambda: next(instants))


@pytest.mark.parametrize(("name", "is_right"), [("localhost", True), ("other.test", False)])
def test_the_certificate_is_judged_by_the_name_in_the_url(name: str, is_right: bool) -> None:
    with MockServer(tls=True, tls_names=name) as server:
        url, pieces = f"https://localhost:{server.url.rpartition(':')[2]}/health", list[bytes]()

        def fetched(trust: str | None) -> None:
            fetch(url, pieces.append, max_bytes=10**6, private=True, now=real_time(), trust=trust)

        with nullcontext() if is_right else pytest.raises(Unfetched, match="doesn't match"):
            fetched(server.ca_file)
        with pytest.raises(Unfetched, match="certificate"):
            fetched(None)
    assert is_right == (b'"ok"' in b"".join(pieces))
