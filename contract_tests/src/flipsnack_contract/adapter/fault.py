"""What an adapter can do wrong, apart from what its client does: never a pass, and never proof of a broken rule."""

from __future__ import annotations

__all__ = ["KINDS", "AdapterFault"]

KINDS = {
    "no-start": "the command cannot be started",
    "crash": "the process ended, by itself or by a signal, while something was expected of it",
    "closed": "the process closed its stdout and went on",
    "hang": "nothing was heard for as long as the kit waits",
    "garbage": "a line is not a message of the protocol",
    "too-long": "a line is longer than 1 MiB",
    "out-of-turn": "a message came when it may not",
    "unknown-id": "a message names a case that the kit never started",
    "duplicate": "a message names a case that is over",
    "protocol": "the adapter speaks no protocol that the kit speaks",
}


class AdapterFault(Exception):
    """The adapter did not keep the protocol; `kind` is one of `KINDS`."""

    def __init__(self, kind: str, text: str) -> None:
        """Say what happened."""
        super().__init__(f"{kind}: {text}")
        self.kind = kind
        self.text = text
