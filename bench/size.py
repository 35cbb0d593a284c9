"""How much is measured."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Size:
    """Load and warm-up in seconds, how many rounds and starts a median is taken of, and how much of everything else.

    `idle` and `slow` are connections, `calls` what is called one by one beside them, `accounts` how many fill a fake,
    `growth` the most of what a call may have to cope with.
    """

    seconds: int
    warm_up: int
    rounds: int
    starts: int
    requests: int
    package_bytes: int
    examples: int
    idle: int
    slow: int
    calls: int
    accounts: int
    growth: int


MEGABYTE = 1_000_000
SIZES = {
    # For the test that this still runs; its figures mean nothing.
    "tiny": Size(1, 1, 1, 1, 1_000, 5 * MEGABYTE, 2, 20, 10, 20, 200, 100),
    "quick": Size(5, 2, 3, 7, 100_000, 500 * MEGABYTE, 20, 2_000, 1_000, 2_000, 100_000, 100_000),
    "full": Size(10, 3, 5, 15, 1_000_000, 500 * MEGABYTE, 100, 2_000, 1_000, 10_000, 100_000, 100_000),
}
