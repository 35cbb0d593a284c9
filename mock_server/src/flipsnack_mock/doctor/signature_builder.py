"""Applies a signing variant to a request: parameters to text, text to digest, digest to signature."""

import base64
import hashlib
import hmac
import html
import re
import unicodedata
from collections.abc import Callable, Iterator
from functools import cache, partial
from urllib.parse import quote, quote_plus

from flipsnack_mock.doctor.case import Case
from flipsnack_mock.doctor.signing_variant import Pair, SigningVariant


class NotApplicable(Exception):
    """The variant cannot be applied to this request: its charset lacks a character."""


def _lower_escapes(text: str) -> str:
    return re.sub("%[0-9A-F]{2}", lambda match: match[0].lower(), text)


AS_SENT = "as in the URL"
"""The escape that keeps the spelling in the URL."""

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

_NORMAL_FORMS: dict[str, Callable[[str], str]] = {
    "": str,
    "NFC": partial(unicodedata.normalize, "NFC"),
    "NFD": partial(unicodedata.normalize, "NFD"),
}
_LETTER_CASES: dict[str, Callable[[str], str]] = {"lower": str.lower, "upper": str.upper}
_PLUS: dict[str, tuple[str, str]] = {"for space": (" ", "+"), "is space": ("+", " ")}

DIGEST_ENCODINGS: dict[str, Callable[[bytes], str]] = {
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


@cache
def encoded_length(digest_encoding: str, algorithm: str) -> int | None:
    """The length of a digest in this encoding; None if it depends on the digest."""
    if digest_encoding == "hex without leading zeros":
        return None
    return len(DIGEST_ENCODINGS[digest_encoding](bytes(DIGEST_BYTES[algorithm])))


class SignatureBuilder:
    """Computes signatures of one request, and caches the changed pairs that several variants share."""

    def __init__(self, case: Case) -> None:
        self._case = case
        self._undecoded = case.undecoded()
        self._changed: dict[tuple[str, bool, str, str, str, Pair], Pair] = {}

    def signature(self, signing: SigningVariant) -> str:
        """The signature that the variant produces; raises `NotApplicable`."""
        secret = self.secret(signing)
        text = _encoded(self.text(signing, secret), signing.charset)
        if signing.keyed:
            digest = hmac.digest(secret.encode(), text, signing.algorithm)
        else:
            digest = hashlib.new(signing.algorithm, text, usedforsecurity=False).digest()
        written = DIGEST_ENCODINGS[signing.digest_encoding](digest)
        written = written.upper() if signing.upper else written
        start, end = signing.kept or (0, len(written))
        before, after = signing.around
        return before + written[start:end] + after

    def text(self, signing: SigningVariant, secret: str) -> str:
        """The text that the variant digests, with `secret` in its places."""
        pairs = [self._changed_pair(signing, pair) for pair in self._chosen(signing)]
        if not signing.keep_empty:
            pairs = [pair for pair in pairs if pair[1]]
        parts = [name + signing.between + value if signing.names else value for name, value in _ordered(signing, pairs)]
        text = signing.joint.join(parts) + (signing.joint if signing.trailing else "")
        gap = signing.joint if signing.after_secret else ""
        for place in signing.secret_places:
            text = secret + gap + text if place == "first" else text + gap + secret
        return text

    def secret(self, signing: SigningVariant) -> str:
        """The secret that the variant uses."""
        return signing.secret_template.replace("{}", self._case.secrets[signing.secret])

    def _chosen(self, signing: SigningVariant) -> Iterator[Pair]:
        replaced = dict(signing.replaced)
        for name, value in (*self._case.sent, *signing.added):
            if name == "signature":
                # A client that forgets to leave it out signs it while it is still empty.
                if signing.with_signature:
                    yield name, ""
            elif name not in signing.left_out and (signing.with_file or name != "file"):
                yield name, replaced.get(name, value)

    def _changed_pair(self, signing: SigningVariant, pair: Pair) -> Pair:
        way = (signing.normal_form, signing.trimmed, signing.letter_case, signing.plus_sign, signing.escape, pair)
        if way not in self._changed:
            self._changed[way] = self._change(signing, pair)
        return self._changed[way]

    def _change(self, signing: SigningVariant, pair: Pair) -> Pair:
        if signing.escape == AS_SENT:
            return self._undecoded.get(pair, pair)
        name, value = (_NORMAL_FORMS[signing.normal_form](text) for text in pair)
        value = value.strip() if signing.trimmed else value
        value = _LETTER_CASES[signing.letter_case](value) if signing.letter_case else value
        value = value.replace(*_PLUS[signing.plus_sign]) if signing.plus_sign else value
        if signing.escape:
            name, value = ESCAPES[signing.escape](name), ESCAPES[signing.escape](value)
        return name, value


def _ordered(signing: SigningVariant, pairs: list[Pair]) -> list[Pair]:
    if isinstance(signing.order, str):
        return ORDERS[signing.order](pairs)
    secret_places = {name: place for place, name in enumerate(signing.order)}
    return sorted(pairs, key=lambda pair: secret_places.get(pair[0], len(secret_places)))


def _encoded(text: str, charset: str) -> bytes:
    try:
        return text.encode(charset, "replace" if charset == "ascii" else "strict")
    except UnicodeEncodeError:
        raise NotApplicable(f"the text cannot be encoded in {charset}") from None
