"""Steps of signing: how names and values are changed, and how they are encoded, before they are joined."""

import html
import json
import re
import shlex
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from functools import cache, partial
from html.entities import codepoint2name

from flipsnack_mock.doctor.case import Case
from flipsnack_mock.doctor.steps.dates import dates, is_date
from flipsnack_mock.doctor.steps.draft import COMMON, LIKELY, RARE, UNLIKELY, Draft, Option, Pairs
from flipsnack_mock.doctor.steps.formats import printf
from flipsnack_mock.doctor.steps.joining import PLAIN
from flipsnack_mock.doctor.steps.parameters import Rewrite, option
from flipsnack_mock.doctor.steps.spellings import CHANGES, DECODED, OF_HTML, VARIABLE, Change, escapes
from flipsnack_mock.protocol.signature import UNSIGNED

_MOST_ALONE = 9
"""Of so many parameters the value of each is changed alone."""

_SHORT = 4_000
"""Of a request with more characters it is not found out before the search which ways do the same."""


def _each(change: Callable[[str], str], name: Callable[[str], str] = str) -> Rewrite:
    # Most values are the same in most drafts.
    name_of, value_of = cache(name), cache(change)
    return lambda pairs: tuple([(name_of(pair[0]), value_of(pair[1])) for pair in pairs])


def _number(write: Callable[[int], str]) -> Change:
    return lambda text: write(int(text)) if re.fullmatch("[0-9]{1,30}", text) else text


def _thousands(mark: str) -> Change:
    return _number(lambda number: f"{number:,}".replace(",", mark))


def _suffix(text: str) -> Change:
    return lambda value: value + text if re.fullmatch("[0-9]+", value) else value


_NUMBERS: dict[str, Change] = {
    **{f"with {suffix}": _suffix(suffix) for suffix in (".0", ".00", ",00")},
    **{f"with {mark!r} between thousands": _thousands(mark) for mark in (",", ".", " ", "'", "_", "\u00a0", "\u202f")},
    "with thousands and two decimals": _number("{:,.2f}".format),
    "with an exponent, as 1.2E+03": _number("{:E}".format),
    "with the fewest digits and an exponent": _number("{:g}".format),
    "without leading zeros": _number(str),
    "with two digits at least": _number("{:02d}".format),
}
"""What languages and sheets make of a number."""


def _capital(name: str) -> str:
    return name[:1].upper() + name[1:]


def _curly(text: str) -> str:
    return re.sub('"([^"]*)"', "\u201c\\1\u201d", text).replace("'", "\u2019")


def _entities(text: str) -> str:
    return "".join([f"&{codepoint2name[ord(one)]};" if ord(one) in codepoint2name else one for one in text])


def _without_accents(text: str) -> str:
    return unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()


def _replaced(*pairs: tuple[str, str]) -> Change:
    table = str.maketrans(dict(pairs))
    return lambda text: text.translate(table)


def _without(pattern: str, instead: str = "") -> Change:
    compiled = re.compile(pattern)
    return lambda text: compiled.sub(instead, text)


_QUOTES = (("\u201c", '"'), ("\u201d", '"'), ("\u2018", "'"), ("\u2019", "'"))
_DASHES = (("\u2013", "-"), ("\u2014", "-"), ("\u2212", "-"))
_BEYOND = "[\U00010000-\U0010ffff]"
"""Characters that a column of three-byte UTF-8 cannot hold."""

_LINE_END = r"\r\n|\n|\r"
_LINE_ENDS = ("\n", "\r\n", "\r", " ", "", "\\n", "<br>")

_CHANGES: dict[str, Change] = {
    **CHANGES,
    "without backslashes": _without(r"\\(.)", r"\1"),
    "as a JSON string of PHP": lambda text: json.dumps(text).replace("/", "\\/"),
    "as a JSON string, without \\u escapes": lambda text: json.dumps(text, ensure_ascii=False),
    "as one word of a shell, as by Python's shlex.quote": shlex.quote,
    "with backslashes before what a shell would read, as by printf %q": _without(r"([^\w.,:+/@-])", r"\\\1"),
    "with a backslash before &": _without("&", r"\\&"),
    "with ^ before what cmd would read": _without("([&|<>^])", r"^\1"),
    "read as a format, as by a shell's printf": printf,
    "in single quotes": "'{}'".format,
    "in double quotes": '"{}"'.format,
    "in brackets": "[{}]".format,
    "as Python's repr": repr,
    "HTML tags removed": _without(r"<[^>]*>"),
    "with <br /> before line ends, as by PHP's nl2br": _without(r"(\r\n|\n|\r)", r"<br />\1"),
    **{f"with {end!r} for line ends": _without(_LINE_END, end.replace("\\", r"\\")) for end in _LINE_ENDS},
    "with $… expanded to nothing, as a shell does": _without(VARIABLE),
    "runs of white space as one blank": _without(r"\s+", " "),
    "without blanks at their beginning": str.lstrip,
    "without blanks at their end": str.rstrip,
    "with a newline after each": "{}\n".format,
    "with CR LF after each": "{}\r\n".format,
    "with a blank after each": "{} ".format,
    "with a blank before each": " {}".format,
    "with no-break spaces for blanks": _replaced((" ", "\u00a0")),
    "with curly quotes": _curly,
    "with straight quotes for curly ones": _replaced(*_QUOTES),
    "with hyphens for dashes": _replaced(*_DASHES),
    "with straight quotes and hyphens": _replaced(*_QUOTES, *_DASHES, ("\u2026", "..."), ("\u00a0", " ")),
    "with an en dash for hyphens": _replaced(("-", "\u2013")),
    "with three dots for an ellipsis": _replaced(("\u2026", "...")),
    "without accents": _without_accents,
    "without what is not ASCII": lambda text: text.encode("ascii", "ignore").decode(),
    "without emoji": _without(_BEYOND),
    "with ? for each emoji (utf8 of MySQL has three bytes)": _without(_BEYOND, "?"),
    "up to the first emoji (utf8 of MySQL has three bytes)": _without(f"(?s){_BEYOND}.*"),
    "with \ufffd for each emoji": _without(_BEYOND, "\ufffd"),
    "with a capital at their beginning": _capital,
    **{f"cut after {most} characters": _without(f"(?s)(?<=.{{{most}}}).*") for most in (20, 32, 50, 64, 100, 128, 255)},
}
"""Ways to write a value otherwise."""

_OTHERWISE: dict[str, dict[str, Change]] = {
    "value-changed": _CHANGES,
    "encoded-twice": {**DECODED, "with its HTML entities decoded": html.unescape},
    "html-escaped": {
        **{f"with escapes as by {way}": change for way, change in OF_HTML.items()},
        "with all HTML entities": _entities,
        "with numeric HTML entities": lambda text: text.encode("ascii", "xmlcharrefreplace").decode(),
    },
}

_DELETED: dict[str, tuple[str, int]] = {
    "without = and &": ("[=&]", UNLIKELY),
    "without &": ("&", UNLIKELY),
    "without =": ("=", UNLIKELY),
    "without double quotes": ('"', UNLIKELY),
    "without single quotes": ("'", RARE),
    "without quotes": ("['\"]", RARE),
    "without %": ("%", RARE),
    "without +": (r"\+", RARE),
    'without {}":,': ('[{}":,]', RARE),
    'without []{}":,': (r'[][{}":,]', RARE),
    "without commas": (",", RARE),
    "without slashes": ("/", RARE),
    "without dashes": ("-", RARE),
    "with letters, digits and _ alone": (r"\W", RARE),
    "with letters and digits of ASCII alone": ("[^A-Za-z0-9]", RARE),
}
"""What people take out of a query, a map or a JSON that they signed, and what goes with it."""

_NOTHING = ("null", "None", "undefined", "nil", "NULL", "(null)", "<nil>", "0", "false", "NaN", "NA", "-")
_SPELT: tuple[dict[str, str], ...] = (
    *({"true": "True", "false": "False", "": nothing} for nothing in ("", "None")),
    *({"true": "1", "false": no, "": ""} for no in ("0", "")),
    *({"true": yes, "false": no} for yes, no in (("TRUE", "FALSE"), ("yes", "no"), ("on", "off"), ("t", "f"))),
    *({"1": yes, "0": no} for yes, no in (("true", "false"), ("True", "False"), ("true", ""))),
    *({"": nothing} for nothing in _NOTHING),
)
"""What programs write for the values of a language, where another spelling was sent."""


def normalised(_case: Case) -> Iterator[Option[Draft]]:
    """Values trimmed, names and values in another normal form of Unicode."""
    yield option("value-trimmed", "values trimmed", COMMON, _each(str.strip))
    for form in ("NFC", "NFD", "NFKC", "NFKD"):
        normal = partial(unicodedata.normalize, form)
        yield option("normal-form", f"signed as {form}", LIKELY if len(form) == 3 else UNLIKELY, _each(normal, normal))


def spelt(case: Case) -> Iterator[Option[Draft]]:
    """Booleans, nothing and numbers in the spelling of a language or a sheet."""
    values = {value for _, value in case.sent}
    for spellings in _SPELT:
        words = [f"{new!r} signed for {old!r}" for old, new in spellings.items() if old in values and old != new]
        if words:
            yield option("value-spelt", ", ".join(words), UNLIKELY, _each(partial(_looked_up, spellings)))
    numbers = (
        option("value-spelt", f"numbers signed {detail}", LIKELY, _each(change)) for detail, change in _NUMBERS.items()
    )
    yield from _distinct(case, numbers)


def _looked_up(spellings: dict[str, str], text: str) -> str:
    return spellings.get(text, text)


def _distinct(case: Case, options: Iterable[Option[Draft]], always: int = 0) -> Iterator[Option[Draft]]:
    """Options that cost more than `always` only if they do to this request what no other does: each one costs time."""
    plain = Draft(case.sent, PLAIN)
    seen: set[Draft | None] = {plain}
    for one in options:
        done = one.apply(plain) if _is_short(case) else None
        if done is None or one.cost <= always or done not in seen:
            yield one
        seen.add(done)


def _is_short(case: Case) -> bool:
    return sum(len(value) for _, value in case.sent) <= _SHORT


def changed(case: Case) -> Iterator[Option[Draft]]:
    """Values and names written otherwise, then the value of one parameter alone."""
    ways = list(_ways(case))
    yield from _distinct(case, (option(mistake, how, cost, _each(*changes)) for mistake, how, cost, changes in ways))
    signed = [pair for pair in case.sent if pair[0] not in UNSIGNED][: _MOST_ALONE * _is_short(case)]
    for mistake, how, _, (change, *_) in ways:
        touched = [name for name, value in signed if change(value) != value]
        for name in touched if len(touched) > 1 else ():
            yield option(mistake, f"{how}, that of {name} alone", RARE, _only(name, change))


def _ways(case: Case) -> Iterator[tuple[str, str, int, tuple[Change, ...]]]:
    """The mistake, its detail and likelihood, and the functions for the values and, where there are two, the names."""
    for size, letters in (("lower", str.lower), ("upper", str.upper)):
        yield "value-letter-case", f"values in {size} case", LIKELY, (letters,)
        yield "name-letter-case", f"names in {size} case", LIKELY, (str, letters)
    for mark, words in (("_", "_"), ("-", "hyphens")):
        yield "name-letter-case", f"names with words joined by {words}", UNLIKELY, (str, _joined_words(mark))
    yield "name-letter-case", "names that begin in upper case", UNLIKELY, (str, _capital)
    yield "plus-for-space", "a space was signed, and arrived as a plus", LIKELY, (_replaced(("+", " ")),)
    for mistake, changes in _OTHERWISE.items():
        for detail, change in changes.items():
            yield mistake, f"values signed {detail}", UNLIKELY, (change,)
    for detail, change, cost in dates() if any(map(is_date, dict(case.sent).values())) else ():
        yield "value-changed", f"values signed {detail}", cost, (change,)


def deleted(case: Case) -> Iterator[Option[Draft]]:
    """Characters taken out of every value."""
    options = (
        option("value-changed", f"values signed {detail}", cost, _each(_without(pattern)))
        for detail, (pattern, cost) in _DELETED.items()
    )
    yield from _distinct(case, options)


def _only(name: str, change: Change) -> Rewrite:
    return lambda pairs: tuple([(pair[0], change(pair[1])) if pair[0] == name else pair for pair in pairs])


def _joined_words(mark: str) -> Change:
    return lambda name: re.sub("([A-Z])", rf"{mark}\1", name).lower()


def escaped(case: Case) -> Iterator[Option[Draft]]:
    """Names and values percent-encoded."""
    yield from _distinct(case, _escaped(case), UNLIKELY)


def _escaped(case: Case) -> Iterator[Option[Draft]]:
    spelt = case.undecoded()

    def as_in_url(pairs: Pairs) -> Pairs:
        return tuple([spelt.get(pair, pair) for pair in pairs])

    yield option("percent-encoded", "encoded as in the URL", COMMON, as_in_url)
    for detail, change, cost in escapes():
        yield option("percent-encoded", detail, cost, _each(change, change))
        yield option("percent-encoded", f"{detail}, values only", max(cost, UNLIKELY), _each(change))


def skipped(_case: Case) -> Iterator[Option[Draft]]:
    """Parameters skipped because their value is empty, or counts as false."""
    yield option("empty-dropped", "empty values skipped", COMMON, _but(""))
    yield option("empty-dropped", "values that are empty or 0 skipped, as by PHP's array_filter", COMMON, _but("", "0"))
    yield option("empty-dropped", "0, false and empty values skipped", UNLIKELY, _but("", "0", "false"))
    yield option("empty-dropped", "false and empty values skipped", UNLIKELY, _but("", "false"))


def _but(*values: str) -> Rewrite:
    return lambda pairs: tuple([pair for pair in pairs if pair[1] not in values])
