"""The commands for any call: `call` sends one, `sign` shows how one is signed."""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from flipsnack_client.command import (
    Command,
    api_options,
    base_url_of,
    base_url_option,
    credentials,
    credentials_option,
    json_option,
    parameters,
    print_json,
    running,
    usage,
)
from flipsnack_client.stderr import say

if TYPE_CHECKING:
    from flipsnack_client.credentials import Credentials


@click.command(cls=Command)
@click.argument("action")
@click.argument("params", nargs=-1, metavar="[NAME=VALUE]...")
@click.option("--file", "files", multiple=True, metavar="[NAME=]PATH", help="A file to upload; its name is file.")
@api_options
@click.pass_obj
def call(
    environ: Mapping[str, str], /, action: str, params: tuple[str, ...], files: tuple[str, ...], **options: Any
) -> None:
    """Call any method and print its data as JSON.

    Key and signature are added. --json prints the whole answer: code, status
    and data.

    \b
    Example:
      flipsnack call collection.getList query=spring from=0 to=9
    """
    sent = parameters(params)
    uploads = parameters(tuple(one if "=" in one else f"file={one}" for one in files))
    with running(environ, **options) as run, run.showing() as display:
        answer = usage(
            lambda: run.client.call(action, sent, uploads, on_progress=display.upload, deadline=run.deadline)
        )
        display.close()
        if run.as_json:
            print_json({"code": answer.code, "status": answer.message, "data": answer.data})
        elif answer.data is not None:
            print_json(answer.data)


@click.command("sign", cls=Command)
@click.argument("params", nargs=-1, required=True, metavar="NAME=VALUE...")
@click.option("--curl", "as_curl", is_flag=True, help="Print a curl command that makes the call.")
@json_option
@credentials_option
@base_url_option
@click.pass_obj
def sign_command(
    environ: Mapping[str, str],
    /,
    params: tuple[str, ...],
    *,
    as_curl: bool,
    as_json: bool,
    file: Path | None,
    base_url: str | None,
) -> None:
    """Print the string that is signed, and the signature.

    The secret is masked. Give every parameter of the call; none is added, and `signature` and `file`
    are never signed. Values are as they are before URL encoding.
    `flipsnack-mock doctor` explains why a signature is refused.

    --curl prints a command for a shell instead; it adds apiKey if you leave it
    out, and uploads the path that is given as file=PATH.

    \b
    Example:
      flipsnack sign --curl action=collection.getList query=spring
    """
    from flipsnack_client.readable import printable
    from flipsnack_client.signature import MASK, UNSIGNED, canonical, sign

    given = parameters(params)
    found = credentials(environ, file)
    if as_curl:
        told = {"curl": _curl(given, found, base_url_of(environ, base_url))}
    else:
        for name in sorted(UNSIGNED & given.keys()):
            say(f"note: {name} is never signed")
        # A secret that was put among the parameters by mistake is masked too.
        shown = canonical(given).replace(found.secret, MASK)
        told = {"canonical": f"{MASK}{printable(shown)}", "signature": usage(lambda: sign(given, found.secret))}
    if as_json:
        print_json(told)
    else:
        click.echo(told["curl"] if as_curl else "\n".join(f"{name}  {value}" for name, value in told.items()))


def _curl(given: Mapping[str, str], found: "Credentials", base_url: str | None) -> str:
    from flipsnack_client.curl import curl_command
    from flipsnack_client.signature import sign

    complete = {"apiKey": found.api_key, **given}
    command = curl_command({**complete, "signature": usage(lambda: sign(complete, found.secret))}, base_url)
    if found.secret in command:
        raise click.UsageError("a parameter has the secret in it, which is never sent")
    return command
