"""The steps of an example for the reader of a failure. Keys are shortened; signatures and secrets are left out."""

import re
from collections.abc import Callable, Iterator

_SIGNATURE = re.compile(r"(?<=[?&])(signature|Signature)=[^&\s]*")
_KEY = re.compile(r"(?<=[?&])apiKey=([^&\s]{0,6})[^&\s]*")
MOST = 200
Step = str | Callable[[], str]


class Trace:
    """The steps of one example, oldest first; beyond 200 the middle is left out."""

    def __init__(self) -> None:
        """Begin empty."""
        self._steps: list[Step] = []

    def add(self, step: Step) -> None:
        """Add a step; a function is called only when the steps are read, which is after a failure."""
        self._steps.append(step)

    def __iter__(self) -> Iterator[str]:
        half, left_out = MOST // 2, len(self._steps) - MOST
        shown = [*self._steps[:half], f"… {left_out} steps …", *self._steps[-half:]] if left_out > 0 else self._steps
        return (masked(step if isinstance(step, str) else step()) for step in shown)


def masked(text: str) -> str:
    """`text` with the value of each signature left out and each API key shortened to six characters."""
    return _KEY.sub(r"apiKey=\1…", _SIGNATURE.sub(r"\1=…", text))
