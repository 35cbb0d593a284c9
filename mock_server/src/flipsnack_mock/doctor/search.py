"""Searches for the mistake behind a wrong signature: each mistake alone, then every pair.

A third mistake is tried only if it is visible in the signature's format, that is, when the signature is not 32
lower-case hexadecimal digits.

The work is bounded by the number of digested characters, not by time, so the same request gives the same result on
every machine.
"""

import re
from collections.abc import Iterable, Iterator
from itertools import combinations
from typing import Any, NamedTuple

from flipsnack_mock.doctor.case import Case
from flipsnack_mock.doctor.mistakes import MISTAKES, Mistake
from flipsnack_mock.doctor.signature_builder import DIGEST_BYTES, NotApplicable, SignatureBuilder, encoded_length
from flipsnack_mock.doctor.signing_variant import SigningVariant
from flipsnack_mock.doctor.variants import Variant

MOST_CHARACTERS = 30_000_000
"""Maximum number of characters that one search digests."""

_MOST_EXPLANATIONS = 5
_USUAL = re.compile("[0-9a-f]{32}")
# The fixed cost of a trial, in characters.
_TRIAL = 300
# And that of ordering and encoding one parameter.
_PARAMETER = 30


class AppliedMistake(NamedTuple):
    """A mistake and the variant of it that was applied."""

    mistake: Mistake
    variant: Variant


class Explanation(NamedTuple):
    """Mistakes that together produce the given signature, and the signing variant that results from them."""

    made: tuple[AppliedMistake, ...]
    signing: SigningVariant


class SearchResult(NamedTuple):
    """The explanations, the number of variants `tried`, and whether that was all of them (`complete`)."""

    explanations: tuple[Explanation, ...]
    tried: int
    complete: bool


def search(case: Case, *, most_characters: int = MOST_CHARACTERS) -> SearchResult:
    """The explanations with the fewest mistakes, likeliest first; none when no known mistake or pair fits."""
    made = [AppliedMistake(mistake, variant) for mistake in MISTAKES for variant in mistake.variants(case)]
    trials = _Trials(case, most_characters)
    found = trials.run((one,) for one in made) or trials.run(_pairs(made))
    if not found and not _USUAL.fullmatch(case.given):
        found = trials.run(_with_a_visible_one(made, case.given))
    return SearchResult(tuple(found), trials.tried, trials.left > 0)


def _pairs(made: list[AppliedMistake]) -> Iterator[tuple[AppliedMistake, ...]]:
    return combinations([one for one in made if not one.variant.alone], 2)


def _with_a_visible_one(made: list[AppliedMistake], given: str) -> Iterator[tuple[AppliedMistake, ...]]:
    visible = [one for one in made if one.mistake.visible and _can_look_like(one.variant, given)]
    for pair in _pairs([one for one in made if not one.mistake.visible]):
        for one in visible:
            yield *pair, one


class _Trials:
    """Tries combinations of mistakes until `left` characters have been digested."""

    def __init__(self, case: Case, left: int) -> None:
        self.tried = 0
        self.left = left
        self._given = case.given
        self._builder = SignatureBuilder(case)
        self._cost = _TRIAL + sum(_PARAMETER + len(name) + len(value) for name, value in case.sent)

    def run(self, combined: Iterable[tuple[AppliedMistake, ...]]) -> list[Explanation]:
        """The combinations that produce the signature, each set of mistake names once."""
        found: dict[frozenset[str], Explanation] = {}
        for made in combined:
            signing = _signing(made)
            if signing is None:
                continue
            if self.left <= 0 or len(found) == _MOST_EXPLANATIONS:
                break
            if self._fits(signing):
                found.setdefault(frozenset(one.mistake.name for one in made), Explanation(made, signing))
        return list(found.values())

    def _fits(self, signing: SigningVariant) -> bool:
        self.tried += 1
        if not _same_length(signing, self._given):
            return False
        self.left -= self._cost
        try:
            return self._builder.signature(signing) == self._given
        except NotApplicable:
            return False


# Values of these fields can be combined; in any other field the second mistake would overwrite the first.
_JOINED = {
    "left_out": lambda one, two: one | two,
    "added": lambda one, two: one + two,
    "replaced": lambda one, two: one + two,
}


def _signing(made: tuple[AppliedMistake, ...]) -> SigningVariant | None:
    fields: dict[str, Any] = {}
    for one in made:
        for name, value in one.variant.fields.items():
            if name not in fields:
                fields[name] = value
            elif name in _JOINED:
                fields[name] = _JOINED[name](fields[name], value)
            elif fields[name] != value:
                return None
    return SigningVariant(**fields)


def _can_look_like(variant: Variant, given: str) -> bool:
    signings = (SigningVariant(**{"algorithm": algorithm} | variant.fields) for algorithm in DIGEST_BYTES)
    return any(_same_length(signing, given) for signing in signings)


def _same_length(signing: SigningVariant, given: str) -> bool:
    """Whether this variant can produce a signature of the given length; decided without computing it."""
    length = encoded_length(signing.digest_encoding, signing.algorithm)
    if length is None:
        return True
    start, end = signing.kept or (0, length)
    return len(signing.around[0]) + max(0, min(end, length) - start) + len(signing.around[1]) == len(given)
