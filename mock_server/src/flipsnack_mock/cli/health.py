"""`flipsnack-mock health`: checks whether the fake is up; used by the image's HEALTHCHECK."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from contextlib import closing
from functools import partial
from math import isnan
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING, Any

import click

from flipsnack_mock.cli.command import GroupedCommand, fail
from flipsnack_mock.cli.options import GROUPS, loaded, with_settings

if TYPE_CHECKING:
    from http.client import HTTPConnection

    from flipsnack_mock.state.settings import Settings


# That of the fake has a tenth of it.
_MOST_BYTES = 1_000


class _Seconds(click.FloatRange):
    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        # Python reads `1_0`, and digits of other scripts.
        is_plain = not isinstance(value, str) or (value.isascii() and "_" not in value)
        found = float(super().convert(value, param, ctx))
        if isnan(found) or not is_plain:
            self.fail(f"{value!r} is not a valid number", param, ctx)
        return found


@click.command("health", cls=GroupedCommand, groups=GROUPS)
@partial(with_settings, shown_in_help=("host", "port", "tls"))
@click.option("--timeout", type=_Seconds(0, 86_400, min_open=True), metavar="SECONDS", default=2.0, show_default=True)
@click.pass_obj
def health_command(environ: Mapping[str, str], /, *, timeout: float, config: Path | None, **flags: Any) -> None:
    """Check whether the fake is up on this machine.

    It takes the flags, environment and file of `serve`, so it finds the right host, port and scheme.

    Exit status: 0 it is up, 1 it is not, 2 a setting is invalid.
    """
    settings, _ = loaded(config, flags, environ)
    from flipsnack_mock.protocol.addresses import bracketed, reachable

    host = reachable(settings.host)
    where = f"{'https' if settings.tls else 'http'}://{bracketed(host)}:{settings.port}/health"
    found: SimpleQueue[tuple[int, str]] = SimpleQueue()
    # A server that sends a byte now and then never lets a socket's timeout pass.
    threading.Thread(target=lambda: found.put(_answer(settings, host, timeout)), daemon=True).start()
    try:
        status, text = found.get(timeout=timeout)
    except Empty:
        status, text = 0, "timed out"
    if not status:
        fail(f"{where} does not answer: {text}", 1)
    if status != 200 or "flipsnack-mock" not in text:
        fail(f"{where} is not the fake: HTTP {status} {text[:80]!r}", 1)
    click.echo(text.strip())


def _answer(settings: Settings, host: str, timeout: float) -> tuple[int, str]:
    """The status and the beginning of the answer; without one the status is 0, and the text says why."""
    from http.client import HTTPException

    try:
        with closing(_connection(settings, host, timeout=timeout)) as connection:
            connection.request("GET", "/health")
            answer = connection.getresponse()
            return answer.status, answer.read(_MOST_BYTES).decode("utf-8", "replace")
    except (OSError, HTTPException, UnicodeError) as problem:
        return 0, getattr(problem, "strerror", None) or str(problem) or type(problem).__name__


def _connection(settings: Settings, host: str, *, timeout: float) -> HTTPConnection:
    from http.client import HTTPConnection, HTTPSConnection

    if not settings.tls:
        return HTTPConnection(host, settings.port, timeout=timeout)
    import ssl

    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    # The authority is created at each start and known only to the fake, so the certificate cannot be verified.
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    return HTTPSConnection(host, settings.port, timeout=timeout, context=context)
