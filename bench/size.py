"""How much is measured."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Size:
    """Load and warm-up in seconds, how many rounds and starts a median is taken of, and how much of everything else."""

    seconds: int
    warm_up: int
    rounds: int
    starts: int
    requests: int
    package_bytes: int
    examples: int


MEGABYTE = 1_000_000
SIZES = {
    "tiny": Size(1, 1, 1, 1, 1_000, 5 * MEGABYTE, 2),  # for the test that this still runs; its figures mean nothing
    "quick": Size(5, 2, 3, 7, 100_000, 500 * MEGABYTE, 20),
    "full": Size(10, 3, 5, 15, 1_000_000, 500 * MEGABYTE, 100),
}
