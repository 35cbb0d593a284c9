"""What a text becomes when it is read as a format, as a literal with escapes, or as the words of a shell."""

import re
import shlex

_CONVERSION = re.compile(r"%(?:%|([ #+0-]*[0-9]{0,3}(?:\.[0-9]{0,3})?)[hlLjzt]*(.?))", re.DOTALL)
_ESCAPE = re.compile(r"\\(?:([abefnrtv\\\"'])|x([0-9a-fA-F]{1,2})|([0-7]{1,3}))")
_MARKS = re.compile(r"""['"\\]|\s\s""")
_MOST_READ = 4_000
_LETTERS = dict(zip("abefnrtv", "\a\b\x1b\f\n\r\t\v", strict=True))
_WITHOUT_ARGUMENT: dict[str, tuple[str, object]] = {
    **dict.fromkeys("diu", ("d", 0)),
    **{letter: (letter, 0) for letter in "oxXeEfFgG"},
    **dict.fromkeys("sbn", ("s", "")),
    "c": ("s", "\0"),
    "a": ("s", "0x0p+0"),
    "A": ("s", "0X0P+0"),
}
"""What a shell's printf writes for a conversion whose argument is missing: Python's conversion, and the value."""


def escapes_read(text: str) -> str:
    """As `echo -e` prints it, or a language reads it between double quotes."""
    return _ESCAPE.sub(_character, text)


def _character(match: re.Match[str]) -> str:
    letter, digits, octal = match.groups()
    return _LETTERS.get(letter, letter) if letter else chr(int(digits, 16) if digits else int(octal, 8) & 0xFF)


def printf(text: str) -> str:
    """As a shell's printf prints it without arguments; it stops at a conversion that does not exist."""
    printed, end = "", 0
    for match in _CONVERSION.finditer(text):
        printed += escapes_read(text[end : match.start()])
        if match[0] != "%%" and match[2] not in _WITHOUT_ARGUMENT:
            return printed
        printed += "%" if match[0] == "%%" else _converted(match[1], *_WITHOUT_ARGUMENT[match[2]])
        end = match.end()
    return printed + escapes_read(text[end:])


def _converted(flags: str, kind: str, value: object) -> str:
    # Python puts no sign before the text of a number.
    sign = flags[:1] if value in ("0x0p+0", "0X0P+0") and flags[:1] in ("+", " ") else ""
    return sign + f"%{flags}{kind}" % value


def go_printf(text: str) -> str:
    """As Go's Printf prints it without arguments."""
    return _CONVERSION.sub(lambda match: "%" if match[0] == "%%" else _missing(match[2]), text)


def _missing(verb: str) -> str:
    return f"%!{verb}({'NOVERB' if verb in ('', '!') else 'MISSING'})"


def words(text: str) -> str:
    """As a shell's eval, or xargs, reads it: quotes and backslashes removed, and one blank between the words."""
    # Reading words is slow: a text without marks or very long stays as it is.
    if len(text) > _MOST_READ or not _MARKS.search(text):
        return text
    try:
        return " ".join(shlex.split(text))
    except ValueError:
        return text
