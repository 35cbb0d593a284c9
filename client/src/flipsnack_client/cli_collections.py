"""The commands of a collection's life: `create`, `list`, `show`, `update`, `delete`, `embed`."""

import sys
from collections.abc import Callable, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from flipsnack_client.cli_packages import STDOUT, save
from flipsnack_client.command import (
    Command,
    NumberType,
    Run,
    api_options,
    hash_argument,
    more_option,
    parameters,
    print_json,
    print_table,
    running,
    usage,
)
from flipsnack_client.readable import escaped, printable
from flipsnack_client.stderr import say

if TYPE_CHECKING:
    from flipsnack_client.collection import Collection

STATUSES = click.Choice(["public", "editable", "unlisted"])
_SHOWN = ("hash", "title", "description", "status", "width", "height", "conversion")


def _changes(command: Callable[..., Any]) -> Callable[..., Any]:
    for option in (
        more_option,
        click.option("--status", type=STATUSES, help="Who may see it."),
        click.option("--height", type=NumberType(whole=True), metavar="PIXELS", help="Of the embedded player."),
        click.option("--width", type=NumberType(whole=True), metavar="PIXELS", help="Of the embedded player."),
        click.option("--description", help="Its description."),
        click.option("--title", help="Its title."),
    ):
        command = option(command)
    return command


def _taken(options: dict[str, Any]) -> dict[str, Any]:
    """Take the options of `_changes` out of a command's, and return them as the client takes them."""
    names = ("title", "description", "width", "height", "status")
    return {**{name: options.pop(name) for name in names}, "more": parameters(options.pop("more"))}


@click.command(cls=Command)
@click.argument("document", metavar="FILE|URL")
@_changes
@click.option("--wait", is_flag=True, help="Wait until the document is converted.")
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path, readable=False, dir_okay=False, allow_dash=True),
    help="Download the package to this path too (waits); - is stdout.",
)
@api_options
@click.pass_obj
def create(
    environ: Mapping[str, str],
    /,
    document: str,
    *,
    wait: bool,
    output: Path | None,
    **options: Any,
) -> None:
    """Upload a document and print its collection's hash.

    The document is a PDF, JPG or PNG; - is stdin. An upload is repeated only
    if nothing was done. If it is not known whether it arrived, the error says
    how to find that out.

    \b
    Example, from the document to its package:
      flipsnack create document.pdf --wait -o package.zip
    """
    changes = _taken(options)
    with running(environ, **options) as run:
        made = _uploaded(run, document, changes)
        if not run.as_json and output not in STDOUT:
            click.echo(printable(made.hash))
        if wait or output:
            made = _converted(run, made)
        if output:
            save(run, made.hash, output)
        if run.as_json and output not in STDOUT:
            print_json(asdict(made) | ({"package": str(output)} if output else {}))


def _uploaded(run: Run, document: str, changes: dict[str, Any]) -> "Collection":
    begun = False
    try:
        with run.showing() as display:

            def sent(progress: Any) -> None:
                nonlocal begun
                begun = True
                display.upload(progress)

            source = sys.stdin.buffer if document == "-" else document
            made = usage(lambda: run.client.create(source, **changes, on_progress=sent, deadline=run.deadline))
            display.done(f"created collection {made.hash}")
            return made
    except KeyboardInterrupt:
        if begun:
            say("the upload may have arrived all the same: see `flipsnack list` before you repeat it")
        raise


def _converted(run: Run, made: "Collection") -> "Collection":
    with run.showing() as display:
        done = run.client.wait_converted(made, on_poll=display.conversion, deadline=run.deadline)
        display.done("converted")
    return done


@click.command("list", cls=Command)
@click.option("--query", help="Only those with this text in title or description.")
@click.option("--status", type=STATUSES, help="Only those with this status.")
@click.option("--order-by", metavar="NAME", help="What to order by, such as name.")
@click.option("--order-mode", metavar="NAME", help="The direction, such as asc or desc.")
@api_options
@click.pass_obj
def list_command(environ: Mapping[str, str], /, **options: Any) -> None:
    """List the collections: hash, status and title.

    \b
    Example:
      flipsnack list --query spring --status public
    """
    filters = {name: options.pop(name) for name in ("query", "status", "order_by", "order_mode")}
    with running(environ, **options) as run, run.showing(plain=True):
        found = list(run.client.collections(**filters, deadline=run.deadline))
        if run.as_json:
            print_json([asdict(one) for one in found])
        elif found:
            print_table([(one.hash, one.status, one.title) for one in found])


@click.command(cls=Command)
@hash_argument
@api_options
@click.pass_obj
def show(environ: Mapping[str, str], /, collection_hash: str, **options: Any) -> None:
    """Show collection HASH and its conversion.

    \b
    Example:
      flipsnack show d3m0h45h
    """
    with running(environ, **options) as run, run.showing(plain=True):
        run.print(usage(lambda: run.client.collection(collection_hash, deadline=run.deadline)), _SHOWN)


@click.command(cls=Command)
@hash_argument
@_changes
@api_options
@click.pass_obj
def update(environ: Mapping[str, str], /, collection_hash: str, **options: Any) -> None:
    """Change collection HASH, and show it as it is then.

    Publishing an editable collection gives it a NEW HASH, which is shown; the
    old one is not valid any more.

    \b
    Example:
      flipsnack update d3m0h45h --title "Spring catalogue" --status public
    """
    changes = _taken(options)
    if all(value in (None, {}) for value in changes.values()):
        raise click.UsageError("nothing to change; give at least one of --title, --description, --status, …")
    with running(environ, **options) as run, run.showing(plain=True) as display:
        changed = usage(lambda: run.client.update(collection_hash, **changes, deadline=run.deadline))
        if changed.hash != collection_hash:
            display.note(f"the collection has a new hash: {changed.hash}")
        run.print(changed, _SHOWN)


@click.command(cls=Command)
@hash_argument
@click.option("--yes", is_flag=True, help="Do not ask.")
@api_options
@click.pass_obj
def delete(environ: Mapping[str, str], /, collection_hash: str, *, yes: bool, **options: Any) -> None:
    """Delete collection HASH, which cannot be undone.

    \b
    Example:
      flipsnack delete d3m0h45h --yes
    """
    if not yes and not sys.stdin.isatty():
        raise click.UsageError("there is no terminal to ask at; give --yes")
    if not yes and not click.confirm(f"Delete collection {collection_hash}?", err=True):
        say("not deleted")
        return
    with running(environ, **options) as run, run.showing(plain=True) as display:
        usage(lambda: run.client.delete(collection_hash, deadline=run.deadline))
        if run.as_json:
            print_json({"deleted": collection_hash})
        display.note(f"deleted {collection_hash}")


@click.command(cls=Command)
@hash_argument
@click.option("--width", type=NumberType(whole=True), metavar="PIXELS", help="Of the frame.")
@click.option("--height", type=NumberType(whole=True), metavar="PIXELS", help="Of the frame.")
@click.option("--responsive", is_flag=True, help="As large as its place.")
@click.option("--start-page", type=NumberType(whole=True), metavar="NUMBER", help="The page that is open at first.")
@more_option
@api_options
@click.pass_obj
def embed(
    environ: Mapping[str, str],
    /,
    collection_hash: str,
    *,
    responsive: bool,
    more: tuple[str, ...],
    **options: Any,
) -> None:
    """Print the HTML that embeds the player of collection HASH.

    \b
    Example:
      flipsnack embed d3m0h45h --responsive
    """
    size: dict[str, Any] = {name: options.pop(name) for name in ("width", "height", "start_page")}
    size |= {"responsive": responsive or None, "more": parameters(more)}
    with running(environ, **options) as run, run.showing(plain=True):
        code = usage(lambda: run.client.embed(collection_hash, **size, deadline=run.deadline))
        if run.as_json:
            print_json({"embedCode": code})
        else:
            click.echo(escaped(code.replace("\r\n", "\n"), lambda one: f"&#{ord(one)};"))
