"""Servers that read requests wrongly, or answer in the wrong shape."""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable
from urllib.parse import quote_from_bytes, unquote_to_bytes

from contract_tests.zoo.meddling import Answered, App, Asked, Made, answers, asks, meddled, refuses

from flipsnack_contract.contract.codes import messages

JSON_TYPE = "application/json"


def _with_query(asked: Asked, query: str) -> Asked:
    return asked.has(QUERY_STRING=query)


def _once_each(asked: Asked) -> Asked:
    return _with_query(asked, "&".join(dict.fromkeys(asked.query.split("&"))))


def _latin_names(asked: Asked) -> Asked:
    """A name that is no UTF-8 is read as Latin-1."""
    return _with_query(asked, "&".join(_latin_name(piece) for piece in asked.query.split("&")))


def _latin_name(piece: str) -> str:
    name, equals, value = piece.partition("=")
    if re.search(r"%(?![0-9A-Fa-f]{2})", name):
        return piece
    raw = unquote_to_bytes(name)
    try:
        raw.decode()
    except UnicodeDecodeError:
        return quote_from_bytes(raw.decode("latin-1").encode()) + equals + value
    return piece


def _is_multipart(asked: Asked) -> bool:
    return asked.method == "POST" and str(asked.environ.get("CONTENT_TYPE", "")).startswith("multipart/")


def _first_of_each(asked: Asked) -> Asked:
    return asked.asks(list(dict(reversed(asked.pairs)).items()))


def _as_text(asked: Asked) -> Asked:
    raw = (
        unquote_to_bytes(asked.query.replace("&", "%26").replace("=", "%3D"))
        .decode("utf-8", "ignore")
        .replace("\0", "")
    )
    return _with_query(asked, quote_from_bytes(raw.encode(), safe="&="))


def _without_callback(asked: Asked) -> Asked:
    return asked.signed_anew([*(pair for pair in asked.pairs if pair[0] != "callback"), ("callback", "callback")])


def _other_words_each_time() -> App:
    count = itertools.count()

    def change(asked: Asked, answered: Answered) -> Answered:
        odd = asked.is_call and messages()[42].encode() in answered.body and next(count) % 2
        return answered.replaced(messages()[42].encode(), b"Unknown action") if odd else answered

    return meddled(answer=change)


def _any_callback(fits: Callable[[str], bool] = bool) -> App:
    def ask(asked: Asked) -> Asked:
        if not (asked.is_call and asked.get("format") == "jsonp" and fits(asked.get("callback") or "")):
            return asked
        return asked.signed_anew([(name, "x" if name == "callback" else value) for name, value in asked.pairs])

    def answer(asked: Asked, answered: Answered) -> Answered:
        called = (asked.get("callback") or "").encode("utf-8", "replace")
        return answered.replaced(b"/**/x(", b"/**/" + called + b"(") if asked.is_call else answered

    return meddled(ask, answer)


BROKEN = Answered(500, (("content-type", "text/plain"),), b"broken")
XML_STATUS = re.compile(rb"<status>([^<]*)</status>")


def _lower(match: re.Match[bytes]) -> bytes:
    return b"<status>" + match[1].lower() + b"</status>"


SERVERS: tuple[Made, ...] = (
    # --- requests
    (
        "answers at any path",
        "request.path",
        asks(lambda a: a.path not in ("/v1", "/v1/"), lambda a: a.has(PATH_INFO="/v1/")),
    ),
    ("knows no path without a slash", "request.path", refuses(40, lambda a: a.path == "/v1")),
    (
        "takes PUT for GET",
        "request.other-verbs",
        asks(lambda a: a.method == "PUT", lambda a: a.has(REQUEST_METHOD="GET")),
    ),
    (
        "takes PATCH for GET",
        "request.other-verbs",
        asks(lambda a: a.method == "PATCH", lambda a: a.has(REQUEST_METHOD="GET")),
    ),
    (
        "takes a POST without a body",
        "request.get-for-reads",
        asks(lambda a: a.method == "POST" and bool(a.query) and not a.body, lambda a: a.has(REQUEST_METHOD="GET")),
    ),
    ("takes the first of two", "request.duplicate-parameter", asks(lambda a: a.method == "GET", _first_of_each)),
    ("takes the same thing twice", "request.duplicate-parameter", asks(lambda a: a.method == "GET", _once_each)),
    ("drops what it cannot decode", "request.undecodable", asks(lambda a: a.method == "GET", _as_text)),
    ("reads odd names as Latin-1", "request.undecodable", asks(lambda a: a.method == "GET", _latin_names)),
    ("breaks down under a long query", "request.size", asks(lambda a: len(a.query) > 200_000, lambda _: BROKEN)),
    ("breaks down at odd bytes", "request.any-bytes", asks(lambda a: "%FF" in a.query, lambda _: BROKEN)),
    (
        "breaks down at a form that ends too early",
        "request.any-bytes",
        asks(lambda a: _is_multipart(a) and not a.body.rstrip().endswith(b"--"), lambda _: BROKEN),
    ),
    (
        "looks for the empty hash",
        "request.empty-is-missing",
        refuses(43, lambda a: a.is_well_formed and a.get("collectionHash") == ""),
    ),
    # --- answers
    (
        "gives the code as a text",
        "answer.envelope",
        answers(lambda a: a.says(re.sub(rb'"code":(\d+)', rb'"code":"\1"', a.body)), JSON_TYPE),
    ),
    (
        "gives empty data with errors",
        "answer.envelope",
        answers(lambda a: a.says(a.body[:-1] + b',"data":{}}'), JSON_TYPE, b'"code":4'),
    ),
    ("calls its JSON text", "answer.json", answers(lambda a: a.with_header("content-type", "text/html"), JSON_TYPE)),
    (
        "calls its JSONP JSON",
        "answer.jsonp",
        answers(lambda a: a.with_header("content-type", "application/json"), "application/javascript"),
    ),
    (
        "ends a call without semicolon",
        "answer.jsonp",
        answers(lambda a: a.says(a.body.rstrip(b";")), "application/javascript"),
    ),
    (
        "calls the XML root result",
        "answer.xml",
        answers(lambda a: a.replaced(b"response>", b"result>"), "application/xml"),
    ),
    (
        "does not escape in XML",
        "answer.xml",
        answers(lambda a: a.replaced(b"&amp;", b"&"), "application/xml"),
    ),
    (
        "writes XML messages small",
        "answer.same-in-every-format",
        answers(lambda a: a.says(XML_STATUS.sub(_lower, a.body)), "application/xml"),
    ),
    (
        "writes the messages of errors small in XML",
        "answer.same-in-every-format",
        answers(lambda a: a if b"<data>" in a.body else a.says(XML_STATUS.sub(_lower, a.body)), "application/xml"),
    ),
    ("finds other words each time", "answer.same-in-every-format", _other_words_each_time),
    (
        "opens JSONP with the callback",
        "answer.jsonp-hardened",
        answers(lambda a: a.says(a.body.removeprefix(b"/**/")), "application/javascript"),
    ),
    (
        "lets browsers sniff",
        "answer.jsonp-hardened",
        answers(lambda a: a.with_header("x-content-type-options", ""), "application/javascript"),
    ),
    # --- format and callback
    (
        "takes an unknown format for JSON",
        "format.unknown",
        asks(
            lambda a: a.get("format") not in (None, "", "json", "jsonp", "xml"),
            lambda a: a.signed_anew([(n, "json" if n == "format" else v) for n, v in a.pairs]),
        ),
    ),
    (
        "knows formats in any case",
        "format.unknown",
        asks(
            lambda a: (a.get("format") or "").lower() in ("json", "jsonp", "xml"),
            lambda a: a.signed_anew([(n, v.lower() if n == "format" else v) for n, v in a.pairs]),
        ),
    ),
    (
        "has a callback for who has none",
        "callback.required",
        asks(lambda a: a.get("format") == "jsonp" and not a.get("callback"), _without_callback),
    ),
    (
        "refuses a callback with JSON",
        "callback.required",
        refuses(40, lambda a: bool(a.get("callback")) and a.get("format") == "json"),
    ),
    ("calls any callback", "callback.identifier", _any_callback),
    (
        "calls a reserved word",
        "callback.identifier",
        lambda: _any_callback(lambda text: text in ("function", "return", "null", "class")),
    ),
)
