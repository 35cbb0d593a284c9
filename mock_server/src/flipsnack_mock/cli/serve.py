"""`flipsnack-mock serve`: serves the fake."""

import gc
import json
import os
import sys
import threading
from collections.abc import Mapping
from contextlib import suppress
from functools import partial
from pathlib import Path
from socket import socket
from typing import Any, TextIO

import click

from flipsnack_mock import __version__
from flipsnack_mock.cli.command import GroupedCommand, fail, has_colours
from flipsnack_mock.cli.options import GROUPS, loaded, with_settings
from flipsnack_mock.state.settings import Settings, SettingsError

_SAY_SECONDS = 0.5


def _open_standard_streams() -> None:
    # A socket would take the place of one that is closed, and libuv aborts when it closes a descriptor below 3.
    while (file := os.open(os.devnull, os.O_RDWR)) <= 2:
        pass
    os.close(file)


def say(text: str, stream: TextIO | None) -> None:
    """Print a line, if it can be printed soon: a terminal may be stopped, and a pipe full, from the start."""
    writer = threading.Thread(target=_print, args=(text, stream), daemon=True)
    writer.start()
    writer.join(_SAY_SECONDS)


def _print(text: str, stream: TextIO | None) -> None:
    # Past the buffer, which would be written again at the end of the process.
    with suppress(OSError, ValueError):
        from flipsnack_mock.server.request_log import write_through

        write_through(stream, f"{text}\n")


def _tune_interpreter() -> None:
    # What is worked out beside the event loop gives way to it five times sooner than usual.
    sys.setswitchinterval(0.001)
    gc.freeze()


@click.command(cls=GroupedCommand, groups=GROUPS)
@with_settings
@click.pass_obj
def serve(environ: Mapping[str, str], /, *, config: Path | None, **flags: Any) -> None:
    """Serve the fake until SIGTERM or Ctrl-C.

    It prints its address, and how to make a first call; then a line for each request. With --log json all lines are
    JSON, with --log off the address is all.

    \b
    Examples:
      flipsnack-mock serve --port 8080 --requests-per-second 0
      flipsnack-mock serve --state fake.sqlite --log json
      FLIPSNACK_MOCK_URL_LIFETIME=5 flipsnack-mock serve --tls
    """
    # Requests leave no reference cycles behind (a test checks that), so the collector would only scan the journal.
    gc.set_threshold(20_000, 20, 50)
    settings, sources = loaded(config, flags, environ)
    # Imported here so that `settings` and `--help` stay fast.
    from flipsnack_mock.cli.causes import Causes
    from flipsnack_mock.server.clock import own_time
    from flipsnack_mock.server.engine import Server
    from flipsnack_mock.server.fake import Fake
    from flipsnack_mock.server.request_log import request_log
    from flipsnack_mock.server.tls import certificates_for

    _open_standard_streams()
    log = request_log(settings, coloured=has_colours(sys.stdout, environ))
    try:
        tls = certificates_for(settings)
        pem = tls.authority_pem if tls else b""
        fake = Fake(settings, now=own_time(), on_exchange=log, sources=sources, authority_pem=pem)
    except SettingsError as problem:
        fail(str(problem), 2)
    if log is not None:
        log.explain = Causes(fake.worlds)
    listeners = _bound(settings)
    _tune_interpreter()
    ready = partial(_say_ready, settings, listeners)
    Server(fake, listeners, on_ready=ready, tls=tls.context if tls else None).serve_forever()
    if log is not None:
        log.close()


def _bound(settings: Settings) -> list[socket]:
    from flipsnack_mock.protocol.addresses import bracketed
    from flipsnack_mock.server.engine import bind

    try:
        return bind(settings.host, settings.port)
    except OSError as problem:
        where = f"{bracketed(settings.host)}:{settings.port}"
        hint = "choose another --host or --port, or FLIPSNACK_MOCK_PORT; 0 is a free port"
        fail(f"cannot listen on {where}: {problem.strerror or problem}; {hint}", 1)


def _say_ready(settings: Settings, listeners: list[socket]) -> None:
    from flipsnack_mock.admin.guard import exposure
    from flipsnack_mock.cli.banner import banner, listening
    from flipsnack_mock.protocol.addresses import bracketed
    from flipsnack_mock.server.engine import url_of

    address, port = listeners[0].getsockname()[:2]
    host = bracketed(settings.host if len(listeners) > 1 else address)
    on = f"{'https' if settings.tls else 'http'}://{host}:{port}"
    lines = [listening(on)]
    if settings.log == "json":
        lines = [json.dumps({"listening": on, "version": __version__})]
    elif settings.log == "pretty":
        lines += banner(settings, url_of(listeners, host=settings.host, tls=settings.tls))
    say("\n".join(lines), sys.stdout)
    if warning := exposure(settings, address):
        say(f"warning: {warning}", sys.stderr)
