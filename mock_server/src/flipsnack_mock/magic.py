"""Collection hashes that begin with `mock-`: each says what will happen to the job, without any set-up."""

from __future__ import annotations

from flipsnack_mock.account import Collection
from flipsnack_mock.schedules import parse_schedule

__all__ = ["PREFIX", "magic_collection"]

PREFIX = "mock-"

_ALIASES = {
    "complete": "immediate",
    "processing": "never",
}


def magic_collection(collection_hash: str) -> Collection | None:
    """The collection that a magic hash stands for, or None when `collection_hash` is not magic."""
    if not collection_hash.startswith(PREFIX):
        return None
    words = collection_hash.removeprefix(PREFIX)
    schedule = _ALIASES.get(words, words)
    try:
        parse_schedule(schedule)
    except ValueError:
        return None
    return Collection(hash=collection_hash, title=collection_hash, schedule=schedule)
