"""Why a signature is wrong: the common mistakes, each made once, until one gives the same signature.

It knows one mistake at a time and nothing of the URL it came in; `flipsnack-mock doctor` looks further.
"""

import base64
import hashlib
import hmac
from collections.abc import Callable, Iterator, Mapping
from typing import NamedTuple
from urllib.parse import quote, quote_plus

from flipsnack_client.signature import UNSIGNED, sign

__all__ = ["MISTAKES", "Mistake", "explain"]

Pairs = list[tuple[str, str]]


class Mistake(NamedTuple):
    """A way to sign that is not the vendor's: `make` takes parameters in their order, and the secret."""

    name: str
    remedy: str
    make: Callable[[Pairs, str], str]


def explain(params: Mapping[str, str], secret: str, given: str) -> Iterator[Mistake]:
    """The mistakes that make `given` of `params`, none when it is right. ValueError for text without a UTF-8 form."""
    right = sign(params, secret)
    pairs = [(name, value) for name, value in params.items() if name not in UNSIGNED]
    if given == right:
        return
    for mistake in MISTAKES:
        if _made(mistake, pairs, secret) == given:
            yield mistake
    if len(given) >= _ENOUGH and right.startswith(given):
        yield Mistake("truncated", "send all 32 digits", lambda _pairs, _secret: given)


_ENOUGH = 8
"""Fewer digits could be the beginning of the right ones by accident."""


def _made(mistake: Mistake, pairs: Pairs, secret: str) -> str | None:
    try:
        return mistake.make(pairs, secret)
    except UnicodeEncodeError:
        return None


def _text(pairs: Pairs) -> str:
    return "".join(name + value for name, value in sorted(pairs))


def _md5(text: str, charset: str = "utf-8") -> str:
    return hashlib.md5(text.encode(charset), usedforsecurity=False).hexdigest()


def _base64(pairs: Pairs, secret: str) -> str:
    return base64.b64encode(bytes.fromhex(_md5(secret + _text(pairs)))).decode()


def _query(pairs: Pairs) -> str:
    return "&".join(f"{name}={value}" for name, value in sorted(pairs))


def _each(pairs: Pairs, change: Callable[[str], str]) -> str:
    return _text([(change(name), change(value)) for name, value in pairs])


def _without(pairs: Pairs, *names: str) -> str:
    return _text([pair for pair in pairs if pair[0] not in names])


_PLAIN = "sign plain values, and encode them afterwards"
_FIRST = "put the secret in front, once"
_UTF8 = "encode the text in UTF-8"
_MD5 = "take the MD5 of the text that begins with the secret"

MISTAKES = (
    Mistake(
        "unsorted",
        "sort the parameters by name before you join them",
        lambda pairs, secret: _md5(secret + "".join(name + value for name, value in pairs)),
    ),
    Mistake(
        "format-not-signed",
        "sign every parameter that is sent; format and callback are no exceptions",
        lambda pairs, secret: _md5(secret + _without(pairs, "format", "callback")),
    ),
    Mistake(
        "empty-dropped",
        "sign the name of a parameter that is sent empty, or do not send it",
        lambda pairs, secret: _md5(secret + _text([pair for pair in pairs if pair[1]])),
    ),
    Mistake("percent-encoded", _PLAIN, lambda pairs, secret: _md5(secret + _each(pairs, lambda text: quote(text, "")))),
    Mistake("plus-for-space", _PLAIN, lambda pairs, secret: _md5(secret + _each(pairs, quote_plus))),
    Mistake(
        "separators",
        "join names and values with nothing in between",
        lambda pairs, secret: _md5(secret + _query(pairs)),
    ),
    Mistake("secret-missing", _FIRST, lambda pairs, _secret: _md5(_text(pairs))),
    Mistake("secret-last", _FIRST, lambda pairs, secret: _md5(_text(pairs) + secret)),
    Mistake("secret-doubled", _FIRST, lambda pairs, secret: _md5(secret + _text(pairs) + secret)),
    Mistake(
        "secret-altered",
        "strip the line end from the secret that you read",
        lambda pairs, secret: _md5(f"{secret}\n{_text(pairs)}"),
    ),
    Mistake("latin-1", _UTF8, lambda pairs, secret: _md5(secret + _text(pairs), "latin-1")),
    Mistake("utf-16", _UTF8, lambda pairs, secret: _md5(secret + _text(pairs), "utf-16-le")),
    Mistake("hmac", _MD5, lambda pairs, secret: hmac.new(secret.encode(), _text(pairs).encode(), "md5").hexdigest()),
    Mistake("other-digest", _MD5, lambda pairs, secret: hashlib.sha256((secret + _text(pairs)).encode()).hexdigest()),
    Mistake(
        "upper-case",
        "send lower-case hexadecimal digits",
        lambda pairs, secret: _md5(secret + _text(pairs)).upper(),
    ),
    Mistake("base64", "send hexadecimal digits", _base64),
)
