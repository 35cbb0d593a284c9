"""For tests: `MockServer`, the fake on a free port in a thread, and `AdminClient`, its control plane in Python."""

from __future__ import annotations

import tempfile
import threading
from pathlib import Path
from types import TracebackType
from typing import Any

try:
    import flask as _flask  # noqa: F401 - looked for first, so that a missing extra is named
    import msgspec as _msgspec  # noqa: F401
    import uvicorn as _uvicorn  # noqa: F401
except ModuleNotFoundError as missing:  # pragma: no cover - tested from the built wheel
    raise ImportError(
        f"flipsnack_mock needs {missing.name}, which comes with an extra: pip install 'flipsnack-kit[mock]'",
        name=missing.name,
    ) from None

from flipsnack_mock.admin_client import AccountAdmin, AdminClient, AdminError, Clock, Collections, Jobs
from flipsnack_mock.app import create_app
from flipsnack_mock.fault_admin import Faults
from flipsnack_mock.journal_admin import Requests, Unmet, assert_clean
from flipsnack_mock.lint import Finding
from flipsnack_mock.server import Server, bind
from flipsnack_mock.settings import load_settings
from flipsnack_mock.tls import credentials_for

__all__ = [
    "AccountAdmin",
    "AdminClient",
    "AdminError",
    "Clock",
    "Collections",
    "Faults",
    "Finding",
    "Jobs",
    "MockServer",
    "Requests",
    "Unmet",
    "assert_clean",
]


class MockServer:
    """The fake on 127.0.0.1, in a thread of this process, with the real engine: ready on entry, gone on exit.

    With `tls=True` it serves https, and `ca_file` is the authority to trust, as in `requests.get(…, verify=ca_file)`.
    `settings` are those of `flipsnack-mock settings`; the port is free unless given, requests are not logged, and the
    environment is not read. Raises `SettingsError` for a bad one.
    """

    def __init__(self, **settings: Any) -> None:
        """Prepare a fake with these settings."""
        flags = {"port": 0, "log": "off"} | settings
        self._settings, self._sources = load_settings(flags=flags, environment={}, file=None)
        self.url = ""
        self.ca_file = ""

    @property
    def base_url(self) -> str:
        """The API: what a client is given instead of https://api.flipsnack.com/v1/."""
        return f"{self.url}/v1/"

    def __enter__(self) -> MockServer:
        listener = bind(self._settings.host, self._settings.port)
        host, port = listener.getsockname()[:2]
        tls = credentials_for(self._settings)
        self.url = f"{'https' if tls else 'http'}://{host}:{port}"
        pem = tls.authority_pem if tls else b""
        self._folder = tempfile.TemporaryDirectory(prefix="flipsnack-mock-")
        if tls:
            path = Path(self._folder.name, "ca.pem")
            path.write_bytes(pem)
            self.ca_file = str(path)
        ready = threading.Event()
        app = create_app(self._settings, sources=self._sources, authority_pem=pem)
        self._server = Server(app, listener, on_ready=ready.set, tls=tls.context if tls else None)
        self._thread = threading.Thread(target=self._server.serve_forever, name="flipsnack-mock", daemon=True)
        self._thread.start()
        while not ready.wait(timeout=0.1):
            if not self._thread.is_alive():
                raise RuntimeError("the fake did not start; its thread has ended")
        self.admin = AdminClient(self.url, token=self._settings.admin_token, ca_file=self.ca_file)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.admin.close()
        self._server.stop()
        self._thread.join()
        self._folder.cleanup()
