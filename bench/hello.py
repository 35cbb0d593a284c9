"""The ceiling: the least that Flask can do, under the fake's own engine. Says where it listens, like the fake."""

from __future__ import annotations

import sys

import flask

from flipsnack_mock.server.engine import Server, bind
from flipsnack_mock.server.fake import Fake
from flipsnack_mock.state.settings import Settings


class Hello(Fake):
    """A server of ours that serves nothing of a fake."""

    def __init__(self, app: flask.Flask) -> None:
        super().__init__(Settings())
        self.wsgi_app = app.wsgi_app


def main() -> None:
    """Serve on port argv[1], or on a free one, until SIGTERM."""
    app = flask.Flask("hello", static_folder=None)
    app.add_url_rule("/v1/", view_func=lambda: "hello, world", endpoint="hello")
    listeners = bind("127.0.0.1", int(sys.argv[1]) if len(sys.argv) > 1 else 0)
    host, port = listeners[0].getsockname()[:2]
    Server(
        Hello(app), listeners, on_ready=lambda: print(f"listening on http://{host}:{port}", flush=True)
    ).serve_forever()


if __name__ == "__main__":
    main()
