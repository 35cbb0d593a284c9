"""Carries out recipes: parameters to text, text to digest, digest to signature."""

from __future__ import annotations

import base64
import hashlib
import hmac
import html
import re
import unicodedata
from collections.abc import Callable, Iterator
from functools import partial
from urllib.parse import quote, quote_plus

from flipsnack_mock.doctor.builder import Pair, Recipe
from flipsnack_mock.doctor.case import Case

__all__ = ["AS_SENT", "DIGEST_BYTES", "ESCAPES", "LENGTHS", "ORDERS", "WRITINGS", "Impossible", "Workshop"]


class Impossible(Exception):
    """The recipe cannot be carried out on this request: its charset lacks a character of it."""


def _lower_escapes(text: str) -> str:
    return re.sub("%[0-9A-F]{2}", lambda match: match[0].lower(), text)


AS_SENT = "as in the URL"
"""The escape that takes what stood in the URL."""

ESCAPES: dict[str, Callable[[str], str]] = {
    "RFC 3986": partial(quote, safe=""),
    "RFC 3986 except /": quote,
    "an HTML form": quote_plus,
    "JavaScript's encodeURIComponent": partial(quote, safe="!'()*"),
    "JavaScript's encodeURI": partial(quote, safe=";,/?:@&=+$!*'()#"),
    "RFC 3986 in lower case": lambda text: _lower_escapes(quote(text, safe="")),
    "an HTML form in lower case (.NET)": lambda text: _lower_escapes(quote_plus(text, safe="!*()")),
    "an escaper of HTML": html.escape,
}

ORDERS: dict[str, Callable[[list[Pair]], list[Pair]]] = {
    "name": sorted,
    "as sent": list,
    "name without letter case": partial(sorted, key=lambda pair: pair[0].lower()),
    "value": partial(sorted, key=lambda pair: pair[1]),
    "name and value as one text": partial(sorted, key="".join),
    "name, backwards": partial(sorted, reverse=True),
}

_FORMS: dict[str, Callable[[str], str]] = {
    "": str,
    "NFC": partial(unicodedata.normalize, "NFC"),
    "NFD": partial(unicodedata.normalize, "NFD"),
}
_LETTERS: dict[str, Callable[[str], str]] = {"lower": str.lower, "upper": str.upper}
_PLUS: dict[str, tuple[str, str]] = {"for space": (" ", "+"), "is space": ("+", " ")}

WRITINGS: dict[str, Callable[[bytes], str]] = {
    "hex": bytes.hex,
    "base64": lambda digest: base64.b64encode(digest).decode(),
    "base64 without =": lambda digest: base64.b64encode(digest).decode().rstrip("="),
    "base64 with + sent as it is": lambda digest: base64.b64encode(digest).decode().replace("+", " "),
    "base64 for URLs": lambda digest: base64.urlsafe_b64encode(digest).decode(),
    "base64 for URLs without =": lambda digest: base64.urlsafe_b64encode(digest).decode().rstrip("="),
    "hex with dashes": lambda digest: digest.hex("-"),
    "hex without leading zeros": lambda digest: digest.hex().lstrip("0"),
}

DIGEST_BYTES = {"md5": 16, "sha1": 20, "sha256": 32, "sha512": 64}

LENGTHS: dict[str, Callable[[int], int | None]] = {
    "hex": lambda size: 2 * size,
    "base64": lambda size: -(-size // 3) * 4,
    "base64 without =": lambda size: -(-size * 4 // 3),
    "base64 with + sent as it is": lambda size: -(-size // 3) * 4,
    "base64 for URLs": lambda size: -(-size // 3) * 4,
    "base64 for URLs without =": lambda size: -(-size * 4 // 3),
    "hex with dashes": lambda size: 3 * size - 1,
    "hex without leading zeros": lambda _size: None,
}
"""How long a digest of so many bytes is in each writing; None where that depends on the digest."""


class Workshop:
    """Carries out recipes on one request, and remembers what several of them have in common."""

    def __init__(self, case: Case) -> None:
        """Prepare for `case`."""
        self._case = case
        self._undecoded = case.undecoded()
        self._changed: dict[tuple[str, bool, str, str, str, Pair], Pair] = {}

    def signature(self, recipe: Recipe) -> str:
        """What the recipe gives for the request; raises `Impossible`."""
        secret = self.secret(recipe)
        text = _encoded(self.text(recipe, secret), recipe.charset)
        if recipe.keyed:
            digest = hmac.digest(secret.encode(), text, recipe.algorithm)
        else:
            digest = hashlib.new(recipe.algorithm, text, usedforsecurity=False).digest()
        written = WRITINGS[recipe.writing](digest)
        written = written.upper() if recipe.upper else written
        start, end = recipe.kept or (0, len(written))
        before, after = recipe.around
        return before + written[start:end] + after

    def text(self, recipe: Recipe, secret: str) -> str:
        """The text that the recipe digests, with `secret` in its places."""
        pairs = [self._changed_pair(recipe, pair) for pair in self._chosen(recipe)]
        if not recipe.empties:
            pairs = [pair for pair in pairs if pair[1]]
        parts = [name + recipe.between + value if recipe.names else value for name, value in _ordered(recipe, pairs)]
        text = recipe.joint.join(parts) + (recipe.joint if recipe.trailing else "")
        gap = recipe.joint if recipe.after_secret else ""
        for place in recipe.places:
            text = secret + gap + text if place == "first" else text + gap + secret
        return text

    def secret(self, recipe: Recipe) -> str:
        """The secret that the recipe takes."""
        return recipe.mangled.replace("{}", self._case.secrets[recipe.secret])

    def _chosen(self, recipe: Recipe) -> Iterator[Pair]:
        replaced = dict(recipe.replaced)
        for name, value in (*self._case.sent, *recipe.added):
            if name == "signature":
                # It cannot sign itself: who forgets to leave it out signs it while it is empty.
                if recipe.with_signature:
                    yield name, ""
            elif name not in recipe.left_out and (recipe.with_file or name != "file"):
                yield name, replaced.get(name, value)

    def _changed_pair(self, recipe: Recipe, pair: Pair) -> Pair:
        way = (recipe.form, recipe.trimmed, recipe.letters, recipe.plus, recipe.escape, pair)
        if way not in self._changed:
            self._changed[way] = self._change(recipe, pair)
        return self._changed[way]

    def _change(self, recipe: Recipe, pair: Pair) -> Pair:
        if recipe.escape == AS_SENT:
            return self._undecoded.get(pair, pair)
        name, value = (_FORMS[recipe.form](text) for text in pair)
        value = value.strip() if recipe.trimmed else value
        value = _LETTERS[recipe.letters](value) if recipe.letters else value
        value = value.replace(*_PLUS[recipe.plus]) if recipe.plus else value
        if recipe.escape:
            name, value = ESCAPES[recipe.escape](name), ESCAPES[recipe.escape](value)
        return name, value


def _ordered(recipe: Recipe, pairs: list[Pair]) -> list[Pair]:
    if isinstance(recipe.order, str):
        return ORDERS[recipe.order](pairs)
    places = {name: place for place, name in enumerate(recipe.order)}
    return sorted(pairs, key=lambda pair: places.get(pair[0], len(places)))


def _encoded(text: str, charset: str) -> bytes:
    try:
        return text.encode(charset, "replace" if charset == "ascii" else "strict")
    except UnicodeEncodeError:
        raise Impossible(f"the text cannot be written in {charset}") from None
