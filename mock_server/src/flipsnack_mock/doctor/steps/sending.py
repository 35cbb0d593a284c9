"""The first steps: a request that was not percent-encoded arrives with other names and values than were signed."""

from collections.abc import Iterable, Iterator, Set
from functools import partial
from itertools import chain, combinations, islice, product

from flipsnack_mock.doctor.case import Case
from flipsnack_mock.doctor.steps.draft import COMMON, LIKELY, RARE, UNLIKELY, Draft, Option, Pair, Pairs
from flipsnack_mock.doctor.steps.parameters import option
from flipsnack_mock.protocol.methods import METHODS
from flipsnack_mock.protocol.signature import UNSIGNED

_OF_EVERY_CALL = UNSIGNED | {"apiKey", "action"}
_OPTIONAL = frozenset({"format", "callback"})
_MOST_JOINED = 9
_MOST_SUBSETS = 64
_MOST_LIKELY = 8

Place = tuple[str, int]
"""The name of a parameter, and a place in its value."""


# --- broken at & or # ------------------------------------------------------------------------------------------------


def broken(case: Case) -> Iterator[Option[Draft]]:
    """Values that ended at their `&`, after which parameters seemed to begin, or at a `#`, their last character."""
    names = [name for name, _ in case.sent if name not in _OF_EVERY_CALL]
    method = METHODS.get(dict(case.sent).get("action", ""))
    known = _OPTIONAL.union(one.name for one in method.parameters) if method else set(names)
    if unknown := [name for name in names if name not in known]:
        yield _joined(unknown, COMMON)
        yield _joined(unknown, LIKELY, mark="=")
        yield _joined(unknown, UNLIKELY, joint="&&")
    for name in names[:_MOST_JOINED]:
        yield _joined([name], RARE)
    for name, (mark, what) in product(names[-1:], _LOST.items()):
        detail = f"{name} signed with `{mark}` at its end, {what}"
        yield option("sent-unencoded", detail, LIKELY, partial(_with_mark, name=name, mark=mark))


_LOST = {
    "#": "which begins the fragment of a URL and is never sent",
    "&": "after which the next parameter is read",
}


def _joined(names: list[str], cost: int, joint: str = "&", mark: str = "") -> Option[Draft]:
    """A parameter of these names is the end of the value before it; `mark` is written where it has no value."""
    rest = ", ".join(f"{name[:60]!r}" for name in names[:3])
    detail = f"the `&` in a value ended it: signed as its end, {rest} arrived as a parameter"
    return option("sent-unencoded", detail, cost, partial(_rejoined, names=frozenset(names), joint=joint, mark=mark))


def _rejoined(pairs: Pairs, names: Set[str], joint: str, mark: str) -> Pairs:
    done: list[Pair] = []
    for name, value in pairs:
        if name in names and done:
            before, start = done[-1]
            done[-1] = before, f"{start}{joint}{name}{'=' if value else mark}{value}"
        else:
            done.append((name, value))
    return tuple(done)


def _with_mark(pairs: Pairs, name: str, mark: str) -> Pairs:
    return tuple([(one, value + mark if one == name else value) for one, value in pairs])


# --- a plus that arrived as a blank ----------------------------------------------------------------------------------


def blanks(case: Case) -> Iterator[Option[Draft]]:
    """Blanks that were a plus: all of them, or some; those of runs first, because few people write two."""
    values = {name: value for name, value in case.sent if name not in UNSIGNED}
    places = [(name, at) for name, value in values.items() for at, letter in enumerate(value) if letter == " "]
    yield _plus("every blank was a plus", LIKELY, frozenset(places))
    in_runs = [(name, at) for name, at in places if "  " in values[name][max(at - 1, 0) : at + 2]]
    between = [(name, at) for name, at in places if values[name][max(at - 1, 0) : at + 2] == "   "]
    ordered = [*dict.fromkeys([*in_runs, *places])][:_MOST_SUBSETS]
    sizes = (combinations(ordered, size) for size in range(1, len(ordered)))
    for number, chosen in enumerate(islice(_distinct(chain([between], *sizes)), _MOST_SUBSETS)):
        detail = f"{len(chosen)} of {len(places)} blanks {'were a plus' if len(chosen) > 1 else 'was a plus'}"
        yield _plus(detail, _cost(number, len(in_runs)), chosen)


def _cost(number: int, in_runs: int) -> int:
    if number >= _MOST_LIKELY:
        return RARE
    return UNLIKELY if not in_runs else LIKELY if number else COMMON


def _distinct(subsets: Iterable[Iterable[Place]]) -> Iterator[frozenset[Place]]:
    seen: set[frozenset[Place]] = {frozenset()}
    for subset in map(frozenset, subsets):
        if subset not in seen:
            seen.add(subset)
            yield subset


def _plus(detail: str, cost: int, places: frozenset[Place]) -> Option[Draft]:
    return option("plus-for-space", f"{detail}, sent unencoded", cost, partial(_with_plus, places=places))


def _with_plus(pairs: Pairs, places: frozenset[Place]) -> Pairs:
    names = {name for name, _ in places}
    return tuple([(name, _filled(name, value, places) if name in names else value) for name, value in pairs])


def _filled(name: str, value: str, places: frozenset[Place]) -> str:
    return "".join(["+" if (name, at) in places else letter for at, letter in enumerate(value)])
