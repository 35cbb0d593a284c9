"""Checks a downloaded package: a zip in which every member can be read and matches its CRC."""

import zipfile
from collections.abc import Callable
from pathlib import Path

from flipsnack_client.exceptions import FlipsnackError

BLOCK = 1024 * 1024


def fault(path: Path, *, between: Callable[[], None]) -> str | None:
    """Return what is wrong with the zip at `path`, or None; `between` is called between blocks."""
    try:
        with zipfile.ZipFile(path) as package:
            for member in package.infolist():
                _read(package, member, between)
    except FlipsnackError:
        raise
    except Exception as error:
        # zipfile documents BadZipFile; damaged input also raises struct, zlib, lzma, seek and codec errors.
        return str(error) or type(error).__name__
    return None


def _read(package: zipfile.ZipFile, member: zipfile.ZipInfo, between: Callable[[], None]) -> None:
    with package.open(member) as content:
        # Reading to the end is what makes zipfile compare the CRC.
        while content.read(BLOCK):
            between()
