"""The last steps of signing: the message becomes bytes, and the bytes a digest."""

import hashlib
import hmac
import zlib
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any, NamedTuple

from flipsnack_mock.doctor.case import Case
from flipsnack_mock.doctor.steps.draft import COMMON, LIKELY, UNLIKELY, Data, Option

# --- the message as bytes --------------------------------------------------------------------------------------------


def in_utf_8(text: str, key: str | None) -> Data:
    """The message in UTF-8; what cannot be sent at all is written as a question mark."""
    try:
        return text.encode("utf-8", "surrogateescape"), key if key is None else key.encode("utf-8", "surrogateescape")
    except UnicodeError:
        return text.encode("utf-8", "replace"), None


def _encoded(
    text: str, key: str | None, *, charset: str, errors: str = "surrogateescape", mark: bytes = b"", of_key: str = ""
) -> Data | None:
    """The message in a charset, or None when it lacks a character."""
    if of_key and key is None:
        return None
    try:
        data = mark + text.encode(charset, errors)
        return data, None if key is None else mark + key.encode(of_key or charset, errors)
    except UnicodeError:
        return None


def _mojibake(text: str, key: str | None) -> Data:
    return in_utf_8(text.encode("utf-8", "surrogateescape").decode("latin-1"), key)


def _low_bytes(text: str, key: str | None) -> Data:
    data, of_key = (part.encode("utf-16-le", "surrogatepass")[::2] for part in (text, key or ""))
    return data, None if key is None else of_key


def charsets(case: Case) -> Iterator[Option[Data]]:
    """Charsets other than UTF-8; in most of them ASCII is written as in UTF-8."""
    for charset, cost in _WIDE:
        yield Option("utf-16", f"encoded in {charset}", cost, partial(_encoded, charset=charset))
        of_text = partial(_encoded, charset=charset, of_key="utf-8")
        yield Option("utf-16", f"the text encoded in {charset}, the key in UTF-8", cost, of_text)
    java = partial(_encoded, charset="utf-16-be", mark=b"\xfe\xff")
    yield Option("utf-16", "encoded in utf-16-be with a byte order mark", LIKELY, java)
    if "".join([*sum(case.sent, ()), *case.secrets.values()]).isascii():
        return
    for charset, errors, words, cost in _NARROW:
        yield Option("latin-1", f"encoded in {charset}{words}", cost, partial(_encoded, charset=charset, errors=errors))
    yield Option("latin-1", "the low byte of each character, as JavaScript's binary encoding", UNLIKELY, _low_bytes)
    yield Option("utf-8-twice", "encoded in utf-8 twice", LIKELY, _mojibake)


_WIDE = (
    ("utf-16-le", COMMON),
    ("utf-16", LIKELY),
    *((one, UNLIKELY) for one in ("utf-16-be", "utf-32-le", "utf-32-be")),
)
_OTHERS = ("cp1250", "iso-8859-2", "iso-8859-15", "mac-roman", "cp437", "cp850", "cp1251", "shift_jis", "gbk")
_NARROW = (
    ("latin-1", "strict", "", COMMON),
    ("latin-1", "replace", ", ? for what it lacks", UNLIKELY),
    ("cp1252", "strict", "", LIKELY),
    ("cp1252", "replace", ", ? for what it lacks", UNLIKELY),
    ("ascii", "replace", ", ? for what it lacks", LIKELY),
    ("ascii", "ignore", ", without what it lacks", UNLIKELY),
    ("ascii", "xmlcharrefreplace", ", with XML references", UNLIKELY),
    ("ascii", "backslashreplace", ", with escapes", UNLIKELY),
    *((charset, "strict", "", UNLIKELY) for charset in _OTHERS),
)


# --- the digest ------------------------------------------------------------------------------------------------------

Digest = Callable[[bytes], str]
_HASHES = ("md5", "sha1", "sha256", "sha512", "sha384", "sha224", "sha3_256", "sha3_512", "blake2b", "blake2s")
_CHECKSUMS: dict[str, Callable[[bytes], int]] = {"crc32": zlib.crc32, "adler32": zlib.adler32}


class Algorithm(NamedTuple):
    """A digest: its name, the length in hexadecimal digits, and how to compute it."""

    name: str
    digits: int
    plain: Digest

    def digest(self, data: bytes, key: bytes | None) -> str:
        """The digest in lower-case hexadecimal digits; empty for an HMAC of a checksum."""
        if key is None:
            return self.plain(data)
        return "" if self.name in _CHECKSUMS else hmac.digest(key, data, self.name).hex()


def _hashed(name: str) -> Algorithm:
    function: Callable[..., Any] = getattr(hashlib, name)
    return Algorithm(name, 2 * function().digest_size, lambda data: function(data, usedforsecurity=False).hexdigest())


def _checksum(name: str) -> Algorithm:
    return Algorithm(name, 8, lambda data: f"{_CHECKSUMS[name](data):08x}")


ALGORITHMS = (*map(_hashed, _HASHES), *map(_checksum, _CHECKSUMS))
"""The vendor's digest first, then others."""
