"""The request itself: path, verb, duplicates, bytes that are not text, sizes, and arbitrary bytes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from urllib.parse import quote, quote_from_bytes

from hypothesis import strategies as st

from flipsnack_contract.checks.check import check
from flipsnack_contract.checks.strategies import hostile_bytes, names, texts
from flipsnack_contract.contract.assertions import Violation, expect, expect_code, expect_in
from flipsnack_contract.contract.methods import every_method
from flipsnack_contract.target.request_builder import Pairs, encoded
from flipsnack_contract.target.session import Session
from flipsnack_contract.target.target import Request, Unreachable

BOUNDARY = "the-kits-boundary"
# HTTP's own ways to refuse what is too long to read: content, target, header fields (RFC 9110, RFC 6585).
TOO_LARGE = (413, 414, 431)


@check("request.path", needs={"credentials"}, methods=every_method, rows=[{"slash": True}, {"slash": False}], calls=1)
def v1_answers_with_and_without_a_slash(session: Session, *, slash: bool) -> None:
    """/v1 and /v1/ are the same."""
    request = session.draft().request(session.target.base_url)
    path, mark, query = request.url.partition("?")
    path = path if slash else path.rstrip("/")
    answer = session.read(session.send(replace(request, url=path + mark + query)))
    expect_code(session.accepted, answer, f"a call at {path}")


@check(
    "request.path",
    rows={"path": ("other", "collection.downloadHTML", "v1", "v1/", "index.php", "0", "%20", "%00")},
    varies={"path": st.from_regex(r"[a-z0-9_.%~-]{1,8}", fullmatch=True).map(lambda text: quote(text, safe=""))},
    share=0.3,
)
def other_paths_are_40(session: Session, path: str) -> None:
    """Any other path below /v1 is 40."""
    if path in (".", ".."):
        return  # Proxies and clients remove these from a path.
    expect_code(40, session.ask(replace(session.draft(), path=path)), f"a call at /v1/{path}")


Posting = Callable[[Session, Pairs], Request]
POSTS: Mapping[str, Posting] = {
    "form": lambda session, pairs: form(session, encoded(pairs).encode()),
    "multipart": lambda session, pairs: multipart(session, pairs),
    "none": lambda session, pairs: Request("POST", f"{session.target.base_url}?{encoded(pairs)}"),
}
"""Where the parameters of a POST may be, by the kind of its body; without a body they are in the query."""


@check(
    "request.get-for-reads", needs={"credentials"}, methods=lambda method: method.verb == "GET", rows={"body": POSTS}
)
def post_is_40(session: Session, body: str) -> None:
    """A POST to a method that uploads nothing is 40, whether its parameters are in a form, in parts or in the query."""
    request = POSTS[body](session, session.draft().signed())
    expect_code(40, session.read(session.send(request)), f"a POST, {body}")


@check("code.40", needs={"credentials"}, methods=lambda method: method.verb == "POST")
def get_of_an_upload_is_40(session: Session) -> None:
    """A GET of a method that uploads a file is 40."""
    expect_code(40, session.ask(replace(session.draft(), verb="GET")), f"a GET of {session.method}")


def form(session: Session, body: bytes) -> Request:
    """A POST with parameters encoded as a form."""
    return Request("POST", session.target.base_url, body, {"Content-Type": "application/x-www-form-urlencoded"})


def multipart(session: Session, pairs: Pairs, *, file: bytes | None = None) -> Request:
    """A POST with parameters in parts, and a `file` after them where there is one."""
    parts = [_part(f'name="{name}"', value.encode()) for name, value in pairs]
    upload = [] if file is None else [_part('name="file"; filename="a.pdf"', file)]
    body = b"".join([*parts, *upload, f"--{BOUNDARY}--\r\n".encode()])
    kind = {"Content-Type": f"multipart/form-data; boundary={BOUNDARY}"}
    return Request("POST", session.target.base_url, body, kind)


def _part(about: str, content: bytes) -> bytes:
    head = f"--{BOUNDARY}\r\nContent-Disposition: form-data; {about}\r\n\r\n"
    return b"%s%s\r\n" % (head.encode(), content)


@check("request.other-verbs", methods=every_method, rows={"verb": ("PUT", "DELETE", "PATCH", "OPTIONS")})
def other_verbs_are_40(session: Session, verb: str) -> None:
    """Any verb but GET and POST is 40."""
    expect_code(40, session.ask(replace(session.draft(), verb=verb)), f"a call by {verb}")


@check(
    "request.duplicate-parameter",
    rows={
        "name": ("apiKey", "action", "collectionHash", "signature", "format", "file", "unknown", "é"),
        "values": (("1", "2"), ("1", "1"), ("", "")),
    },
    varies={"name": names, "values": st.tuples(texts, texts)},
    share=0.3,
    methods=every_method,
    calls=1,
)
def a_parameter_twice_is_40(session: Session, name: str, values: tuple[str, str]) -> None:
    """A name that is sent twice is 40, whichever parameter it is, with equal values too."""
    draft = session.draft().without(name).also(*((name, value) for value in values))
    expect_code(40, session.ask(draft), f"{name} sent twice")


@check("request.duplicate-parameter", rows={"name": ("apiKey", "format", "unknown")})
def a_parameter_in_query_and_body_is_40(session: Session, name: str) -> None:
    """A name that is both in the query and in the form is sent twice."""
    # An unknown key, so that a POST is 41 if it is not found to be malformed.
    pairs = session.draft(format="json", unknown="1").with_(apiKey="not-a-key").signed()
    request = form(session, encoded(pairs).encode())
    twice = replace(request, url=f"{request.url}?{encoded(pair for pair in pairs if pair[0] == name)}")
    expect_code(40, session.read(session.send(twice)), f"{name} in the query and in the form")


BROKEN = (b"\xff", b"\xc3", b"\xed\xa0\x80", b"\xc0\xaf", b"\xf5\x80\x80\x80", b"\x00", b"a\x00b", b"\x80", b"\xe2\x82")


@check(
    "request.undecodable",
    rows={"raw": BROKEN, "place": ("name", "value", "body")},
    varies={
        "raw": st.binary(min_size=1, max_size=6).filter(lambda raw: not _is_text(raw)),
        "place": st.sampled_from(["name", "value", "body"]),
    },
    share=0.3,
    calls=1,
)
def bytes_that_are_no_text_are_40(session: Session, raw: bytes, place: str) -> None:
    """Bytes that are not UTF-8, and NUL, are 40: in a name, a value or a form."""
    escaped = quote_from_bytes(raw, safe="")
    piece = f"{escaped}=1" if place == "name" else f"note={escaped}"
    draft = session.draft()
    text = f"{encoded(draft.signed())}&{piece}"
    reply = session.send(form(session, text.encode())) if place == "body" else session.send_text(draft, text)
    expect_code(40, session.read(reply), f"{raw!r} in a {place}")


def _is_text(raw: bytes) -> bool:
    try:
        return "\0" not in raw.decode("utf-8")
    except UnicodeDecodeError:
        return False


LARGE: dict[str, Callable[[Session, str], Request]] = {
    "a query of a megabyte": lambda session, text: Request("GET", f"{session.target.base_url}?{text}&x={'a' * 2**20}"),
    "10,000 short parameters": lambda session, text: Request(
        "GET", f"{session.target.base_url}?{text}&" + "&".join(f"{number:x}" for number in range(10_000))
    ),
    "10,000 parameters": lambda session, text: Request(
        "GET", f"{session.target.base_url}?{text}&" + "&".join(f"p{number}=1" for number in range(10_000))
    ),
    "10,000 parameters in a form": lambda session, text: form(
        session, f"{text}&{'&'.join(f'p{number}=1' for number in range(10_000))}".encode()
    ),
    "10,000 parameters in parts": lambda session, _text: multipart(
        session, (*session.draft().signed(), *((f"p{number}", "1") for number in range(10_000)))
    ),
    "a form of 20 megabytes": lambda session, text: form(session, text.encode() + b"&x=" + b"a" * 20 * 2**20),
    "a name of 100 kilobytes": lambda session, text: Request(
        "GET", f"{session.target.base_url}?{text}&{'n' * 100_000}=1"
    ),
}


@check("request.size", needs={"control"}, rows={"large": LARGE})
def absurd_sizes_are_refused(session: Session, large: str) -> None:
    """A request of absurd size is code 40, or HTTP 413, 414 or 431; and the next call is served."""
    request = LARGE[large](session, encoded(session.draft().signed()))
    reply = session.send(request)
    expect(True, reply.status < 500, f"{large} is no server error (HTTP {reply.status})")
    if reply.status not in (*TOO_LARGE, 400):
        expect_code(40, session.read(reply), large)
    expect_code(20, session.ask(session.draft()), f"the call after {large}")


@check("request.empty-is-missing", needs={"credentials"}, methods=every_method, calls=4)
def an_empty_required_parameter_is_30(session: Session) -> None:
    """A required parameter that is sent empty counts as missing."""
    for name in session.method.required:
        draft = session.draft()
        empty = draft.without(name).also((name, "")) if name == "signature" else draft.with_(**{name: ""})
        expect_code(30, session.ask(empty), f"an empty {name}")


@check(
    "request.any-bytes",
    needs={"control"},
    rows={"raw": (b"", b"%", b"&&=&=", b"\xff\xfe"), "place": ("query", "form", "multipart", "unbounded")},
    varies={
        "raw": hostile_bytes,
        "place": st.sampled_from(["query", "path", "form", "multipart", "unbounded", "other", "escaped"]),
    },
)
def any_bytes_are_answered(session: Session, raw: bytes, place: str) -> None:
    """Any bytes in a request get an answer of the API, and the next call is served."""
    try:
        reply = session.send(_hostile(session, raw, place))
    except Unreachable as trouble:
        raise Violation(f"{raw!r} in the {place}", "an answer", trouble) from None
    expect(True, reply.status < 500, f"{raw!r} in the {place} is no server error (HTTP {reply.status})")
    if reply.status == 200:
        expect_in((30, 40, 41, 42, 43, 44), session.read(reply).code, f"the code for {raw!r} in the {place}")
    expect_code(20, session.ask(session.draft()), "the next call")


def _hostile(session: Session, raw: bytes, place: str) -> Request:
    base = session.target.base_url
    # What a URL cannot contain is escaped, as every HTTP library does.
    text = quote_from_bytes(raw, safe="%&=+;/?:@[]!$'()*,")
    right = encoded(session.draft().signed())
    kinds = {
        "form": "application/x-www-form-urlencoded",
        "multipart": f"multipart/form-data; boundary={BOUNDARY}",
        "unbounded": "multipart/form-data",
    }
    if place in ("query", "escaped"):
        return Request("GET", f"{base}?{right}&{text if place == 'query' else quote_from_bytes(raw, safe='')}=1&1=2&1")
    if place == "path":
        return Request("GET", f"{base}{quote_from_bytes(raw, safe='')}/x?{right}")
    return Request("POST", base, raw, {"Content-Type": kinds.get(place, "text/plain")})
