"""Searches for the mistakes behind a wrong signature, from likely to unlikely, alone and together.

A signature is made in steps, each with its table of wrong ways. The search walks through the steps and takes at most
three wrong ways on its path; what two paths have in common is computed once. The work is bounded by the number of
characters that are handled, not by time, so the same request gives the same result on every machine.
"""

from collections.abc import Iterator, Sequence
from contextlib import suppress
from itertools import product
from typing import NamedTuple

from flipsnack_mock.doctor.case import Case
from flipsnack_mock.doctor.digests import ALGORITHMS, Algorithm
from flipsnack_mock.doctor.draft import Draft, Option
from flipsnack_mock.doctor.readings import Made, Reading, readings, unwrapped
from flipsnack_mock.doctor.steps import begun, steps_of

MOST_CHARACTERS = 200_000_000
"""Maximum number of characters that one search handles."""

SHORT_SEARCH = 20_000_000
"""That of the page and the log, which others wait for: a tenth of a second, and enough for usual requests."""

_MOST_EXPLANATIONS = 5
# The fixed cost of doing one step, in characters.
_STEP = 400
# And that of one parameter.
_PARAMETER = 30
# A shorter digest has too many equals for deep search.
_LEAST_DIGITS = 12

PASSES = (
    *((0, 0), (1, 2), (1, 3), (1, 5)),
    *((2, 2), (2, 3), (3, 3), (2, 4), (3, 4), (2, 5), (2, 6), (3, 5), (2, 8), (3, 6)),
)
"""How many wrong ways are taken at most, and what they cost together, one pass after the other."""
_SHALLOW = 6
_MOST_COST = max(cost for _, cost in PASSES)
_TAKEN = tuple(product(range(max(count for count, _ in PASSES) + 1), range(_MOST_COST + 1)))

Taken = tuple[tuple[int, Option], ...]
"""Wrong ways, each with the number of its step."""


class Explanation(NamedTuple):
    """Wrong ways that together produce the signature, and what was wrong in the writing of the digest."""

    taken: Taken
    written: tuple[Made, ...]

    @property
    def made(self) -> tuple[Made, ...]:
        """All mistakes, in the order of the steps."""
        return (*(Made(option.mistake, option.detail) for _, option in self.taken), *self.written)


class SearchResult(NamedTuple):
    """The explanations, the number of ways `tried`, and whether these were all (`complete`)."""

    explanations: tuple[Explanation, ...]
    tried: int
    complete: bool


class _Final(NamedTuple):
    """A digest that the signature may be: `whole` maps it to the mistakes in its writing, `viewed` are compared."""

    algorithm: Algorithm
    whole: dict[str, tuple[Made, ...]]
    viewed: tuple[Reading, ...]


class _Exhausted(Exception):
    """The bound of work is reached."""


class _Enough(Exception):
    """So many explanations are found that no more are shown."""


def search(case: Case, *, most_characters: int = MOST_CHARACTERS) -> SearchResult:
    """The explanations with the likeliest mistakes; none when no known mistakes fit."""
    walk = _Walk(case, most_characters)
    complete = True
    try:
        with suppress(_Enough):
            walk.through_passes()
    except _Exhausted:
        complete = False
    found = sorted(walk.found.values(), key=_likelihood)
    return SearchResult(tuple(found), walk.tried, complete)


def _likelihood(one: Explanation) -> tuple[int, int, list[int]]:
    return len(one.made), sum(option.cost for _, option in one.taken), [number for number, _ in one.taken]


def draft_of(case: Case, taken: Taken, *, shown: str | None = None) -> Draft:
    """The draft to which these wrong ways lead; with `shown` in place of the secret, as text for people."""
    draft, ways = begun(case, shown), dict(taken)
    for number, step in enumerate(steps_of(case)):
        option = ways.get(number)
        if option is None:
            draft = step.right(draft) if step.right else draft
        else:
            draft = option.show(draft) if shown and option.show else option.apply(draft) or draft
    return draft


def _readings(given: str) -> list[tuple[int, Algorithm, Reading]]:
    """The digests that `given` may be, with the number of mistakes in each beyond those that show."""
    cores = unwrapped(given)
    counted = [
        (len(reading.made), algorithm, reading) for algorithm in ALGORITHMS for reading in readings(cores, algorithm)
    ]
    least = min((count for count, _, _ in counted), default=0)
    return [(count - least, algorithm, reading) for count, algorithm, reading in counted]


def _finals(counted: list[tuple[int, Algorithm, Reading]], extras: set[int]) -> list[_Final]:
    """What to compare a text with that leaves room for so many mistakes in the writing of its digest."""
    wanted = [(algorithm, reading) for extra, algorithm, reading in counted if extra in extras]
    finals = []
    for algorithm in dict.fromkeys(algorithm for algorithm, _ in wanted):
        own = [reading for other, reading in wanted if other is algorithm]
        whole = {reading.core: reading.made for reading in reversed(own) if reading.view is None}
        finals.append(_Final(algorithm, whole, tuple(reading for reading in own if reading.view is not None)))
    return finals


class _Walk:
    """Walks through the steps until `left` characters have been handled."""

    def __init__(self, case: Case, left: int) -> None:
        self.tried = 0
        self.found: dict[frozenset[str], Explanation] = {}
        self._case = case
        self._left = left
        self._price = _STEP + sum(_PARAMETER + len(name) + len(value) for name, value in case.sent)
        self._steps = steps_of(case)
        self._ways = [
            [tuple(option for option in step.options if option.cost <= cost) for cost in range(_MOST_COST + 1)]
            for step in self._steps
        ]
        self._rights = [
            [step.right for step in self._steps[number:] if step.right] for number in range(len(self._steps) + 1)
        ]
        self._readings = _readings(case.given)
        self._finals: dict[tuple[int, int], list[_Final]] = {}

    def through_passes(self) -> None:
        """Walk once for each pass, until one has found something."""
        done: set[tuple[int, int]] = set()
        for most in _passes(self._case.given) if self._readings else ():
            allowed = set(product(range(most[0] + 1), range(most[1] + 1)))
            self._finals = self._finals_of(allowed - done)
            done |= allowed
            self._walk(0, begun(self._case), (), *most)
            if self.found:
                return

    def _finals_of(self, wanted: set[tuple[int, int]]) -> dict[tuple[int, int], list[_Final]]:
        """For each number and cost of wrong ways taken, what is left to compare in this pass."""
        extras = {extra for extra, _, _ in self._readings}
        room = {
            (count, cost): {extra for extra in extras if (count + extra, cost + extra) in wanted}
            for count, cost in _TAKEN
        }
        return {taken: _finals(self._readings, fitting) for taken, fitting in room.items() if fitting}

    def _walk(self, number: int, draft: Draft, taken: Taken, count: int, cost: int) -> None:
        """Take each way of the steps from `number` on, with at most `count` wrong ones that cost at most `cost`."""
        if count == 0:
            self._finish(number, draft, taken)
        elif count == 1:
            self._take_last(number, draft, taken, cost)
        elif number < len(self._steps):
            right = self._right(number, draft)
            self._walk(number + 1, right, taken, count, cost)
            for option, changed in self._changed(draft, right, self._ways[number][cost], bool(taken)):
                self._walk(number + 1, changed, (*taken, (number, option)), count - 1, cost - option.cost)
        else:
            # All that is wrong may be in the writing of the digest.
            self._finish(number, draft, taken)

    def _take_last(self, first: int, draft: Draft, taken: Taken, cost: int) -> None:
        count, spent = _counted(taken)
        wanted = [(count + 1, spent + price) in self._finals for price in range(cost + 1)]
        for number in range(first, len(self._steps)):
            right = self._right(number, draft)
            ways = [option for option in self._ways[number][cost] if wanted[option.cost]]
            for option, changed in self._changed(draft, right, ways, bool(taken)):
                self._finish(number + 1, changed, (*taken, (number, option)))
            draft = right
        self._finish(len(self._steps), draft, taken)

    def _right(self, number: int, draft: Draft) -> Draft:
        right = self._steps[number].right
        return draft if right is None else right(draft)

    def _changed(
        self, draft: Draft, right: Draft, options: Sequence[Option], once: bool
    ) -> Iterator[tuple[Option, Draft]]:
        """The drafts to which these wrong ways lead; `once` leaves out those that another way leads to."""
        self._pay(len(options))
        seen = {right}
        for option in options:
            changed = option.apply(draft)
            if changed is not None and changed not in seen:
                if once:
                    seen.add(changed)
                yield option, changed

    def _pay(self, times: int) -> None:
        self._left -= self._price * times
        if self._left < 0:
            raise _Exhausted

    def _finish(self, number: int, draft: Draft, taken: Taken) -> None:
        """Do the other steps rightly and compare the digest."""
        finals = self._finals.get(_counted(taken))
        if finals is None:
            return
        for right in self._rights[number]:
            draft = right(draft)
        self.tried += 1
        self._pay(sum([1 + len(final.viewed) for final in finals]))
        for final in finals:
            if made := _written(final, final.algorithm.digest(draft)):
                self._explain(taken, made[0])

    def _explain(self, taken: Taken, written: tuple[Made, ...]) -> None:
        explanation = Explanation(taken, written)
        self.found.setdefault(frozenset(one.mistake for one in explanation.made), explanation)
        if len(self.found) == _MOST_EXPLANATIONS:
            raise _Enough


def _counted(taken: Taken) -> tuple[int, int]:
    return len(taken), sum([option.cost for _, option in taken])


def _written(final: _Final, digest: str) -> list[tuple[Made, ...]]:
    if digest in final.whole:
        return [final.whole[digest]]
    return [reading.made for reading in final.viewed if reading.view and reading.view(digest) == reading.core]


def _passes(given: str) -> tuple[tuple[int, int], ...]:
    return PASSES if len(given) >= _LEAST_DIGITS else PASSES[:_SHALLOW]
