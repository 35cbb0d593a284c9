"""The pages of a collection that has no document: drawn from its title and their numbers."""

import hashlib
from functools import lru_cache
from html import escape

from flipsnack_mock.documents.pages import Page, TextRun

_WIDTH, _HEIGHT = 500, 700
# As many letters as fit on a page.
_HEADING_LENGTH = 24
# How wide a letter of the serif font is, in parts of its size.
_LETTER = 0.55


def drawn_pages(title: str, count: int) -> list[Page]:
    """A cover with `title` and `count` - 1 pages with bars for lines; the same pages for the same arguments."""
    heading = _heading(title)
    hue = hashlib.sha256(title.encode()).digest()[0] * 360 // 256
    return [
        _page(number, count, *(_cover(heading, hue) if number == 1 else _inner_page(heading, hue, number)))
        for number in range(1, count + 1)
    ]


def _page(number: int, count: int, drawing: str, text: tuple[TextRun, ...]) -> Page:
    folio = f"Page {number} of {count}"
    picture = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {_HEIGHT}" font-family="serif"'
        f' text-anchor="middle">\n{drawing}\n<text x="250" y="664" font-size="16" fill="#777">{folio}</text>\n</svg>\n'
    )
    return Page(picture.encode(), "image/svg+xml", _WIDTH, _HEIGHT, (*text, _run(folio, 664, 16)))


def _cover(heading: str, hue: int) -> tuple[str, tuple[TextRun, ...]]:
    drawing = (
        f'<rect width="500" height="700" fill="hsl({hue} 45% 96%)"/>'
        f'<rect width="500" height="420" fill="hsl({hue} 45% 38%)"/>\n'
        f'<text x="250" y="250" font-size="34" fill="#fff">{escape(heading)}</text>'
        '<rect x="200" y="290" width="100" height="3" fill="#fff"/>'
    )
    return drawing, (_run(heading, 250, 34),)


def _inner_page(heading: str, hue: int, number: int) -> tuple[str, tuple[TextRun, ...]]:
    drawing = (
        f'<rect width="500" height="700" fill="#fffdfa"/><rect width="500" height="10" fill="hsl({hue} 45% 38%)"/>\n'
        f'<text x="250" y="60" font-size="16" fill="#777">{escape(heading)}</text>\n{_bars(hue, number % 4)}'
    )
    return drawing, (_run(heading, 60, 16),)


@lru_cache(maxsize=64)
def _bars(hue: int, short: int) -> str:
    """Bars where lines of text would be; every fourth is short."""
    return "".join(
        f'<rect x="60" y="{y}" width="{260 if (y // 40 + short) % 4 == 0 else 380}" height="12" rx="6"'
        f' fill="hsl({hue} 25% 80%)"/>'
        for y in range(120, 600, 40)
    )


def _run(text: str, baseline: int, size: int) -> TextRun:
    """Where `text` stands, in the middle of the line at `baseline`."""
    width = len(text) * size * _LETTER / _WIDTH
    return TextRun(text, (1 - width) / 2, (baseline - 0.8 * size) / _HEIGHT, width, size / _HEIGHT)


def _heading(title: str) -> str:
    """`title` in one line, without the characters that would break the picture."""
    plain = "".join(character if character.isprintable() else " " for character in title[:1_000]).strip()
    return plain if len(plain) <= _HEADING_LENGTH else plain[: _HEADING_LENGTH - 1].rstrip() + "…"
