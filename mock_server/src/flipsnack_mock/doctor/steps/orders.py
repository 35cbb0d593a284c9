"""Step of signing: the order in which the parameters are signed."""

from collections.abc import Callable, Iterator
from functools import partial
from itertools import permutations

from flipsnack_mock.doctor.case import Case
from flipsnack_mock.doctor.steps.draft import COMMON, LIKELY, RARE, UNLIKELY, Draft, Option, Pair, Pairs
from flipsnack_mock.doctor.steps.parameters import Rewrite, option, signed_names

_MOST_PERMUTED = 6
_VENDORS = ("action", "apiKey", "signature", "collectionHash", "format", "callback")


def by_name(draft: Draft) -> Draft:
    """The draft with its parameters in the order of their names."""
    return Draft(tuple(sorted(draft.pairs)), draft.join)


def ordered(case: Case) -> Iterator[Option[Draft]]:
    """The order of the request, named orders, and every permutation of few parameters."""
    for mistake, detail, cost, rewrite in _ORDERS:
        yield option(mistake, detail, cost, rewrite)
    names = tuple(signed_names(case))
    for place, name in enumerate(names):
        walked = _placed(_by_place(names[place:] + names[:place]))
        yield option(
            "unsorted", f"signed in the order of the request, from {name} on, as Go walks a map", UNLIKELY, walked
        )
        yield option("unsorted", f"{name} first, then the others by name", RARE, _placed(partial(_apart, name)))
    for order in permutations(names) if 2 < len(names) <= _MOST_PERMUTED else ():
        yield option("unsorted", f"signed in the order {', '.join(order)}", RARE, _placed(_by_place(order)))


def _placed(key: Callable[..., object]) -> Rewrite:
    return lambda pairs: tuple(sorted(pairs, key=key))  # type: ignore[arg-type]


def _apart(name: str, pair: Pair) -> tuple[bool, Pair]:
    return pair[0] != name, pair


def _by_place(names: tuple[str, ...]) -> Callable[[Pair], int]:
    places = {name: place for place, name in enumerate(names)}
    return lambda pair: places.get(pair[0], len(places))


def _hash_map(pairs: Pairs) -> Pairs:
    """The order in which Java's HashMap lists these names."""
    size = 16
    while len(pairs) > size * 3 // 4:
        size *= 2
    return tuple(sorted(pairs, key=lambda pair: _java_hash(pair[0]) & (size - 1)))


def _java_hash(name: str) -> int:
    number = 0
    for letter in name:
        number = (number * 31 + ord(letter)) & 0xFFFFFFFF
    return number ^ (number >> 16)


def _numbered(key: Callable[[Pair], object], first: int = 0) -> Rewrite:
    order = _placed(key)
    return lambda pairs: tuple((str(place), value) for place, (_, value) in enumerate(order(pairs), first))


def _by_value_down(pairs: Pairs) -> Pairs:
    return tuple(sorted(pairs, key=lambda pair: pair[1], reverse=True))


def _by_number(pair: Pair) -> tuple[bool, int, str]:
    is_number = pair[1].isascii() and pair[1].isdigit()
    return not is_number, int(pair[1][:30]) if is_number else 0, pair[1]


def _as_people_sort(pair: Pair) -> tuple[str, str]:
    return pair[0].lower(), pair[0].swapcase()


_SORT = "sorted by value, the names replaced by 0, 1, 2 … (PHP's sort() in place of ksort())"
_ORDERS: tuple[tuple[str, str, int, Rewrite], ...] = (
    ("unsorted", "signed in the order of the URL", COMMON, lambda pairs: pairs),
    ("sorted-case-blind", "sorted case-blind", COMMON, _placed(lambda pair: pair[0].lower())),
    ("sorted-otherwise", "sorted backwards", COMMON, lambda pairs: tuple(sorted(pairs, reverse=True))),
    ("sorted-otherwise", "sorted by value", LIKELY, _placed(lambda pair: pair[1])),
    (
        "sorted-otherwise",
        "sorted by value, backwards",
        UNLIKELY,
        lambda pairs: _placed(lambda pair: pair[1])(pairs)[::-1],
    ),
    ("sorted-otherwise", "sorted by name and value in one", LIKELY, _placed("".join)),
    ("sorted-otherwise", "sorted by the length of the name", UNLIKELY, _placed(lambda pair: len(pair[0]))),
    ("sorted-case-blind", "sorted as by localeCompare", UNLIKELY, _placed(_as_people_sort)),
    ("sorted-otherwise", "sorted by value, case-blind", UNLIKELY, _placed(lambda pair: pair[1].lower())),
    ("sorted-otherwise", _SORT, LIKELY, _numbered(lambda pair: pair[1])),
    ("sorted-otherwise", f"{_SORT}, numbers first", UNLIKELY, _numbered(_by_number)),
    ("sorted-otherwise", f"{_SORT}, from 1", UNLIKELY, _numbered(lambda pair: pair[1], 1)),
    ("sorted-otherwise", "sorted by name, the names replaced by 0, 1, 2 …", UNLIKELY, _numbered(lambda pair: pair)),
    ("unsorted", "in the order of the URL, the names replaced by 0, 1, 2 …", UNLIKELY, _numbered(lambda _pair: 0)),
    ("unsorted", "signed in the order of the URL, backwards", UNLIKELY, lambda pairs: pairs[::-1]),
    ("unsorted", "signed in the order of Java's HashMap", LIKELY, _hash_map),
    ("unsorted", "signed in the order of the vendor's page", LIKELY, _placed(_by_place(_VENDORS))),
)
