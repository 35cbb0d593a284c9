"""What collections are given: texts that are easily written or read wrongly, one of each kind, sizes and statuses."""

from collections.abc import Mapping

from flipsnack_contract.contract.library import Parameters

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

SHAPES: Mapping[str, Parameters] = {
    "the defaults": {},
    "public": {"collectionStatus": "public"},
    "unlisted": {"collectionStatus": "unlisted"},
    "editable": {"collectionStatus": "editable"},
    "a width": {"collectionWidth": "1"},
    "unlisted and a width": {"collectionWidth": "320", "collectionStatus": "unlisted"},
    "editable and a height": {"collectionHeight": "0077", "collectionStatus": "editable"},
    "unlisted in a size": {"collectionWidth": "640", "collectionHeight": "480", "collectionStatus": "unlisted"},
    "editable in a size": {"collectionWidth": "640", "collectionHeight": "480", "collectionStatus": "editable"},
    "public in the largest size": {"collectionWidth": "9" * 15, "collectionHeight": "4294967296"},
    "editable in a large size": {"collectionWidth": "2147483648", "collectionStatus": "editable"},
}
