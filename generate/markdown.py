"""Tables in Markdown, and the parts of a page that are generated."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping


def table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    """A table in Markdown."""
    lines = [head, tuple("---" for _ in head), *rows]
    return "\n".join(f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in line)} |" for line in lines)


def plain(text: str) -> str:
    """`text` such that Markdown shows it as it is."""
    return text.replace("<", "&lt;").replace("*", r"\*")


def fresh(text: str, parts: Mapping[str, Callable[[], str]]) -> str:
    """`text` with each part between its markers generated again. Raises `ValueError` without markers."""
    for name, part in parts.items():
        marked = re.compile(rf"(<!-- generated: {name} -->\n).*?(<!-- end: {name} -->)", re.DOTALL)
        if not marked.search(text):
            raise ValueError(f"the page has no <!-- generated: {name} --> with its <!-- end: {name} -->")
        body = part()
        text = marked.sub(lambda match, body=body: f"{match[1]}\n{body}\n\n{match[2]}", text)  # type: ignore[misc]
    return text
