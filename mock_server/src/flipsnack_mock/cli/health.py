"""`flipsnack-mock health`: checks whether the fake is up; used by the image's HEALTHCHECK."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from math import isnan
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from flipsnack_mock.cli.command import GroupedCommand, fail
from flipsnack_mock.cli.options import GROUPS, loaded, with_settings

if TYPE_CHECKING:
    from http.client import HTTPConnection

    from flipsnack_mock.state.settings import Settings


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
    from http.client import HTTPException

    from flipsnack_mock.protocol.addresses import bracketed, reachable

    host = reachable(settings.host)
    where = f"{'https' if settings.tls else 'http'}://{bracketed(host)}:{settings.port}/health"
    connection = _connection(settings, host, timeout=timeout)
    try:
        connection.request("GET", "/health")
        answer = connection.getresponse()
        text = answer.read().decode("utf-8", "replace")
    except (OSError, HTTPException) as problem:
        said = getattr(problem, "strerror", None) or str(problem) or type(problem).__name__
        fail(f"{where} does not answer: {said}", 1)
    finally:
        connection.close()
    if answer.status != 200 or "flipsnack-mock" not in text:
        fail(f"{where} is not the fake: HTTP {answer.status} {text[:80]!r}", 1)
    click.echo(text.strip())


def _connection(settings: Settings, host: str, *, timeout: float) -> HTTPConnection:
    from http.client import HTTPConnection, HTTPSConnection

    if not settings.tls:
        return HTTPConnection(host, settings.port, timeout=timeout)
    import ssl

    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    # The authority is created at each start and known only to the fake, so the certificate cannot be verified.
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    return HTTPSConnection(host, settings.port, timeout=timeout, context=context)
