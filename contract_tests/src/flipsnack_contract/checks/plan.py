"""How much of each check is tried."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Plan:
    """Half of `examples` are drawn of histories, a third for each other check; `rows` is the most rows of a table.

    `seed` decides the draws: without one every run draws the same. Without `shrink` the first counterexample is
    reported as it was found. `histories_to_shrink` bounds how many histories are played to shorten one that fails: the
    first hundreds do nearly all of it.
    """

    examples: int = 100
    rows: int | None = None
    seed: int | None = None
    shrink: bool = True
    histories_to_shrink: int = 600
