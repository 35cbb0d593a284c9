"""Servers that sign in a way of their own: they take their own signature and refuse the right one."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import quote, unquote

from contract_tests.zoo.meddling import SECRET, App, Asked, Pairs, meddled

from flipsnack_contract.signing import digest, sign

OwnSign = Callable[[Asked, Pairs], str]
WRONG = "0" * 32


def _signing(own: OwnSign) -> Callable[[], App]:
    def ask(asked: Asked) -> Asked:
        sent = asked.get("signature")
        if not (asked.is_call and asked.method == "GET" and sent and asked.is_well_formed):
            return asked
        unsigned = [pair for pair in asked.pairs if pair[0] != "signature"]
        verdict = sign(SECRET, unsigned) if sent == own(asked, unsigned) else WRONG
        return asked.asks([*unsigned, ("signature", verdict)])

    return lambda: meddled(ask)


def _text(pairs: Pairs) -> str:
    return SECRET + "".join(name + value for name, value in pairs)


def _plain(pairs: Pairs) -> Pairs:
    return sorted(pair for pair in pairs if pair[0] != "file")


def _everything_goes(asked: Asked, pairs: Pairs) -> str:
    del pairs
    return asked.get("signature") or ""


def _latin(_asked: Asked, pairs: Pairs) -> str:
    text = _text(_plain(pairs))
    try:
        return digest(text, "latin-1")
    except UnicodeEncodeError:
        return digest(text)


def _raw(asked: Asked, _pairs: Pairs) -> str:
    pieces = [piece.partition("=") for piece in asked.query.split("&")]
    return digest(_text(_plain([(unquote(name), raw) for name, _, raw in pieces if name != "signature"])))


SERVERS: tuple[tuple[str, str, Callable[[], App]], ...] = (
    ("looks at no signature", "signature.digest", _signing(_everything_goes)),
    (
        "signs values only",
        "signature.digest",
        _signing(lambda _, pairs: digest(SECRET + "".join(v for _n, v in _plain(pairs)))),
    ),
    (
        "signs in the order sent",
        "signature.sorted",
        _signing(lambda _, pairs: digest(_text([p for p in pairs if p[0] != "file"]))),
    ),
    (
        "orders names without regard to case",
        "signature.byte-order",
        _signing(lambda _, pairs: digest(_text(sorted(_plain(pairs), key=lambda pair: pair[0].casefold())))),
    ),
    (
        "orders names by UTF-16 units",
        "signature.byte-order",
        _signing(lambda _, pairs: digest(_text(sorted(_plain(pairs), key=lambda pair: pair[0].encode("utf-16-be"))))),
    ),
    ("signs file too", "signature.excludes-itself-and-file", _signing(lambda _, pairs: digest(_text(sorted(pairs))))),
    (
        "signs known parameters only",
        "signature.excludes-itself-and-file",
        _signing(lambda _, pairs: sign(SECRET, [p for p in pairs if p[0] in ("action", "apiKey", "collectionHash")])),
    ),
    ("signs in Latin-1", "signature.decoded-utf8", _signing(_latin)),
    ("signs the escaped text", "signature.decoded-utf8", _signing(_raw)),
    (
        "signs the text escaped anew",
        "signature.decoded-utf8",
        _signing(lambda _, pairs: digest(_text([(name, quote(value, safe="")) for name, value in _plain(pairs)]))),
    ),
    (
        "signs trimmed values",
        "signature.decoded-utf8",
        _signing(lambda _, pairs: digest(_text([(name, value.strip()) for name, value in _plain(pairs)]))),
    ),
    (
        "leaves empty values unsigned",
        "signature.empty-values",
        _signing(lambda _, pairs: digest(_text([pair for pair in _plain(pairs) if pair[1]]))),
    ),
)
