"""One fake without a framework: what it keeps, and the WSGI application that serves it.

Flask takes longer to import than all the rest to start, so the vendor's surface is served without it, and the control
plane by an application that is made beside the first requests.
"""

import threading
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import Future
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from flipsnack_mock.admin.long_poll import CAN_AWAIT, WAIT
from flipsnack_mock.protocol.addresses import WsgiApp, is_vendor_path, without_namespace
from flipsnack_mock.protocol.errors import Refused
from flipsnack_mock.protocol.instants import RealTime
from flipsnack_mock.server.clock import Sleep, real_sleep, real_time
from flipsnack_mock.server.cors import with_cors
from flipsnack_mock.server.uploads.results import Awaited
from flipsnack_mock.server.uploads.uploads import Uploads
from flipsnack_mock.server.vendor import OnExchange, VendorSurface
from flipsnack_mock.state.settings import Setting, Settings, SettingsError
from flipsnack_mock.state.world import PackageOf, Worlds

if TYPE_CHECKING:
    from flipsnack_mock.server.state_file import StateFile

REPLICA_HEADER = "X-Flipsnack-Mock-Replica"

FAILURE = "flipsnack_mock.failure"
"""The key of the WSGI environment for an exception of the vendor's surface, which the control plane answers."""


class Fake:
    """The worlds, uploads and state file of one server, and `wsgi_app`, which serves them.

    The arguments are those of `create_app`. Raises `SettingsError` when the file of the setting `state` cannot be used.
    """

    def __init__(
        self,
        settings: Settings,
        *,
        now: RealTime | None = None,
        sleep: Sleep = real_sleep,
        on_exchange: OnExchange | None = None,
        sources: Mapping[str, Setting] | None = None,
        authority_pem: bytes = b"",
    ) -> None:
        self.settings = settings
        self.sources = sources or {}
        self.authority_pem = authority_pem
        self.now = now or real_time()
        self.on_exchange = on_exchange
        self.state = _state_file(settings)
        self.uploads = _uploads(settings, self.now)
        self.worlds = _worlds(settings, self.uploads.flipbooks.package, self.state)
        self.uploads.spool.in_use = self.worlds.documents
        self.vendor = VendorSurface(self.worlds, self.now, sleep, on_exchange, self.uploads)
        self.control = Deferred(self._control)

    @cached_property
    def wsgi_app(self) -> WsgiApp:
        """All that is served; the control plane is made when it is first asked for, or by `control.begin()`."""
        return self.around(self.control)

    def around(self, control: WsgiApp) -> WsgiApp:
        """The vendor's surface at its paths, and `control` at all others."""
        vendor = with_cors(self.vendor, self.settings.cors_origins)
        return _named(without_namespace(_beside(control, vendor, self.uploads)), self.settings.replica)

    def _control(self) -> WsgiApp:
        from flipsnack_mock.server.app import control_app

        return control_app(self).wsgi_app

    def close(self) -> None:
        """Stop what runs, and close or remove the files."""
        self.uploads.close()
        if self.state is not None:
            self.state.close()


class Deferred:
    """A WSGI application that `make` makes in a thread; requests wait until it is there.

    When it cannot be made, as without a free file, those that wait fail, and the next request tries again. Two threads
    that import parts of one package at once may fail, so whatever imports Flask or Werkzeug waits for `ready` as well.
    """

    def __init__(self, make: Callable[[], WsgiApp]) -> None:
        self._make = make
        self._lock = threading.Lock()
        self._waiting: Awaited[WsgiApp] | None = None

    def begin(self) -> "Awaited[WsgiApp]":
        """Begin to make the application, unless it is there or on its way; what to wait for."""
        with self._lock:
            if self._waiting is None or self._waiting.failed:
                made: Future[WsgiApp] = Future()
                self._waiting = Awaited(made)
                # The end of the process does not wait for it.
                threading.Thread(target=self._run, args=(made,), name="flipsnack-mock control", daemon=True).start()
            return self._waiting

    async def ready(self) -> None:
        """Wait until the application is there, or cannot be made."""
        await self.begin().over()

    def _run(self, made: "Future[WsgiApp]") -> None:
        try:
            made.set_result(self._make())
        except BaseException as failure:
            made.set_exception(failure)

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        if WAIT in environ and environ[WAIT] is self._waiting:
            # The application may have something else to wait for.
            waiting = environ.pop(WAIT)
        else:
            waiting = self.begin()
            if CAN_AWAIT in environ and not waiting.done:
                environ[WAIT] = waiting
                start_response("204 NO CONTENT", [])
                return ()
        app: WsgiApp = waiting.result()
        return app(environ, start_response)


def _state_file(settings: Settings) -> "StateFile | None":
    if not settings.state:
        return None
    # Imported on first use: most fakes keep nothing, and must start quickly.
    from flipsnack_mock.server.state_file import StateFile

    try:
        return StateFile(Path(settings.state))
    except OSError as trouble:
        raise SettingsError(f"state: {trouble}") from None


def _uploads(settings: Settings, now: RealTime) -> Uploads:
    try:
        return Uploads(settings, now)
    except OSError as trouble:
        raise SettingsError(f"state: the folder beside it cannot be used: {trouble}") from None


def _worlds(settings: Settings, package_of: PackageOf, state: "StateFile | None") -> Worlds:
    if state is None:
        return Worlds(settings, package_of)
    from flipsnack_mock.state.kept_world import Damaged, kept_worlds

    try:
        return kept_worlds(settings, package_of, state)
    except (OSError, Damaged, Refused) as trouble:
        state.close()
        raise SettingsError(f"state: {settings.state}: {trouble}") from None


def _named(app: WsgiApp, replica: str) -> WsgiApp:
    """`app`, each of whose answers says which of several processes it comes from; an empty name leaves it as it is."""
    if not replica:
        return app

    def named(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        def start(status: str, headers: list[tuple[str, str]], *more: Any) -> Any:
            return start_response(status, [*headers, (REPLICA_HEADER, replica)], *more)

        return app(environ, start)

    return named


def _beside(control: WsgiApp, vendor: WsgiApp, uploads: Uploads) -> WsgiApp:
    """`control` with the paths of the vendor's surface served by `vendor`, which needs no framework.

    Documents that nothing refers to after a change by the control plane are removed from `uploads`.
    """

    def surfaces(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        if is_vendor_path(environ["PATH_INFO"]):
            try:
                return vendor(environ, start_response)
            except Exception as failure:
                environ[FAILURE] = failure
        answer = control(environ, start_response)
        if environ["REQUEST_METHOD"] != "GET":
            uploads.spool.changed()
            uploads.tidy(environ)
        return answer

    return surfaces
