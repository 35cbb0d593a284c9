"""Steps that rewrite a text as a whole: the secret, the joined parameters, or what is digested."""

import hashlib
import re
from collections.abc import Callable, Iterator
from itertools import chain
from typing import NamedTuple

from flipsnack_mock.doctor.steps.draft import COMMON, LIKELY, RARE, UNLIKELY, Draft, Option, T
from flipsnack_mock.doctor.steps.formats import go_printf, printf, words
from flipsnack_mock.doctor.steps.spellings import CHANGES, DECODED, ESCAPES, OF_HTML, Change, in_bytes


class Rewriting(NamedTuple):
    """A way to rewrite a text: its mistake, how likely it is for the secret, the parameters and the whole text.

    A likelihood of 0 leaves it out. `opaque` names it where the result cannot be read.
    """

    mistake: str
    detail: str
    change: Change
    secret: int
    parameters: int
    whole: int
    opaque: str = ""


def _digest(name: str) -> Change:
    return lambda text: hashlib.new(name, in_bytes(text), usedforsecurity=False).hexdigest()


def _hex(text: str) -> str:
    return in_bytes(text).hex()


# What is put around: in words, before, after, how likely for the secret, the parameters and the whole text.
_BEFORE: tuple[tuple[str, str, int, int, int], ...] = (
    ("a byte order mark", "\ufeff", UNLIKELY, 0, UNLIKELY),
    ("a blank", " ", UNLIKELY, 0, RARE),
    ("a newline", "\n", UNLIKELY, 0, RARE),
    ("a no-break space", "\u00a0", RARE, 0, 0),
    ("a zero-width space", "\u200b", RARE, 0, 0),
    ("the name of a variable and =", "FLIPSNACK_SECRET=", UNLIKELY, 0, 0),
    ("a name and =", "SECRET=", UNLIKELY, 0, 0),
    ("`secret=`", "secret=", UNLIKELY, 0, 0),
    ("`secret:`", "secret: ", RARE, 0, 0),
    ("`?`", "?", RARE, LIKELY, UNLIKELY),
    ("`&`", "&", RARE, UNLIKELY, UNLIKELY),
    *(
        (f"`{text}`", text, 0, UNLIKELY, UNLIKELY)
        for text in ("/v1/?", "/v1?", "/v1/", "GET", "GET&", "POST", "GET\n", "api.flipsnack.com")
    ),
    ("the URL", "https://api.flipsnack.com/v1/?", 0, UNLIKELY, UNLIKELY),
    ("the URL, without a slash at its end,", "https://api.flipsnack.com/v1?", 0, UNLIKELY, UNLIKELY),
    ("the URL, without ?,", "https://api.flipsnack.com/v1/", 0, UNLIKELY, UNLIKELY),
    ("the URL, without /?,", "https://api.flipsnack.com/v1", 0, UNLIKELY, UNLIKELY),
    ("the URL of uploads", "https://upload.flipsnack.com/v1/?", 0, UNLIKELY, UNLIKELY),
)
_AFTER: tuple[tuple[str, str, int, int, int], ...] = (
    ("a newline", "\n", LIKELY, 0, COMMON),
    ("a line end of Windows (CR LF)", "\r\n", LIKELY, 0, UNLIKELY),
    ("a carriage return (CR), as in a file of Windows,", "\r", UNLIKELY, 0, UNLIKELY),
    ("a blank", " ", UNLIKELY, UNLIKELY, UNLIKELY),
    ("a blank and a newline", " \n", RARE, 0, UNLIKELY),
    ("a blank and CR LF, as by echo of cmd,", " \r\n", RARE, 0, UNLIKELY),
    ("a zero byte", "\0", UNLIKELY, 0, UNLIKELY),
    ("a backslash and the letter n", r"\n", RARE, 0, UNLIKELY),
    ("a no-break space", "\u00a0", UNLIKELY, 0, RARE),
    ("a zero-width space", "\u200b", RARE, 0, 0),
    ("a tab", "\t", UNLIKELY, 0, RARE),
    ("%, as zsh shows it at the end,", "%", UNLIKELY, 0, 0),
    ("`&`", "&", RARE, UNLIKELY, UNLIKELY),
    *((f"`{mark}`", mark, UNLIKELY if mark in ",;." else RARE, 0, RARE) for mark in ",;.:!?=|/_-+*#$)]}>"),
)
_AROUND: tuple[tuple[str, str, str, int, int, int], ...] = (
    ("`-n ` before and a newline after it, as by an echo without options", "-n ", "\n", RARE, 0, LIKELY),
    ("double quotes around it", '"', '"', UNLIKELY, UNLIKELY, UNLIKELY),
    ("double quotes and a newline around it", '"', '"\n', RARE, RARE, UNLIKELY),
    ("double quotes and a line end of Windows around it", '"', '"\r\n', RARE, RARE, UNLIKELY),
    ("single quotes around it", "'", "'", UNLIKELY, UNLIKELY, UNLIKELY),
    ("the text of an Optional of Swift", 'Optional("', '")', UNLIKELY, 0, 0),
    ("the text of an Optional of Java", "Optional[", "]", UNLIKELY, 0, 0),
    ("the text of an Option of Rust", 'Some("', '")', UNLIKELY, 0, 0),
    ("the text of an Option of Scala", "Some(", ")", UNLIKELY, 0, 0),
    ("the text of a Python list with it", "['", "']", RARE, 0, 0),
    ("curly quotes around it", "\u201c", "\u201d", UNLIKELY, 0, RARE),
    ("brackets around it", "[", "]", RARE, RARE, RARE),
    ("angle brackets around it", "<", ">", UNLIKELY, RARE, RARE),
)

_REPLACED: tuple[Rewriting, ...] = (
    Rewriting("digest-twice", "its MD5 in its place", _digest("md5"), UNLIKELY, LIKELY, COMMON, "md5"),
    Rewriting("digest-twice", "its SHA-1 in its place", _digest("sha1"), UNLIKELY, UNLIKELY, UNLIKELY, "sha1"),
    Rewriting("digest-twice", "its SHA-256 in its place", _digest("sha256"), UNLIKELY, UNLIKELY, UNLIKELY, "sha256"),
    Rewriting("letter-case", "in lower case", str.lower, UNLIKELY, UNLIKELY, LIKELY),
    Rewriting("letter-case", "in upper case", str.upper, UNLIKELY, UNLIKELY, LIKELY),
    Rewriting(
        "text-encoded", "as hexadecimal digits", lambda text: in_bytes(text).hex(), UNLIKELY, RARE, UNLIKELY, "hex"
    ),
    Rewriting("text-altered", "white space around it removed", str.strip, LIKELY, UNLIKELY, UNLIKELY),
    *(
        Rewriting("text-encoded", detail, change, UNLIKELY, UNLIKELY, UNLIKELY, "" if "with" in detail else "encoded")
        for detail, change in {**CHANGES, **DECODED}.items()
    ),
    Rewriting("text-altered", "reversed", lambda text: text[::-1], UNLIKELY, UNLIKELY, UNLIKELY, "reversed"),
    Rewriting("text-altered", "twice", lambda text: text * 2, UNLIKELY, UNLIKELY, UNLIKELY),
    Rewriting("text-altered", "its last character missing", lambda text: text[:-1], UNLIKELY, RARE, UNLIKELY, "cut"),
    Rewriting("text-altered", "its first character missing", lambda text: text[1:], UNLIKELY, RARE, UNLIKELY, "cut"),
    *(
        Rewriting("text-altered", f"read as {what}", change, 0, cost, 0)
        for what, change, cost in (
            ('a format, as by printf "$text" in a shell', printf, LIKELY),
            ("a format, as by Go's Printf", go_printf, UNLIKELY),
            ("a format that has no conversion but %%", lambda text: text.replace("%%", "%"), UNLIKELY),
            ("words, as by eval or xargs", words, UNLIKELY),
        )
    ),
    Rewriting(
        "text-altered", "letters and digits alone", lambda text: re.sub(r"[^A-Za-z0-9]", "", text), 0, RARE, RARE
    ),
    *(
        Rewriting("text-encoded", f"encoded as by {way}", change, UNLIKELY, UNLIKELY, UNLIKELY)
        for way, change in {**ESCAPES, **OF_HTML}.items()
    ),
)


def _around(words: str, before: str, after: str, *costs: int) -> Rewriting:
    secret, parameters, whole = costs
    return Rewriting("text-altered", words, lambda text: before + text + after, secret, parameters, whole)


_STEPS = (
    _REPLACED,
    tuple(_around(f"{words} before it", text, "", *costs) for words, text, *costs in _BEFORE),
    (
        *(_around(f"{words} after it", "", text, *costs) for words, text, *costs in _AFTER),
        *(_around(words, before, after, *costs) for words, before, after, *costs in _AROUND),
    ),
)
"""A text is replaced first; then something is put before it, and then after it or around it."""


def secret_options() -> Iterator[tuple[Option[str], ...]]:
    """Ways to rewrite the secret, step by step; what is around it may be rewritten with it."""
    replaced, before, after = (
        tuple(
            Option("secret-altered", f"the secret: {one.detail}", one.secret, one.change, _shown(one))
            for one in step
            if one.secret
        )
        for step in _STEPS
    )
    return iter((after, replaced, before, after))


def text_options() -> Iterator[Option[Draft]]:
    """Ways to rewrite the joined parameters."""
    for one in chain(*_STEPS):
        if one.parameters:
            yield _lifted(one, "the joined parameters", one.parameters, _of_draft)


def whole_options() -> Iterator[tuple[Option[Change], ...]]:
    """Ways to rewrite the whole text, step by step, each put after what was done to it before."""
    for step in _STEPS:
        yield tuple(_lifted(one, "the whole text", one.whole, _then) for one in step if one.whole)


def _lifted(one: Rewriting, what: str, cost: int, lift: Callable[[Change], Callable[..., T]]) -> Option[T]:
    show = _shown(one)
    return Option(one.mistake, f"{what}: {one.detail}", cost, lift(one.change), show and lift(show))


def _shown(one: Rewriting) -> Change | None:
    return (lambda text: f"{one.opaque}({text})") if one.opaque else None


def _of_draft(change: Change) -> Callable[[Draft], Draft]:
    return lambda draft: Draft(draft.pairs, draft.join, change(draft.text))


def _then(change: Change) -> Callable[[Change], Change]:
    return lambda before: lambda text: change(before(text))
