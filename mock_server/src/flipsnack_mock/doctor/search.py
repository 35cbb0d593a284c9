"""Searches for the mistakes behind a wrong signature, from likely to unlikely, alone and together.

A signature is made in stages: the parameters become a text, a secret is put to it, the whole is rewritten and becomes
bytes. Each stage has its tables of wrong ways. The search takes at most three of them, each set of them once. The work
is bounded by the number of characters that are handled, not by time, so the same request gives the same result on every
machine.
"""

from collections.abc import Iterator, Sequence
from contextlib import suppress
from functools import cache
from itertools import chain, product
from operator import attrgetter
from typing import Any, NamedTuple

from flipsnack_mock.doctor.case import OWN, Case
from flipsnack_mock.doctor.readings import Made, Reading, readings
from flipsnack_mock.doctor.steps.chains import Chain, Level, Variant
from flipsnack_mock.doctor.steps.digests import ALGORITHMS, Algorithm
from flipsnack_mock.doctor.steps.draft import Draft, Option
from flipsnack_mock.doctor.steps.signing import UNCHANGED, Stages, begun, signing
from flipsnack_mock.doctor.unwrapping import unwrapped

MOST_CHARACTERS = 110_000_000
"""Maximum number of characters that one search handles."""

SHORT_SEARCH = 20_000_000
"""That of the page and the log, which others wait for: a tenth of a second, and enough for usual requests."""

_MOST_EXPLANATIONS = 5
_MOST_HITS = 20
# The fixed cost of trying one way, in characters.
_STEP = 400
# When a way of a step is tried, that of one parameter and of one of its characters, which are read and written.
_PARAMETER = 30
_CHARACTER = 4
# A shorter digest has too many equals for deep search.
_LEAST_DIGITS = 12

PASSES: tuple[Level, ...] = (
    *((0, 0), (1, 2), (1, 3), (1, 5)),
    *((2, 2), (2, 3), (3, 3), (2, 4), (3, 4), (2, 5), (2, 6), (3, 5), (2, 8), (3, 6)),
)
"""How many wrong ways are taken at most, and what they cost together, one pass after the other."""
_ALONE = 4
"""So many passes try every mistake alone."""
_SHALLOW = 6


_CUT = "The diagnosis was cut short"

Variants = Sequence[Variant[Any]]


class Explanation(NamedTuple):
    """Wrong ways that together produce the signature, and what was wrong in the writing of the digest."""

    taken: Stages
    written: tuple[Made, ...]

    @property
    def options(self) -> tuple[Option[Any], ...]:
        """The wrong ways, in the order of the steps."""
        return tuple(option for _, option in chain(*self.taken))

    @property
    def made(self) -> tuple[Made, ...]:
        """All mistakes, in the order of the steps."""
        return (*(Made(option.mistake, option.detail) for option in self.options), *self.written)


class SearchResult(NamedTuple):
    """The explanations, and the number of ways `tried`.

    Without an explanation `alone` says whether every mistake was tried alone, and `complete` whether all that the
    search knows was tried, together too.
    """

    explanations: tuple[Explanation, ...]
    tried: int
    alone: bool
    complete: bool

    @property
    def extent(self) -> str:
        """How far a search came that found nothing, in words."""
        if self.complete:
            return "Everything known here was tried: each mistake alone, and two or three of them together."
        if self.alone:
            return f"{_CUT}: each known mistake was tried alone, and likely ones together, but not all unlikely ones."
        return f"{_CUT} before each known mistake was tried alone: try a request with fewer or shorter parameters."


class _Final(NamedTuple):
    """A digest that the signature may be: `whole` maps it to the mistakes in its writing, `viewed` are compared."""

    algorithm: Algorithm
    whole: dict[str, tuple[Made, ...]]
    viewed: tuple[Reading, ...]

    def mistakes(self, digest: str) -> tuple[Made, ...] | None:
        """How this digest was written as the signature, or None when it is another."""
        if digest in self.whole:
            return self.whole[digest]
        return next((one.made for one in self.viewed if one.view and one.view(digest) == one.core), None)


class _Exhausted(Exception):
    """The bound of work is reached."""


class _Enough(Exception):
    """So many explanations are found that no more are shown."""


def search(case: Case, *, most_characters: int = MOST_CHARACTERS) -> SearchResult:
    """The explanations with the likeliest mistakes; none when no known mistakes fit."""
    work = _Search(case, most_characters)
    passes = PASSES if len(case.given) >= _LEAST_DIGITS else PASSES[:_SHALLOW]
    with suppress(_Enough, _Exhausted):
        work.through_passes(passes)
    found = work.explanations()
    return SearchResult(
        found, work.tried, bool(found) or work.passed >= _ALONE, bool(found) or work.passed == len(PASSES)
    )


def _finals(given: str) -> dict[int, list[_Final]]:
    """The digests that `given` may be, by the number of mistakes in their writing beyond those that show."""
    cores = unwrapped(given)
    found: dict[tuple[int, Algorithm], list[Reading]] = {}
    for algorithm in ALGORITHMS:
        own = list(readings(cores, algorithm))
        fewest = min((len(one.made) for one in own if one.view is None), default=0)
        for reading in own:
            # What is only looked up costs nothing: it is compared with the first.
            count = fewest if reading.view is None else len(reading.made)
            found.setdefault((count, algorithm), []).append(reading)
    least = min((count for count, _ in found), default=0)
    finals: dict[int, list[_Final]] = {}
    for (count, algorithm), own in sorted(found.items(), key=lambda one: one[0][0]):
        finals.setdefault(count - least, []).append(_final(algorithm, own))
    return finals


def _final(algorithm: Algorithm, own: list[Reading]) -> _Final:
    likeliest_last = sorted(own, key=lambda one: -len(one.made))
    whole = {one.core: one.made for one in likeliest_last if one.view is None}
    return _Final(algorithm, whole, tuple(one for one in own if one.view is not None))


def _by_level(options: Sequence[Option[Any]]) -> dict[Level, list[Variant[Any]]]:
    """The ways of a stage that has only one step."""
    levels: dict[Level, list[Variant[Any]]] = {}
    for option in options:
        taken = ((0, option),) if option.cost else ()
        levels.setdefault((len(taken), option.cost), []).append(Variant(option.apply, taken))
    return levels


@cache
def _splits(level: Level, stages: int) -> tuple[tuple[Level, ...], ...]:
    """All ways to spread so many mistakes that cost so much over the stages."""
    if stages == 1:
        return ((level,),)
    count, cost = level
    taken = ((mistakes, paid) for mistakes in range(1, count + 1) for paid in range(mistakes, cost + 1))
    firsts = [(0, 0), *taken]
    lasts = ((first, (count - first[0], cost - first[1])) for first in firsts)
    return tuple((first, *rest) for first, last in lasts if _is_possible(last) for rest in _splits(last, stages - 1))


def _is_possible(level: Level) -> bool:
    count, cost = level
    return (count > 0 or cost == 0) and cost >= count >= 0


class _Search:
    """Tries the ways to sign until `left` characters have been handled."""

    def __init__(self, case: Case, left: int) -> None:
        self.tried = self.passed = 0
        self._left = left
        self._price = _STEP + sum(_PARAMETER + _CHARACTER * len(name + value) for name, value in case.sent)
        steps = signing(case)
        self._texts = Chain(begun(case), steps.texts, attrgetter("text"), self._pay_step)
        self._secrets = Chain(case.secrets[OWN], steps.secrets, str, self._pay_step)
        self._places = _by_level(steps.places)
        self._wholes = Chain(UNCHANGED, steps.wholes, id, self._pay_step)
        self._charsets = _by_level(steps.charsets)
        self._finals = _finals(case.given)
        self._hits: list[tuple[Variants, tuple[Made, ...]]] = []

    def through_passes(self, passes: Sequence[Level]) -> None:
        """Try one pass after the other, until one has found something."""
        done: set[Level] = set()
        for most in passes:
            levels = [one for one in product(range(most[0] + 1), range(most[1] + 1)) if one not in done]
            done.update(levels)
            for (count, cost), (extra, finals) in product(levels, self._finals.items()):
                rest = count - extra, cost - extra
                for split in _splits(rest, len(Stages._fields)) if _is_possible(rest) else ():
                    self._try(split, finals)
            if self._hits:
                return
            self.passed += 1

    def explanations(self) -> tuple[Explanation, ...]:
        """What was found, from likely to unlikely, each set of mistakes once."""
        found: dict[frozenset[str], Explanation] = {}
        for one in sorted(self._explanations(), key=_likelihood):
            found.setdefault(frozenset(made.mistake for made in one.made), one)
        return tuple(found.values())[:_MOST_EXPLANATIONS]

    def _explanations(self) -> Iterator[Explanation]:
        for (text, secret, *others), written in self._hits:
            for ways in product(self._texts.ways(text), self._secrets.ways(secret)):
                yield Explanation(Stages(*ways, *(one.taken for one in others)), written)

    def _try(self, split: tuple[Level, ...], finals: Sequence[_Final]) -> None:
        """Try all that has so many mistakes in each stage."""
        text, secret, place, whole, charset = split
        singles = (self._places.get(place), self._charsets.get(charset))
        if None in singles:
            return
        rest = (self._secrets.at(secret), singles[0] or [], self._wholes.at(whole), singles[1] or [])
        ways = len(rest[0]) * len(rest[1]) * len(rest[2]) * len(rest[3])
        comparisons = sum(1 + len(final.viewed) for final in finals)
        for variant in self._texts.at(text) if ways else ():
            self._pay(ways * comparisons * (_STEP + len(variant.state.text)))
            self.tried += ways
            self._compare(variant, rest, finals)

    def _compare(self, variant: Variant[Draft], rest: Sequence[Variants], finals: Sequence[_Final]) -> None:
        for others in product(*rest):
            secret, place, whole, charset = others
            text, key = place.state(variant.state, secret.state)
            data = charset.state(whole.state(text), key)
            for final in finals if data else ():
                if (made := final.mistakes(final.algorithm.digest(*data))) is not None:
                    self._hit((variant, *others), made)

    def _hit(self, variants: Variants, written: tuple[Made, ...]) -> None:
        self._hits.append((variants, written))
        if len(self._hits) == _MOST_HITS:
            raise _Enough

    def _pay_step(self) -> None:
        self._pay(self._price)

    def _pay(self, characters: int) -> None:
        self._left -= characters
        if self._left < 0:
            raise _Exhausted


def _likelihood(one: Explanation) -> tuple[int, int, list[tuple[int, int]]]:
    places = [(stage, number) for stage, taken in enumerate(one.taken) for number, _ in taken]
    return len(one.made), sum(option.cost for option in one.options), places
