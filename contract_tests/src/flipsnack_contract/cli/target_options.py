"""What is aimed at: the target behind an address or a name, and the credentials for it."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import ExitStack

import click

from flipsnack_contract.target.result import Exit
from flipsnack_contract.target.target import HttpTarget, Request, Target, Unreachable, WsgiTarget, load_app
from flipsnack_contract.target.target_under_test import Credentials

__all__ = ["KEY", "SECRET", "credentials_in", "http_target", "wsgi_target"]

KEY, SECRET = "FLIPSNACK_API_KEY", "FLIPSNACK_SECRET"


def wsgi_target(name: str) -> Target:
    """The app of that name in this process. Raises `click.UsageError`."""
    try:
        return WsgiTarget(load_app(name))
    except ValueError as wrong:
        raise click.UsageError(str(wrong)) from None


def http_target(base_url: str, stack: ExitStack, *, option: str = "--base-url", knock: bool = True) -> HttpTarget:
    """The server at `base_url`, closed with `stack`. Raises `click.UsageError`.

    When it is to `knock`, one request finds out whether anybody answers; the command ends where nobody does.
    """
    if not base_url.startswith(("http://", "https://")):
        raise click.UsageError(f"{option} is {base_url!r}; expected http:// or https://, as in …/v1/")
    if not base_url.rstrip("/").endswith("/v1"):
        raise click.UsageError(f"{option} is {base_url!r}; expected the address of the API, which ends in /v1/")
    target = stack.enter_context(HttpTarget(base_url))
    return _answering(target) if knock else target


def _answering(target: HttpTarget) -> HttpTarget:
    try:
        target.send(Request("GET", target.base_url))
    except Unreachable as trouble:
        click.echo(f"nothing could be judged: {trouble}; does it run? `flipsnack-mock serve` starts our fake", err=True)
        raise SystemExit(Exit.INCONCLUSIVE) from None
    return target


def credentials_in(environment: Mapping[str, str], collection: str | None) -> Credentials | None:
    """The key and the secret of the environment, if there are any. Raises `click.UsageError` when there is but one."""
    key, secret = environment.get(KEY), environment.get(SECRET)
    if bool(key) != bool(secret):
        raise click.UsageError(f"{KEY} and {SECRET} belong together; only one of them is set")
    return Credentials(str(key), str(secret), collection) if key else None
