"""The download package: a zip with the same bytes for the same collection, readable from any offset.

A package is a list of parts. The filler that brings it to its size is one block of memory used many times, so 500 MB
cost no more than the pages.
"""

from __future__ import annotations

import hashlib
import io
import zlib
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping, Sequence
from functools import cache, lru_cache
from itertools import accumulate
from typing import TYPE_CHECKING

import msgspec

from flipsnack_mock.documents.drawn_pages import drawn_pages
from flipsnack_mock.documents.pages import Page
from flipsnack_mock.documents.viewer import viewer_files

if TYPE_CHECKING:
    import zipfile

FILLER_BLOCK = 1024 * 1024
_EPOCH = (1980, 1, 1, 0, 0, 0)
_FILLER_NAME = "assets/filler-{:04d}.bin"
# What a stored entry adds to the archive: a local header and a central directory entry, each with the name.
_HEADERS = 30 + 46
_FILLER_ENTRY = _HEADERS + 2 * len(_FILLER_NAME.format(0))
# The end of the central directory.
_END = 22


class Package(msgspec.Struct, frozen=True):
    """The bytes of a zip as `parts` that begin at `offsets`; `size` in bytes, `etag` quoted."""

    parts: tuple[bytes | memoryview, ...]
    offsets: tuple[int, ...]
    size: int
    etag: str

    def pieces(self, start: int, stop: int) -> Iterator[bytes]:
        """The bytes from `start` up to `stop`: small parts together, and large ones in pieces."""
        held = bytearray()
        for part, first, last in self._between(start, stop):
            is_large = last - first >= FILLER_BLOCK
            if held and (is_large or len(held) >= FILLER_BLOCK):
                yield bytes(held)
                held.clear()
            if is_large:
                # All of a block of filler is that block, no copy.
                yield from (bytes(part[at : min(at + FILLER_BLOCK, last)]) for at in range(first, last, FILLER_BLOCK))
            else:
                held += memoryview(part)[first:last]
        if held:
            yield bytes(held)

    @property
    def middle(self) -> int:
        """The offset in the middle of the largest part: in a file's content, which has a checksum."""
        index = max(range(len(self.parts)), key=lambda number: len(self.parts[number]))
        return self.offsets[index] + len(self.parts[index]) // 2

    def byte(self, offset: int) -> int:
        """The byte at `offset`; raises `IndexError` when there is none."""
        index = bisect_right(self.offsets, offset) - 1
        return self.parts[index][offset - self.offsets[index]]

    def overwritten(self, offset: int, wrong: bytes) -> Package:
        """The package with `wrong` at `offset`, as if damaged on its way; size and ETag stay."""
        parts: tuple[bytes | memoryview, ...]
        parts = (*self._views(0, offset), wrong, *self._views(offset + len(wrong), self.size))
        offsets = (0, *accumulate(len(part) for part in parts))[:-1]
        return Package(parts, offsets, self.size, self.etag)

    def _views(self, start: int, stop: int) -> Iterator[memoryview]:
        return (memoryview(part)[first:last] for part, first, last in self._between(start, stop))

    def _between(self, start: int, stop: int) -> Iterator[tuple[bytes | memoryview, int, int]]:
        """The parts with bytes from `start` up to `stop`, each with its own first and last of these."""
        for index in range(bisect_right(self.offsets, start) - 1, bisect_left(self.offsets, stop)):
            offset, part = self.offsets[index], self.parts[index]
            yield part, max(start - offset, 0), min(stop - offset, len(part))


@lru_cache(maxsize=16)
def build_package(collection_hash: str, title: str, pages: int, package_bytes: int) -> Package:
    """The package of a collection that has no document: it shows `pages` drawn pages."""
    return package_of(collection_hash, title, drawn_pages(title, pages), package_bytes)


def package_of(collection_hash: str, title: str, pages: Sequence[Page], package_bytes: int) -> Package:
    """The package that shows `pages`, filled up to `package_bytes` if that is more; it refers to their pictures.

    It reads every picture for checksum and ETag: who builds one again and again keeps it.
    """
    files = viewer_files(collection_hash, title, pages)
    bare = _END + sum(_entry(name) + len(content) for name, content in files.items())
    return _archive(files, filler=max(0, package_bytes - bare))


def _entry(name: str) -> int:
    return _HEADERS + 2 * len(name)


def _archive(files: Mapping[str, bytes | memoryview], *, filler: int) -> Package:
    # Imported on first use: a fake must start quickly, and many are never asked for a package.
    import zipfile

    sink = _Parts()
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_STORED) as archive:
        for name, content in files.items():
            archive.writestr(_info(name), content)
        blocks, rest = divmod(filler, _FILLER_ENTRY + FILLER_BLOCK)
        for number in range(blocks):
            _add_block(archive, _info(_FILLER_NAME.format(number)))
        if rest > _FILLER_ENTRY:
            last = memoryview(_filler())[: rest - _FILLER_ENTRY]
            archive.writestr(_info(_FILLER_NAME.format(blocks)), last)
            rest = 0
        # Too little for a file of its own: a comment makes the size exact.
        archive.comment = b" " * rest
    return sink.package()


def _add_block(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> None:
    """Add a file that is one block of filler, as `writestr` would, which reads the block again for each checksum."""
    assert archive.fp is not None
    info.CRC, info.file_size, info.compress_size = _block_checksum(), FILLER_BLOCK, FILLER_BLOCK
    info.header_offset = archive.fp.tell()
    archive.fp.write(info.FileHeader(zip64=False))
    archive.fp.write(_filler())
    archive.filelist.append(info)
    archive.NameToInfo[info.filename] = info
    archive.start_dir = archive.fp.tell()


def _info(name: str) -> zipfile.ZipInfo:
    import zipfile

    info = zipfile.ZipInfo(name, date_time=_EPOCH)
    info.external_attr = 0o644 << 16
    return info


@cache
def _filler() -> bytes:
    """One block: it does not compress, and is the same on every machine."""
    return hashlib.shake_128(b"filler").digest(FILLER_BLOCK)


@cache
def _block_checksum() -> int:
    return zlib.crc32(_filler())


class _Parts(io.RawIOBase):
    """A file that keeps what is written by reference; zipfile rewrites only a header it has just written."""

    def __init__(self) -> None:
        self._parts: list[bytes | memoryview] = []
        self._offsets: list[int] = []
        self._end = 0
        self._at = 0

    def writable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._at

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        self._at = offset if whence == io.SEEK_SET else self._end + offset
        return self._at

    def write(self, data: bytes | memoryview) -> int:  # type: ignore[override]  # zipfile writes these two types
        if not data:
            return 0
        if self._at < self._end:
            self._parts[bisect_left(self._offsets, self._at)] = data
        else:
            self._parts.append(data)
            self._offsets.append(self._end)
            self._end += len(data)
        self._at += len(data)
        return len(data)

    def package(self) -> Package:
        digest = hashlib.sha256()
        for part in self._parts:
            digest.update(_block_digest() if part is _filler() else part)
        return Package(tuple(self._parts), tuple(self._offsets), self._end, f'"{digest.hexdigest()[:32]}"')


@cache
def _block_digest() -> bytes:
    return hashlib.sha256(_filler()).digest()
