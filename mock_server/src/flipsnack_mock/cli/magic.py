"""`flipsnack-mock magic`: lists the magic collection hashes, and the magic names of uploads."""

import click


@click.command("magic")
@click.argument("name", required=False)
def magic_command(name: str | None) -> None:
    """List the magic collection hashes and the magic names of uploads, or explain NAME.

    NAME is a hash, the name of a file, or the title of an upload.

    Exit status: 0, or 1 if NAME is not magic.
    """
    from flipsnack_mock.state.account import stem
    from flipsnack_mock.state.magic import PREFIX, listed, listed_uploads, magic, upload_outcome
    from flipsnack_mock.state.schedules import GRAMMAR

    if name is not None:
        meant, upload = magic(name), upload_outcome(stem(name))
        lines = [meant.does] if meant else []
        lines += [f"as an upload: {upload}"] if upload else []
        click.echo("\n".join(lines) or f"{name} is not magic; list all with `flipsnack-mock magic`")
        raise SystemExit(0 if lines else 1)
    for head, rows in (("collectionHash", [(row.hash, row.magic.does) for row in listed()]),
                       ("name of an upload", listed_uploads())):  # fmt: skip
        width = max(len(name) for name, _ in rows)
        click.echo(f"{head}:")
        for name, does in rows:
            click.echo(f"  {name:{width}}  {does}")
        click.echo()
    click.echo(f"{PREFIX}<schedule> accepts any schedule: {GRAMMAR}.")
