"""A server of somebody else, to which redirects and links lead: it serves one package, and keeps what comes."""

import io
import threading
import zipfile
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from flipsnack_contract.adapter.sent import ELSEWHERE, MOST_KEPT, Sent, announced


@cache
def package_elsewhere() -> bytes:
    """A whole package, unlike any that the fake makes."""
    with zipfile.ZipFile(made := io.BytesIO(), "w") as package:
        package.writestr(zipfile.ZipInfo("index.html"), "a package from elsewhere")
    return made.getvalue()


PACKAGE_PATH = "package.zip"
ODD_PATH = "a%20package.zip?a=1&b=%2B"
"""Where the package is: a plain path, and one that is easily spoilt on the way through JSON or XML."""


class Elsewhere:
    """Another host than the fake's relay, `url`, until `close`."""

    def __init__(self) -> None:
        self._sent: list[Sent] = []
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self._sent))
        self._server.daemon_threads = True
        self.url = f"http://localhost:{self._server.server_address[1]}/"
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()

    def sent(self) -> tuple[Sent, ...]:
        """The requests that came here."""
        return tuple(self._sent)

    def close(self) -> None:
        """Take no further requests."""
        self._server.shutdown()
        self._server.server_close()


def _handler(kept: list[Sent]) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            headers = tuple((name, value) for name, value in self.headers.items())
            body = self.rfile.read(min(announced({name.lower(): value for name, value in headers}), MOST_KEPT))
            kept.append(Sent(ELSEWHERE, self.command, self.path, headers, body))
            self.send_response(200 if self.path[1:] in (PACKAGE_PATH, ODD_PATH) else 404)
            self.send_header("Content-Type", "application/zip")
            self.send_header("Content-Length", str(len(package_elsewhere())))
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(package_elsewhere())

        do_POST = do_PUT = do_HEAD = do_GET  # noqa: N815 - the names that the base class looks for

        def log_message(self, *_arguments: object) -> None:
            """Print nothing."""

    return Handler
