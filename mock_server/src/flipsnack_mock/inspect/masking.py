"""Masks secrets and signatures.

The signature of a resource URL becomes a label, so that equal URLs can be recognised.
"""

import hashlib
import re
from collections.abc import Mapping
from urllib.parse import parse_qsl, quote, unquote_to_bytes

import msgspec

from flipsnack_mock.inspect.spellings import LONGEST_WORD, SPLIT, readings, spellings, unescaped
from flipsnack_mock.protocol.identifiers import AUTOMATIC_PREFIX, automatic_secret
from flipsnack_mock.protocol.messages import UploadedFile
from flipsnack_mock.protocol.methods import METHODS
from flipsnack_mock.protocol.secrets import WORD, Secrets, words_of
from flipsnack_mock.state.journal import Entry
from flipsnack_mock.state.world import World

MASK = "***"

_QUOTED = re.compile(r"""'[^']*'|"[^"]*\"""")
_AUTOMATIC_SECRET = automatic_secret(AUTOMATIC_PREFIX)
# A URL may stand in another one, percent-encoded.
_URL_SIGNATURE = re.compile(
    r"((?:[?&;]|%(?:25)*(?:3f|26|3b))Signature(?:=|%(?:25)*3d))((?:(?!%(?:25)*26)[A-Z0-9_%=-])+)", re.IGNORECASE
)
_TOKEN = re.compile(r"[A-Za-z0-9_-]{16,}")
_SIGNATURES = ("signature", "Signature")
_NOTHING: Mapping[str, str] = {}
_NO_OTHERS = Secrets()
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
        self._own = spellings(own) if own else None
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
        is_doubtful = self._others.have_words or SPLIT.search(text) is not None
        return is_doubtful and any(map(self._others.are_in, (text, *unescaped(text))))

    def _is_others_secret(self, word: str) -> bool:
        # A loop, as it runs for each word of all that is shown.
        for one in readings(word):  # noqa: SIM110
            if one in self._others or _AUTOMATIC_SECRET in one:
                return True
        return False


def _mask_of_signature(name: str, value: str) -> str:
    return label(value) if name == "Signature" else MASK


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
        sent={"action": mask.whole(entry.action[:LONGEST_WORD])} if entry.action else {},
    )
