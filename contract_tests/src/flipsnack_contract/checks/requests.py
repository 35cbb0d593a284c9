"""The request itself: path, verb, duplicates, bytes that are not text, sizes, any bytes, and the order of checks."""

import re
import socket
from collections.abc import Callable, Mapping
from dataclasses import replace
from urllib.parse import quote, quote_from_bytes, urlsplit

from hypothesis import strategies as st

from flipsnack_contract.checks.check import CONTROL, KEYED, check
from flipsnack_contract.checks.methods.uploaded import DELETE, GET, UPDATE
from flipsnack_contract.checks.request_cases import (
    API,
    FORMATS,
    UPLOAD,
    hostile_bytes,
    raw_requests,
    with_format,
)
from flipsnack_contract.contract.assertions import Unsuitable, Violation, expect, expect_code, expect_in, expect_message
from flipsnack_contract.contract.methods import every_method
from flipsnack_contract.target.session import FORM, PARTS, CallDraft, FilePart, Pairs, Session, encoded, multipart
from flipsnack_contract.target.target import Reply, Request, Unreachable

BODIES = ("form", "multipart", "none")
"""Where the parameters of a POST may be, by the kind of its body; without a body they are in the query."""
# HTTP's own ways to refuse what is too long to read: content, target, header fields (RFC 9110, RFC 6585).
TOO_LARGE = (413, 414, 431)


def _post(session: Session, body: str, parameters: Pairs) -> Request:
    base = session.target.base_url
    if body == "none":
        return Request("POST", f"{base}?{encoded(parameters)}")
    if body == "form":
        return Request("POST", base, encoded(parameters).encode(), {"Content-Type": FORM})
    files = (FilePart(b"%PDF\xff\0", "a.pdf"),) if body == "upload" else ()
    return Request("POST", base, multipart(parameters, files), {"Content-Type": PARTS})


@check("request.path", **KEYED, rows={"slash": ("/", "")})
def v1_answers_with_and_without_a_slash(session: Session, slash: str) -> None:
    """/v1 and /v1/ are the same."""
    request = session.draft().request(session.target.base_url)
    path, mark, query = request.url.partition("?")
    path = path.rstrip("/") + slash
    expect_code(session.accepted, session.ask(replace(request, url=path + mark + query)), f"a call at {path}")


@check(
    "request.path",
    methods=every_method,
    rows={"path": ("other", "collection.create", "v1", "v1/", "index.php", "0", "%20", "%00", "/")},
    varies={"path": st.text("abz09_.%~-", min_size=1, max_size=8).map(lambda text: quote(text, safe=""))},
)
def other_paths_are_40(session: Session, path: str) -> None:
    """Any other path below /v1 is 40."""
    if path in (".", ".."):
        return  # Proxies and clients remove these from a path.
    expect_message(40, session.ask(replace(session.draft(), path=path)), f"a call at /v1/{path}")


@check(
    "request.get-for-reads", needs={"credentials"}, methods=lambda method: method.verb == "GET", rows={"body": BODIES}
)
def post_is_40(session: Session, body: str) -> None:
    """A POST to a method that uploads nothing is 40, whether its parameters are in a form, in parts or in the query."""
    expect_message(40, session.ask(_post(session, body, session.draft().signed())), f"a POST, {body}")


@check(
    "request.post-for-uploads",
    needs={"credentials"},
    methods=lambda method: method.verb == "POST",
    rows={"form": FORMATS},
)
def get_of_an_upload_is_40(session: Session, form: str) -> None:
    """A GET of a method that uploads a file is 40, with the URL of a document, and in every format."""
    url = {one.name: one.example for one in session.method.parameters if one.type == "url"}
    for draft in (session.draft(), session.draft(**url)):
        asked = with_format(replace(draft, verb="GET"), form)
        expect_message(40, session.ask(asked), f"a GET of {session.method} in {form}")


HOSTS_WRITTEN: Mapping[str, Callable[[str], str]] = {
    "as it is": str,
    "with its port": lambda name: f"{name}:80",
    "in capitals": str.upper,
    "with a capital": str.title,
}
"""A host name is the same in capitals (RFC 9110, 4.2.3)."""
HOSTS = {"api": API, "upload": UPLOAD}


@check("request.host", needs=CONTROL, methods=every_method, rows={"written": HOSTS_WRITTEN})
def the_other_host_refuses(session: Session, written: str) -> None:
    """Under the vendor's names the other host refuses a method: with 42 an upload by POST, with 40 every other one."""
    request = session.draft().request(session.target.base_url)
    for host, name in HOSTS.items():
        expected = 20 if host == session.method.host else 42 if session.method.verb == "POST" else 40
        at_host = replace(request, headers={**request.headers, "Host": HOSTS_WRITTEN[written](name)})
        expect_code(expected, session.ask(at_host), f"{session.method} at {name}, {written}")


@check(
    "request.other-verbs",
    methods=every_method,
    rows={"verb": ("PUT", "DELETE", "PATCH", "OPTIONS", "PROPFIND")},
)
def other_verbs_are_40(session: Session, verb: str) -> None:
    """Any verb but GET and POST is 40."""
    expect_message(40, session.ask(replace(session.draft(), verb=verb)), f"a call by {verb}")


@check("request.other-verbs", needs=CONTROL, methods=lambda method: method.name in (UPDATE, DELETE))
def other_verbs_do_nothing(session: Session) -> None:
    """What comes by another verb is not carried out: HEAD neither, whose answer has no body to show it."""
    session.draft()
    for verb in ("HEAD", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE"):
        changes = {"title": "Changed"} if session.method.takes("title") else {}
        session.send(replace(session.draft(**changes), verb=verb))
        answer = session.call(GET, session.own_collection())
        expect_code(20, answer, f"getCollection after {session.method} by {verb}")
        expect(False, "Changed" in str(answer.data), f"{session.method} is carried out by {verb}")


PLACES = ("name", "value", "body", "field name", "field value")
BROKEN = (
    *(b"\xff", b"\xc3", b"\xed\xa0\x80", b"\xc0\xaf", b"\xf5\x80\x80\x80", b"\x00", b"a\x00b", b"\x80", b"\xe2\x82"),
    # CESU-8, the NUL of Java, longer forms of a slash, beyond U+10FFFF, what UTF-8 was at first, Latin-1.
    *(b"\xed\xa0\xbd\xed\xb8\x80", b"\xc0\x80", b"\xe0\x80\xaf", b"\xf0\x80\x80\xaf", b"\xf4\x90\x80\x80"),
    *(b"\xf8\x88\x80\x80\x80", b"\xfc\x84\x80\x80\x80\x80", b"caf\xe9", b"\xed\xb8\x80", b"\xf0\x9f\x98"),
)


@check(
    "request.undecodable",
    rows={"raw": BROKEN, "place": PLACES},
    varies={
        "raw": st.binary(min_size=1, max_size=6).filter(
            lambda raw: b"\0" in raw or raw.decode(errors="ignore").encode() != raw
        ),
        "place": st.sampled_from(PLACES),
    },
    calls=1,
)
def bytes_that_are_no_text_are_40(session: Session, raw: bytes, place: str) -> None:
    """Bytes that are not UTF-8, and NUL, are 40: in a name, a value, a form, or a field beside a file."""
    draft = session.draft()
    if place == "field name" and {*raw} & {*b'"\\\r\n'}:
        raise Unsuitable("a quote, a backslash or the end of a line ends the name of a field")
    if place.startswith("field"):
        # Of an unknown key: what is malformed is found before.
        marked = ("MARK", "1") if place == "field name" else ("note", "MARK")
        request = _post(session, "upload", (*draft.with_(apiKey="not-a-key").signed(), marked))
        asked: CallDraft | Request = replace(request, body=request.body.replace(b"MARK", raw))
    else:
        escaped = quote_from_bytes(raw, safe="")
        text = f"{encoded(draft.signed())}&{f'{escaped}=1' if place == 'name' else f'note={escaped}'}"
        asked = replace(draft, verb="POST" if place == "body" else "GET", text=text)
    expect_message(40, session.ask(asked), f"{raw!r} in a {place}")


@check("request.undecodable", needs=CONTROL, methods=every_method, rows={"raw": (b"\xff", b"a\x00b", b"\xe2\x82")})
def known_parameters_are_read_strictly_too(session: Session, raw: bytes) -> None:
    """The value of a parameter that the method knows is no exception, wherever it is sent."""
    signed = (one.name for one in session.method.parameters if one.signed)
    for name in ("format", "callback", *session.method.required, *signed):
        draft = session.draft(**{name: "MARK"})
        request = (draft if name != "signature" else replace(draft, signature="MARK")).request(session.target.base_url)
        url = request.url.replace("MARK", quote_from_bytes(raw, safe=""))
        asked = replace(request, url=url, body=request.body.replace(b"MARK", raw))
        expect_message(40, session.ask(asked), f"{raw!r} in {name}")


def _many(name: str, value: str) -> Pairs:
    return tuple((f"{name}{number:x}", value) for number in range(10_000))


LARGE: Mapping[str, tuple[str, Callable[[], Pairs]]] = {
    "a query of a megabyte": ("none", lambda: (("x", "a" * 2**20),)),
    "10,000 short parameters": ("none", lambda: _many("", "")),
    "10,000 parameters": ("none", lambda: _many("p", "1")),
    "10,000 parameters in a form": ("form", lambda: _many("p", "1")),
    "10,000 parameters in parts": ("multipart", lambda: _many("p", "1")),
    "a form of 20 megabytes": ("form", lambda: (("x", "a" * 20 * 2**20),)),
    "a name of 100 kilobytes": ("none", lambda: (("n" * 100_000, "1"),)),
}
"""What is added to a call, and to which body; without a body it is a GET."""


@check("request.size", needs=CONTROL, rows={"large": LARGE})
def absurd_sizes_are_refused(session: Session, large: str) -> None:
    """A request of absurd size is code 40, or HTTP 413, 414 or 431; and the next call is served."""
    body, added = LARGE[large]
    request = _post(session, body, (*session.draft().signed(), *added()))
    reply = session.send(replace(request, method="GET") if body == "none" else request)
    _require_no_server_error(reply, large)
    if reply.status not in (*TOO_LARGE, 400):
        expect_message(40, session.read(reply), large)
    expect_code(20, session.ask(session.draft()), f"the call after {large}")


TYPES_OF_BODIES: Mapping[str, str] = {
    "form": FORM,
    "multipart": PARTS,
    "unbounded": "multipart/form-data",
    "text": "text/plain",
    **{f"form in {one}": f"{FORM}; charset={one}" for one in ("utf-16", "none-such", "", "base64", "\xe9")},
    **{f"parts in {one}": f"{PARTS}; charset={one}" for one in ("utf-32", "none-such", "idna")},
}


def _require_no_server_error(reply: Reply, what: str) -> None:
    expect(True, reply.status < 500, f"{what} is no server error (HTTP {reply.status})")


@check(
    "request.any-bytes",
    needs=CONTROL,
    rows={"raw": (b"", b"%", b"&&=&=", b"\xff\xfe", b"a=\xe9"), "place": ("query", *TYPES_OF_BODIES)},
    varies={
        "raw": hostile_bytes,
        "place": st.sampled_from(["query", "path", "escaped", *TYPES_OF_BODIES]),
    },
)
def any_bytes_are_answered(session: Session, raw: bytes, place: str) -> None:
    """Any bytes in a request get an answer of the API, and the next call is served."""
    try:
        reply = session.send(_hostile(session, raw, place))
    except Unreachable as trouble:
        raise Violation(f"{raw!r} in the {place}", "an answer", trouble) from None
    _require_no_server_error(reply, f"{raw!r} in the {place}")
    if reply.status == 200:
        expect_in((30, 40, 41, 42, 43, 44), session.read(reply).code, f"the code for {raw!r} in the {place}")
    expect_code(20, session.ask(session.draft()), "the next call")


def _hostile(session: Session, raw: bytes, place: str) -> Request:
    base, right = session.target.base_url, encoded(session.draft().signed())
    escaped = quote_from_bytes(raw, safe="")
    # What a URL cannot contain is escaped, as every HTTP library does.
    text = quote_from_bytes(raw, safe="%&=+;/?:@[]!$'()*,")
    if place in ("query", "escaped"):
        return Request("GET", f"{base}?{right}&{text if place == 'query' else escaped}=1&1=2&1")
    if place == "path":
        return Request("GET", f"{base}{escaped}/x?{right}")
    return Request("POST", base, raw, {"Content-Type": TYPES_OF_BODIES[place]})


NO_REQUESTS = (
    *(b"\r\n\r\n", b"GET\r\n\r\n", b"GET /v1/ HTTP/9.9\r\n\r\n", b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03"),
    *(b"GET /v1/?%ff\xff HTTP/1.1\r\nHost: x\r\n\r\n", b"GET /v1/\x00 HTTP/1.1\r\nHost: x\r\n\r\n"),
    b"POST /v1/ HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n",
    b"POST /v1/ HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nabc",
    b"POST /v1/ HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
    b"GET /v1/ HTTP/1.1\r\nHost: x\r\n" + b"X: y\r\n" * 2000 + b"\r\n",
)
WHAT, TIMEOUT = "the answer to bytes that are no request", 10.0
# HTTP has 501 and 505 for an unknown verb or version (RFC 9110, 15.6).
SERVER_ERROR = re.compile(rb"HTTP/\d\.\d 5(?!01|05)")


@check(
    "request.any-bytes",
    needs=CONTROL | {"socket"},
    rows={"raw": NO_REQUESTS},
    varies={"raw": raw_requests},
)
def any_bytes_on_the_wire_are_survived(session: Session, raw: bytes) -> None:
    """No bytes on a connection cause a server error, and the next call is served."""
    if session.target.base_url.startswith("https:"):
        raise Unsuitable("raw bytes cannot be sent inside TLS")
    answer = _exchange(session.target.base_url, raw)
    session.trace.add(f"raw {raw[:200]!r} -> {answer[:200]!r}")
    if SERVER_ERROR.match(answer):
        raise Violation(WHAT, "no server error", repr(answer[:200]))
    expect_code(20, session.ask(session.draft()), "the next call")


def _exchange(base_url: str, raw: bytes) -> bytes:
    """The first bytes of the answer; none when the server just closes."""
    place = urlsplit(base_url)
    try:
        with socket.create_connection((place.hostname or "", place.port or 80), timeout=TIMEOUT) as connection:
            connection.sendall(raw)
            connection.shutdown(socket.SHUT_WR)
            return connection.recv(4096)
    except ConnectionError:
        return b""
    except TimeoutError:
        raise Violation(WHAT, "an answer or an end", f"none in {TIMEOUT:g} s") from None


@check("order.credentials-before-verb", rows={"key": ("not-a-key", "0"), "body": (*BODIES, "upload")})
def a_post_with_an_unknown_key_is_41(session: Session, key: str, body: str) -> None:
    """A POST with an unknown key is 41, as a form (seen by a public client) and in parts, as uploads are."""
    request = _post(session, body, session.draft(apiKey=key).signed())
    expect_code(41, session.ask(request), f"a POST, {body}, with the key {key!r}")
