"""`flipsnack-mock magic`: lists the magic collection hashes, and the magic names of uploads."""

import click

from flipsnack_mock.cli.command import json_option, print_json

Tables = dict[str, list[tuple[str, str]]]
"""Names with what they do, by where they work."""


@click.command("magic")
@click.argument("name", required=False)
@json_option
def magic_command(name: str | None, *, as_json: bool) -> None:
    """List magic hashes and magic names of uploads, or explain one.

    NAME is a hash, the name of a file, or the title of an upload.

    Exit status: 0, or 1 if NAME is not magic.
    """
    from flipsnack_mock.state.magic import listed, listed_uploads

    tables = {
        "collectionHash": [(row.hash, row.magic.does) for row in listed()],
        "name of an upload": listed_uploads(),
    }
    if name is not None:
        tables = _explained(name)
    if as_json:
        print_json({head: dict(rows) for head, rows in tables.items()})
    elif name is not None:
        _tell(name, tables)
    else:
        _list(tables)
    raise SystemExit(0 if any(tables.values()) else 1)


def _explained(name: str) -> Tables:
    from flipsnack_mock.state.account import stem
    from flipsnack_mock.state.magic import magic, upload_outcome

    meant, upload = magic(name), upload_outcome(stem(name))
    return {
        "collectionHash": [(name, meant.does)] if meant else [],
        "name of an upload": [(name, upload)] if upload else [],
    }


def _tell(name: str, tables: Tables) -> None:
    lines = [does for _, does in tables["collectionHash"]]
    lines += [f"as an upload: {does}" for _, does in tables["name of an upload"]]
    click.echo("\n".join(lines) or f"{name} is not magic; {_advice(name)}")


def _advice(name: str) -> str:
    from flipsnack_mock.protocol.expectation import Accepted
    from flipsnack_mock.state.magic import listed, listed_uploads

    names = (*(row.hash for row in listed()), *(other for other, _ in listed_uploads()))
    return Accepted("", names, name).question or "list all with `flipsnack-mock magic`"


def _list(tables: Tables) -> None:
    from flipsnack_mock.state.magic import PREFIX
    from flipsnack_mock.state.schedules import GRAMMAR

    for head, rows in tables.items():
        width = max(len(name) for name, _ in rows)
        click.echo(f"{head}:")
        for name, does in rows:
            click.echo(f"  {name:{width}}  {does}")
        click.echo()
    click.echo(f"{PREFIX}<schedule> accepts any schedule: {GRAMMAR}.")
