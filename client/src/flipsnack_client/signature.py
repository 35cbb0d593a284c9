"""The vendor's request signature, in named stages.

How to sign a request, in the vendor's documentation: sort the parameters by name, leave out `signature`
and `file`, append each name and value to the secret with nothing in between, and take the MD5. The page
is silent on the encoding; UTF-8 and lower-case hex, over values before URL encoding, are this client's
reading of it.
"""

import hashlib
from collections.abc import Mapping
from urllib.parse import parse_qsl, urlsplit

from requests import PreparedRequest
from requests.auth import AuthBase

UNSIGNED = frozenset({"signature", "file"})
"""Names that are never part of the signed string."""

MASK = "[secret]"


def canonical(params: Mapping[str, str]) -> str:
    """Return names and values in signing order, without the secret that goes before them."""
    return "".join(name + params[name] for name in sorted(params) if name not in UNSIGNED)


def masked_canonical(params: Mapping[str, str]) -> str:
    """Return the whole string that is hashed, for people: the secret is masked."""
    return MASK + canonical(params)


def sign(params: Mapping[str, str], secret: str) -> str:
    """Return the signature, 32 lower-case hex digits. ValueError for text that has no UTF-8 form."""
    # Encoded apart from the secret: a UnicodeEncodeError holds the whole text it could not encode.
    parts = [encoded(secret, "the secret"), encoded(canonical(params), "a parameter")]
    return hashlib.md5(b"".join(parts), usedforsecurity=False).hexdigest()


def encoded(text: str, what: str) -> bytes:
    """Return `text` as UTF-8; ValueError, which does not quote it, when it holds lone surrogates."""
    sound = text.encode("utf-8", "replace").decode("utf-8") == text
    if not sound:
        raise ValueError(f"{what} holds a lone surrogate, which has no UTF-8 form")
    return text.encode("utf-8")


class SignatureAuth(AuthBase):
    """Signs what is really sent: the query of a prepared request, decoded again."""

    def __init__(self, secret: str) -> None:
        self._secret = secret

    def __call__(self, request: PreparedRequest) -> PreparedRequest:
        """Append `signature` to the request's query."""
        query = urlsplit(request.url or "").query
        params = dict(parse_qsl(query, keep_blank_values=True, errors="strict"))
        request.prepare_url(request.url, {"signature": sign(params, self._secret)})
        return request
