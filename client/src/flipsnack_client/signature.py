"""The vendor's request signature, in named stages.

Source: "How to sign a request" in the vendor's documentation. Sort the parameters by name, leave out
`signature` and `file`, append each name and value to the secret without separators, and take the MD5.
The page does not name the encoding; this client takes UTF-8, values before URL encoding, and lower-case hex.
"""

import hashlib
from collections.abc import Mapping
from urllib.parse import parse_qsl, urlsplit

from requests import PreparedRequest
from requests.auth import AuthBase

from flipsnack_client.exceptions import NotUtf8
from flipsnack_client.multipart import Multipart

UNSIGNED = frozenset({"signature", "file"})
"""Names that are never part of the signed string."""

MASK = "[secret]"


def canonical(params: Mapping[str, str]) -> str:
    """Return names and values in signing order, without the secret that precedes them."""
    return "".join(name + params[name] for name in sorted(params) if name not in UNSIGNED)


def masked_canonical(params: Mapping[str, str]) -> str:
    """Return the string that is hashed, with the secret masked."""
    return MASK + canonical(params)


def sign(params: Mapping[str, str], secret: str) -> str:
    """Return the signature, 32 lower-case hex digits. Raises ValueError for text that UTF-8 cannot encode."""
    # Encoded separately: a UnicodeEncodeError contains the whole text, which must not be the secret.
    parts = [encoded(secret, "the secret"), encoded(canonical(params), "a parameter")]
    return hashlib.md5(b"".join(parts), usedforsecurity=False).hexdigest()


def encoded(text: str, what: str) -> bytes:
    """Return `text` as UTF-8. Raises NotUtf8, which does not quote it, for lone surrogates."""
    sound = text.encode("utf-8", "replace").decode("utf-8") == text
    if not sound:
        raise NotUtf8(f"{what} contains a lone surrogate, which UTF-8 cannot encode")
    return text.encode("utf-8")


class SignatureAuth(AuthBase):
    """Signs what is sent: the fields of a multipart body, else the decoded query of the prepared request."""

    def __init__(self, secret: str) -> None:
        self._secret = secret

    def __call__(self, request: PreparedRequest) -> PreparedRequest:
        """Append `signature` to the fields of the body, or to the query."""
        if isinstance(request.body, Multipart):
            fields = request.body.fields
            fields["signature"] = sign(fields, self._secret)
            return request
        query = urlsplit(request.url or "").query
        params = dict(parse_qsl(query, keep_blank_values=True, errors="strict"))
        request.prepare_url(request.url, {"signature": sign(params, self._secret)})
        return request
