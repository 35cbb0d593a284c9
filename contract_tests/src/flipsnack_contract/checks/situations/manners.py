"""Manners of sending a call that change nothing of its meaning: order, escapes, callback, unknown parameters, place.

Every pair of them is among `MANNERS`. A call that is right in a plain manner and wrong in one of these breaks the rule
of the part that makes it wrong.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, fields, replace
from urllib.parse import quote, quote_plus

from flipsnack_contract.contract.covering import covering
from flipsnack_contract.contract.methods import methods
from flipsnack_contract.target.session import FORM, PARTS, CallDraft, Pairs, multipart
from flipsnack_contract.target.target import Request


def _rotated(pairs: Pairs) -> Pairs:
    middle = len(pairs) // 2
    return pairs[middle:] + pairs[:middle]


ORDERS: Mapping[str, Callable[[Pairs], Pairs]] = {
    "": lambda pairs: pairs,
    "reversed": lambda pairs: pairs[::-1],
    "sorted": lambda pairs: tuple(sorted(pairs)),
    "rotated": _rotated,
}
ESCAPES: Mapping[str, Callable[[str], str]] = {
    "": lambda text: quote(text, safe=""),
    "plus for blank": lambda text: quote_plus(text, safe="*"),
    "everything": lambda text: "".join(f"%{byte:02X}" for byte in text.encode()),
    "small letters": lambda text: "".join(f"%{byte:02x}" for byte in text.encode()),
    "as little as possible": lambda text: quote(text, safe="/?:@!$'()*,;~"),
}
UNKNOWN: tuple[tuple[str, str], ...] = (
    ("", ""),
    ("zz", "a b+c&d=%41"),
    ("A", ""),
    ("_", "0"),
    ("\u65e5\U0001f600", "\xe9\r\n"),
    ("10", "9"),
    ("a[]", "[]"),
    ("Format", "xml"),
    ("collectionhash", "x"),
    ("page", "2"),
    *(("query", "z"), ("from", "5"), ("startPage", "0"), ("startDate", "never"), ("includePageStats", "1")),
    *(("title", "Z"), ("collectionStatus", "editable"), ("fileUrl", "x"), ("collectionHash", "zzz"), ("width", "-1")),
)
"""Parameters that most methods do not have; one with the empty name is none."""
CALLBACKS = ("app.answer", "New", "$", "_a1.Delete.b$", "x" * 60, "TRUE.nullx")


_END = multipart(())
BODIES: Mapping[str, Callable[[bytes, bytes], bytes]] = {
    "": lambda fields, files: fields.removesuffix(_END) + files,
    "the file first": lambda fields, files: files.removesuffix(_END) + fields,
    "words around the parts": lambda fields, files: b"before\r\n" + fields.removesuffix(_END) + files + b"after\r\n",
    "small letters": lambda fields, files: (fields.removesuffix(_END) + files).replace(
        b"Content-Disposition", b"content-disposition"
    ),
    "types of the fields": lambda fields, files: (
        fields.removesuffix(_END).replace(b'"\r\n\r\n', b'"\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n') + files
    ),
}
"""How the fields and the file of a body in parts are put together, each given as a whole body."""


@dataclass(frozen=True)
class Manner:
    """One manner; a part that is empty is plain. `ignored` is a callback beside another format."""

    order: str = ""
    escape: str = ""
    unknown: tuple[str, str] = ("", "")
    callback: str = ""
    ignored: str | None = None
    in_query: str = ""
    path: str = ""
    charset: str = ""
    body: str = ""

    def draft(self, draft: CallDraft) -> CallDraft:
        """The call with callback, unknown parameter and order of this manner."""
        name, value = self.unknown
        if name and draft.get(name) is None and name not in _TAKEN.get(draft.get("action") or "", ()):
            draft = draft.also((name, value))
        if draft.get("format") == "jsonp" and self.callback:
            draft = draft.with_(callback=self.callback)
        elif draft.get("format") != "jsonp" and self.ignored is not None:
            draft = draft.with_(callback=self.ignored)
        return replace(draft, parameters=ORDERS[self.order](draft.parameters))

    def request(self, draft: CallDraft, base_url: str) -> Request:
        """The HTTP request for such a call."""
        url = base_url.removesuffix("/") if self.path else base_url
        pairs, escape = draft.signed(), ESCAPES[self.escape]
        if draft.verb != "POST":
            return Request("GET", f"{url}?{_written(pairs, escape)}")
        aside = [pair for pair in pairs if self.in_query == ALL or pair[0] in self.in_query.split()]
        url += f"?{_written(aside, escape)}" if aside else ""
        rest = [pair for pair in pairs if pair not in aside]
        if draft.files:
            body = BODIES[self.body](multipart(rest), multipart((), draft.files))
            return Request("POST", url, body, {"Content-Type": PARTS + self.charset})
        return Request("POST", url, _written(rest, escape).encode(), {"Content-Type": FORM + self.charset})

    def parts(self) -> Iterator[tuple[str, "Manner"]]:
        """The rule of each part that is not plain, and the plain manner with that part."""
        plain = Manner()
        for one in fields(self):
            value = getattr(self, one.name)
            if value != getattr(plain, one.name):
                yield RULES[one.name], replace(plain, **{one.name: value})


def _written(pairs: Iterator[tuple[str, str]] | Pairs | list[tuple[str, str]], escape: Callable[[str], str]) -> str:
    return "&".join(f"{escape(name)}={escape(value)}" for name, value in pairs)


_TAKEN = {one.name: {"apiKey", "signature", "action", *(each.name for each in one.parameters)} for one in methods()}
RULES: Mapping[str, str] = {
    "order": "signature.sorted",
    "escape": "signature.decoded-utf8",
    "unknown": "parameter.unknown",
    "callback": "callback.identifier",
    "ignored": "callback.required",
    "in_query": "request.post-for-uploads",
    "path": "request.path",
    "charset": "request.any-bytes",
    "body": "request.post-for-uploads",
}
ALL = "all but the file"
PLAIN = Manner()


def rule_of(code: int, rule: str) -> str:
    """The rule that a part of a manner breaks for which a call has this code: more is signed, or it is taken at all."""
    return "signature.excludes-itself-and-file" if code == UNSIGNED and rule in _OF_MORE else rule


_OF_MORE, UNSIGNED = ("parameter.unknown", "callback.required", "callback.identifier"), 44
MANNERS = [
    Manner(**row)
    for row in covering(
        {
            "unknown": UNKNOWN,
            "order": tuple(ORDERS),
            "escape": tuple(ESCAPES),
            "callback": CALLBACKS,
            "ignored": (None, None, "", "1;x", "delete"),
            "in_query": ("", "", "apiKey signature", "title zz", "action format callback", ALL),
            "path": ("", "", "without a slash"),
            "charset": ("", "", "; charset=utf-8", "; charset=UTF-8"),
            "body": ("", *BODIES),
        }
    )
]
