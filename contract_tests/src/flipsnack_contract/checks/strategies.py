"""Strategies for drawn values, with small alphabets that contain every difficult character."""

from hypothesis import strategies as st

from flipsnack_contract.contract.clock import SECOND
from flipsnack_contract.contract.methods import methods

COMMON_NAMES = {"apiKey", "signature", "action", "format", "callback", "file"}
KNOWN_NAMES = COMMON_NAMES.union(parameter.name for method in methods() for parameter in method.parameters)

# Letters of both cases, digits, everything a URL or a form treats specially, beyond ASCII, beyond the basic plane.
ALPHABET = "abzABZ09-_.~ +%&=;/?#[]'\"<>\\,:@!$()*\téßŽж日\uff5e\u2028😀"
NAME_ALPHABET = "abzABZ09-_.[]%&= éж\uff5e😀"

texts = st.text(ALPHABET, max_size=8)
names = st.text(NAME_ALPHABET, min_size=1, max_size=5).filter(lambda name: name not in KNOWN_NAMES)

short_names = st.from_regex(r"[b-z]{1,4}", fullmatch=True).filter(lambda name: name not in KNOWN_NAMES)


def extras(*, min_size: int = 0) -> st.SearchStrategy[list[tuple[str, str]]]:
    """Parameters that no method has, each name once."""
    return st.lists(st.tuples(names, texts), min_size=min_size, max_size=4, unique_by=lambda pair: pair[0])


identifiers = st.lists(st.from_regex(r"[a-zA-Z_$][a-zA-Z0-9_$]{0,5}", fullmatch=True), min_size=1, max_size=3).map(
    lambda parts: ".".join(f"{part}x" for part in parts)
)
"""Callbacks that are in order; the x keeps them from being reserved words."""

FINAL = ("COMPLETE", "FAILED")
SCHEDULES = (
    *("immediate", "after-5s", "after-0.25s", "after-1-polls", "after-3-polls", "manual", "never"),
    *("failed", "failed-after-5s", "failed-after-2-polls", "failed-manual"),
)
schedules = st.sampled_from(SCHEDULES)

waits = st.one_of(
    st.sampled_from([0, 1, SECOND // 4, SECOND, 5 * SECOND - 1, 5 * SECOND, 60 * SECOND - 1, 60 * SECOND]),
    st.integers(0, 70 * SECOND),
)
"""Spans of time in microseconds, the borders of every rule among them."""

gaps = st.one_of(
    st.just(0),
    st.sampled_from([1, SECOND // 5, SECOND // 5 + 1, SECOND - 1, SECOND, SECOND + 1, 10 * SECOND]),
    st.integers(0, 2 * SECOND),
)
"""Spans between calls, in microseconds, for what the limits count."""

hostile_bytes = st.one_of(
    st.binary(max_size=40),
    st.text(ALPHABET, max_size=20).map(lambda text: text.encode("utf-16")),
    st.sampled_from([b"\x00", b"%", b"%%%", b"&&&", b"===", b"a=%ff", b"\xff\xfe", b"[]=1&[]=2", b"a" * 5000]),
)

_lines = st.sampled_from([b"GET /v1/ HTTP/1.1", b"GET /v1/?a=%zz HTTP/1.1", b"POST /v1/ HTTP/1.1", b"GET * HTTP/1.1"])
_headers = st.sampled_from([b"Host: x", b"Content-Length: 5", b"Content-Length: x", b"Expect: 100-continue", b":", b""])
raw_requests = st.lists(st.one_of(_lines, _headers, st.binary(max_size=60)), max_size=6).map(b"\r\n".join)
"""Bytes for a connection: nearly HTTP, or nothing like it."""
