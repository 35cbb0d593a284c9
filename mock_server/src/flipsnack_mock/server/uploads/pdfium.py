"""The document process: looks into documents, or draws their pages, one after the other, until its input ends.

It runs as a script with nothing of the fake imported, so it starts quickly, and what a hostile document does to PDFium
or Pillow happens here; `documents.py` starts and stops it. A line of input is a list of texts in JSON: `inspect`, kind
and file; or `draw`, kind, file, folder, side and count, for as many of the first pages, with at most so many pixels a
side. Each is answered with an object in a line of JSON, whose `damage` is empty when nothing went wrong, and what
cannot be answered ends the process.
"""

import io
import json
import os
import sys
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple, Protocol

MAX_MEMORY = 1024 * 1024 * 1024
MAX_WRITTEN = 512 * 1024 * 1024
MAX_SECONDS = 120
_MAX_RUNS = 2_000
_MAX_RUN_LENGTH = 1_000
_JPEG_QUALITY = 82
# A hundredth of an inch: what is smaller has no picture.
_LEAST_POINTS = 0.72
_PDF_PASSWORD = 4


class Damaged(Exception):
    """The document cannot be converted; the text says why."""


Run = tuple[str, float, float, float, float]
"""Text of one line, and left, top, width and height of its box in fractions of the page."""


class Drawn(NamedTuple):
    """A page as a JPEG of `width` by `height` pixels, and its text."""

    picture: bytes
    width: int
    height: int
    text: list[Run]


class Document(Protocol):
    """A document that was opened."""

    pages: int

    def draw(self, number: int, side: int, /) -> Drawn:
        """Page `number`, from 0 on; raises `Damaged`."""


class Pdf:
    """A PDF, by PDFium."""

    def __init__(self, path: str) -> None:
        import pypdfium2

        self._error = pypdfium2.PdfiumError
        try:
            self._document = pypdfium2.PdfDocument(path)
        except pypdfium2.PdfiumError as refusal:
            locked = getattr(refusal, "err_code", None) == _PDF_PASSWORD
            raise Damaged("the PDF needs a password" if locked else "the PDF cannot be read") from None
        self.pages = len(self._document)
        if self.pages < 1:
            raise Damaged("the PDF has no pages")
        self._page(0).close()

    def _page(self, number: int) -> Any:
        try:
            return self._document[number]
        except (self._error, IndexError):
            raise Damaged(f"page {number + 1} of the PDF cannot be read") from None

    def draw(self, number: int, side: int) -> Drawn:
        page = self._page(number)
        try:
            width, height = page.get_size()
            if min(width, height) < _LEAST_POINTS or side * min(width, height) < max(width, height):
                raise Damaged(f"page {number + 1} of the PDF is {width:g} by {height:g} points")
            # The bitmap's sides are rounded up.
            bitmap = page.render(scale=(side - 0.5) / max(width, height), rev_byteorder=True)
            return _drawn(bitmap.to_pil().convert("RGB"), list(_text(page, width, height)))
        finally:
            page.close()


def _text(page: Any, width: float, height: float) -> Iterator[Run]:
    text = page.get_textpage()
    left, bottom, _, _ = page.get_bbox()
    for index in range(min(text.count_rects(), _MAX_RUNS)):
        box = text.get_rect(index)
        words = " ".join(text.get_text_bounded(*box).split())[:_MAX_RUN_LENGTH]
        if words:
            x, top = (box[0] - left) / width, 1 - (box[3] - bottom) / height
            yield words, x, top, (box[2] - box[0]) / width, (box[3] - box[1]) / height


class Picture:
    """A JPEG or PNG file, by Pillow: a document of one page."""

    pages = 1

    def __init__(self, path: str, kind: str) -> None:
        from PIL import Image, ImageOps

        try:
            picture = Image.open(path, formats=(kind,))
            picture.load()
            self._picture = _on_white(ImageOps.exif_transpose(picture))
        except (OSError, ValueError, SyntaxError, MemoryError, Image.DecompressionBombError) as damage:
            raise Damaged(f"the picture cannot be read: {damage}") from None

    def draw(self, _number: int, side: int) -> Drawn:
        picture = self._picture.copy()
        picture.thumbnail((side, side))
        return _drawn(picture, [])


def _on_white(picture: Any) -> Any:
    """`picture` in colours, with white where it is transparent."""
    from PIL import Image

    if not picture.has_transparency_data:
        return picture.convert("RGB")
    seen = picture.convert("RGBA")
    paper = Image.new("RGBA", seen.size, "white")
    return Image.alpha_composite(paper, seen).convert("RGB")


def _drawn(picture: Any, text: list[Run]) -> Drawn:
    file = io.BytesIO()
    picture.save(file, "JPEG", quality=_JPEG_QUALITY)
    return Drawn(file.getvalue(), picture.width, picture.height, text)


OPEN: dict[str, Callable[[str], Document]] = {
    "pdf": Pdf,
    "jpg": lambda path: Picture(path, "JPEG"),
    "png": lambda path: Picture(path, "PNG"),
}


def inspect(kind: str, path: str) -> None:
    """Print how many pages the document has and, if it cannot be converted, why."""
    pages, damage = 1, ""
    try:
        pages = OPEN[kind](path).pages
    except Damaged as found:
        damage = str(found)
    _answer({"pages": pages, "damage": damage})


def draw(kind: str, path: str, folder: str, side: str, count: str) -> None:
    """Write the pictures one after the other into one file, and a line for each page into another.

    A line has offset, length, width and height of the picture and the text; it is `null` for a page without a picture.
    """
    document, damage = OPEN[kind](path), ""
    with Path(folder, "pictures").open("wb") as pictures, Path(folder, "pages").open("w", encoding="utf-8") as lines:
        for number in range(min(document.pages, int(count))):
            line: object = None
            try:
                drawn = document.draw(number, int(side))
                line = pictures.tell(), len(drawn.picture), drawn.width, drawn.height, drawn.text
                pictures.write(drawn.picture)
            except (Damaged, MemoryError) as found:
                damage = str(found) or "it needs too much memory"
            pictures.flush()
            print(json.dumps(line), file=lines, flush=True)
    _answer({"damage": damage})


def _answer(value: object) -> None:
    print(json.dumps(value), flush=True)


def _bound() -> None:
    """Bound memory and written bytes of this process, and the processor time of one document, where the system can."""
    if sys.platform == "win32":
        return
    import resource

    used = resource.getrusage(resource.RUSAGE_SELF)
    for what, most in (
        (resource.RLIMIT_AS, MAX_MEMORY),
        (resource.RLIMIT_CPU, int(used.ru_utime + used.ru_stime) + MAX_SECONDS),
        (resource.RLIMIT_FSIZE, MAX_WRITTEN),
        (resource.RLIMIT_CORE, 0),
    ):
        hard = resource.getrlimit(what)[1]
        resource.setrlimit(what, (most if hard == resource.RLIM_INFINITY else min(most, hard), hard))


def main() -> None:
    """Do what each line of the input asks for."""
    warnings.simplefilter("ignore")
    if sys.platform != "win32":
        os.nice(5)
        # Nobody reads it before the end: what it has no room for is lost, and holds up nothing.
        os.set_blocking(sys.stderr.fileno(), False)
    for line in sys.stdin:
        _bound()
        what, *arguments = json.loads(line)
        {"inspect": inspect, "draw": draw}[what](*arguments)  # type: ignore[operator]  # their arguments are texts


if __name__ == "__main__":
    main()
