"""The files inside a package: a page-turning viewer that opens from disk and needs no network."""

import hashlib
import json
from html import escape
from importlib.resources import files

_ASSETS = {name: files(__name__).joinpath(name).read_bytes() for name in ("index.html", "viewer.css", "viewer.js")}

# As many letters as fit on a page.
_HEADING_LENGTH = 24


def viewer_files(collection_hash: str, title: str, pages: int) -> dict[str, bytes]:
    """Name and content of every file of the viewer for a collection of `pages` pages."""
    content = dict(_ASSETS)
    names = [f"pages/page-{number:04d}.svg" for number in range(1, pages + 1)]
    data: dict[str, object] = {"collectionHash": collection_hash, "title": title, "pages": names}
    # A script instead of a JSON file: a browser does not let a page from disk fetch its neighbours.
    content["data.js"] = f"window.FLIPBOOK = {_script_json(data)};\n".encode()
    for number, name in enumerate(names, start=1):
        content[name] = _page(title, number, pages).encode()
    return content


def _script_json(data: dict[str, object]) -> str:
    return json.dumps(data, indent=1).replace("<", "\\u003c")


def _page(title: str, number: int, pages: int) -> str:
    hue = hashlib.sha256(title.encode()).digest()[0] * 360 // 256
    draw = _cover if number == 1 else _inner_page
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 500 700" font-family="serif" text-anchor="middle">\n'
        f"{draw(escape(_heading(title)), hue, number)}\n"
        f'<text x="250" y="664" font-size="16" fill="#777">{number} / {pages}</text>\n</svg>\n'
    )


def _cover(heading: str, hue: int, _number: int) -> str:
    return (
        f'<rect width="500" height="700" fill="hsl({hue} 45% 96%)"/>'
        f'<rect width="500" height="420" fill="hsl({hue} 45% 38%)"/>\n'
        f'<text x="250" y="250" font-size="40" fill="#fff">{heading}</text>'
        '<rect x="200" y="290" width="100" height="3" fill="#fff"/>'
    )


def _inner_page(heading: str, hue: int, number: int) -> str:
    lines = "".join(
        f'<rect x="60" y="{y}" width="{260 if (y // 40 + number) % 4 == 0 else 380}" height="12" rx="6"'
        f' fill="hsl({hue} 25% 80%)"/>'
        for y in range(240, 600, 40)
    )
    return (
        f'<rect width="500" height="700" fill="#fffdfa"/><rect width="500" height="10" fill="hsl({hue} 45% 38%)"/>\n'
        f'<text x="250" y="60" font-size="16" fill="#777">{heading}</text>'
        f'<text x="250" y="170" font-size="44" fill="hsl({hue} 45% 30%)">Page {number}</text>\n{lines}'
    )


def _heading(title: str) -> str:
    """`title` in one line, without the characters that would break the picture."""
    plain = "".join(character if character.isprintable() else " " for character in title).strip()
    return plain if len(plain) <= _HEADING_LENGTH else plain[: _HEADING_LENGTH - 1].rstrip() + "…"
