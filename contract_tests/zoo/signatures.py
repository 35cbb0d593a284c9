"""Servers that sign in a way of their own: some take that signature too, some take no other."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from urllib.parse import quote, unquote

from contract_tests.zoo.meddling import App, Asked, Made, Pairs, meddled

from flipsnack_contract.contract.signing import digest, sign

OwnSign = Callable[[Asked, Pairs], str]
WRONG = "0" * 32


def _signing(own: OwnSign, *, right_too: bool) -> Callable[[], App]:
    def ask(asked: Asked) -> Asked:
        sent = asked.get("signature")
        if not (asked.is_call and asked.method == "GET" and sent and asked.is_well_formed):
            return asked
        unsigned = [pair for pair in asked.pairs if pair[0] != "signature"]
        if sent == own(asked, unsigned):
            return asked.asks([*unsigned, ("signature", sign(asked.secret, unsigned))])
        return asked if right_too else asked.asks([*unsigned, ("signature", WRONG)])

    return lambda: meddled(ask)


def _too(own: OwnSign) -> Callable[[], App]:
    """Takes the right signature, and its own."""
    return _signing(own, right_too=True)


def _only(own: OwnSign) -> Callable[[], App]:
    """Takes its own signature, and no other."""
    return _signing(own, right_too=False)


def _text(asked: Asked, pairs: Pairs) -> str:
    return asked.secret + "".join(name + value for name, value in pairs)


def _plain(pairs: Pairs) -> Pairs:
    return sorted(pair for pair in pairs if pair[0] != "file")


def _everything_goes(asked: Asked, pairs: Pairs) -> str:
    del pairs
    return asked.get("signature") or ""


def _values(asked: Asked, pairs: Pairs) -> str:
    return digest(asked.secret + "".join(value for _, value in _plain(pairs)))


def _bare(asked: Asked, pairs: Pairs) -> str:
    return digest(_text(asked, _plain(pairs)).removeprefix(asked.secret))


def _sha(asked: Asked, pairs: Pairs) -> str:
    return hashlib.sha256(_text(asked, _plain(pairs)).encode()).hexdigest()


def _as_sent(asked: Asked, pairs: Pairs) -> str:
    return digest(_text(asked, [pair for pair in pairs if pair[0] != "file"]))


def _blind(asked: Asked, pairs: Pairs) -> str:
    return digest(_text(asked, sorted(_plain(pairs), key=lambda pair: pair[0].casefold())))


def _utf16(asked: Asked, pairs: Pairs) -> str:
    return digest(_text(asked, sorted(_plain(pairs), key=lambda pair: pair[0].encode("utf-16-be"))))


def _all(asked: Asked, pairs: Pairs) -> str:
    return digest(_text(asked, sorted(pairs)))


def _known(asked: Asked, pairs: Pairs) -> str:
    return sign(asked.secret, [pair for pair in pairs if pair[0] in ("action", "apiKey", "collectionHash")])


def _latin(asked: Asked, pairs: Pairs) -> str:
    text = _text(asked, _plain(pairs))
    try:
        return digest(text, "latin-1")
    except UnicodeEncodeError:
        return digest(text)


def _raw(asked: Asked, _pairs: Pairs) -> str:
    pieces = [piece.partition("=") for piece in asked.query.split("&")]
    return digest(_text(asked, _plain([(unquote(name), raw) for name, _, raw in pieces if name != "signature"])))


def _escaped(asked: Asked, pairs: Pairs) -> str:
    return digest(_text(asked, [(name, quote(value, safe="")) for name, value in _plain(pairs)]))


def _trimmed(asked: Asked, pairs: Pairs) -> str:
    return digest(_text(asked, [(name, value.strip()) for name, value in _plain(pairs)]))


def _filled(asked: Asked, pairs: Pairs) -> str:
    return digest(_text(asked, [pair for pair in _plain(pairs) if pair[1]]))


SERVERS: tuple[Made, ...] = (
    ("looks at no signature", "signature.digest", _only(_everything_goes)),
    ("signs values only", "signature.digest", _only(_values)),
    ("takes a signature without the secret", "signature.digest", _too(_bare)),
    ("takes SHA-256 too", "signature.digest", _too(_sha)),
    ("signs in the order sent", "signature.sorted", _only(_as_sent)),
    ("takes a signature in the order sent", "signature.sorted", _too(_as_sent)),
    ("orders names without regard to case", "signature.byte-order", _only(_blind)),
    ("takes an order without regard to case", "signature.byte-order", _too(_blind)),
    ("orders names by UTF-16 units", "signature.byte-order", _only(_utf16)),
    ("signs file too", "signature.excludes-itself-and-file", _only(_all)),
    ("takes a signature over file", "signature.excludes-itself-and-file", _too(_all)),
    ("signs known parameters only", "signature.excludes-itself-and-file", _only(_known)),
    ("lets unknown parameters be unsigned", "signature.excludes-itself-and-file", _too(_known)),
    ("signs in Latin-1", "signature.decoded-utf8", _only(_latin)),
    ("takes a signature in Latin-1", "signature.decoded-utf8", _too(_latin)),
    ("signs the escaped text", "signature.decoded-utf8", _only(_raw)),
    ("signs the text escaped anew", "signature.decoded-utf8", _only(_escaped)),
    ("signs trimmed values", "signature.decoded-utf8", _only(_trimmed)),
    ("takes a signature over trimmed values", "signature.decoded-utf8", _too(_trimmed)),
    ("leaves empty values unsigned", "signature.empty-values", _only(_filled)),
    ("lets empty values be unsigned", "signature.empty-values", _too(_filled)),
)
