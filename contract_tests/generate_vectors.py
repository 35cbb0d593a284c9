"""Writes `spec/signature_vectors.json`. Run by `make generate`; a test fails when the file is stale.

Each canonical text below was written by hand from the vendor's page, not computed by anybody's signing code: only the
MD5 is left to the machine. So the file is a witness against all three implementations.
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

SPEC = Path(__file__).parent / "src/flipsnack_contract/spec/signature_vectors.json"
PUBLISHED = "26e781d3d1751d82ec284acf4a019def"
SECRET = "123ABCDE-456-7890-FGH"
KEY = "45FD-267-7SG7832"

Case = tuple[str, str, str, str, str, list[tuple[str, str]], list[str]]

# name, rule, source, why, secret, parameters in the order they are sent, canonical text piece by piece
CASES: list[Case] = [
    (
        "published",
        "signature.digest",
        "signing",
        "the example of the vendor's page",
        SECRET,
        [("action", "collection.getCollection"), ("collectionHash", "fxh4k89"), ("apiKey", KEY)],
        [SECRET, "action", "collection.getCollection", "apiKey", KEY, "collectionHash", "fxh4k89"],
    ),
    (
        "download",
        "signature.digest",
        "design",
        "the request of collection.downloadHTML",
        SECRET,
        [("action", "collection.downloadHTML"), ("apiKey", KEY), ("collectionHash", "d3m0h45h")],
        [SECRET, "action", "collection.downloadHTML", "apiKey", KEY, "collectionHash", "d3m0h45h"],
    ),
    (
        "format and callback are signed",
        "signature.excludes-itself-and-file",
        "design",
        "no parameter but signature and file is left out",
        SECRET,
        [
            ("format", "jsonp"),
            ("callback", "app.done"),
            ("action", "collection.downloadHTML"),
            ("apiKey", KEY),
            ("collectionHash", "d3m0h45h"),
        ],
        [
            SECRET,
            "action",
            "collection.downloadHTML",
            "apiKey",
            KEY,
            "callback",
            "app.done",
            "collectionHash",
            "d3m0h45h",
            "format",
            "jsonp",
        ],
    ),
    (
        "sent in reverse",
        "signature.sorted",
        "signing",
        "the order of sending is free",
        SECRET,
        [("collectionHash", "d3m0h45h"), ("apiKey", KEY), ("action", "collection.downloadHTML")],
        [SECRET, "action", "collection.downloadHTML", "apiKey", KEY, "collectionHash", "d3m0h45h"],
    ),
    (
        "upper case before lower case",
        "signature.byte-order",
        "design",
        "names are ordered by code point",
        "s",
        [("apiKey", "k"), ("action", "a"), ("Zebra", "1"), ("api", "2"), ("apiKe", "3"), ("apikey", "4")],
        ["s", "Zebra", "1", "action", "a", "api", "2", "apiKe", "3", "apiKey", "k", "apikey", "4"],
    ),
    (
        "beyond the basic plane",
        "signature.byte-order",
        "design",
        "code point order is the order of the UTF-8 bytes, not of UTF-16 units",
        "s",
        [("action", "a"), ("apiKey", "k"), ("\U0001f600", "face"), ("\uff5e", "wave")],
        ["s", "action", "a", "apiKey", "k", "\uff5e", "wave", "\U0001f600", "face"],
    ),
    (
        "signature and file stay out",
        "signature.excludes-itself-and-file",
        "signing",
        "what is sent as signature or file does not count",
        "s",
        [("signature", "anything"), ("file", "a.pdf"), ("apiKey", "k"), ("action", "a"), ("fileUrl", "u")],
        ["s", "action", "a", "apiKey", "k", "fileUrl", "u"],
    ),
    (
        "unicode",
        "signature.decoded-utf8",
        "issuu",
        "text is hashed as UTF-8",
        "gehéim",
        [("action", "a"), ("apiKey", "k"), ("title", "Žluťoučký kůň 🐎 日本"), ("ключ", "значение")],
        ["gehéim", "action", "a", "apiKey", "k", "title", "Žluťoučký kůň 🐎 日本", "ключ", "значение"],
    ),
    (
        "not normalised",
        "signature.decoded-utf8",
        "design",
        "a composed and a decomposed letter are different text",
        "s",
        [("action", "a"), ("apiKey", "k"), ("one", "\u00e9"), ("two", "e\u0301")],
        ["s", "action", "a", "apiKey", "k", "one", "\u00e9", "two", "e\u0301"],
    ),
    (
        "reserved characters",
        "signature.decoded-utf8",
        "issuu",
        "values are hashed decoded: a blank is a blank, a percent sign a percent sign",
        "s",
        [("action", "a"), ("apiKey", "k"), ("q", "1 + 1 = 2 & 100% /?#~'\"")],
        ["s", "action", "a", "apiKey", "k", "q", "1 + 1 = 2 & 100% /?#~'\""],
    ),
    (
        "blanks are kept",
        "signature.decoded-utf8",
        "design",
        "values are not trimmed",
        "s",
        [("action", "a"), ("apiKey", "k"), ("q", "  two \t\n ")],
        ["s", "action", "a", "apiKey", "k", "q", "  two \t\n "],
    ),
    (
        "empty values",
        "signature.empty-values",
        "public-client",
        "the name of a parameter with an empty value counts",
        SECRET,
        [
            ("action", "collection.getList"),
            ("apiKey", KEY),
            ("format", "json"),
            ("orderBy", "name"),
            ("orderMode", "asc"),
            ("query", ""),
        ],
        [
            SECRET,
            "action",
            "collection.getList",
            "apiKey",
            KEY,
            "format",
            "json",
            "orderBy",
            "name",
            "orderMode",
            "asc",
            "query",
            "",
        ],
    ),
    (
        "nothing at all",
        "signature.digest",
        "design",
        "an empty secret and no parameter hash the empty text",
        "",
        [],
        [""],
    ),
]


def document() -> str:
    """The text of the file."""
    found = [_entry(case) for case in CASES]
    if found[0]["signature"] != PUBLISHED:
        raise SystemExit("the published vector does not come out as published")
    return json.dumps({"version": 1, "vectors": found}, ensure_ascii=True, indent=1) + "\n"


def _entry(case: Case) -> dict[str, object]:
    name, rule, source, why, secret, parameters, pieces = case
    text = "".join(pieces)
    return {
        "name": name,
        "rule": rule,
        "source": source,
        "why": why,
        "secret": secret,
        "parameters": parameters,
        "canonical": text,
        "signature": hashlib.md5(text.encode("utf-8"), usedforsecurity=False).hexdigest(),
    }


def main() -> None:
    """Write the file."""
    SPEC.write_text(document(), encoding="utf-8")


if __name__ == "__main__":
    main()
