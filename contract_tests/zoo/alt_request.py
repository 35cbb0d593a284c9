"""A request to the second correct server, and how its parameters are read."""

import email
import email.message
import re
from dataclasses import dataclass, field
from urllib.parse import unquote_to_bytes

from contract_tests.zoo.alt_accounts import Account, Collection

Pair = tuple[bytes, bytes]
LARGEST_TEXT = 64 * 1024
MOST_PAIRS = 1000
BROKEN_ESCAPE = re.compile(rb"%(?![0-9A-Fa-f]{2})")


@dataclass
class Call:
    """One request to the API, then what the server found out about it: parameters, account and collection."""

    method: str
    path: str
    query: str
    content_type: str
    body: bytes
    origin: str
    params: dict[str, str] = field(default_factory=dict)
    is_malformed: bool = False
    found_account: Account | None = None
    found_collection: Collection | None = None

    def get(self, name: str) -> str:
        """A parameter; "" when it is missing."""
        return self.params.get(name, "")

    @property
    def account(self) -> Account:
        """The account of the key; only for steps behind the one that looks for it."""
        assert self.found_account is not None
        return self.found_account

    @property
    def collection(self) -> Collection:
        """The collection that is asked for; only for steps behind the one that looks for it."""
        assert self.found_collection is not None
        return self.found_collection


def pairs_in_text(text: bytes) -> list[Pair]:
    """Names and values of a query or a form, still escaped; raises `ValueError` for more than a server should read."""
    pieces = [piece for piece in text.split(b"&") if piece]
    if len(text) > LARGEST_TEXT or len(pieces) > MOST_PAIRS:
        raise ValueError("too large")
    return [(name, value) for name, _, value in (piece.replace(b"+", b" ").partition(b"=") for piece in pieces)]


def pairs_in_parts(content_type: str, body: bytes) -> list[Pair]:
    """Names and values of a multipart body, which has no escapes; raises `ValueError`."""
    message = email.message_from_bytes(f"Content-Type: {content_type}\r\n\r\n".encode() + body)
    parts = message.get_payload()
    if not isinstance(parts, list) or message.defects or len(parts) > MOST_PAIRS:
        raise ValueError("expected complete parts")
    return [_pair(part) for part in parts if isinstance(part, email.message.Message) and not part.get_filename()]


def _pair(part: email.message.Message) -> Pair:
    # Escaped as in a form, so that every pair is decoded in one place.
    name, value = str(part.get_param("name", header="content-disposition")), part.get_payload(decode=True)
    assert isinstance(value, bytes)
    return name.encode("utf-8", "surrogateescape").replace(b"%", b"%25"), value.replace(b"%", b"%25")


def decode(raw: bytes) -> str:
    """The text of an escaped name or value; raises `ValueError` for a broken escape, NUL or what is not UTF-8."""
    if BROKEN_ESCAPE.search(raw):
        raise ValueError("a broken escape")
    text = unquote_to_bytes(raw).decode()
    if "\0" in text:
        raise ValueError("NUL")
    return text
