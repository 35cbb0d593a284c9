"""Collections as flipbooks: the pages of their documents, as the document process draws them, and the packages."""

import mmap
import tempfile
from collections.abc import Mapping
from concurrent.futures import Future
from contextlib import suppress
from pathlib import Path

import msgspec

from flipsnack_mock.documents.archive import Package, package_of
from flipsnack_mock.documents.drawn_pages import drawn_pages
from flipsnack_mock.documents.pages import Page, TextRun
from flipsnack_mock.documents.viewer import viewer_files
from flipsnack_mock.protocol.messages import UploadedFile
from flipsnack_mock.server.uploads.documents import DocumentProcesses
from flipsnack_mock.server.uploads.folder import DRAWING
from flipsnack_mock.server.uploads.results import Results
from flipsnack_mock.server.uploads.spool import Spool
from flipsnack_mock.state.account import Collection
from flipsnack_mock.state.world import drawn_package

MAX_KEPT = 32
"""The latest documents of which the pages are kept; their pictures are in files that are mapped, not in memory."""

MAX_COVERS = 1_000

MAX_SIDE = 1_400
"""The longer side of the picture of a page, in pixels."""

MAX_SIDE_OF_MANY = 1_000
MANY_PAGES = 100
"""A document of more pages has smaller pictures: none takes minutes."""

_THREADS = 2

Line = tuple[int, int, int, int, tuple[tuple[str, float, float, float, float], ...]]
"""Offset, length, width and height of a picture, and the text: what the document process writes of a page."""


class Flipbook(msgspec.Struct, frozen=True):
    """A collection as it is shown: the files of its viewer, and the package with them."""

    files: Mapping[str, bytes | memoryview]
    package: Package


class Flipbooks:
    """The flipbooks of all collections, those of documents in `spool` by `processes`."""

    def __init__(self, spool: Spool, processes: DocumentProcesses) -> None:
        self._spool = spool
        self._processes = processes
        # The same document may be uploaded again and again.
        self._pages = Results(MAX_KEPT, threads=_THREADS)
        self._flipbooks = Results(MAX_KEPT, threads=_THREADS)
        self._covers = Results(MAX_COVERS, threads=_THREADS)

    def begin(self, collection: Collection) -> "Future[Flipbook] | None":
        """Begin to make the flipbook, unless it is there; None when there is no document to make it of."""
        if collection.document is None:
            return None
        key = (collection.hash, collection.title, collection.document.digest, collection.package_bytes)
        found = self._flipbooks.find(key)
        if found is None and self._spool.path(collection.document.digest) is not None:
            found = self._flipbooks.begin(key, lambda: self._made(collection))
        return found

    def flipbook(self, collection: Collection) -> Flipbook:
        """The flipbook of `collection`; without its document the pages are those that the fake draws by itself."""
        made = self.begin(collection)
        return _drawn(collection) if made is None else made.result()

    def package(self, collection: Collection) -> Package:
        """The package of `collection`."""
        return drawn_package(collection) if collection.document is None else self.flipbook(collection).package

    def begin_cover(self, collection: Collection, side: int) -> "Future[Page | None] | None":
        """Begin to draw the first page with at most `side` pixels a side, as `begin` does all pages."""
        document = collection.document
        if document is None:
            return None
        found = self._covers.find((document.digest, side))
        if found is None and self._spool.path(document.digest) is not None:
            found = self._covers.begin((document.digest, side), lambda: self._draw(document, side, 1)[0])
        return found

    def cover(self, collection: Collection, side: int) -> Page:
        """The first page as `begin_cover` draws it, or one that the fake draws by itself."""
        made = self.begin_cover(collection, side)
        page = None if made is None else made.result()
        return page or drawn_pages(collection.title, 1)[0]

    def close(self) -> None:
        """Make nothing more."""
        for results in (self._covers, self._flipbooks, self._pages):
            results.close()

    def _made(self, collection: Collection) -> Flipbook:
        assert collection.document is not None
        found = self._drawn_pages(collection.document).result()
        if not any(found):
            return _drawn(collection)
        # What could not be read is drawn.
        pages = [one or other for one, other in zip(found, drawn_pages(collection.title, len(found)), strict=True)]
        package = package_of(collection.hash, collection.title, pages, collection.package_bytes)
        return Flipbook(viewer_files(collection.hash, collection.title, pages), package)

    def _drawn_pages(self, document: UploadedFile) -> "Future[list[Page | None]]":
        side = MAX_SIDE if document.pages <= MANY_PAGES else MAX_SIDE_OF_MANY
        return self._pages.begin(document.digest, lambda: self._draw(document, side, document.pages))

    def _draw(self, document: UploadedFile, side: int, count: int) -> list[Page | None]:
        path = self._spool.path(document.digest)
        if path is None or not document.kind:
            return [None] * count
        try:
            with tempfile.TemporaryDirectory(prefix=DRAWING, dir=path.parent, ignore_cleanup_errors=True) as folder:
                self._processes.draw(document.kind, path, Path(folder), side=side, count=count)
                return read_pages(Path(folder), count)
        except OSError:
            # The disk is full, or the server stops.
            return [None] * count


def _drawn(collection: Collection) -> Flipbook:
    pages = drawn_pages(collection.title, collection.pages)
    return Flipbook(viewer_files(collection.hash, collection.title, pages), drawn_package(collection))


def read_pages(folder: Path, count: int) -> list[Page | None]:
    """The first `count` pages that the document process wrote into `folder`; None for each that it did not write.

    Their pictures are views of a file, which may be removed afterwards.
    """
    found: list[Page | None] = []
    with suppress(OSError, ValueError, msgspec.MsgspecError), (folder / "pictures").open("rb") as pictures:
        view = memoryview(mmap.mmap(pictures.fileno(), 0, access=mmap.ACCESS_READ))
        # The last line may be half of one.
        for line in (folder / "pages").read_bytes().splitlines()[:count]:
            found.append(_page(msgspec.json.decode(line, type=Line | None), view))
    return found + [None] * (count - len(found))


def _page(line: Line | None, pictures: memoryview) -> Page | None:
    if line is None:
        return None
    start, length, width, height, text = line
    return Page(pictures[start : start + length], "image/jpeg", width, height, tuple(TextRun(*run) for run in text))
