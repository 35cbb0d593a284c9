"""The commands of a collection's package: `download` and `status`."""

import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click

from flipsnack_client.command import Command, NumberType, Run, api_options, hash_argument, print_json, running, usage
from flipsnack_client.defaults import MAX_BYTES

STDOUT = frozenset(map(Path, ("-", "/dev/stdout", "/dev/fd/1", "/proc/self/fd/1")))
"""Paths that name what the process writes to: the file behind it must not be replaced."""


@click.command(cls=Command)
@hash_argument
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path, readable=False, dir_okay=False, allow_dash=True),
    help="Path of the zip to write; - is stdout.  [default: HASH.zip]",
)
@click.option("--resume/--no-resume", default=True, show_default=True, help="Resume a download that broke off.")
@click.option(
    "--max-bytes",
    type=NumberType(whole=True),
    metavar="BYTES",
    default=MAX_BYTES,
    show_default=True,
    help="Refuse a package that is larger, packed or unpacked.",
)
@api_options
@click.pass_obj
def download(
    environ: Mapping[str, str],
    /,
    collection_hash: str,
    *,
    output: Path | None,
    resume: bool,
    max_bytes: int,
    **options: Any,
) -> None:
    """Download the package of collection HASH.

    Starts the job, waits for it, downloads the zip, checks it, and only then
    renames it to that path.

    \b
    Examples:
      flipsnack download d3m0h45h -o package.zip
      flipsnack download d3m0h45h -o - | bsdtar -tf -
    """
    output = output or _named_after(collection_hash)
    with running(environ, **options) as run:
        size = save(run, collection_hash, output, resume=resume, max_bytes=max_bytes)
        if run.as_json and output not in STDOUT:
            print_json({"path": str(output), "bytes": size})


def _named_after(collection_hash: str) -> Path:
    if Path(collection_hash).name != collection_hash:
        raise click.UsageError("the hash is no name of a file; give a path with -o")
    return Path(f"{collection_hash}.zip")


def save(run: Run, collection_hash: str, output: Path, *, resume: bool = True, max_bytes: int = MAX_BYTES) -> int:
    """Save the package of a collection, show how it goes, and return its size."""
    poller = usage(lambda: run.client.download_html(collection_hash))
    with run.showing() as display, _writing(output) as target:
        path = poller.save(
            target,
            on_poll=display.poll,
            on_progress=display.progress,
            deadline=run.deadline,
            resume=resume,
            max_bytes=max_bytes,
        )
        size = path.stat().st_size
        done = "written to stdout" if output in STDOUT else f"saved {output}"
        display.done(f"{done} ({size:,} bytes)")
    return size


@contextmanager
def _writing(output: Path) -> Iterator[Path]:
    """Yield the path to save to; for stdout it is a file whose content is written there afterwards."""
    import shutil
    import tempfile

    if output not in STDOUT:
        yield output
        return
    if sys.stdout.isatty():
        raise click.UsageError("a package is not written to a terminal; redirect stdout, or give -o a path")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "package.zip"
        yield path
        with path.open("rb") as file:
            shutil.copyfileobj(file, sys.stdout.buffer)
        sys.stdout.buffer.flush()


@click.command(cls=Command)
@hash_argument
@click.option("--wait", is_flag=True, help="Poll until it is COMPLETE or FAILED, and show each poll.")
@api_options
@click.pass_obj
def status(environ: Mapping[str, str], /, collection_hash: str, *, wait: bool, **options: Any) -> int:
    """Poll the package of collection HASH once, or until it is done.

    Prints its status. A poll starts the job if there is none: the vendor has one method for both.
    Exits with 1 if the job FAILED.

    \b
    Example:
      flipsnack status d3m0h45h --wait
    """
    from flipsnack_client.display import state
    from flipsnack_client.log import log
    from flipsnack_client.poller import JobStatus

    with running(environ, **options) as run, run.showing(plain=not wait) as display:
        poller = usage(lambda: run.client.download_html(collection_hash))
        for update in poller.updates(deadline=run.deadline):
            log.debug("%s", state(update))
            if not wait:
                break
            display.poll(update)
    if run.as_json:
        print_json({"status": update.status.value})
    else:
        click.echo(update.status.value)
    return 1 if update.status is JobStatus.FAILED else 0
