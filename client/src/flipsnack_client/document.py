"""A document to upload, read block by block: a file at a path, or an open file."""

import errno
import io
import mimetypes
import os
import stat
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import BinaryIO

from flipsnack_client.exceptions import CannotRead

BLOCK = 64 * 1024
UNNAMED = "document"
MOST_COPIED = 1024**3
"""Bytes of a stream; the vendor takes half of that."""

Source = str | os.PathLike[str] | BinaryIO
"""A path, or a file that is open in binary mode and is uploaded from its present position on."""


class Document:
    """A document of known name and size. Its bytes can be read several times."""

    def __init__(self, file: BinaryIO, name: str) -> None:
        self.name = name.encode("utf-8", "replace").decode("utf-8")  # a path may hold bytes that are no text
        self.media_type = mimetypes.guess_type(name)[0] or "application/octet-stream"
        self._file = file
        self._start = file.tell()
        self.size = file.seek(0, os.SEEK_END) - self._start

    @classmethod
    @contextmanager
    def opened(cls, source: Source, *, name: str | None = None) -> "Iterator[Document]":
        """Open `source` until the block ends; a file that was open already is left open.

        A file that cannot seek, such as a pipe, is copied to a temporary file first, because the length of an
        upload is announced before its bytes. Raises CannotRead, and ValueError for what is neither.
        """
        if isinstance(source, io.TextIOBase):
            raise ValueError("the document is a file in text mode, expected one that is open in binary mode")
        if isinstance(source, bytes | bytearray | memoryview):
            raise ValueError("the document is bytes, expected a path or a file; give io.BytesIO(document)")
        shown = name or _name(source)
        with ExitStack() as stack:
            with _blaming(str(source) if isinstance(source, str | os.PathLike) else shown):
                file = stack.enter_context(open(source, "rb")) if isinstance(source, str | os.PathLike) else source
                if not file.seekable():
                    file = _copied(file, stack.enter_context(tempfile.TemporaryFile()))
                elif _is_device(file):
                    raise OSError(errno.EINVAL, "it is a device, expected a file")
                document = cls(file, shown)
            yield document

    def blocks(self) -> Iterator[bytes]:
        """Yield the bytes from the start. Raises CannotRead, also if the file is not as long as it was."""
        left = self.size
        with _blaming(self.name):
            self._file.seek(self._start)
        while block := self._read(min(BLOCK, left)):
            left -= len(block)
            yield block
        if left or self._read(1):
            raise CannotRead(self.name, "its length changed while it was read")

    def _read(self, length: int) -> bytes:
        with _blaming(self.name):
            return self._file.read(length)


def _name(source: Source) -> str:
    path = source if isinstance(source, str | os.PathLike) else getattr(source, "name", None)
    # A file without a path has the number of its descriptor for a name, or <stdin>.
    name = Path(path).name if isinstance(path, str | os.PathLike) else ""
    return UNNAMED if not name or name.startswith("<") else name


def _copied(file: BinaryIO, copy: BinaryIO) -> BinaryIO:
    while block := file.read(BLOCK):
        if copy.tell() > MOST_COPIED:
            raise OSError(errno.EFBIG, f"more than {MOST_COPIED} bytes came")
        copy.write(block)
    copy.seek(0)
    return copy


def _is_device(file: BinaryIO) -> bool:
    try:
        mode = os.fstat(file.fileno()).st_mode
    except OSError:  # it is in the memory
        return False
    return stat.S_ISCHR(mode) or stat.S_ISBLK(mode)


@contextmanager
def _blaming(name: str) -> Iterator[None]:
    try:
        yield
    except (OSError, ValueError) as error:  # a closed file raises ValueError
        reason = getattr(error, "strerror", None) or str(error)
    else:
        return
    raise CannotRead(name, reason)
