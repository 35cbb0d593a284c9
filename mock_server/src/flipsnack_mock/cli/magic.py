"""`flipsnack-mock magic`: lists the magic collection hashes, and the magic names of uploads."""

import click


@click.command("magic")
@click.argument("collection_hash", metavar="[HASH]", required=False)
def magic_command(collection_hash: str | None) -> None:
    """List the magic collection hashes and the magic names of uploads, or explain HASH.

    A name is that of the file, or the title of the upload.

    Exit status: 0, or 1 if HASH is not magic.
    """
    from flipsnack_mock.state.magic import PREFIX, listed, listed_uploads, magic
    from flipsnack_mock.state.schedules import GRAMMAR

    if collection_hash is not None:
        meant = magic(collection_hash)
        click.echo(meant.does if meant else f"{collection_hash} is not magic; list all with `flipsnack-mock magic`")
        raise SystemExit(0 if meant else 1)
    for head, rows in (("collectionHash", [(row.hash, row.magic.does) for row in listed()]),
                       ("name of an upload", listed_uploads())):  # fmt: skip
        width = max(len(name) for name, _ in rows)
        click.echo(f"{head}:")
        for name, does in rows:
            click.echo(f"  {name:{width}}  {does}")
        click.echo()
    click.echo(f"{PREFIX}<schedule> accepts any schedule: {GRAMMAR}.")
