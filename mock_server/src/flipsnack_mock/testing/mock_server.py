"""`MockServer`: the fake in a thread of the test process, on a free port."""

import sys
import tempfile
import threading
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from flipsnack_mock.protocol.addresses import WsgiApp
from flipsnack_mock.server.engine import Server, bind, url_of
from flipsnack_mock.server.fake import Fake
from flipsnack_mock.server.tls import certificates_for
from flipsnack_mock.state.settings import load_settings
from flipsnack_mock.testing.admin_client import AdminClient


class MockServer:
    """The fake on 127.0.0.1, in a thread of this process, with the real engine: ready on entry, stopped on exit.

    With `tls=True` it serves https, and `ca_file` is the authority to trust, as in `requests.get(…, verify=ca_file)`.
    `app` is the WSGI application that it serves, to be called without HTTP.

    `settings` are those of `flipsnack-mock settings`; by default it uses a free port and logs no requests. The
    environment is not read. Raises `SettingsError` for an invalid setting, and `RuntimeError` on entry where gevent or
    eventlet has replaced the threads of the process.
    """

    def __init__(self, **settings: Any) -> None:
        arguments = {"port": 0, "log": "off"} | settings
        self._settings, self._sources = load_settings(flags={}, environment={}, file=None, arguments=arguments)
        self.url = ""
        self.ca_file = ""

    @property
    def base_url(self) -> str:
        """The API URL for clients, instead of https://api.flipsnack.com/v1/."""
        return f"{self.url}/v1/"

    def __enter__(self) -> Self:
        _refuse_green_threads()
        tls = certificates_for(self._settings)
        pem = tls.authority_pem if tls else b""
        fake = Fake(self._settings, sources=self._sources, authority_pem=pem)
        try:
            listeners = bind(self._settings.host, self._settings.port)
        except OSError:
            fake.close()
            raise
        self.url = url_of(listeners, host=self._settings.host, tls=tls is not None)
        self._folder = tempfile.TemporaryDirectory(prefix="flipsnack-mock-") if tls else None
        if self._folder is not None:
            path = Path(self._folder.name, "ca.pem")
            path.write_bytes(pem)
            self.ca_file = str(path)
        ready = threading.Event()
        self._server = Server(fake, listeners, on_ready=ready.set, tls=tls.context if tls else None)
        self._thread = threading.Thread(target=self._server.serve_forever, name="flipsnack-mock", daemon=True)
        self._thread.start()
        while not ready.wait(timeout=0.1):
            if not self._thread.is_alive():
                raise RuntimeError("the fake did not start: its thread has ended")
        self.app: WsgiApp = fake.wsgi_app
        token = self._settings.admin_token
        self.admin = AdminClient(self.url, token=token, ca_file=self.ca_file, trust_env=False)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.admin.close()
        self._server.stop()
        self._thread.join()
        if self._folder is not None:
            self._folder.cleanup()


def _refuse_green_threads() -> None:
    """Raise `RuntimeError` where no thread of this process runs beside the others."""
    for name, is_patched in _GREEN_THREADS.items():
        module = sys.modules.get(name)
        if module is not None and is_patched(module):
            library = name.partition(".")[0]
            raise RuntimeError(
                f"{library} has replaced the threads of this process, so a server in one never answers; start "
                "`flipsnack-mock serve` as a process of its own, or use flipsnack_mock.testing.intercept"
            )


_GREEN_THREADS: dict[str, Callable[[Any], bool]] = {
    "gevent.monkey": lambda monkey: bool(monkey.is_module_patched("threading")),
    "eventlet.patcher": lambda patcher: bool(patcher.is_monkey_patched("thread")),
}
