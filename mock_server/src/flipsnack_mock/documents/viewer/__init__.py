"""The files inside a package: a flipbook that opens from disk and needs no network.

`index.html` holds all pages and their text, one below the other; the scripts make a book of them.
"""

from collections import Counter
from collections.abc import Sequence
from functools import cache
from html import escape
from pkgutil import get_data

from flipsnack_mock.documents.pages import Page, TextRun

_ASSETS = ("viewer.css", "fold.js", "turn.js", "book.js", "contents.js", "viewer.js")
_ENDINGS = {"image/png": "png", "image/jpeg": "jpg", "image/svg+xml": "svg"}


def viewer_files(collection_hash: str, title: str, pages: Sequence[Page]) -> dict[str, bytes | memoryview]:
    """Name and content of every file of the flipbook of a collection that has these pages, at least one."""
    names = [f"pages/page-{number:04d}.{_ENDINGS[page.media_type]}" for number, page in enumerate(pages, start=1)]
    index = _index(collection_hash, title, pages, names)
    assets = {name: _file(name) for name in _ASSETS}
    return {"index.html": index} | assets | {name: page.picture for name, page in zip(names, pages, strict=True)}


@cache
def _file(name: str) -> bytes:
    """A file of this folder, read when the first package is made."""
    content = get_data(__name__, name)
    assert content is not None
    return content


def _index(collection_hash: str, title: str, pages: Sequence[Page], names: Sequence[str]) -> bytes:
    # The book has the shape that most of its pages have.
    (width, height), _ = Counter((page.width, page.height) for page in pages).most_common(1)[0]
    template = _file("index.html").decode()
    index = template.format(
        collection=escape(collection_hash),
        title=_text(title),
        count=len(pages),
        ratio=f"{width / height:.4g}",
        pages="\n".join(
            _section(number, *each, len(pages)) for number, each in enumerate(zip(pages, names, strict=True), start=1)
        ),
    )
    return index.encode("utf-8", "replace")


def _section(number: int, page: Page, name: str, count: int) -> str:
    # A picture with text over it needs no words of its own.
    alt = "" if page.text else f"Page {number}"
    return (
        f'<section id="page={number}" class="page" aria-label="Page {number} of {count}">'
        f'<div class="sheet" style="--ratio:{page.width / page.height:.4g}">'
        f'<img src="{name}" width="{page.width}" height="{page.height}" alt="{alt}" loading="lazy" decoding="async">'
        f'<div class="text" lang="">{"".join(map(_span, page.text))}</div></div></section>'
    )


def _span(run: TextRun) -> str:
    box = f"--x:{run.left:.4f};--y:{run.top:.4f};--w:{run.width:.4f};--h:{run.height:.4f}"
    return f'<span style="{box}">{_text(run.text)}</span>\n'


def _text(text: str) -> str:
    """`text` for HTML, without the control characters that HTML does not allow."""
    return escape(text if text.isprintable() else "".join(each if each.isprintable() else " " for each in text))
