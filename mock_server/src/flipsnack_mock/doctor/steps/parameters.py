"""Steps of signing: which parameters are signed, and with which values."""

import re
from collections.abc import Callable, Iterator
from functools import partial
from itertools import combinations, product
from urllib.parse import unquote

from flipsnack_mock.doctor.case import OWN, Case
from flipsnack_mock.doctor.steps.draft import COMMON, LIKELY, RARE, UNLIKELY, Draft, Option, Pair, Pairs
from flipsnack_mock.doctor.steps.spellings import ESCAPES
from flipsnack_mock.protocol.methods import METHODS
from flipsnack_mock.protocol.signature import UNSIGNED, sign

_MOST_NAMES = 40
_MOST_COMBINED = 9
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


def signed_names(case: Case) -> list[str]:
    """The names that the vendor signs, in the order of the request; of very many the first."""
    return [name for name, _ in case.sent if name not in UNSIGNED][:_MOST_NAMES]


def left_out(case: Case) -> Iterator[Option[Draft]]:
    """Parameters left out: any one, two, or all but one or two."""
    names = signed_names(case)
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
    names = signed_names(case)
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
    names = signed_names(case)[:_MOST_COMBINED]
    for name, value in product(names, _NOTHING):
        yield _signed("other-request", RARE, sent, {name: value})
    for chosen in combinations(names, 2):
        yield _signed("other-request", RARE, sent, dict.fromkeys(chosen, ""))
    scopes = (sent.keys() - {"apiKey", "action"}, sent.keys() - {"action"}, sent.keys(), *({name} for name in sent))
    for number, (form, scope) in enumerate(product(_UNFILLED, scopes[: _MOST_COMBINED + 3])):
        unfilled = {name: form.format(name) for name in sorted(scope)}
        yield _signed("placeholder-signed", UNLIKELY if number < len(scopes) else RARE, sent, unfilled)


def _signed(mistake: str, cost: int, sent: dict[str, str], others: dict[str, str]) -> Option[Draft]:
    """The values of some parameters replaced."""
    details = [f"{name}={value}, sent with {sent[name][:60]}" for name, value in others.items()]
    detail = f"signed with {'; '.join(details[:3])}{' …' * (len(details) > 3)}"
    return option(mistake, detail, cost, lambda pairs: tuple([(name, others.get(name, old)) for name, old in pairs]))
