"""The files inside a package: a page-turning viewer that opens from disk and needs no network."""

from __future__ import annotations

import hashlib
import json
from html import escape
from importlib.resources import files

__all__ = ["viewer_files"]

_ASSETS = {name: files(__name__).joinpath(name).read_bytes() for name in ("index.html", "viewer.css", "viewer.js")}


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
    hue = hashlib.sha256(f"{title}:{number}".encode()).digest()[0] * 360 // 256
    lines = "".join(
        f'<rect x="60" y="{y}" width="{380 if y % 120 else 260}" height="12" rx="6" fill="hsl({hue} 25% 78%)"/>'
        for y in range(240, 600, 40)
    )
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 500 700" font-family="serif" text-anchor="middle">\n'
        f'<rect width="500" height="700" fill="hsl({hue} 45% 96%)"/>'
        f'<rect width="500" height="14" fill="hsl({hue} 55% 45%)"/>\n'
        f'<text x="250" y="110" font-size="34" fill="#222">{escape(title[:24])}</text>\n'
        f'<text x="250" y="180" font-size="22" fill="#555">Page {number}</text>\n{lines}\n'
        f'<text x="250" y="660" font-size="16" fill="#777">{number} / {pages}</text>\n</svg>\n'
    )
