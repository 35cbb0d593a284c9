"""The last steps of signing: the text becomes bytes, and the bytes a digest."""

import hashlib
import hmac
import zlib
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any, NamedTuple

from flipsnack_mock.doctor.case import Case
from flipsnack_mock.doctor.draft import COMMON, LIKELY, UNLIKELY, Draft, Option

# --- the text as bytes -----------------------------------------------------------------------------------------------


def encoded(
    charset: str, errors: str = "surrogateescape", mark: bytes = b"", key_charset: str | None = None
) -> Callable[[Draft], Draft | None]:
    """Encode the text, and the key of an HMAC; a character that the charset lacks gives None."""

    def apply(draft: Draft) -> Draft | None:
        try:
            data = mark + draft.text.encode(charset, errors)
            key = b"" if draft.key is None else mark + draft.key.encode(key_charset or charset, errors)
        except UnicodeError:
            return None
        return Draft(draft.pairs, draft.secret, draft.join, draft.text, draft.key, data, key)

    return apply


def in_utf_8(draft: Draft) -> Draft:
    """The draft in UTF-8; what cannot be sent at all is written as a question mark."""
    return encoded("utf-8")(draft) or Draft(
        draft.pairs, draft.secret, draft.join, draft.text, draft.key, draft.text.encode("utf-8", "replace")
    )


def _mojibake(draft: Draft) -> Draft | None:
    text = draft.text.encode("utf-8", "surrogateescape").decode("latin-1")
    return encoded("utf-8")(Draft(draft.pairs, draft.secret, draft.join, text, draft.key))


def _low_bytes(draft: Draft) -> Draft:
    data = draft.text.encode("utf-16-le", "surrogatepass")[::2]
    key = (draft.key or "").encode("utf-16-le", "surrogatepass")[::2]
    return Draft(draft.pairs, draft.secret, draft.join, draft.text, draft.key, data, key)


def charsets(_case: Case) -> Iterator[Option]:
    """Charsets other than UTF-8."""
    for charset in ("utf-16-le", "utf-16-be", "utf-16", "utf-32-le", "utf-32-be"):
        cost = COMMON if charset == "utf-16-le" else LIKELY if charset == "utf-16" else UNLIKELY
        yield Option("utf-16", f"encoded in {charset}", cost, encoded(charset))
        of_text = encoded(charset, key_charset="utf-8")
        yield Option("utf-16", f"the text encoded in {charset}, the key in UTF-8", cost, of_text)
    java = encoded("utf-16-be", mark=b"\xfe\xff")
    yield Option("utf-16", "encoded in utf-16-be with a byte order mark", LIKELY, java)
    yield Option("latin-1", "encoded in latin-1", COMMON, encoded("latin-1", "strict"))
    yield Option("latin-1", "encoded in latin-1, ? for what it lacks", UNLIKELY, encoded("latin-1", "replace"))
    yield Option("latin-1", "encoded in cp1252", LIKELY, encoded("cp1252", "strict"))
    yield Option("latin-1", "encoded in cp1252, ? for what it lacks", UNLIKELY, encoded("cp1252", "replace"))
    yield Option("latin-1", "encoded in ascii, ? for what it lacks", LIKELY, encoded("ascii", "replace"))
    yield Option("latin-1", "encoded in ascii, without what it lacks", UNLIKELY, encoded("ascii", "ignore"))
    yield Option("latin-1", "encoded in ascii, with XML references", UNLIKELY, encoded("ascii", "xmlcharrefreplace"))
    yield Option("latin-1", "encoded in ascii, with escapes", UNLIKELY, encoded("ascii", "backslashreplace"))
    yield Option("latin-1", "the low byte of each character, as JavaScript's binary encoding", UNLIKELY, _low_bytes)
    yield Option("utf-8-twice", "encoded in utf-8 twice", LIKELY, _mojibake)
    for charset in ("cp1250", "iso-8859-2", "iso-8859-15", "mac-roman", "cp437", "cp850", "cp1251", "shift_jis", "gbk"):
        yield Option("latin-1", f"encoded in {charset}", UNLIKELY, encoded(charset, "strict"))


# --- the digest ------------------------------------------------------------------------------------------------------

Digest = Callable[[bytes], str]
_HASHES: dict[str, Callable[..., Any]] = {
    "md5": hashlib.md5,
    "sha1": hashlib.sha1,
    "sha256": hashlib.sha256,
    "sha512": hashlib.sha512,
    "sha384": hashlib.sha384,
    "sha224": hashlib.sha224,
    "sha3_256": hashlib.sha3_256,
    "sha3_512": hashlib.sha3_512,
    "blake2b": hashlib.blake2b,
    "blake2s": hashlib.blake2s,
}
_CHECKSUMS: dict[str, Callable[[bytes], int]] = {"crc32": zlib.crc32, "adler32": zlib.adler32}


class Algorithm(NamedTuple):
    """A digest: its name, the length in hexadecimal digits, and how to compute it."""

    name: str
    digits: int
    plain: Digest

    def digest(self, draft: Draft) -> str:
        """The digest of the draft in lower-case hexadecimal digits; empty for an HMAC of a checksum."""
        if draft.key is None:
            return self.plain(draft.data)
        if self.name in _CHECKSUMS:
            return ""
        return hmac.digest(draft.key_data, draft.data, self.name).hex()


def _hashed(name: str) -> Digest:
    function = partial(_HASHES[name], usedforsecurity=False)
    return lambda data: str(function(data).hexdigest())


def _checksum(name: str) -> Digest:
    return lambda data: f"{_CHECKSUMS[name](data):08x}"


ALGORITHMS = (
    *(Algorithm(name, 2 * function().digest_size, _hashed(name)) for name, function in _HASHES.items()),
    *(Algorithm(name, 8, _checksum(name)) for name in _CHECKSUMS),
)
"""The vendor's digest first, then others."""
