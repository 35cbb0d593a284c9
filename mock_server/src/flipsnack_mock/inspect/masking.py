"""Masks secrets and signatures.

The signature of a resource URL becomes a label, so that equal URLs can be recognised.
"""

import base64
import binascii
import functools
import hashlib
import html
import json
import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from urllib.parse import parse_qsl, quote, unquote, unquote_to_bytes

import msgspec

from flipsnack_mock.protocol.identifiers import AUTOMATIC_PREFIX, automatic_secret
from flipsnack_mock.protocol.messages import UploadedFile
from flipsnack_mock.protocol.methods import METHODS
from flipsnack_mock.protocol.secrets import WORD, Secrets, words_of
from flipsnack_mock.state.journal import Entry
from flipsnack_mock.state.world import World

MASK = "***"

# A shorter secret is masked only as a whole value: a secret of one letter is part of most words.
_FINDABLE = 6
_URL_SAFE = str.maketrans("+/", "-_")
_QUOTED = re.compile(r"""'[^']*'|"[^"]*\"""")
# As in JSON, in most languages, and by `escape` of JavaScript.
_ESCAPE = re.compile(r"(?:[\\%]u([0-9A-Fa-f]{4})|\\x([0-9A-Fa-f]{2})|\\(.))")
_BLANKS = {"n": "\n", "r": "\r", "t": "\t"}
_SPLIT = re.compile(r"&[A-Za-z0-9#]+;|\\")
_ESCAPED = re.compile(rf"[%+]|{_SPLIT.pattern}")
_CODE = re.compile(r"[A-Za-z0-9+/_-]{8,}")
_AUTOMATIC_SECRET = automatic_secret(AUTOMATIC_PREFIX)
# A URL may stand in another one, percent-encoded.
_URL_SIGNATURE = re.compile(
    r"((?:[?&;]|%(?:25)*(?:3f|26|3b))Signature(?:=|%(?:25)*3d))((?:(?!%(?:25)*26)[A-Z0-9_%=-])+)", re.IGNORECASE
)
_TOKEN = re.compile(r"[A-Za-z0-9_-]{16,}")
_SIGNATURES = ("signature", "Signature")
_NOTHING: Mapping[str, str] = {}
_NO_OTHERS = Secrets()
# So long is the longest secret, with each of its bytes percent-encoded more than once.
_LONGEST_WORD = 2_000
_FORM = "application/x-www-form-urlencoded"


def label(token: str) -> str:
    """The mask of a resource URL's signature: the same for equal signatures, and not reversible."""
    return MASK + hashlib.sha256(token.encode()).hexdigest()[:8]


def masked_urls(text: str) -> str:
    """`text` with the signatures of all resource URLs masked."""
    return _URL_SIGNATURE.sub(lambda match: match[1] + label(match[2]), text)


def _decoded(text: str) -> str:
    return unquote_to_bytes(text.replace("+", " ").encode("latin-1")).decode("utf-8", "replace")


class Mask:
    """Masks known secrets, parameters whose name contains `secret`, and signatures."""

    def __init__(self, own: str | None, others: Secrets = _NO_OTHERS, *, sent: Mapping[str, str] = _NOTHING) -> None:
        """Mask `own`, the account's secret, and the signatures of the parameters `sent` anywhere in a text, and
        `others` where they are whole words."""
        self._own = _spellings(own) if own else None
        self._others = others
        signatures = ((name, sent.get(name, "")) for name in _SIGNATURES)
        self._sent = [(value, _mask_of_signature(name, value)) for name, value in signatures if _TOKEN.fullmatch(value)]

    def value(self, name: str, value: str) -> str:
        """The value of a parameter, masked if necessary."""
        if name.lower() == "signature":
            return _mask_of_signature(name, value) if value else value
        return MASK if self.is_secret(name, value) else self.text(value)

    def is_secret(self, name: str, value: str) -> bool:
        """Whether the parameter holds a secret, judged by its value or its name."""
        return bool(value) and ("secret" in name.lower() or self._holds_secret(value))

    def params(self, params: Mapping[str, str]) -> dict[str, str]:
        """All parameters with their names and values masked."""
        return {self.text(name): self.value(name, value) for name, value in params.items()}

    def leaks(self, params: Mapping[str, str]) -> tuple[str, ...]:
        """The names, masked, of the parameters that hold a secret or are called one."""
        held = (name for name, value in params.items() if self.is_secret(name, value) or self._holds_secret(name))
        return tuple(self.text(name) for name in held)

    def text(self, text: str) -> str:
        """`text` with signatures and the account's own secret masked, and words that are another account's secret.

        A spelling of the secret is as good as the secret: percent-encoded, in letters of another case, escaped for
        HTML or JSON, in Base64 or hexadecimal digits. The whole is masked where the place of the secret is not known:
        it is escaped in several ways, or is several words of another account's.
        """
        if not text:
            return text
        for signature, mask in self._sent:
            text = text.replace(signature, mask)
        if "ignature" in text.lower():
            text = masked_urls(text)
        if self._own is not None and self._own.is_in(text):
            text = self._own.pattern.sub(MASK, text)
            if self._own.is_in(text):
                # In one of the spellings that are read only.
                return MASK
        if any(map(self._is_others_secret, words_of(text))):
            text = WORD.sub(lambda word: MASK if self._is_others_secret(word[0]) else word[0], text)
        return MASK if self._holds_others(text) else text

    def detail(self, text: str, params: Mapping[str, str]) -> str:
        """What is said about a request with `params`, masked: it may quote the beginning of a value with a secret."""
        masked = self.text(text)
        is_quoting = masked == text and _QUOTED.search(text) is not None
        return _QUOTED.sub(repr(MASK), text) if is_quoting and self.leaks(params) else masked

    def file(self, file: UploadedFile) -> UploadedFile:
        """What is known of an uploaded file, masked."""
        shown = {name: self.text(getattr(file, name)) for name in ("field", "file_name", "damage")}
        return msgspec.structs.replace(file, **shown)

    def whole(self, text: str) -> str:
        """`text`, a value by itself, masked: also a secret that is too short to be looked for inside of a text."""
        return MASK if self._holds_secret(text) else self.text(text)

    def raw(self, raw: bytes, content_type: str = "") -> str:
        """A query (without `content_type`) or body as masked text, one character for each byte.

        A body that is no form is masked as a whole.
        """
        if raw and content_type and not content_type.lower().startswith(_FORM):
            return MASK
        return self.text("&".join(map(self._piece, raw.decode("latin-1").split("&"))))

    def _piece(self, piece: str) -> str:
        name, separator, value = piece.partition("=")
        known = _decoded(value)
        wanted = self.value(_decoded(name), known)
        return piece if wanted == known else name + separator + quote(wanted, safe="*")

    def _holds_secret(self, value: str) -> bool:
        own = self._own
        return (
            self._is_others_secret(value)
            or self._holds_others(value)
            or (own is not None and (own.is_in(value) or value == own.secret))
        )

    def _holds_others(self, text: str) -> bool:
        """Whether `text` holds a secret of others that is several words, or escaped so that it is no word."""
        is_doubtful = self._others.have_words or _SPLIT.search(text) is not None
        return is_doubtful and any(map(self._others.are_in, (text, *_unescaped(text))))

    def _is_others_secret(self, word: str) -> bool:
        # A loop, as it runs for each word of all that is shown.
        for one in _readings(word):  # noqa: SIM110
            if one in self._others or _AUTOMATIC_SECRET in one:
                return True
        return False


def _mask_of_signature(name: str, value: str) -> str:
    return label(value) if name == "Signature" else MASK


def _readings(word: str) -> tuple[str, ...]:
    """`word`, what it is an encoding of, and the words in that; in small letters."""
    # A client chooses it: a longer one is not read, and not remembered.
    return _read(word) if len(word) <= _LONGEST_WORD else (word.lower(),)


@functools.lru_cache(maxsize=1024)
def _read(word: str) -> tuple[str, ...]:
    found = [word, *_unescaped(word)]
    codes = [text for one in found for text in _decoded_codes(one)]
    # A code may be encoded once more, as a token in a header is.
    found += [*codes, *(text for one in codes for text in _decoded_codes(one))]
    return tuple({one.lower(): None for text in found for one in (text, *words_of(text))})


def _decoded_codes(text: str) -> Iterator[str]:
    """What `text` is Base64 of, or hexadecimal digits, where that is text."""
    if _CODE.fullmatch(text):
        for decode in (bytes.fromhex, lambda code: base64.urlsafe_b64decode(_url_safe(code) + "==")):
            with suppress(binascii.Error, ValueError):
                yield decode(text).decode()


class _Spellings:
    """The ways to write `secret`; `pattern` finds them all."""

    def __init__(self, secret: str) -> None:
        self.secret = secret
        self._findable = len(secret) >= _FINDABLE
        self._plain = secret.lower()
        raw = secret.encode()
        # Where it begins among three bytes decides how Base64 writes it; its ends depend on the neighbours.
        codes = [base64.b64encode(b"\0" * place + raw).rstrip(b"=")[(0, 2, 3)[place] : -1] for place in range(3)]
        self._codes = dict.fromkeys(way(code.decode()) for code in codes for way in (str, _url_safe))
        self._hex = raw.hex()
        self._shortest = min(len(one) for one in (self._plain, self._hex, *self._codes))

    def is_in(self, text: str) -> bool:
        """Whether `text` holds a spelling of the secret; one that is too short is part of any text."""
        low = text.lower()
        if not self._findable or len(low) < self._shortest:
            return False
        if self._plain in low or self._hex in low or any(code in text for code in self._codes):
            return True
        return any(self._plain in one.lower() for one in _unescaped(text))

    @functools.cached_property
    def pattern(self) -> re.Pattern[str]:
        """A pattern for every spelling; around Base64 it takes what belongs to the same text."""
        written = "".join(map(_written, self.secret))
        codes = "|".join(map(re.escape, (self._hex, *self._codes)))
        return re.compile(f"{written}|[A-Za-z0-9+/_-]*(?:{codes})[A-Za-z0-9+/_=-]*", re.IGNORECASE)


def _url_safe(code: str) -> str:
    return code.translate(_URL_SAFE)


def _unescaped(text: str) -> Iterator[str]:
    """What `text` means where it is percent-encoded or escaped for HTML or JSON, up to three times and in any order."""
    if not _ESCAPED.search(text):
        return
    yield from _meanings(text, 3)
    if "+" in text:
        yield (spaced := text.replace("+", " "))
        yield from _meanings(spaced, 3)


def _meanings(text: str, times: int) -> Iterator[str]:
    meant = text
    for decode in _DECODERS:
        if (decoded := decode(meant)) != meant:
            yield (meant := decoded)
    if times > 1 and meant != text:
        yield from _meanings(meant, times - 1)


def _from_html(text: str) -> str:
    return html.unescape(text) if ";" in text else text


def _from_json(text: str) -> str:
    if "\\" not in text and "%u" not in text:
        return text
    return _ESCAPE.sub(_meant, text)


def _meant(escape: re.Match[str]) -> str:
    code = escape[1] or escape[2]
    return chr(int(code, 16)) if code else _BLANKS.get(escape[3], escape[3])


_DECODERS = (unquote, _from_html, _from_json)


def _written(character: str) -> str:
    """A pattern for a character, and for it encoded and escaped."""
    cases = dict.fromkeys((character, character.lower(), character.upper()))
    plain = {re.escape(way(one)): None for one in cases for way in (str, html.escape, _in_json)}
    encoded = ("".join(f"%(?:25)*{byte:02x}" for byte in one.encode()) for one in cases)
    numbered = (f"&#(?:0*{ord(one)}|x0*{ord(one):x});|\\\\u{ord(one):04x}" for one in cases if len(one) == 1)
    return f"(?:{'|'.join([*plain, *encoded, *numbered, *(['[+]'] if character == ' ' else [])])})"


def _in_json(character: str) -> str:
    return json.dumps(character, ensure_ascii=False)[1:-1]


@functools.lru_cache(maxsize=4096)
def _spellings(secret: str) -> _Spellings:
    return _Spellings(secret)


def mask_of(world: World, entry: Entry) -> Mask:
    """The mask of what is shown of `entry`, which belongs to `world`."""
    sent = entry.params or dict(parse_qsl(entry.request.query.decode("latin-1")))
    own = entry.secret
    if not own and (account := world.look_at(sent.get("apiKey", ""))) is not None:
        # It was refused before the account was looked for.
        own = account.secret
    return Mask(own or None, world.secrets, sent=sent)


def shown_in_log(world: World, entry: Entry) -> Entry:
    """`entry` with what the log shows of it masked."""
    if not entry.detail and (not entry.action or entry.action in METHODS):
        return entry
    mask, request = mask_of(world, entry), entry.request
    return msgspec.structs.replace(
        entry,
        request=msgspec.structs.replace(request, method=mask.text(request.method), origin=mask.text(request.origin)),
        key=entry.key if entry.secret else mask.text(entry.key),
        detail=mask.detail(entry.detail, entry.params),
        # The log shows its beginning.
        sent={"action": mask.whole(entry.action[:_LONGEST_WORD])} if entry.action else {},
    )
