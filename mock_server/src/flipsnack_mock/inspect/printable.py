"""Texts of others as they are shown to people: without line breaks and the codes of a terminal."""

from collections.abc import Callable


def printable(text: str, instead: Callable[[str], str] = lambda _: "?") -> str:
    """`text` with `instead` of what is not printable in it."""
    return text if text.isprintable() else "".join(one if one.isprintable() else instead(one) for one in text)


def printable_json(text: str) -> str:
    """`text`, which is one line of JSON, with escapes for what is not printable."""
    return printable(text, _escape)


def _escape(character: str) -> str:
    # Imported on use: most texts are printable, and `--help` needs no JSON.
    import json

    return json.dumps(character)[1:-1]
