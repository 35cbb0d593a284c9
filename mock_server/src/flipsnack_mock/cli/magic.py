"""`flipsnack-mock magic`: lists the magic collection hashes."""

import click


@click.command("magic")
@click.argument("collection_hash", metavar="[HASH]", required=False)
def magic_command(collection_hash: str | None) -> None:
    """List the magic collection hashes, or explain HASH.

    Exit status: 0, or 1 if HASH is not magic.
    """
    from flipsnack_mock.state.magic import PREFIX, listed, magic
    from flipsnack_mock.state.schedules import GRAMMAR

    if collection_hash is not None:
        meant = magic(collection_hash)
        click.echo(meant.does if meant else f"{collection_hash} is not magic; list all with `flipsnack-mock magic`")
        raise SystemExit(0 if meant else 1)
    rows = listed()
    width = max(len(row.hash) for row in rows)
    for row in rows:
        click.echo(f"{row.hash:{width}}  {row.magic.does}")
    click.echo(f"\n{PREFIX}<schedule> accepts any schedule: {GRAMMAR}.")
