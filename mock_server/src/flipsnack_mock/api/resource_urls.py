"""Resource URLs, from which packages are served: signed in the style of a CDN, and expired after a minute.

Beside the digest, `Signature` carries the exact instant of expiry and a serial number: a URL expires to the
microsecond, and each answer has another one. `Expires` keeps the CDN's whole seconds.
"""

import base64
import binascii
import hashlib
import hmac
import re
import struct
from functools import lru_cache

from flipsnack_mock.protocol.addresses import PACKAGE_PREFIX, namespace_path
from flipsnack_mock.protocol.errors import BadRequest
from flipsnack_mock.protocol.instants import SECOND
from flipsnack_mock.protocol.parameters import parse_query
from flipsnack_mock.state.account import Account, Collection, account_id

_ERROR = '<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>{}</Code><Message>{}</Message></Error>\n'
ACCESS_DENIED = _ERROR.format("AccessDenied", "Access denied").encode()
INVALID_RANGE = _ERROR.format("InvalidRange", "The range is outside of the package").encode()

_PATH = re.compile(r"/packages/(?P<account>[0-9A-F]{11})/(?P<hash>[A-Za-z0-9._-]{1,64})/(?P<name>[^/]{1,250})\.zip")
_STAMP = struct.Struct(">QQ")
_DIGEST_BYTES = 20


class Denied(Exception):
    """A resource URL that is not, or no longer, valid; the text and `rule` say why, for the journal only."""

    def __init__(self, detail: str, *, rule: str = "url.tamper-proof") -> None:
        """Say why, and name the rule that says so."""
        super().__init__(detail)
        self.rule = rule


def make(account: Account, collection: Collection, *, origin: str, now: int, lifetime: float | None = None) -> str:
    """A new resource URL for `collection`, below `origin`, valid for `lifetime` seconds from `now` on.

    The default of `lifetime` is the account's setting `url_lifetime`. Adds one to `account.urls_made`.
    """
    account.urls_made += 1
    public_id = account_id(account.key)
    expires = now + round((account.behaviour.url_lifetime if lifetime is None else lifetime) * SECOND)
    path = f"{PACKAGE_PREFIX}{public_id}/{collection.hash}/{_file_name(collection.title[:_NAMED_BY])}.zip"
    stamp = _STAMP.pack(expires, account.urls_made)
    token = base64.urlsafe_b64encode(stamp + _digest(account, origin, path, stamp)).decode().rstrip("=")
    query = f"Expires={expires // SECOND}&Signature={token}&Key-Pair-Id={_key_pair_id(public_id)}"
    return f"{origin}{path}?{query}"


def locate(path: str) -> tuple[str, str]:
    """The account's id and the collection's hash in the `path` of a package; raises `Denied` for any other path."""
    match = _PATH.fullmatch(path)
    if match is None:
        raise Denied("the path is not one of a package")
    return match["account"], match["hash"]


def verify(account: Account, path: str, *, origin: str, query: bytes, now: int) -> None:
    """Raise `Denied` unless `path` and `query` are, unchanged, a resource URL of `account` that is valid at `now`.

    Of `origin` only the namespace counts: a client may reach the fake under several host names and mount points.
    """
    expires, token = _signed_parts(account, query)
    stamp, digest = token[: _STAMP.size], token[_STAMP.size :]
    if len(digest) != _DIGEST_BYTES or not hmac.compare_digest(digest, _digest(account, origin, path, stamp)):
        raise Denied("the signature of the resource URL does not match it")
    dies, _serial = _STAMP.unpack(stamp)
    if expires != str(dies // SECOND):
        raise Denied("Expires was changed")
    if now >= dies:
        raise Denied(f"the resource URL expired {(now - dies) / SECOND:.6f} s ago", rule="url.expired-is-403")


def _signed_parts(account: Account, query: bytes) -> tuple[str, bytes]:
    try:
        params = parse_query(query)
        if params.keys() != {"Expires", "Signature", "Key-Pair-Id"}:
            raise Denied("the query is not Expires, Signature and Key-Pair-Id")
        text = params["Signature"]
        token = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except (BadRequest, binascii.Error, ValueError):
        raise Denied("the query of the resource URL is damaged") from None
    # Base64 has spare bits at its end: only the text that was given out is valid.
    if base64.urlsafe_b64encode(token).decode().rstrip("=") != text:
        raise Denied("the signature of the resource URL was changed")
    if params["Key-Pair-Id"] != _key_pair_id(account_id(account.key)):
        raise Denied("Key-Pair-Id was changed")
    return params["Expires"], token


def _digest(account: Account, origin: str, path: str, stamp: bytes) -> bytes:
    text = f"resource-url:{account.life}:{account.key}:{account.secret}\0{namespace_path(origin)}{path}\0"
    # BLAKE2 takes a secret in front of what it signs without HMAC around it.
    return hashlib.blake2b(text.encode() + stamp, digest_size=_DIGEST_BYTES).digest()


def _key_pair_id(public_id: str) -> str:
    return f"K{public_id}00"


# So much of a title is remembered beside the name that it gives.
_NAMED_BY = 1_000


@lru_cache(maxsize=4096)
def _file_name(title: str) -> str:
    words = re.sub(r"[^a-z0-9]+", "-", title.lower()).strip("-")
    return words[:80].rstrip("-") or "collection"
