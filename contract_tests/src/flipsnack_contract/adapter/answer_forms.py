"""The same answer in another form that HTTP allows: in chunks, until the connection ends, compressed, in pieces."""

import gzip
import zlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from typing import Literal, get_args

from flipsnack_contract.adapter.sent import HEAD_END, Sent, requests_in
from flipsnack_contract.adapter.spellings_of_answers import BY_TYPE

AnswerForm = Literal["chunked", "until the end", "compressed", "other letters", "other spelling", "small pieces"]
ANSWER_FORMS: tuple[AnswerForm, ...] = get_args(AnswerForm)

Lines = list[str]
CODINGS: Mapping[str, Callable[[bytes], bytes]] = {
    "gzip": lambda body: gzip.compress(body, mtime=0),
    "deflate": zlib.compress,
}
"""How a body can be compressed; RFC 9110 (8.4.1) calls the format of zlib deflate."""
QUERY = "_query_of_the_request_"
"""What stands for the query of a request in the headers of its answer."""
SMALL = 200
"""Bytes at the beginning of an answer that come one by one."""


class ReshapedAnswers:
    """The answers of one connection, given another form one by one; None for none.

    In their headers, `QUERY` is replaced by the query of the request. `asked` is what the client has sent on it so far.
    An answer without a length, or to HEAD, is left as it is.
    """

    def __init__(self, form: AnswerForm | None, asked: bytearray) -> None:
        self._form = form
        self._asked = asked
        self._rest = b""
        self.is_over = False
        """Whether the connection has to end now."""

    def take(self, piece: bytes) -> Iterator[bytes]:
        """What to send on after `piece` has come, in pieces to be sent one by one."""
        self._rest += piece
        while HEAD_END in self._rest and not self.is_over:
            head, _, rest = self._rest.partition(HEAD_END)
            lines = head.decode("latin-1").split("\r\n")
            request = list(requests_in(bytes(self._asked), ""))[-1:]
            size = _length(lines) if request and request[0].method != "HEAD" else None
            if size is not None and len(rest) < size:
                return
            body, self._rest = rest[: size or 0], rest[size or 0 :]
            if size is None:
                yield head + HEAD_END
            else:
                filled = [line.replace(QUERY, request[0].target.partition("?")[2]) for line in lines]
                yield from SHAPES[self._form](filled, body, request[0])
                self.is_over = self._form == "until the end"

    def rest(self) -> bytes:
        """What has come of an answer that did not become whole."""
        return self._rest


def _length(lines: Lines) -> int | None:
    values = (line.partition(":")[2].strip() for line in lines if line.lower().startswith("content-length:"))
    return next((int(value) for value in values), None)


def _joined(lines: Lines, body: bytes) -> bytes:
    return "\r\n".join(lines).encode("latin-1") + HEAD_END + body


def _without(lines: Lines, *names: str) -> Lines:
    return [line for line in lines if line.partition(":")[0].lower() not in names]


def _unchanged(lines: Lines, body: bytes, _request: Sent) -> Iterator[bytes]:
    yield _joined(lines, body)


def _chunked(lines: Lines, body: bytes, _request: Sent) -> Iterator[bytes]:
    size = max(7, len(body) // 40 + 1)
    chunks = (body[start : start + size] for start in range(0, len(body), size))
    framed = b"".join(b"%x;note=1\r\n%b\r\n" % (len(chunk), chunk) for chunk in chunks)
    yield _joined([*_without(lines, "content-length"), "Transfer-Encoding: chunked"], framed + b"0\r\n\r\n")


def _until_the_end(lines: Lines, body: bytes, _request: Sent) -> Iterator[bytes]:
    first, *others = _without(lines, "content-length", "connection", "keep-alive")
    yield _joined([first.replace("HTTP/1.1", "HTTP/1.0"), *others], body)


def _compressed(lines: Lines, body: bytes, request: Sent) -> Iterator[bytes]:
    """Compressed in the first way that the request accepts, if any."""
    accepted = request.by_name.get("accept-encoding", "").lower()
    coding = next((name for name in CODINGS if name in accepted), None)
    if coding is None or not body:
        yield _joined(lines, body)
        return
    packed = CODINGS[coding](body)
    own = [f"Content-Length: {len(packed)}", f"Content-Encoding: {coding}"]
    yield _joined([*_without(lines, "content-length"), *own], packed)


def _other_letters(lines: Lines, body: bytes, _request: Sent) -> Iterator[bytes]:
    """Names of headers in other letters, blanks around values, the media type in capitals."""
    first, *others = lines
    pairs = (line.partition(":")[::2] for line in others)
    yield _joined(
        [first, *(f"{name.swapcase()}:  {_in_capitals(name, value.strip())} " for name, value in pairs)], body
    )


def _in_capitals(name: str, value: str) -> str:
    return value.upper() if name.lower() == "content-type" else value


def _other_spelling(lines: Lines, body: bytes, _request: Sent) -> Iterator[bytes]:
    """The same JSON, JSONP or XML, where it is in UTF-8, written otherwise."""
    kind = next((line.lower() for line in lines if line.lower().startswith("content-type:")), "")
    write = next((write for part, write in BY_TYPE.items() if part in kind), None)
    with suppress(UnicodeDecodeError):
        body = write(body.decode()).encode() if write else body
    yield _joined([*_without(lines, "content-length"), f"Content-Length: {len(body)}"], body)


def _small_pieces(lines: Lines, body: bytes, _request: Sent) -> Iterator[bytes]:
    whole = _joined(lines, body)
    yield from (whole[at : at + 1] for at in range(min(SMALL, len(whole))))
    yield whole[SMALL:]


SHAPES: Mapping[AnswerForm | None, Callable[[Lines, bytes, Sent], Iterator[bytes]]] = {
    None: _unchanged,
    "chunked": _chunked,
    "until the end": _until_the_end,
    "compressed": _compressed,
    "other letters": _other_letters,
    "other spelling": _other_spelling,
    "small pieces": _small_pieces,
}
