"""The steps of signing that the secret takes part in: which one is used, and where it is put."""

import base64
import binascii
import re
from collections.abc import Callable, Iterator
from functools import partial

from flipsnack_mock.doctor.case import ANOTHER, OWN, Case
from flipsnack_mock.doctor.steps.draft import COMMON, LIKELY, RARE, UNLIKELY, Draft, Message, Option, Pairs
from flipsnack_mock.doctor.steps.spellings import VARIABLE
from flipsnack_mock.doctor.steps.variables import unset_secret

# --- which secret ----------------------------------------------------------------------------------------------------

SHOWN = "90000000000000000009"
"""Stands for the secret in a text that is shown; digits, because most rewritings leave digits alone."""

_PLACEHOLDERS = (
    *("undefined", "null", "None", "$SECRET", "${SECRET}", "nil", "false", "<nil>", "(null)", "NULL", "{{secret}}"),
    *("$secret", "${secret}", "{secret}", "NaN", "True", "#{secret}", "secret", "SECRET", "[secret]", "<secret>", "%s"),
    *("$FLIPSNACK_SECRET", "${FLIPSNACK_SECRET}", "FLIPSNACK_SECRET", "{FLIPSNACK_SECRET}", "%FLIPSNACK_SECRET%"),
    *("%SECRET%", "$env:SECRET", "$API_SECRET", "${API_SECRET}", "API_SECRET", "apiSecret", "secretKey", "SECRET_KEY"),
    *("$secretKey", "$apiSecret", "${secretKey}", "${apiSecret}", "your-secret", "your_secret", "YOUR_SECRET"),
    *("YOUR-SECRET", "YOUR_SECRET_KEY", "your-secret-key", "YOUR_API_SECRET", "API secret", "changeme", "xxx", "***"),
    *("[object Object]", "[object Promise]", "Array", "b''", "test", "password", "signature", "apiKey"),
    # The vendor's example.
    "123ABCDE-456-7890-FGH",
)


def used(case: Case) -> Iterator[Option[str]]:
    """Another secret in place of the account's: of another account, the API key, or what a program writes for none."""
    for label, secret in case.secrets.items():
        if label.startswith(ANOTHER):
            owner = label.removeprefix(ANOTHER)
            detail = f"signed with the secret of {owner}"
            yield Option("secret-of-another", detail, COMMON, _constant(secret), _constant(f"[secret of {owner}]"))
    if key := dict(case.sent).get("apiKey"):
        yield Option("key-for-secret", "the API key in place of the secret", COMMON, _constant(key))
    placeholders = [text for text in _PLACEHOLDERS if text not in case.secrets.values()]
    for number, text in enumerate(placeholders):
        cost = LIKELY if number < 5 else UNLIKELY if number < 15 else RARE
        yield Option("secret-placeholder", f"{text!r} in place of the secret", cost, _constant(text))


def _constant(text: str) -> Callable[[str], str]:
    return lambda _secret: text


def parts(case: Case) -> Iterator[Option[str]]:
    """A part of the secret, the secret decoded, or as a shell or a file of settings leaves it."""
    own = case.secrets[OWN]
    for detail, cost, change in _PARTS:
        if change(own) not in (own, None, ""):
            yield Option("secret-altered", detail, cost, change, _constant(f"[{detail}]"))


def _decoded(text: str) -> str | None:
    try:
        return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_").decode("utf-8", "surrogateescape")
    except (binascii.Error, ValueError):
        return None


def _up_to(text: str, *, mark: str) -> str:
    return text.partition(mark)[0]


_PARTS: tuple[tuple[str, int, Callable[[str], str | None]], ...] = (
    ("the secret with $… expanded to nothing, as a shell does", LIKELY, lambda text: re.sub(VARIABLE, "", text)),
    ("the secret without $", UNLIKELY, lambda text: text.replace("$", "")),
    ("the secret with $ doubled", UNLIKELY, lambda text: text.replace("$", "$$")),
    ("the secret with $$ as $", UNLIKELY, lambda text: text.replace("$$", "$")),
    ("the secret without backslashes, as a shell reads it", UNLIKELY, lambda text: re.sub(r"\\(.)", r"\1", text)),
    ("the secret without quotes", UNLIKELY, lambda text: re.sub("['\"]", "", text)),
    ("the secret without dashes", LIKELY, lambda text: re.sub("[-_]", "", text)),
    ("the secret decoded from Base64", UNLIKELY, _decoded),
    ("the secret after its first dash", UNLIKELY, lambda text: text.partition("-")[2]),
    ("the secret up to its last dash", UNLIKELY, lambda text: text.rpartition("-")[0]),
    ("the first 16 characters of the secret", UNLIKELY, lambda text: text[:16]),
    ("the secret with 0 for O", UNLIKELY, lambda text: text.replace("O", "0")),
    ("the secret with O for 0", UNLIKELY, lambda text: text.replace("0", "O")),
    *((f"the secret up to its first {mark!r}", UNLIKELY, partial(_up_to, mark=mark)) for mark in "-$#=:;%&?,!\\\"' "),
)


# --- its place -------------------------------------------------------------------------------------------------------

Write = Callable[[Draft, str], str]


def in_front(draft: Draft, secret: str) -> Message:
    """The secret before the parameters."""
    return secret + draft.text, None


def _place(mistake: str, detail: str, cost: int, text: Write, key: Write | None = None) -> Option[Message]:
    def apply(draft: Draft, secret: str) -> Message:
        return text(draft, secret), key(draft, secret) if key else None

    return Option(mistake, detail, cost, apply)


def placed(case: Case) -> Iterator[Option[Message]]:
    """The secret elsewhere, twice, nowhere, as a parameter, as the key of an HMAC, or with something between."""
    for mistake, detail, cost, text in _PLACES:
        yield _place(mistake, detail, cost, text)
    for detail, cost, text, key in _KEYS:
        yield _place("hmac", detail, cost, text, key)
    yield from unset_secret()
    yield from _beside_the_key(dict(case.sent).get("apiKey", ""))
    for place in range(1, min(len(case.sent), 6)):
        yield _place("secret-elsewhere", f"the secret after parameter {place}", UNLIKELY, _after(place))
    for name in _SECRET_NAMES:
        yield from _as_parameter(name)
    for glue in _GLUE:
        yield from _glued(glue)


def _each(draft: Draft) -> list[str]:
    return [draft.join.write((pair,)) for pair in draft.pairs]


_PLACES: tuple[tuple[str, str, int, Write], ...] = (
    ("secret-last", "the secret at the end", COMMON, lambda d, s: d.text + s),
    ("secret-missing", "no secret", COMMON, lambda d, _s: d.text),
    ("undigested", "nothing was digested", UNLIKELY, lambda _d, _s: ""),
    ("secret-doubled", "the secret at both ends", COMMON, lambda d, s: s + d.text + s),
    ("secret-doubled", "the secret twice in front", LIKELY, lambda d, s: s * 2 + d.text),
    ("secret-doubled", "the secret twice at the end", UNLIKELY, lambda d, s: d.text + s * 2),
    ("secret-elsewhere", "the secret between the parameters", UNLIKELY, lambda d, s: s.join(_each(d))),
    ("secret-elsewhere", "the secret after each", UNLIKELY, lambda d, s: "".join([one + s for one in _each(d)])),
    ("secret-elsewhere", "the secret before each", UNLIKELY, lambda d, s: "".join([s + one for one in _each(d)])),
)
_KEYS: tuple[tuple[str, int, Write, Write], ...] = (
    ("HMAC with the secret as key", COMMON, lambda d, _s: d.text, lambda _d, s: s),
    ("HMAC with the secret as key and in the text", LIKELY, lambda d, s: s + d.text, lambda _d, s: s),
    ("HMAC with the secret as key and at the end", UNLIKELY, lambda d, s: d.text + s, lambda _d, s: s),
    ("HMAC with the text as key and the secret as text", UNLIKELY, lambda _d, s: s, lambda d, _s: d.text),
)
_GLUE = ("&", ":", "\n", "|", " ", "-", ".", ",", "_", "+", ";", "/", "=", "?", "#", "::")
_SECRET_NAMES = ("secret", "key", "secretKey", "apiSecret", "api_secret", "secret_key", "apiSecretKey", "privateKey")


def _beside_the_key(key: str) -> Iterator[Option[Message]]:
    mistake = "secret-elsewhere"
    yield _place(mistake, "the API key and the secret in front", LIKELY, lambda d, s: key + s + d.text)
    yield _place(mistake, "the secret and the API key in front", LIKELY, lambda d, s: s + key + d.text)
    yield _place(mistake, "the API key in front, the secret at the end", UNLIKELY, lambda d, s: key + d.text + s)
    yield _place(mistake, "the secret in front, the API key at the end", UNLIKELY, lambda d, s: s + d.text + key)
    yield _place(mistake, "the API key and the secret at the end", UNLIKELY, lambda d, s: d.text + key + s)
    yield _place(mistake, "the secret and the API key at the end", UNLIKELY, lambda d, s: d.text + s + key)
    yield _place("hmac", "HMAC with the API key as key", UNLIKELY, lambda d, s: s + d.text, lambda _d, _s: key)


def _after(place: int) -> Write:
    def text(draft: Draft, secret: str) -> str:
        parts = (draft.join.write(draft.pairs[:place]), secret, draft.join.write(draft.pairs[place:]))
        return draft.join.joint.join(parts)

    return text


_AMONG: tuple[tuple[str, int, Callable[[Pairs], Pairs]], ...] = (
    ("at the end", COMMON, lambda pairs: pairs),
    ("in the order of the names", LIKELY, lambda pairs: tuple(sorted(pairs))),
    ("in front", UNLIKELY, lambda pairs: (pairs[-1], *pairs[:-1])),
)


def _as_parameter(name: str) -> Iterator[Option[Message]]:
    least = COMMON if name in ("secret", "key") else UNLIKELY if name in _SECRET_NAMES[:5] else RARE
    for where, cost, order in _AMONG:
        detail = f"as parameter {name}, {where}"
        yield _place("secret-as-parameter", detail, max(cost, least), _among(name, order))
    again, write = f"in front, and as parameter {name} at the end", _among(name, lambda pairs: pairs)
    yield _place("secret-as-parameter", again, RARE, lambda draft, secret: secret + write(draft, secret))


def _among(name: str, order: Callable[[Pairs], Pairs]) -> Write:
    return lambda draft, secret: draft.join.write(order((*draft.pairs, (name, secret))))


def _glued(glue: str) -> Iterator[Option[Message]]:
    mistake = "secret-separated"
    cost = LIKELY if glue == "&" else UNLIKELY if glue in _GLUE[:6] else RARE
    yield _place(mistake, f"{glue!r} after the secret", cost, lambda d, s: s + glue + d.text)
    yield _place(mistake, f"the secret at the end, after {glue!r}", cost, lambda d, s: d.text + glue + s)
    both = f"the secret at both ends, with {glue!r} between"
    yield _place(mistake, both, max(cost, UNLIKELY), lambda d, s: glue.join((s, d.text, s)))
