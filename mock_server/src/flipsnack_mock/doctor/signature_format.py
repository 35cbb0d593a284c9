"""What a signature's length and alphabet reveal, and whether the vendor prints it as an example."""

import re
from collections.abc import Iterator

PRINTED_EXAMPLES = {
    "2298a6456c1dd2d12b895ce4688ffe31": "the examples of collection.downloadHTML, but matches no documented request",
    "26e781d3d1751d82ec284acf4a019def": "the example of How to sign a request",
    "26e781d3d1751d82ec284acf4a019": "the older text of How to sign a request, where three digits are missing",
}
"""Signatures that the vendor prints, and where."""


_OBJECT_TEXTS = {
    r"\[B@[0-9a-f]{1,8}": "Java writes an array of bytes",
    r"\[object \w+\]|Promise \{.*\}": "JavaScript writes an object",
    r"System\.\S+": "C# writes an object",
    r"<.+( at 0x[0-9A-Fa-f]+|_hashlib\.HASH).*>": "Python writes an object",
    r"#<.+>": "Ruby writes an object",
    r"Array|Object|Resource id #\d+": "PHP writes an array or an object",
    r"(undefined|null|None|nil|<nil>|NULL|\(null\)|NaN|true|false)": "a program writes a value that is not a text",
    r"(\{\{.*\}\}|\$\{.*\}|\$\w+|%\w+%|<\w+>)": "a placeholder is written that was not filled in",
}
"""Patterns of texts that people send instead of the digits of a signature, each with what produces the text."""


_FORMAT_HINTS = {
    r"[0-9a-f]{32}": (
        "The format is right, 32 lower-case hexadecimal digits, so a different text or secret was digested."
    ),
    r"[0-9a-fA-F]{32}": "The signature is hexadecimal, but not lower case.",
    r"[0-9a-fA-F]{40}": "40 hexadecimal digits are a SHA-1; the vendor's signature is an MD5, 32 digits.",
    r"[0-9a-fA-F]{64}": "64 hexadecimal digits are a SHA-256; the vendor's signature is an MD5, 32 digits.",
    r"[0-9a-fA-F]{128}": "128 hexadecimal digits are a SHA-512; the vendor's signature is an MD5, 32 digits.",
    r"[0-9a-fA-F]{1,31}": "The signature has fewer than 32 hexadecimal digits: part of the digest is missing.",
    r"[0-9a-fA-F]{33,}": "The signature has more than 32 hexadecimal digits.",
    r"[0-9a-fA-F]{2}(-[0-9a-fA-F]{2}){15}": "The signature is 16 bytes in hexadecimal with dashes between them.",
    r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}": (
        "The signature is formatted as a UUID, not as 32 consecutive digits."
    ),
    r"[A-Za-z0-9+/ _-]{22}(==)?": "The signature looks like 16 bytes in base64; the vendor's signature is hexadecimal.",
    r"[A-Za-z0-9+/ _-]{27,86}={0,2}": "The signature looks like base64; the vendor's signature is hexadecimal.",
}
"""What a signature of each format tells; the first match wins."""


def describe_format(given: str) -> Iterator[str]:
    """Sentences about the length and the alphabet of a signature; none for an empty one."""
    if not given:
        return
    core = given.strip(" \t\r\n\"'")
    if core != given:
        yield "The signature has white space or a quote around it."
    yield next(
        (says for regex, says in _FORMAT_HINTS.items() if re.fullmatch(regex, core)),
        f"The signature is not a digest (length {len(core)}); expected 32 lower-case hexadecimal digits.",
    )


def printed_example(given: str) -> str | None:
    """Where the vendor prints this signature, or None."""
    return PRINTED_EXAMPLES.get(given.strip().lower())


def object_text(given: str) -> str | None:
    """What writes a text such as this one in place of a digest, or None."""
    core = given.strip()[:200]
    return next((says for regex, says in _OBJECT_TEXTS.items() if re.fullmatch(regex, core)), None)


def could_be_digest(given: str) -> bool:
    """Whether a program may have written a digest so."""
    return any(re.fullmatch(regex, given.strip(" \t\r\n\"'")) for regex in _FORMAT_HINTS)


def is_usual(given: str) -> bool:
    """Whether it looks like the vendor's signature."""
    return re.fullmatch("[0-9a-f]{32}", given) is not None
