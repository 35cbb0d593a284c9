"""Ways to write a text otherwise: percent-encoded, escaped, with something around it, or replaced by its digest."""

import base64
import hashlib
import html
import json
import re
from collections.abc import Callable, Iterator
from functools import partial
from itertools import product
from typing import NamedTuple
from urllib.parse import quote, quote_plus, unquote, unquote_plus

from flipsnack_mock.doctor.draft import COMMON, LIKELY, RARE, UNLIKELY

Change = Callable[[str], str]


def _percent(text: str, *, safe: str, tilde: bool = True, blank: str = "%20", lower: bool = False) -> str:
    written = quote(text, safe=safe, errors="surrogateescape").replace("%20", blank)
    written = written if tilde else written.replace("~", "%7E")
    return re.sub("%[0-9A-F]{2}", lambda match: match[0].lower(), written) if lower else written


ESCAPES: dict[str, Change] = {
    "RFC 3986": partial(quote, safe="", errors="surrogateescape"),
    "an HTML form": partial(quote_plus, errors="surrogateescape"),
    "JavaScript's encodeURIComponent": partial(_percent, safe="!'()*"),
    "JavaScript's URLSearchParams or Java's URLEncoder": partial(_percent, safe="*", tilde=False, blank="+"),
    "PHP's urlencode": partial(_percent, safe="", tilde=False, blank="+"),
    "an HTML form in lower case (.NET)": partial(_percent, safe="!*()", tilde=False, blank="+", lower=True),
    "RFC 3986 in lower case": partial(_percent, safe="", lower=True),
    "RFC 3986 except /": partial(quote, errors="surrogateescape"),
    "JavaScript's encodeURI": partial(_percent, safe=";,/?:@&=+$!*'()#"),
    "an escaper of HTML": html.escape,
    "PHP's htmlspecialchars": lambda text: html.escape(text).replace("&#x27;", "&#039;"),
    "PHP's htmlspecialchars before 8.1": lambda text: html.escape(text, quote=False).replace('"', "&quot;"),
}
"""The common ways to escape a value, by who does it, from likely to unlikely."""

_SAFE = ("", "/", "*", "!'()*", "!*()", ":/", "@*/+")


def escapes() -> Iterator[tuple[str, Change, int]]:
    """Ways to escape values: in words, the function, how likely."""
    for number, (way, change) in enumerate(ESCAPES.items()):
        yield f"encoded as by {way}", change, COMMON if number < 2 else LIKELY if number < _LIKELY_ESCAPES else UNLIKELY
    yield "encoded twice", lambda text: quote(quote(text, safe=""), safe=""), UNLIKELY
    yield "encoded twice as by an HTML form", lambda text: quote_plus(quote_plus(text)), UNLIKELY
    yield "only blanks encoded, as %20", lambda text: text.replace(" ", "%20"), UNLIKELY
    yield "only & encoded", lambda text: text.replace("&", "%26"), UNLIKELY
    yield "encoded from Latin-1", partial(quote, safe="", encoding="latin-1", errors="replace"), UNLIKELY
    yield "encoded as by JavaScript's escape", _javascript_escape, UNLIKELY
    for safe, tilde, blank, lower in product(_SAFE, (True, False), ("%20", "+"), (False, True)):
        change = partial(_percent, safe=safe, tilde=tilde, blank=blank, lower=lower)
        digits, kept = "lower" if lower else "upper", safe + "~" * tilde or "nothing"
        yield f"encoded with a blank as {blank}, {digits}-case digits, and {kept} kept", change, RARE


_LIKELY_ESCAPES = 5


def _javascript_escape(text: str) -> str:
    def written(match: re.Match[str]) -> str:
        number = ord(match[0])
        return f"%{number:02X}" if number < 256 else f"%u{number:04X}"

    return re.sub(r"[^A-Za-z0-9@*_+./-]", written, text)


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


def _around(before: str, after: str) -> Change:
    return lambda text: before + text + after


def _digest(name: str) -> Change:
    return lambda text: hashlib.new(name, _bytes(text), usedforsecurity=False).hexdigest()


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogateescape")


def _text(data: bytes) -> str:
    return data.decode("utf-8", "surrogateescape")


_AROUND: tuple[tuple[str, str, str, int, int, int], ...] = (
    ("a newline after it", "", "\n", LIKELY, UNLIKELY, COMMON),
    ("CR LF after it", "", "\r\n", UNLIKELY, UNLIKELY, UNLIKELY),
    ("a carriage return (CR) after it, as in a file of Windows", "", "\r", UNLIKELY, 0, UNLIKELY),
    ("two newlines after it", "", "\n\n", 0, 0, UNLIKELY),
    ("a blank after it", "", " ", UNLIKELY, UNLIKELY, UNLIKELY),
    ("a blank before it", " ", "", UNLIKELY, UNLIKELY, RARE),
    ("a newline before it", "\n", "", UNLIKELY, 0, RARE),
    ("a blank before and after it", " ", " ", RARE, RARE, RARE),
    ("a blank and a newline after it", "", " \n", RARE, RARE, UNLIKELY),
    ("double quotes around it", '"', '"', UNLIKELY, UNLIKELY, UNLIKELY),
    ("double quotes and a newline around it", '"', '"\n', RARE, RARE, UNLIKELY),
    ("single quotes around it", "'", "'", UNLIKELY, UNLIKELY, UNLIKELY),
    ("single quotes and a newline around it", "'", "'\n", RARE, RARE, UNLIKELY),
    ("`-n ` before and a newline after it, as by an echo without options", "-n ", "\n", RARE, 0, LIKELY),
    ("a byte order mark before it", "\ufeff", "", UNLIKELY, RARE, RARE),
    ("a zero byte after it", "", "\0", UNLIKELY, 0, UNLIKELY),
    (r"a backslash and the letter n after it", "", r"\n", RARE, RARE, UNLIKELY),
    ("the name of a variable and = before it", "FLIPSNACK_SECRET=", "", UNLIKELY, 0, 0),
    ("a name and = before it", "SECRET=", "", UNLIKELY, 0, 0),
    ("`secret=` before it", "secret=", "", UNLIKELY, 0, 0),
    ("`secret:` before it", "secret: ", "", RARE, 0, 0),
    ("`Bearer` before it", "Bearer ", "", RARE, 0, 0),
    ("the text of an Optional of Swift", 'Optional("', '")', UNLIKELY, 0, 0),
    ("the text of an Optional of Java", "Optional[", "]", UNLIKELY, 0, 0),
    ("the text of an Option of Rust", 'Some("', '")', UNLIKELY, 0, 0),
    ("the text of an Option of Scala", "Some(", ")", UNLIKELY, 0, 0),
    ("the text of a list with it", '["', '"]', RARE, 0, 0),
    ("the text of a Python list with it", "['", "']", RARE, 0, 0),
    ("a comma after it", "", ",", UNLIKELY, 0, RARE),
    ("a semicolon after it", "", ";", UNLIKELY, 0, RARE),
    ("backticks around it", "`", "`", RARE, 0, RARE),
    ("curly quotes around it", "\u201c", "\u201d", UNLIKELY, 0, RARE),
    ("a no-break space after it", "", "\u00a0", UNLIKELY, 0, RARE),
    ("a no-break space before it", "\u00a0", "", RARE, 0, RARE),
    ("a zero-width space before it", "\u200b", "", RARE, 0, RARE),
    ("a zero-width space after it", "", "\u200b", RARE, 0, RARE),
    ("a tab after it", "", "\t", UNLIKELY, 0, RARE),
    ("braces around it", "{", "}", RARE, RARE, RARE),
    ("brackets around it", "[", "]", RARE, RARE, RARE),
    ("angle brackets around it", "<", ">", UNLIKELY, RARE, RARE),
    ("`?` before it", "?", "", RARE, LIKELY, UNLIKELY),
    ("`&` before it", "&", "", RARE, UNLIKELY, UNLIKELY),
    ("`&` after it", "", "&", RARE, UNLIKELY, UNLIKELY),
    ("`/v1/?` before it", "/v1/?", "", 0, UNLIKELY, UNLIKELY),
    ("`/v1?` before it", "/v1?", "", 0, UNLIKELY, UNLIKELY),
    ("`/v1/` before it", "/v1/", "", 0, UNLIKELY, UNLIKELY),
    ("`GET` before it", "GET", "", 0, UNLIKELY, UNLIKELY),
    ("`GET&` before it", "GET&", "", 0, UNLIKELY, UNLIKELY),
    ("`GET` and a newline before it", "GET\n", "", 0, UNLIKELY, UNLIKELY),
    ("`POST` before it", "POST", "", 0, UNLIKELY, UNLIKELY),
    ("the URL before it", "https://api.flipsnack.com/v1/?", "", 0, UNLIKELY, UNLIKELY),
    ("the URL before it, without a slash at its end", "https://api.flipsnack.com/v1?", "", 0, UNLIKELY, UNLIKELY),
    ("the URL before it, without ?", "https://api.flipsnack.com/v1/", "", 0, UNLIKELY, UNLIKELY),
    ("the URL before it, without /?", "https://api.flipsnack.com/v1", "", 0, UNLIKELY, UNLIKELY),
    ("the URL of uploads before it", "https://upload.flipsnack.com/v1/?", "", 0, UNLIKELY, UNLIKELY),
    ("the host before it", "api.flipsnack.com", "", 0, UNLIKELY, UNLIKELY),
)

_REPLACED = (
    Rewriting("digest-twice", "its MD5 in its place", _digest("md5"), UNLIKELY, LIKELY, COMMON, "md5"),
    Rewriting("digest-twice", "its SHA-1 in its place", _digest("sha1"), UNLIKELY, UNLIKELY, UNLIKELY, "sha1"),
    Rewriting("digest-twice", "its SHA-256 in its place", _digest("sha256"), UNLIKELY, UNLIKELY, UNLIKELY, "sha256"),
    Rewriting(
        "digest-twice",
        "the bytes of its MD5 in its place",
        lambda text: _text(hashlib.md5(_bytes(text), usedforsecurity=False).digest()),
        UNLIKELY,
        UNLIKELY,
        UNLIKELY,
        "md5",
    ),
    Rewriting(
        "digest-twice",
        "its MD5 in upper case in its place",
        lambda text: _digest("md5")(text).upper(),
        UNLIKELY,
        UNLIKELY,
        UNLIKELY,
        "md5",
    ),
    Rewriting(
        "digest-twice",
        "its MD5 and a newline in its place",
        lambda text: _digest("md5")(text) + "\n",
        RARE,
        RARE,
        UNLIKELY,
        "md5",
    ),
    Rewriting("letter-case", "in lower case", str.lower, UNLIKELY, UNLIKELY, LIKELY),
    Rewriting("letter-case", "in upper case", str.upper, UNLIKELY, UNLIKELY, LIKELY),
    Rewriting(
        "text-encoded",
        "in Base64",
        lambda text: base64.b64encode(_bytes(text)).decode(),
        UNLIKELY,
        LIKELY,
        UNLIKELY,
        "base64",
    ),
    Rewriting(
        "text-encoded", "as hexadecimal digits", lambda text: _bytes(text).hex(), UNLIKELY, UNLIKELY, UNLIKELY, "hex"
    ),
    Rewriting("text-encoded", "as a JSON string", json.dumps, RARE, UNLIKELY, UNLIKELY),
    Rewriting(
        "text-encoded", "as Python writes bytes, b'…'", lambda text: str(_bytes(text)), UNLIKELY, RARE, LIKELY, "str"
    ),
    Rewriting(
        "text-encoded",
        "its backslashes and quotes escaped",
        lambda text: re.sub(r"(['\"\\])", r"\\\1", text),
        UNLIKELY,
        UNLIKELY,
        UNLIKELY,
    ),
    Rewriting("text-altered", "white space around it removed", str.strip, LIKELY, UNLIKELY, UNLIKELY),
    Rewriting(
        "text-altered", "all white space removed", lambda text: re.sub(r"\s", "", text), UNLIKELY, UNLIKELY, UNLIKELY
    ),
    Rewriting("text-encoded", "percent-decoded", unquote, UNLIKELY, UNLIKELY, UNLIKELY, "decoded"),
    Rewriting("text-encoded", "decoded as a form", unquote_plus, UNLIKELY, UNLIKELY, UNLIKELY, "decoded"),
    Rewriting("text-altered", "reversed", lambda text: text[::-1], UNLIKELY, UNLIKELY, UNLIKELY, "reversed"),
    Rewriting("text-altered", "twice", lambda text: text * 2, UNLIKELY, UNLIKELY, UNLIKELY),
    Rewriting(
        "text-altered", "its last character missing", lambda text: text[:-1], UNLIKELY, UNLIKELY, UNLIKELY, "cut"
    ),
    Rewriting(
        "text-altered", "its first character missing", lambda text: text[1:], UNLIKELY, UNLIKELY, UNLIKELY, "cut"
    ),
)


def rewritings() -> Iterator[Rewriting]:
    """Ways to rewrite the secret, the joined parameters or the whole text."""
    for detail, before, after, secret, parameters, whole in _AROUND:
        yield Rewriting("text-altered", detail, _around(before, after), secret, parameters, whole)
    yield from _REPLACED
    for way, change in ESCAPES.items():
        yield Rewriting("text-encoded", f"encoded as by {way}", change, UNLIKELY, UNLIKELY, UNLIKELY)
