"""The steps of an example for the reader of a failure. Keys are shortened; signatures and secrets are left out."""

from __future__ import annotations

import re
from collections.abc import Iterator

__all__ = ["Trace", "masked"]

_SIGNATURE = re.compile(r"(?<=[?&])(signature|Signature)=[^&\s]*")
_KEY = re.compile(r"(?<=[?&])apiKey=([^&\s]{0,6})[^&\s]*")
MOST = 200


class Trace:
    """The steps of one example, oldest first; beyond 200 the middle is left out."""

    def __init__(self) -> None:
        """Begin empty."""
        self._lines: list[str] = []

    def add(self, line: str) -> None:
        """Add a step."""
        self._lines.append(masked(line))

    def __iter__(self) -> Iterator[str]:
        if len(self._lines) <= MOST:
            return iter(self._lines)
        half = MOST // 2
        left_out = f"… {len(self._lines) - MOST} steps …"
        return iter([*self._lines[:half], left_out, *self._lines[-half:]])


def masked(text: str) -> str:
    """`text` with the value of each signature left out and each API key shortened to six characters."""
    return _KEY.sub(r"apiKey=\1…", _SIGNATURE.sub(r"\1=…", text))
