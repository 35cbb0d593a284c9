"""Steps of signing: how names and values are changed, and how they are encoded, before they are joined."""

import re
import unicodedata
from collections.abc import Callable, Iterator
from functools import cache, partial

from flipsnack_mock.doctor.case import Case
from flipsnack_mock.doctor.draft import COMMON, LIKELY, UNLIKELY, Option, Pairs
from flipsnack_mock.doctor.parameters import Rewrite, option
from flipsnack_mock.doctor.spellings import VALUES, escapes


def _each(change: Callable[[str], str], name: Callable[[str], str] = str) -> Rewrite:
    # Most values are the same in most drafts.
    name_of, value_of = cache(name), cache(change)
    return lambda pairs: tuple([(name_of(pair[0]), value_of(pair[1])) for pair in pairs])


_SPELT = {
    "true": ("True", "1", "TRUE"),
    "false": ("False", "0", "", "FALSE"),
    "1": ("true", "True"),
    "0": ("false", "False", ""),
    "": ("null", "None", "undefined", "nil"),
}
"""What programs write for a value, where another spelling was sent."""


def normalised(_case: Case) -> Iterator[Option]:
    """Values trimmed, names and values in another normal form of Unicode."""
    yield option("value-trimmed", "values trimmed", COMMON, _each(str.strip))
    for form in ("NFC", "NFD", "NFKC", "NFKD"):
        normal = partial(unicodedata.normalize, form)
        yield option("normal-form", f"signed as {form}", LIKELY if len(form) == 3 else UNLIKELY, _each(normal, normal))


def changed(_case: Case) -> Iterator[Option]:
    """Values and names spelt otherwise."""
    for case, change in (("lower", str.lower), ("upper", str.upper)):
        yield option("value-letter-case", f"values in {case} case", LIKELY, _each(change))
        yield option("name-letter-case", f"names in {case} case", LIKELY, _each(str, change))
    yield option("name-letter-case", "names with words joined by _", UNLIKELY, _each(str, _snake))
    yield option("name-letter-case", "names that begin in upper case", UNLIKELY, _each(str, _capital))
    for detail, old, new in _PLUS:
        yield option("plus-for-space", detail, LIKELY, _each(_swap(old, new)))
    for sent, spellings in _SPELT.items():
        for signed in spellings:
            yield option("value-spelt", f"{signed!r} signed for {sent!r}", UNLIKELY, _each(_spelt(sent, signed)))
    yield option("value-spelt", "numbers signed with .0", UNLIKELY, _each(_decimal))
    for detail, (value, cost) in VALUES.items():
        yield option("value-changed", f"values signed {detail}", cost, _each(value))


_PLUS = (
    ("a plus was signed, and arrived as a space", " ", "+"),
    ("a space was signed, and arrived as a plus", "+", " "),
)


def _swap(old: str, new: str) -> Callable[[str], str]:
    return lambda text: text.replace(old, new)


def _spelt(sent: str, signed: str) -> Callable[[str], str]:
    return lambda text: signed if text == sent else text


def _decimal(text: str) -> str:
    return f"{text}.0" if text.isascii() and text.isdigit() else text


def _snake(name: str) -> str:
    return re.sub("([A-Z])", r"_\1", name).lower()


def _capital(name: str) -> str:
    return name[:1].upper() + name[1:]


def escaped(case: Case) -> Iterator[Option]:
    """Names and values percent-encoded or escaped for HTML."""
    spelt = case.undecoded()

    def as_in_url(pairs: Pairs) -> Pairs:
        return tuple([spelt.get(pair, pair) for pair in pairs])

    yield option("percent-encoded", "encoded as in the URL", COMMON, as_in_url)
    for detail, change, cost in escapes():
        mistake = "percent-encoded" if "encoded" in detail else "value-changed"
        yield option(mistake, detail, cost, _each(change, change))
        yield option(mistake, f"{detail}, values only", max(cost, UNLIKELY), _each(change))


def skipped(_case: Case) -> Iterator[Option]:
    """Parameters skipped because their value is empty."""
    yield option("empty-dropped", "empty values skipped", COMMON, _but(""))
    yield option("empty-dropped", "0, false and empty values skipped", UNLIKELY, _but("", "0", "false"))


def _but(*values: str) -> Rewrite:
    return lambda pairs: tuple([pair for pair in pairs if pair[1] not in values])
