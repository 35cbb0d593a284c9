"""Ways to write a text: percent-encoded, escaped for HTML, or otherwise."""

import base64
import html
import json
import re
from collections.abc import Callable, Iterator
from functools import partial
from itertools import product
from urllib.parse import quote, quote_plus, unquote, unquote_plus

from flipsnack_mock.doctor.steps.draft import COMMON, LIKELY, RARE, UNLIKELY
from flipsnack_mock.doctor.steps.formats import escapes_read

Change = Callable[[str], str]


def in_bytes(text: str) -> bytes:
    """`text` in UTF-8; what could not be decoded becomes the bytes that it was."""
    return text.encode("utf-8", "surrogateescape")


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
}
"""The common ways to percent-encode a value, by who does it, from likely to unlikely."""

OF_HTML: dict[str, Change] = {
    "an escaper of HTML": html.escape,
    "PHP's htmlspecialchars": lambda text: html.escape(text).replace("&#x27;", "&#039;"),
    "PHP's htmlspecialchars before 8.1": lambda text: html.escape(text, quote=False).replace('"', "&quot;"),
}
"""The ways to escape a value for HTML."""

VARIABLE = r"\$(?:[A-Za-z_][A-Za-z0-9_]*|[0-9@*]|\{[^}]*\})"
"""What a shell, PHP or a file of settings takes for a variable between double quotes."""

CHANGES: dict[str, Change] = {
    "in Base64": lambda text: base64.b64encode(in_bytes(text)).decode(),
    "as a JSON string": json.dumps,
    "as Python writes bytes, b'…'": lambda text: str(in_bytes(text)),
    "with backslashes before quotes": lambda text: re.sub(r"(['\"\\])", r"\\\1", text),
    "without white space": lambda text: re.sub(r"\s", "", text),
    "with its backslash escapes read, as by echo -e or printf": escapes_read,
}
"""Other ways to write any text, of a value, of the secret, or the whole."""

DECODED: dict[str, Change] = {"percent-decoded": unquote, "decoded as a form": unquote_plus}
"""What is done to a text that was encoded."""

_KEPT = {
    "Swift's urlQueryAllowed": "!$&'()*+,/:;=?@",
    "Swift's urlHostAllowed": "!$&'()*+,;=:[]",
    "Swift's urlPathAllowed": "!$&'()*+,/:=@",
    "Go's PathEscape": "$&+=:@",
    "Ruby's URI.escape": ";/?:@&=+$,[]!'()*",
}
"""Characters that these do not encode, beside letters, digits and -_.~."""

_SAFE = ("", "/", "*", "!'()*", "!*()", ":/", "@*/+")
_LIKELY_ESCAPES = 5


def escapes() -> Iterator[tuple[str, Change, int]]:
    """Ways to percent-encode values: in words, the function, how likely."""
    for number, (way, change) in enumerate(ESCAPES.items()):
        yield f"encoded as by {way}", change, COMMON if number < 2 else LIKELY if number < _LIKELY_ESCAPES else UNLIKELY
    for way, safe in _KEPT.items():
        yield f"encoded as by {way}", partial(_percent, safe=safe), UNLIKELY
    yield "encoded twice", lambda text: quote(quote(text, safe=""), safe=""), UNLIKELY
    yield "encoded twice as by an HTML form", lambda text: quote_plus(quote_plus(text)), UNLIKELY
    yield "only blanks encoded, as %20", lambda text: text.replace(" ", "%20"), UNLIKELY
    yield "only & encoded", lambda text: text.replace("&", "%26"), UNLIKELY
    yield "encoded as by JavaScript's escape", _javascript_escape, UNLIKELY
    yield "encoded from Latin-1", partial(quote, safe="", encoding="latin-1", errors="replace"), UNLIKELY
    for safe, tilde, blank, lower in product(_SAFE, (True, False), ("%20", "+"), (False, True)):
        change = partial(_percent, safe=safe, tilde=tilde, blank=blank, lower=lower)
        digits, kept = "lower" if lower else "upper", safe + "~" * tilde or "nothing"
        yield f"encoded with a blank as {blank}, {digits}-case digits, and {kept} kept", change, RARE


def _javascript_escape(text: str) -> str:
    def written(match: re.Match[str]) -> str:
        number = ord(match[0])
        return f"%{number:02X}" if number < 256 else f"%u{number:04X}"

    return re.sub(r"[^A-Za-z0-9@*_+./-]", written, text)
