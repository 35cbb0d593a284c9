"""Texts that are easily written or read wrongly, one of each kind."""

from collections.abc import Mapping

TEXTS: Mapping[str, str | None] = {
    "none": None,
    "ASCII": "Spring offers 007",
    "empty": "",
    "Latin": "Caf\u00e9 \u00df",
    "wide": "\u65e5\u672c \u0436\u2028",
    "beyond 16 bits": "\U0001f600 \U0001f469\u200d\U0001f680",
    "blanks": "  a  b\t\r\nc\nd\re ",
    "markup": "<b>&amp;</b> ]]> -->'\"",
    "escapes": "%41+%20\\n\\u0041 $& $$ {0} #1? a/b;c",
    "control characters": "a\x01\x0b\x1f\x7f\x85\ufffe\uffffb",
    "long": "Long w\u00f6rds & more " * 60,
}
