"""Text of strangers (a server, a file) as a person may read it: on a terminal, in a log, in an exception."""

from collections.abc import Callable

LIMIT = 500
"""Characters of a foreign text that are shown."""


def printable(text: str) -> str:
    """Return `text` with unprintable characters replaced: a server's text could otherwise steer the terminal."""
    return "".join(character if character.isprintable() else "\N{REPLACEMENT CHARACTER}" for character in text)


def escaped(text: str, escape: Callable[[str], str]) -> str:
    """Return `text` with `escape` of each unprintable character, but for line feeds and tabs."""
    return "".join(one if one.isprintable() or one in "\n\t" else escape(one) for one in text)


def readable(text: str, limit: int = LIMIT) -> str:
    """Return `text` in one printable line of at most `limit` characters; a mark at its end says that it was cut."""
    shown = printable(text[: limit + 1])
    return shown if len(shown) <= limit else shown[: limit - 1] + "…"
