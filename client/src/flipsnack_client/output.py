"""Where the command writes a package: a path, or stdout."""

import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click

STDOUT = frozenset(map(Path, ("-", "/dev/stdout", "/dev/fd/1", "/proc/self/fd/1")))
"""Paths that name what the process writes to: the file behind it must not be replaced."""


@contextmanager
def writing(output: Path) -> Iterator[Path]:
    """Yield the path to save to; for stdout it is a file whose content is written there afterwards."""
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
