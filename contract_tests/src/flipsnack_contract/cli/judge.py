"""The commands `server`, `client` and `recording`: each calls pytest with the plugin."""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from typing import Any

import click

from flipsnack_contract.cli.adapter import EPILOG as MODES
from flipsnack_contract.cli.front import EPILOG, Judging, plugin_words, pytest_words, run_pytest

__all__ = ["client", "recording", "server"]


@click.pass_context
def _server(context: click.Context, /, url: str | None, **options: Any) -> None:
    """Judge the server at URL, or the WSGI app --app.

    URL is the address of the API, as http://127.0.0.1:3547/v1/; else FLIPSNACK_BASE_URL names it. Where the target has
    a control plane (/__admin beside /v1), it makes keys and collections and moves the clock. Elsewhere the key and its
    secret come from FLIPSNACK_API_KEY and FLIPSNACK_SECRET, calls keep to a pace, and what cannot be steered is
    skipped by name. With --read-only nothing but reads is sent.
    """
    target = [f"--flipsnack-base-url={url}"] if url else []
    _run(context, [*target, *context.meta["rest"]], options)


@click.pass_context
def _client(context: click.Context, /, **options: Any) -> None:
    """Judge a client in any language, through its adapter: the COMMAND after --."""
    if not (command := context.meta["rest"]):
        raise click.UsageError("missing client command: give it after --, as in: -- node adapter.mjs")
    _run(context, [f"--flipsnack-client={shlex.join(command)}"], options)


@click.pass_context
def _recording(context: click.Context, /, file: str, **options: Any) -> None:
    """Judge a recording: an HTTP archive (HAR), or the fake's journal as lines of JSON.

    Archives come from a browser, mitmproxy or our fake (GET /__admin/requests.har), the journal from
    GET /__admin/requests.ndjson. Only time and order are judged: paces, pauses, states, links. What was not recorded is
    skipped by name.
    """
    _run(context, [f"--flipsnack-recording={file}", *context.meta["rest"]], options)


def _run(context: click.Context, words: list[str], options: Mapping[str, Any]) -> None:
    run_pytest([*words, *plugin_words(options), *pytest_words(options)], context.obj or {})


server = Judging("server", _server, after="PYTEST OPTIONS", argument=click.Argument(("url",), required=False))
client = Judging("client", _client, after="COMMAND...", argument=None)
client.epilog = f"{MODES}\n{EPILOG}"
recording = Judging("recording", _recording, after="PYTEST OPTIONS", argument=click.Argument(("file",)))
