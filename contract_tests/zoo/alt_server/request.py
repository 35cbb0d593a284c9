"""A request to the second correct server, and how its parameters and files are read."""

import re
from dataclasses import dataclass, field
from urllib.parse import unquote_to_bytes

from contract_tests.zoo.alt_server.accounts import Account, Collection
from contract_tests.zoo.alt_server.table import UNKNOWN, Method

Pair = tuple[bytes, bytes]
LARGEST_TEXT = 64 * 1024
MOST_PAIRS = 1000
BROKEN_ESCAPE = re.compile(rb"%(?![0-9A-Fa-f]{2})")
BOUNDARY = re.compile(r'boundary=(?:"([^"]+)"|([^;\s]+))', re.IGNORECASE)
ABOUT = re.compile(rb';\s*(name|filename)="((?:[^"\\]|\\.)*)"', re.IGNORECASE)


class Refusal(Exception):
    """An answer of the API with another code than 20."""

    def __init__(self, code: int) -> None:
        super().__init__(code)
        self.code = code


def require(condition: bool, code: int) -> None:
    """Raise `Refusal` unless the condition holds."""
    if not condition:
        raise Refusal(code)


@dataclass(frozen=True)
class Upload:
    """One file of a multipart body: the names of its part and of the file, and its content."""

    part: str
    name: str
    content: bytes = field(repr=False)


@dataclass
class Call:
    """One request to the API, then what the server found out about it: parameters, files, account and collection."""

    verb: str
    path: str
    query: str
    content_type: str
    body: bytes
    scheme: str
    host: str
    params: dict[str, str] = field(default_factory=dict)
    files: list[Upload] = field(default_factory=list)
    is_malformed: bool = False
    found_account: Account | None = None
    found_collection: Collection | None = None
    method: Method = UNKNOWN

    def get(self, name: str) -> str:
        """A parameter; "" when it is missing."""
        return self.params.get(name, "")

    @property
    def origin(self) -> str:
        """Scheme and host, for URLs in the answer."""
        return f"{self.scheme}://{self.host}"

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


def in_parts(content_type: str, body: bytes) -> tuple[list[Pair], list[Upload]]:
    """Names and values of a multipart body, escaped as in a form, and its files; raises `ValueError`."""
    found = [_read(part) for part in _split(content_type, body)]
    pairs = [(_escaped(name), _escaped(content)) for name, file_name, content in found if file_name is None]
    files = [Upload(_text(name), _text(other), content) for name, other, content in found if other is not None]
    return pairs, files


def _split(content_type: str, body: bytes) -> list[bytes]:
    match = BOUNDARY.search(content_type)
    if match is None:
        raise ValueError("expected a boundary")
    mark = b"\r\n--" + (match[1] or match[2]).encode("latin-1")
    _preamble, *parts, end = (b"\r\n" + body).split(mark, MOST_PAIRS + 2)
    if not end.startswith(b"--") or not all(part.startswith(b"\r\n") for part in parts):
        raise ValueError("expected complete parts")
    return parts


def _read(part: bytes) -> tuple[bytes, bytes | None, bytes]:
    head, blank, content = part.partition(b"\r\n\r\n")
    line = next((one for one in head.split(b"\r\n") if one.lower().startswith(b"content-disposition:")), b"")
    about = {name.lower(): re.sub(rb"\\(.)", rb"\1", value) for name, value in ABOUT.findall(line)}
    if not blank or b"name" not in about:
        raise ValueError("expected a part with a name")
    return about[b"name"], about.get(b"filename"), content


def _escaped(raw: bytes) -> bytes:
    # Escaped as in a form, so that every pair is decoded in one place.
    return raw.replace(b"%", b"%25")


def _text(raw: bytes) -> str:
    return raw.decode("utf-8", "replace")


def decode(raw: bytes) -> str:
    """The text of an escaped name or value; raises `ValueError` for a broken escape, NUL or what is not UTF-8."""
    if BROKEN_ESCAPE.search(raw):
        raise ValueError("a broken escape")
    text = unquote_to_bytes(raw).decode()
    if "\0" in text:
        raise ValueError("NUL")
    return text
