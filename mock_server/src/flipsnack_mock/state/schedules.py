"""When and how a job ends, in words: `after-5s`, `after-3-polls`, `failed-manual`, …

A schedule decides from the job's start, the number of calls and the present instant alone, so the state of a job is
computed and not stored.
"""

import re
from functools import lru_cache
from typing import Annotated

import msgspec
from msgspec import Meta

from flipsnack_mock.protocol.errors import FieldError
from flipsnack_mock.protocol.instants import SECOND

GRAMMAR = (
    "immediate, after-<seconds>s, after-<n>-polls, half-way, half-way-<seconds>s, manual or never; "
    "with failed- in front the job ends FAILED, and failed alone means failed-immediate"
)
_SECONDS = re.compile(r"(after|half-way)-([0-9]{1,9}(?:\.[0-9]{1,6})?)s")
_POLLS = re.compile(r"after-([0-9]{1,6})-polls?")
_HALF_WAY_SECONDS = 5

ScheduleText = Annotated[str, Meta(max_length=64)]
"""The words of a schedule; `parse_schedule` says whether they name one."""


class Schedule(msgspec.Struct, frozen=True):
    """How a job ends (`failed` or not) and when: by its `kind`, with `amount` in microseconds or calls."""

    kind: str
    amount: int = 0
    failed: bool = False

    def is_over(self, elapsed: int, calls: int) -> bool:
        """Whether the job has ended, `elapsed` microseconds after its start, at its call number `calls` (from 1)."""
        if self.kind == "polls":
            return calls > self.amount
        end = self.ends_after(calls)
        return end is not None and elapsed >= end

    def ends_after(self, calls: int) -> int | None:
        """Microseconds from start to end if no call follows the `calls` so far; None when the job does not end so."""
        if self.kind == "half-way":
            # Each call halves the rest: a loop that never waits still ends, and one that waits ends sooner.
            left = self.amount >> max(0, calls - 1)
            return left if left >= SECOND else 0
        return self.amount if self.kind in ("immediate", "after") else None


@lru_cache(maxsize=1024)
def parse_schedule(words: str) -> Schedule:
    """The schedule that `words` name; raises `ValueError` with the grammar when they name none."""
    failed = words == "failed" or words.startswith("failed-")
    plain = "immediate" if words == "failed" else words.removeprefix("failed-")
    if plain in ("immediate", "manual", "never"):
        return Schedule(plain, failed=failed)
    if plain == "half-way":
        return Schedule(plain, _HALF_WAY_SECONDS * SECOND, failed=failed)
    if match := _SECONDS.fullmatch(plain):
        return Schedule(match[1], round(float(match[2]) * SECOND), failed=failed)
    if match := _POLLS.fullmatch(plain):
        return Schedule("polls", int(match[1]), failed=failed)
    raise ValueError(f"{words[:60]!r} is not a schedule; expected {GRAMMAR}")


def check_schedule(field: str, words: str) -> None:
    """Raise `FieldError` for `field` unless `words` name a schedule."""
    try:
        parse_schedule(words)
    except ValueError as refusal:
        raise FieldError(field, str(refusal)) from None
