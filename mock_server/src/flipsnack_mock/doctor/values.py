"""Steps of signing: how names and values are changed, and how they are encoded, before they are joined."""

import base64
import html
import json
import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from datetime import date
from functools import cache, partial
from html.entities import codepoint2name
from urllib.parse import unquote, unquote_plus

from flipsnack_mock.doctor.case import Case
from flipsnack_mock.doctor.draft import COMMON, LIKELY, RARE, UNLIKELY, Draft, Option, Pairs
from flipsnack_mock.doctor.joining import PLAIN
from flipsnack_mock.doctor.parameters import Rewrite, option
from flipsnack_mock.doctor.spellings import Change, escapes


def _each(change: Callable[[str], str], name: Callable[[str], str] = str) -> Rewrite:
    # Most values are the same in most drafts.
    name_of, value_of = cache(name), cache(change)
    return lambda pairs: tuple([(name_of(pair[0]), value_of(pair[1])) for pair in pairs])


_DATES = (
    *(
        "{0.month}/{0.day}/{0.year} 12:00:00 AM",
        "{0:%m/%d/%Y} 12:00:00 AM",
        "{0:%m/%d/%Y}",
        "{0.month}/{0.day}/{0.year}",
    ),
    *("{0:%d/%m/%Y}", "{0.day}/{0.month}/{0.year}", "{0:%d.%m.%Y}", "{0.day}.{0.month}.{0.year}", "{0:%d-%m-%Y}"),
    *(
        "{0:%Y/%m/%d}",
        "{0:%Y.%m.%d}",
        "{0:%Y%m%d}",
        "{0.year}-{0.month}-{0.day}",
        "{0:%m-%d-%Y}",
        "{0:%d/%m/%Y} 00:00:00",
    ),
    *("{0} 00:00:00", "{0}T00:00:00", "{0}T00:00:00Z", "{0}T00:00:00.000Z", "{0}T00:00:00+00:00", "{0}T00:00"),
    *(
        "{0} 00:00:00 UTC",
        "{0} 00:00:00 +0000 UTC",
        "{0:%d.%m.%Y} 00:00:00",
        "{0:%b} {0.day}, {0.year}",
        "{0:%d %b %Y}",
    ),
    *("{0:%a %b %d} 00:00:00 UTC {0.year}", "{0:%a %b %d %Y} 00:00:00 GMT+0000 (Coordinated Universal Time)"),
    *("datetime.date({0.year}, {0.month}, {0.day})", "{serial}", "{seconds}", "{seconds}000"),
)
"""What programs and sheets make of a date; a sheet may show its number."""


def _date(form: str) -> Change:
    def change(text: str) -> str:
        try:
            day = date.fromisoformat(text) if re.fullmatch("[0-9-]{10}", text) else None
        except ValueError:
            return text
        return text if day is None else form.format(day, **_counted(day))

    return change


def _counted(day: date) -> dict[str, int]:
    # The days of a sheet begin on 30 December 1899, the seconds of Unix on 1 January 1970.
    return {"serial": day.toordinal() - 693_594, "seconds": (day.toordinal() - 719_163) * 86_400}


def _number(write: Callable[[int], str]) -> Change:
    return lambda text: write(int(text)) if re.fullmatch("[0-9]{1,30}", text) else text


def _thousands(mark: str) -> Change:
    return _number(lambda number: f"{number:,}".replace(",", mark))


_NUMBERS: dict[str, Change] = {
    "with .0": lambda text: f"{text}.0" if re.fullmatch("[0-9]+", text) else text,
    "with .00": lambda text: f"{text}.00" if re.fullmatch("[0-9]+", text) else text,
    "with ,00": lambda text: f"{text},00" if re.fullmatch("[0-9]+", text) else text,
    **{f"with {mark!r} between thousands": _thousands(mark) for mark in (",", ".", " ", "'", "_", "\u00a0", "\u202f")},
    "with thousands and two decimals": _number("{:,.2f}".format),
    "with an exponent, as 1.2E+03": _number("{:E}".format),
    "with an exponent, as 1.200000e+03": _number("{:e}".format),
    "with the fewest digits and an exponent": _number("{:g}".format),
    "without leading zeros": _number(str),
    "with two digits at least": _number("{:02d}".format),
}
"""What languages and sheets make of a number."""


def _curly(text: str) -> str:
    return re.sub('"([^"]*)"', "\u201c\\1\u201d", text).replace("'", "\u2019")


def _entities(text: str) -> str:
    return "".join([f"&{codepoint2name[ord(one)]};" if ord(one) in codepoint2name else one for one in text])


def _without_accents(text: str) -> str:
    return unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()


_STRAIGHT = str.maketrans("\u201c\u201d\u2018\u2019", "\"\"''")

_VALUES: dict[str, tuple[Change, int]] = {
    "backslashes put before quotes": (lambda text: re.sub(r"(['\"\\])", r"\\\1", text), UNLIKELY),
    "as a JSON string": (json.dumps, UNLIKELY),
    "in single quotes": ("'{}'".format, UNLIKELY),
    "in double quotes": ('"{}"'.format, UNLIKELY),
    "HTML entities decoded": (html.unescape, UNLIKELY),
    "decoded again": (unquote, UNLIKELY),
    "decoded again, as a form": (unquote_plus, UNLIKELY),
    "white space removed": (lambda text: re.sub(r"\s", "", text), UNLIKELY),
    "runs of white space as one blank": (lambda text: re.sub(r"\s+", " ", text), UNLIKELY),
    "line feeds as CR LF": (lambda text: re.sub(r"\r?\n", "\r\n", text), UNLIKELY),
    "CR LF as line feeds": (lambda text: text.replace("\r\n", "\n"), UNLIKELY),
    "HTML tags removed": (lambda text: re.sub(r"<[^>]*>", "", text), UNLIKELY),
    "only letters, digits and blanks kept": (lambda text: re.sub(r"[^\w ]", "", text), RARE),
    "quotes removed": (lambda text: re.sub("['\"]", "", text), RARE),
    "in Base64": (lambda text: base64.b64encode(text.encode()).decode(), RARE),
    "as a JSON string of PHP": (lambda text: json.dumps(text).replace("/", "\\/"), UNLIKELY),
    "as a JSON string, without \\u escapes": (lambda text: json.dumps(text, ensure_ascii=False), UNLIKELY),
    "as Python's repr": (repr, UNLIKELY),
    "as lists, as parse_qs gives them": (lambda text: repr([text]), UNLIKELY),
    "in brackets": ("[{}]".format, UNLIKELY),
    "with curly quotes": (_curly, UNLIKELY),
    "with curly quotes made straight": (lambda text: text.translate(_STRAIGHT), UNLIKELY),
    "with no-break spaces for blanks": (lambda text: text.replace(" ", "\u00a0"), UNLIKELY),
    "with blanks for no-break spaces": (lambda text: text.replace("\u00a0", " "), UNLIKELY),
    "with all HTML entities": (_entities, UNLIKELY),
    "without accents": (_without_accents, UNLIKELY),
    "without what is not ASCII": (lambda text: text.encode("ascii", "ignore").decode(), UNLIKELY),
    "without blanks at their beginning": (str.lstrip, UNLIKELY),
    "without blanks at their end": (str.rstrip, UNLIKELY),
    "with capital words": (str.title, UNLIKELY),
    "with a capital at their beginning": (lambda text: text[:1].upper() + text[1:], UNLIKELY),
    **{f"with dates as {_date(form)('2026-07-01')!r}": (_date(form), LIKELY) for form in _DATES},
}
"""Ways to write a value otherwise; each is a mistake of the value alone."""

_NOTHING = ("null", "None", "undefined", "nil", "NULL", "(null)", "<nil>", "0", "false", "NaN", "NA", "-")
_SPELT: tuple[dict[str, str], ...] = (
    *({"true": "True", "false": "False", "": nothing} for nothing in ("", "None")),
    *({"true": "1", "false": no, "": ""} for no in ("0", "")),
    *({"true": yes, "false": no} for yes, no in (("TRUE", "FALSE"), ("yes", "no"), ("on", "off"), ("t", "f"))),
    *({"1": yes, "0": no} for yes, no in (("true", "false"), ("True", "False"), ("true", ""))),
    *({"": nothing} for nothing in _NOTHING),
)
"""What programs write for the values of a language, where another spelling was sent."""


def normalised(_case: Case) -> Iterator[Option]:
    """Values trimmed, names and values in another normal form of Unicode."""
    yield option("value-trimmed", "values trimmed", COMMON, _each(str.strip))
    for form in ("NFC", "NFD", "NFKC", "NFKD"):
        normal = partial(unicodedata.normalize, form)
        yield option("normal-form", f"signed as {form}", LIKELY if len(form) == 3 else UNLIKELY, _each(normal, normal))


def spelt(case: Case) -> Iterator[Option]:
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


def _distinct(case: Case, options: Iterable[Option], always: int = 0) -> Iterator[Option]:
    """Options that cost more than `always` only if they do to this request what no other does: each one costs time."""
    plain = Draft(case.sent, "", PLAIN)
    seen: set[Draft | None] = {plain}
    for one in options:
        done = one.apply(plain)
        if one.cost <= always or done not in seen:
            yield one
        seen.add(done)


def changed(case: Case) -> Iterator[Option]:
    """Values and names written otherwise."""
    yield from _distinct(case, _changed())


def _changed() -> Iterator[Option]:
    for case, change in (("lower", str.lower), ("upper", str.upper)):
        yield option("value-letter-case", f"values in {case} case", LIKELY, _each(change))
        yield option("name-letter-case", f"names in {case} case", LIKELY, _each(str, change))
    yield option("name-letter-case", "names with words joined by _", UNLIKELY, _each(str, _snake))
    yield option("name-letter-case", "names that begin in upper case", UNLIKELY, _each(str, _capital))
    for detail, old, new in _PLUS:
        yield option("plus-for-space", detail, LIKELY, _each(_swap(old, new)))
    for detail, (value, cost) in _VALUES.items():
        yield option("value-changed", f"values signed {detail}", cost, _each(value))


_PLUS = (
    ("a plus was signed, and arrived as a space", " ", "+"),
    ("a space was signed, and arrived as a plus", "+", " "),
)


def _swap(old: str, new: str) -> Callable[[str], str]:
    return lambda text: text.replace(old, new)


def _snake(name: str) -> str:
    return re.sub("([A-Z])", r"_\1", name).lower()


def _capital(name: str) -> str:
    return name[:1].upper() + name[1:]


def escaped(case: Case) -> Iterator[Option]:
    """Names and values percent-encoded or escaped for HTML."""
    yield from _distinct(case, _escaped(case), UNLIKELY)


def _escaped(case: Case) -> Iterator[Option]:
    spelt = case.undecoded()

    def as_in_url(pairs: Pairs) -> Pairs:
        return tuple([spelt.get(pair, pair) for pair in pairs])

    yield option("percent-encoded", "encoded as in the URL", COMMON, as_in_url)
    for detail, change, cost in escapes():
        mistake = "percent-encoded" if "encoded" in detail else "value-changed"
        yield option(mistake, detail, cost, _each(change, change))
        yield option(mistake, f"{detail}, values only", max(cost, UNLIKELY), _each(change))


def skipped(_case: Case) -> Iterator[Option]:
    """Parameters skipped because their value is empty, or counts as false."""
    yield option("empty-dropped", "empty values skipped", COMMON, _but(""))
    yield option("empty-dropped", "values that are empty or 0 skipped, as by PHP's array_filter", COMMON, _but("", "0"))
    yield option("empty-dropped", "0, false and empty values skipped", UNLIKELY, _but("", "0", "false"))
    yield option("empty-dropped", "false and empty values skipped", UNLIKELY, _but("", "false"))


def _but(*values: str) -> Rewrite:
    return lambda pairs: tuple([pair for pair in pairs if pair[1] not in values])
