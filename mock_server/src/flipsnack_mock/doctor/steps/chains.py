"""Steps of signing in a row: every state to which they lead when some of them are done wrongly."""

from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from typing import Any, Generic, NamedTuple

from flipsnack_mock.doctor.steps.draft import Option, Step, T

Level = tuple[int, int]
"""How many wrong ways are taken, and what they cost together."""

Taken = tuple[tuple[int, Option[Any]], ...]
"""Wrong ways, each with the number of its step."""


class Variant(NamedTuple, Generic[T]):
    """A state, and the wrong ways that lead to it."""

    state: T
    taken: Taken


class Chain(Generic[T]):
    """The states to which steps lead from one beginning; `identity` tells which of them are the same.

    Of states that are the same, the first counts. `pay` is called for each wrong way that is tried.
    """

    def __init__(
        self, begun: T, steps: Sequence[Step[T]], identity: Callable[[T], Hashable], pay: Callable[[], None]
    ) -> None:
        self._begun = begun
        self._steps = steps
        self._by_cost = [_by_cost(step.options) for step in steps]
        self._identity = identity
        self._pay = pay
        self._levels: dict[Level, tuple[Variant[T], ...]] = {}
        self._ways: dict[Hashable, list[Taken]] = {}

    def at(self, level: Level) -> tuple[Variant[T], ...]:
        """The new states after exactly so many wrong ways that cost exactly so much."""
        if level not in self._levels:
            walk = self._walk(0, self._begun, (), *level) if level[0] else self._rightly()
            self._levels[level] = tuple(self._new(walk))
        return self._levels[level]

    def ways(self, variant: Variant[T]) -> list[Taken]:
        """All ways to the state of `variant` that have as many mistakes."""
        return self._ways[self._identity(variant.state)]

    def _new(self, variants: Iterator[Variant[T]]) -> Iterator[Variant[T]]:
        for variant in variants:
            ways = self._ways.setdefault(self._identity(variant.state), [])
            if not ways:
                yield variant
            if not ways or len(ways[0]) == len(variant.taken):
                ways.append(variant.taken)

    def _rightly(self) -> Iterator[Variant[T]]:
        yield Variant(self._finished(0, self._begun), ())

    def _walk(self, number: int, state: T, taken: Taken, count: int, cost: int) -> Iterator[Variant[T]]:
        for place in range(number, len(self._steps)):
            right = self._steps[place].right
            done = state if right is None else right(state)
            for option in self._options(place, count, cost):
                self._pay()
                changed = option.apply(state)
                if changed is None or changed == done:
                    continue
                way = (*taken, (place, option))
                if count == 1:
                    yield Variant(self._finished(place + 1, changed), way)
                else:
                    yield from self._walk(place + 1, changed, way, count - 1, cost - option.cost)
            state = done

    def _options(self, place: int, count: int, cost: int) -> tuple[Option[T], ...]:
        """Those after which `count - 1` others can cost the rest."""
        costs = (cost,) if count == 1 else range(1, cost)
        return tuple(option for one in costs for option in self._by_cost[place].get(one, ()))

    def _finished(self, number: int, state: T) -> T:
        for right, _ in self._steps[number:]:
            state = state if right is None else right(state)
        return state


def _by_cost(options: Sequence[Option[T]]) -> dict[int, list[Option[T]]]:
    costs: dict[int, list[Option[T]]] = {}
    for option in options:
        costs.setdefault(option.cost, []).append(option)
    return costs


def replayed(begun: T, rights: Mapping[int, Callable[[T], T]], taken: Taken) -> T:
    """The state to which these wrong ways lead, as it is shown to people; `rights` holds what the vendor does."""
    ways = dict(taken)
    for number in sorted(rights.keys() | ways.keys()):
        option = ways.get(number)
        begun = rights[number](begun) if option is None else (option.show or option.apply)(begun) or begun
    return begun
