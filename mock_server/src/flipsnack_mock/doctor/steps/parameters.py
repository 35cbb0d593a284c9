"""Steps of signing: which parameters are signed, and in which order."""

import re
from collections.abc import Callable, Iterator
from functools import partial
from itertools import combinations, permutations, product
from urllib.parse import unquote

from flipsnack_mock.doctor.case import OWN, Case
from flipsnack_mock.doctor.steps.draft import COMMON, LIKELY, RARE, UNLIKELY, Draft, Option, Pair, Pairs
from flipsnack_mock.doctor.steps.spellings import ESCAPES
from flipsnack_mock.protocol.methods import METHODS
from flipsnack_mock.protocol.signature import UNSIGNED, sign

_MOST_NAMES = 40
_MOST_COMBINED = 9
_MOST_PERMUTED = 5
_OF_EVERY_CALL = frozenset({"apiKey", "action", "format", "callback"})
_OPTIONAL = frozenset({"format", "callback"})

Rewrite = Callable[[Pairs], Pairs]


def option(mistake: str, detail: str, cost: int, rewrite: Rewrite) -> Option[Draft]:
    """A wrong way that rewrites the parameters."""

    def apply(draft: Draft) -> Draft:
        return Draft(rewrite(draft.pairs), draft.join)

    return Option(mistake, detail, cost, apply)


# --- which parameters ------------------------------------------------------------------------------------------------


def signed_only(draft: Draft) -> Draft:
    """The draft without what the vendor leaves out."""
    return Draft(_without(draft.pairs, UNSIGNED), draft.join)


def _without(pairs: Pairs, names: frozenset[str]) -> Pairs:
    return tuple([pair for pair in pairs if pair[0] not in names])


def _names(case: Case) -> list[str]:
    return [name for name, _ in case.sent if name not in UNSIGNED][:_MOST_NAMES]


def left_out(case: Case) -> Iterator[Option[Draft]]:
    """Parameters left out: any one, two, or all but one or two."""
    names = _names(case)
    for size in (1, 2, len(names) - 2, len(names) - 1):
        if size == 1 or (size > 1 and len(names) <= _MOST_COMBINED):
            for chosen in combinations(names, size):
                mistake = "format-not-signed" if _OPTIONAL.issuperset(chosen) else "sent-not-signed"
                left = partial(_without, names=UNSIGNED.union(chosen))
                yield option(mistake, f"{' and '.join(chosen)} left out", _rank(chosen), left)


def _rank(names: tuple[str, ...]) -> int:
    if _OF_EVERY_CALL.issuperset(names):
        return COMMON if len(names) == 1 else LIKELY
    return LIKELY if len(names) == 1 else RARE


# --- other parameters ------------------------------------------------------------------------------------------------

_GUESSES = ("format=json", "format=jsonp", "format=xml", "callback=callback", "callback=", "collectionHash=")
_NOTHING = ("undefined", "null", "None", "")
"""What programs write for a parameter that has no value."""


def others(case: Case) -> Iterator[Option[Draft]]:
    """Parameters signed that were not sent, `signature`, `file`, and `fileUrl` in another spelling."""
    yield from _added(case)
    for value, what in _signatures(case).items():
        cost = LIKELY if value == "" else UNLIKELY
        yield _add("signature-included", f"signature signed {what}", cost, ("signature", value))
    yield from _file(case)
    yield from _file_url(case)


def _signatures(case: Case) -> dict[str, str]:
    """Values that `signature` may have when it is signed."""
    first = sign(case.secrets[OWN], dict(case.sent))
    return {
        "": "while empty",
        first: "with the right signature: the request was signed a second time",
        **{text: f"while it was {text}" for text in ("undefined", "null", "None", "{{signature}}")},
    }


def _add(mistake: str, detail: str, cost: int, added: Pair) -> Option[Draft]:
    return option(mistake, detail, cost, lambda pairs: (*_without(pairs, frozenset(added[:1])), added))


def _added(case: Case) -> Iterator[Option[Draft]]:
    names = _names(case)
    method = METHODS.get(dict(case.sent).get("action", ""))
    own = method.parameters if method else ()
    defaults = [f"{one.name}={one.default}" for one in own if one.default is not None]
    optional = sorted(_OPTIONAL.union(one.name for one in own if not one.required) - UNSIGNED)
    empty = [f"{name}={nothing}" for name in optional for nothing in _NOTHING]
    for number, guess in enumerate(dict.fromkeys((*_GUESSES, *defaults, *empty))):
        name, _, value = guess.partition("=")
        if name not in names:
            cost = LIKELY if number < len(_GUESSES) + len(defaults) else UNLIKELY
            yield _add("signed-not-sent", f"{guess} signed too", cost, (name, value))


def _file(case: Case) -> Iterator[Option[Draft]]:
    sent = dict(case.sent).get("file")
    values: dict[str, str] = {}
    if sent is not None:
        yield _add("file-included", "file signed too", LIKELY, ("file", sent))
        # A call that is written down names the file as curl does.
        values |= _file_values(sent.removeprefix("@"))
    for uploaded in case.files[:1]:
        found = {str(uploaded.size): "its size", uploaded.digest: "the SHA-256 of its bytes"}
        values |= found | _file_values(uploaded.file_name)
    for value, what in reversed(values.items()):
        yield _add("file-included", f"file signed with {what}", UNLIKELY, ("file", value))


def _file_values(path: str) -> dict[str, str]:
    """Values that a program may sign for the file at `path`, each with what it is, the likeliest last."""
    name = re.split(r"[/\\]", path)[-1]
    return {
        "[object Object]": "the text of a JavaScript object",
        f"<_io.BufferedReader name='{name}'>": "the text of a Python file",
        "": "nothing",
        name.rpartition(".")[0]: "its name without ending",
        f"@./{name}": "that path, as curl takes it",
        f"@{path}": "its path, as curl takes it",
        path: "its path",
        # A name may be all that is known of the path.
        name: "its name",
    }


def _file_url(case: Case) -> Iterator[Option[Draft]]:
    url = dict(case.sent).get("fileUrl")
    if url is None:
        return
    ways = {f"encoded as by {way}": escape(url) for way, escape in ESCAPES.items()} | {"decoded": unquote(url)}
    for detail, signed in ways.items():
        if signed != url:
            yield _add("file-url-changed", f"fileUrl {detail}", LIKELY, ("fileUrl", signed))


_UNFILLED = ["{{{{{0}}}}}", "${{{0}}}", "${0}", "{{{0}}}", ":{0}", "%{0}%", "<{0}>", "#{{{0}}}", "[{0}]"]
"""How templates name the value that they are to be filled with."""


def other_values(case: Case) -> Iterator[Option[Draft]]:
    """A parameter signed with another of the values that the case lists, with none, or before it was filled in."""
    sent = {name: value for name, value in case.sent if name not in UNSIGNED}
    for name, values in case.values.items():
        for value in values:
            if name in sent and value != sent[name]:
                yield _signed("other-request", UNLIKELY, sent, {name: value})
    for name, value in product(_names(case)[:_MOST_COMBINED], _NOTHING):
        yield _signed("other-request", RARE, sent, {name: value})
    scopes = (sent.keys() - {"apiKey", "action"}, sent.keys() - {"action"}, sent.keys(), *({name} for name in sent))
    for number, (form, scope) in enumerate(product(_UNFILLED, scopes[: _MOST_COMBINED + 3])):
        unfilled = {name: form.format(name) for name in sorted(scope)}
        yield _signed("placeholder-signed", UNLIKELY if number < len(scopes) else RARE, sent, unfilled)


def _signed(mistake: str, cost: int, sent: dict[str, str], others: dict[str, str]) -> Option[Draft]:
    """The values of some parameters replaced."""
    details = [f"{name}={value}, sent with {sent[name][:60]}" for name, value in others.items()]
    detail = f"signed with {'; '.join(details[:3])}{' …' * (len(details) > 3)}"
    return option(mistake, detail, cost, lambda pairs: tuple([(name, others.get(name, old)) for name, old in pairs]))


# --- their order -----------------------------------------------------------------------------------------------------

_VENDORS = ("action", "apiKey", "signature", "collectionHash", "format", "callback")


def by_name(draft: Draft) -> Draft:
    """The draft with its parameters in the order of their names."""
    return Draft(tuple(sorted(draft.pairs)), draft.join)


def ordered(case: Case) -> Iterator[Option[Draft]]:
    """The order of the request, named orders, and every permutation of few parameters."""
    for mistake, detail, cost, rewrite in _ORDERS:
        yield option(mistake, detail, cost, rewrite)
    names = _names(case)
    for name in names:
        yield option("unsorted", f"{name} first, then the others by name", RARE, _placed(partial(_apart, name)))
    if 2 < len(names) <= _MOST_PERMUTED:
        for order in permutations(names):
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
