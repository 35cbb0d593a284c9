"""Numbers as texts: with digits of ASCII, as HTTP and JSON write them. Python takes more than that for a number."""


def is_plain(text: str) -> bool:
    """Return whether nothing is in `text` that only Python reads as part of a number: other digits, or `_`."""
    return text.isascii() and "_" not in text


def number(text: str, *, digits: int = 15) -> int | None:
    """Return the whole number that `text` is, None for anything else and for more than so many digits."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= digits else None
