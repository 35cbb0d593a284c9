"""Looks for the mistake behind a wrong signature: each mistake alone, then two at a time.

A third is tried only where it can be seen: a signature that is no 32 lower-case digits says itself that it was written
in another way, so two mistakes before that still count as two.

The work is bounded by the characters that are digested, not by a clock: the same request gives the same finding on
every machine.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import combinations
from typing import Any, NamedTuple

from flipsnack_mock.doctor.builder import Recipe
from flipsnack_mock.doctor.case import Case
from flipsnack_mock.doctor.mistakes import MISTAKES, Mistake
from flipsnack_mock.doctor.signing import DIGEST_BYTES, LENGTHS, Impossible, Workshop
from flipsnack_mock.doctor.variants import Variant

__all__ = ["MOST_CHARACTERS", "Explanation", "Finding", "Made", "search"]

MOST_CHARACTERS = 30_000_000
"""What one search digests at most."""

_MOST_EXPLANATIONS = 5
_USUAL = re.compile("[0-9a-f]{32}")
# What a trial costs beside its text, in characters.
_TRIAL = 300


class Made(NamedTuple):
    """A mistake that was made, and how."""

    mistake: Mistake
    variant: Variant


class Explanation(NamedTuple):
    """The mistakes that, made together, give the signature in question; `recipe` is how it was made."""

    made: tuple[Made, ...]
    recipe: Recipe


class Finding(NamedTuple):
    """What a search found; `complete` says that nothing was left untried, `tried` counts recipes."""

    explanations: tuple[Explanation, ...]
    tried: int
    complete: bool


def search(case: Case, *, most_characters: int = MOST_CHARACTERS) -> Finding:
    """The explanations with the fewest mistakes, likely ones first; none when no one or two known mistakes fit."""
    made = [Made(mistake, variant) for mistake in MISTAKES for variant in mistake.variants(case)]
    trials = _Trials(case, most_characters)
    found = trials.run((one,) for one in made) or trials.run(_pairs(made))
    if not found and not _USUAL.fullmatch(case.given):
        found = trials.run(_with_a_visible_one(made, case.given))
    return Finding(tuple(found), trials.tried, trials.left > 0)


def _pairs(made: list[Made]) -> Iterator[tuple[Made, ...]]:
    return combinations([one for one in made if not one.variant.alone], 2)


def _with_a_visible_one(made: list[Made], given: str) -> Iterator[tuple[Made, ...]]:
    visible = [one for one in made if one.mistake.visible and _can_look_like(one.variant, given)]
    for pair in _pairs([one for one in made if not one.mistake.visible]):
        for one in visible:
            yield *pair, one


class _Trials:
    """Tries combinations of mistakes until `left` characters are used up."""

    def __init__(self, case: Case, left: int) -> None:
        self.tried = 0
        self.left = left
        self._given = case.given
        self._workshop = Workshop(case)
        self._cost = _TRIAL + sum(len(name) + len(value) for name, value in case.sent)

    def run(self, combined: Iterable[tuple[Made, ...]]) -> list[Explanation]:
        """The combinations that give the signature, each set of names once."""
        found: dict[frozenset[str], Explanation] = {}
        for made in combined:
            recipe = _recipe(made)
            if recipe is None:
                continue
            if self.left <= 0 or len(found) == _MOST_EXPLANATIONS:
                break
            if self._fits(recipe):
                found.setdefault(frozenset(one.mistake.name for one in made), Explanation(made, recipe))
        return list(found.values())

    def _fits(self, recipe: Recipe) -> bool:
        self.tried += 1
        if not _same_length(recipe, self._given):
            return False
        self.left -= self._cost
        try:
            return self._workshop.signature(recipe) == self._given
        except Impossible:
            return False


# Two mistakes of these fields go together; of any other field, the second would undo the first.
_JOINED = {
    "left_out": lambda one, two: one | two,
    "added": lambda one, two: one + two,
    "replaced": lambda one, two: one + two,
}


def _recipe(made: tuple[Made, ...]) -> Recipe | None:
    fields: dict[str, Any] = {}
    for one in made:
        for name, value in one.variant.fields.items():
            if name not in fields:
                fields[name] = value
            elif name in _JOINED:
                fields[name] = _JOINED[name](fields[name], value)
            elif fields[name] != value:
                return None
    return Recipe(**fields)


def _can_look_like(variant: Variant, given: str) -> bool:
    recipes = (Recipe(**{"algorithm": algorithm} | variant.fields) for algorithm in DIGEST_BYTES)
    return any(_same_length(recipe, given) for recipe in recipes)


def _same_length(recipe: Recipe, given: str) -> bool:
    """Whether a signature of this recipe can be as long as the one given; known without making it."""
    length = LENGTHS[recipe.writing](DIGEST_BYTES[recipe.algorithm])
    if length is None:
        return True
    start, end = recipe.kept or (0, length)
    return len(recipe.around[0]) + max(0, min(end, length) - start) + len(recipe.around[1]) == len(given)
