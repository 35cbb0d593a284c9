"""What checks try: strategies for drawn values, and cases of a request, each with the code of its answer.

The alphabets are small and contain every difficult character. A `RequestCase` changes a right call; two that change
different parts can be combined. `step` is the place in the order of checks (`order.checks` in the ledger).
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from hypothesis import strategies as st

from flipsnack_contract.checks.check import CONTROL
from flipsnack_contract.checks.methods.uploaded import uploaded
from flipsnack_contract.contract.clock import MINUTE, SECOND
from flipsnack_contract.contract.documents import pdf
from flipsnack_contract.contract.methods import (
    Method,
    Parameter,
    every_method,
    is_busy_while_converting,
    makes_packages,
    methods,
    takes_collection,
    takes_document,
)
from flipsnack_contract.target.session import CallDraft, FilePart, Session

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


Make = Callable[[Session, CallDraft], CallDraft]
CALLBACK = "app.answer"
API, UPLOAD = "api.flipsnack.com", "upload.flipsnack.com"
FORMATS = ("json", "jsonp", "xml")
KEY = frozenset({"credentials"})


@dataclass(frozen=True)
class RequestCase:
    """A change of a right call, and the code that follows. `touches` names the parts that it changes, and `calls` where
    making it takes calls.

    `suits` says which methods it can be tried with.
    """

    name: str
    step: int
    code: int
    touches: str
    make: Make
    needs: frozenset[str] = frozenset()
    suits: Callable[[Method], bool] = every_method

    @property
    def parts(self) -> frozenset[str]:
        return frozenset(self.touches.split())

    @property
    def paced(self) -> bool:
        """Whether the call waits for the limits; not where it has to exceed them."""
        return "limits" not in self.touches

    def __repr__(self) -> str:
        return self.name


def _set(**parameters: str) -> Make:
    return lambda _session, draft: draft.with_(**parameters)


def _changed(**fields: Any) -> Make:
    return lambda _session, draft: replace(draft, **fields)


def _without(name: str) -> Make:
    return lambda _session, draft: draft.without(name)


def _without_own(session: Session, draft: CallDraft) -> CallDraft:
    return draft.without(session.method.own_required[0])


def _maintenance(session: Session, draft: CallDraft) -> CallDraft:
    session.trace.add("maintenance on")
    session.steer.maintenance(on=True)
    return draft


def _maintenance_for_all(session: Session, draft: CallDraft) -> CallDraft:
    session.trace.add("maintenance for everybody on")
    session.maintenance_for_everybody()
    return draft


def _used_up(calls: int, pause: int) -> Make:
    def make(session: Session, draft: CallDraft) -> CallDraft:
        # At the beginning of a minute sliding and fixed windows are the same: that they slide is another rule.
        session.wait(MINUTE)  # what was called before must not count
        session.align()
        for _ in range(calls):
            session.send(session.draft())
        session.wait(pause)
        return draft

    return make


def _deleted(session: Session, draft: CallDraft) -> CallDraft:
    collection_hash = session.collection()
    session.steer.delete_collection(collection_hash)
    return draft.with_(collectionHash=collection_hash)


def _foreign(session: Session, draft: CallDraft) -> CallDraft:
    return draft.with_(collectionHash=session.another().collection(hash="foreign"))


def own(session: Session, draft: CallDraft) -> CallDraft:
    """The call for a new collection of the key, where it is for one."""
    return draft.with_(collectionHash=session.collection()) if takes_collection(session.method) else draft


def _converting(session: Session, draft: CallDraft) -> CallDraft:
    return draft.with_(collectionHash=uploaded(session))


def _optional(method: Method) -> Iterator[Parameter]:
    """The parameters that may be left out, and that have wrong values."""
    return (one for one in method.parameters if not one.required and one.wrong_values)


def _wrong_value(session: Session, draft: CallDraft) -> CallDraft:
    chosen = next(_optional(session.method))
    return draft.with_(**{chosen.name: chosen.wrong_values[0]})


def _other_verb(_session: Session, draft: CallDraft) -> CallDraft:
    return replace(draft, verb="GET" if draft.verb == "POST" else "POST")


def _job(schedule: str) -> Make:
    return lambda session, draft: draft.with_(collectionHash=session.collection(schedule))


MISTAKES: tuple[RequestCase, ...] = (
    RequestCase(
        "a parameter twice", 0, 40, "extra", lambda _session, draft: draft.also(("twice", "1"), ("twice", "2"))
    ),
    RequestCase("a path of its own", 0, 40, "path", _changed(path="other")),
    RequestCase("the verb PUT", 0, 40, "verb", _changed(verb="PUT")),
    RequestCase("an unknown format", 1, 40, "format", _set(format="yaml")),
    RequestCase("jsonp without callback", 1, 30, "format", _set(format="jsonp")),
    RequestCase("a callback that is none", 1, 40, "format", _set(format="jsonp", callback="1;alert(1)")),
    # It touches the key, because it is the maintenance of that key.
    RequestCase("maintenance", 2, 22, "maintenance apiKey", _maintenance, CONTROL),
    RequestCase("maintenance for everybody", 2, 22, "maintenance", _maintenance_for_all, CONTROL | {"alone"}),
    RequestCase("no apiKey", 3, 30, "apiKey", _without("apiKey")),
    RequestCase("no signature", 3, 30, "signature", _without("signature")),
    RequestCase("no action", 3, 30, "action", _without("action")),
    RequestCase("an unknown key", 4, 41, "apiKey", _set(apiKey="not-a-key")),
    RequestCase("too many in a second", 5, 31, "limits calls", _used_up(5, 0), CONTROL),
    RequestCase("too many in a minute", 6, 32, "limits calls", _used_up(60, SECOND), CONTROL),
    RequestCase("an unknown action", 7, 42, "action", _set(action="collection.fold"), KEY),
    RequestCase("an upload at the other host", 7, 42, "verb host", _changed(host=API), CONTROL, takes_document),
    RequestCase("the other verb", 8, 40, "verb", _other_verb, KEY),
    RequestCase(
        "the other host", 8, 40, "verb host", _changed(host=UPLOAD), CONTROL, lambda method: method.host == "api"
    ),
    RequestCase("a wrong signature", 9, 44, "signature", _changed(signature="0123456789abcdef0123456789abcdef"), KEY),
    RequestCase(
        "a missing parameter", 10, 30, "parameter", _without_own, KEY, lambda method: bool(method.own_required)
    ),
    RequestCase("a wrong value", 11, 40, "value", _wrong_value, KEY, lambda method: any(_optional(method))),
    RequestCase(
        "an unknown collection", 12, 43, "parameter", _set(collectionHash="nobody-has-this"), KEY, takes_collection
    ),
    RequestCase("a deleted collection", 12, 43, "parameter", _deleted, CONTROL, takes_collection),
    RequestCase("a collection of another key", 12, 43, "parameter", _foreign, CONTROL, takes_collection),
    RequestCase("a conversion that runs", 13, 38, "parameter calls", _converting, CONTROL, is_busy_while_converting),
    RequestCase("no document", 13, 30, "file", _changed(files=()), KEY, takes_document),
)
"""What can be wrong with a call, in the order of checks."""

REFUSED_UPLOADS: tuple[RequestCase, ...] = (
    RequestCase("two documents", 13, 36, "file", _changed(files=(FilePart(pdf()),) * 2), KEY, takes_document),
    RequestCase("a text for a document", 13, 45, "file", _changed(files=(FilePart(b"words"),)), KEY, takes_document),
)
"""What can be wrong with the document of an upload; which is found first is a rule of its own."""

RIGHT_CALL = RequestCase("a right call", 14, 20, "", _set(), frozenset({"collection"}), makes_packages)
OWN_CALL = RequestCase("a right call of any method", 14, 20, "parameter", own, CONTROL)
OWN_READ = replace(OWN_CALL, name="a right call that only reads", suits=lambda method: method.read_only)
ANSWERS: tuple[RequestCase, ...] = (
    RIGHT_CALL,
    RequestCase("PROCESSING", 14, 20, "parameter", _job("never"), CONTROL, makes_packages),
    RequestCase("COMPLETE", 14, 20, "parameter", _job("immediate"), CONTROL, makes_packages),
    RequestCase("FAILED", 14, 20, "parameter", _job("failed"), CONTROL, makes_packages),
)
"""What a right call can answer."""


def pairs() -> tuple[tuple[RequestCase, RequestCase], ...]:
    """Every two mistakes that one call can have together and whose codes differ, the earlier check first.

    The order of key and verb is left out: it is a rule of its own.
    """
    return tuple(
        (first, second)
        for first in MISTAKES
        for second in MISTAKES
        if first.step < second.step and first.code != second.code and not first.parts & second.parts - {"calls"}
        if (first.name, second.name) != ("an unknown key", "the other verb")
    )


def with_format(draft: CallDraft, form: str) -> CallDraft:
    """The call with an answer in `form`: json, jsonp or xml."""
    return draft.with_(format=form, callback=CALLBACK) if form == "jsonp" else draft.with_(format=form)
