"""A middle step of signing: the parameters become one text."""

import json
import re
from collections.abc import Callable, Iterator
from functools import partial
from urllib.parse import quote, quote_plus

from flipsnack_mock.doctor.case import Case
from flipsnack_mock.doctor.steps.draft import COMMON, LIKELY, RARE, UNLIKELY, Draft, Join, Option, Pairs
from flipsnack_mock.doctor.steps.spellings import ESCAPES, OF_HTML

Write = Callable[[Pairs], str]

# --- the parameters as one text --------------------------------------------------------------------------------------


def _map(
    before: str,
    between: str,
    joint: str,
    after: str,
    name_of: Callable[[str], str] = str,
    value_of: Callable[[str], str] | None = None,
) -> Write:
    """Each name and value with `between` in between, `joint` between the parameters, and something around them all."""
    of_value = value_of or name_of

    def write(pairs: Pairs) -> str:
        return before + joint.join([name_of(name) + between + of_value(value) for name, value in pairs]) + after

    return write


PLAIN = Join(lambda pairs: "".join([name + value for name, value in pairs]))
"""The vendor's way."""


def joined_plainly(draft: Draft) -> Draft:
    """The draft with its text joined as the vendor says."""
    return Draft(draft.pairs, PLAIN, PLAIN.write(draft.pairs))


def _option(mistake: str, detail: str, cost: int, join: Join) -> Option[Draft]:
    def apply(draft: Draft) -> Draft:
        return Draft(draft.pairs, join, join.write(draft.pairs))

    return Option(mistake, detail, cost, apply)


Separators = tuple[tuple[str, str], ...]
_COMMON: Separators = (("=", "&"), ("=", ""), ("", "&"))
_LIKELY: Separators = (("", "\n"), ("=", "\n"), ("", " "), (":", ""), ("=", ","))
_UNLIKELY: Separators = (
    *((":", ","), (":", "\n"), ("\n", "\n"), (" ", " "), ("", ":"), ("", ","), ("", "|"), ("=", "|"), ("=", ";")),
    *((":", "&"), (",", ","), ("", "-"), ("", "_"), ("=", ", "), (": ", ", "), ("|", "|"), ("=", " "), (":", "|")),
)
_RARE: Separators = (
    *((between, joint) for between in ("", "=", ":", " ", ",") for joint in ("", "&", "\n", ",", ";", "|", " ", ":")),
    *(("-", "-"), ("_", "_"), ("/", "/"), (".", "."), ("", "/"), ("", "+"), ("", "."), ("", "\r\n"), ("=", "\r\n")),
    *(("=", "-"), (": ", "\n"), ("", ", "), ("->", ","), ("=>", ","), (" => ", ", "), ("=", "+"), ("=", "&amp;")),
)
_SEPARATORS = {
    separators: cost
    for cost, all_of_them in ((RARE, _RARE), (UNLIKELY, _UNLIKELY), (LIKELY, _LIKELY), (COMMON, _COMMON))
    for separators in all_of_them
}
"""What is put between name and value, and between parameters, with how likely it is."""


def joined(_case: Case) -> Iterator[Option[Draft]]:
    """Separators, values or names alone, query strings, JSON, and the texts of maps in several languages."""
    for (between, joint), cost in _SEPARATORS.items():
        yield from _separated(between, joint, cost)
    for joint in ("", ",", "&", "\n", "|", " ", ";", ":", "-", "+", ", "):
        words = f", with {joint!r} between them" if joint else ""
        values, names = (UNLIKELY, RARE) if joint else (COMMON, LIKELY)
        yield _option("names-left-out", f"values without their names{words}", values, _only(1, joint))
        yield _option("values-left-out", f"names without their values{words}", names, _only(0, joint))
    for number, (way, change) in enumerate({**ESCAPES, **OF_HTML}.items()):
        cost = COMMON if number < 2 else LIKELY if number < 5 else UNLIKELY
        yield _option("query-string", f"the query string, encoded as by {way}", cost, _query(change))
    twice = _query(lambda text: quote(quote_plus(text), safe=""))
    yield _option("query-string", "the query string, encoded twice", UNLIKELY, twice)
    for detail, cost, write in _WRITTEN:
        yield _option("map-text", f"joined as {detail}", cost, Join(write))
    for number, text in enumerate(_CONSTANT):
        cost = LIKELY if number == 0 else UNLIKELY if number < 5 else RARE
        yield _option("object-text", f"{text!r} in place of the parameters", cost, _constant(text))


def _separated(between: str, joint: str, cost: int) -> Iterator[Option[Draft]]:
    parts = ((between, "name and value"), (joint, "parameters"))
    words = ", ".join(f"{text!r} between {what}" for text, what in parts if text)
    if words:
        yield _option("separators", words, cost, Join(_map("", between, joint, ""), joint))
    if joint:
        at_the_end = Join(_map("", between, joint, joint), joint)
        yield _option("separators", f"{words}, and at the end", max(cost, LIKELY), at_the_end)


def _only(place: int, joint: str) -> Join:
    return Join(lambda pairs: joint.join([pair[place] for pair in pairs]), joint)


def _names_then_values(pairs: Pairs) -> str:
    return "".join([name for name, _ in pairs] + [value for _, value in pairs])


def _query(change: Callable[[str], str]) -> Join:
    return Join(_map("", "=", "&", "", change), "&")


def _json(
    pairs: Pairs, *, blank: str = "", ascii_only: bool = False, indent: int | None = None, bare: bool = False
) -> str:
    values: dict[str, object] = {name: _bare(value) if bare else value for name, value in pairs}
    separators = ("," if indent else f",{blank}", ": " if indent else f":{blank}")
    return json.dumps(values, separators=separators, ensure_ascii=ascii_only, indent=indent)


def _bare(value: str) -> object:
    return json.loads(value) if re.fullmatch("true|false|0|[1-9][0-9]{,30}", value) else value


def _php_json(pairs: Pairs, *, bare: bool = False) -> str:
    return _json(pairs, ascii_only=True, bare=bare).replace("/", "\\/")


def _escaping(escaped: str, form: str = "\\u{:04x}", *, ascii_only: bool = False) -> Write:
    """JSON in which these characters are escaped too."""

    def write(pairs: Pairs) -> str:
        text = _json(pairs, ascii_only=ascii_only).replace('\\"', form.format(ord('"')) if '"' in escaped else '\\"')
        text = re.sub(r"\\u[0-9a-f]{4}", lambda match: form.format(int(match[0][2:], 16)), text)
        return re.sub(f"[{escaped.replace(chr(34), '')}]", lambda match: form.format(ord(match[0])), text)

    return write


def _serialized(pairs: Pairs) -> str:
    texts = (text for pair in pairs for text in pair)
    inner = "".join(f's:{len(text.encode("utf-8", "surrogateescape"))}:"{text}";' for text in texts)
    return f"a:{len(pairs)}:{{{inner}}}"


def _javascript_literal(text: str) -> str:
    quote_mark = next((mark for mark in "'\"`" if mark not in text), "'")
    escaped = text.replace("\\", "\\\\").replace("\n", "\\n").replace("\r", "\\r").replace("\t", "\\t")
    return quote_mark + escaped.replace(quote_mark, f"\\{quote_mark}") + quote_mark


def _json_text(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


_WRITTEN: tuple[tuple[str, int, Write], ...] = (
    ("JSON", COMMON, _json),
    ("JSON with \\u escapes", LIKELY, partial(_json, ascii_only=True)),
    ("the JSON of PHP", LIKELY, _php_json),
    ("the JSON of Python", LIKELY, partial(_json, blank=" ", ascii_only=True)),
    ("the JSON of Python, without \\u escapes", UNLIKELY, partial(_json, blank=" ")),
    ("JSON of PHP without escaped slashes, indented", UNLIKELY, partial(_json, indent=4)),
    ("indented JSON", UNLIKELY, partial(_json, indent=2)),
    ("a JSON list of pairs, or a Ruby array", UNLIKELY, lambda pairs: json.dumps(pairs, ensure_ascii=False)),
    ("JSON with numbers and booleans bare", LIKELY, partial(_json, bare=True)),
    ("JSON of PHP with numbers and booleans bare", UNLIKELY, partial(_php_json, bare=True)),
    ("JSON of Python, numbers bare", UNLIKELY, partial(_json, blank=" ", ascii_only=True, bare=True)),
    ("the JSON of Go or Rails", LIKELY, _escaping("&<>")),
    ("the JSON of Gson", UNLIKELY, _escaping("&<>='")),
    ("the JSON of .NET", LIKELY, _escaping("&<>'+`\"", "\\u{:04X}", ascii_only=True)),
    ("the JSON of Postgres", UNLIKELY, _map("{", " : ", ", ", "}", _json_text)),
    ("PHP's serialize", UNLIKELY, _serialized),
    ("JavaScript's util.inspect writes an object", UNLIKELY, _map("{ ", ": ", ", ", " }", str, _javascript_literal)),
    ("util.inspect writes it line by line", UNLIKELY, _map("{\n  ", ": ", ",\n  ", "\n}", str, _javascript_literal)),
    ("the text of a Python dict", LIKELY, lambda pairs: str(dict(pairs))),
    ("the text of a Python list", UNLIKELY, lambda pairs: str(list(pairs))),
    ("the text of a Python tuple", UNLIKELY, str),
    ("the text of a Go map", LIKELY, _map("map[", ":", " ", "]")),
    ("the text of Go's url.Values", LIKELY, _map("map[", ":[", "] ", "]]")),
    ("the text of a Java map", LIKELY, _map("{", "=", ", ", "}")),
    ("the text of a Ruby hash", UNLIKELY, _map("{", "=>", ", ", "}", _json_text)),
    ("the text of a Ruby hash since 3.4", UNLIKELY, _map("{", " => ", ", ", "}", _json_text)),
    ("the text of a Ruby hash with symbols", UNLIKELY, _map("{:", "=>", ", :", "}", str, _json_text)),
    ("the text of a Ruby hash with symbols since 3.4", UNLIKELY, _map("{", ": ", ", ", "}", str, _json_text)),
    ("the text of a C# object", UNLIKELY, _map("{ ", " = ", ", ", " }")),
    ("the text of C# pairs, [name, value]", UNLIKELY, _map("[", ", ", "][", "]")),
    ("the text of a Swift dictionary", UNLIKELY, _map("[", ": ", ", ", "]", _json_text)),
    ("PHP's print_r", UNLIKELY, _map("Array\n(\n    [", "] => ", "\n    [", "\n)\n")),
    ("all names, then all values", UNLIKELY, _names_then_values),
)

_CONSTANT = (
    *("[object Object]", "Array", "undefined", "null", "{}", "[]", "[object FormData]", "[object Map]"),
    *("[object URLSearchParams]", "ArrayArray", "", "Object", "#<Object>", "true", "1", "NaN"),
    "System.Collections.Generic.Dictionary`2[System.String,System.String]",
    "System.Collections.Generic.SortedDictionary`2[System.String,System.String]",
    "System.Collections.Specialized.NameValueCollection",
    *("System.String[]", "HASH", "<QueryDict: {}>", "map[]"),
)


def _constant(text: str) -> Join:
    return Join(lambda _pairs: text)
