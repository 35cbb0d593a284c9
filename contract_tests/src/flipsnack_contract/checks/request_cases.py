"""Ways for a call to end, each with the code that belongs to it: what is wrong with it, or how far the job is.

A `RequestCase` turns a right call into one with one thing wrong; two that touch different parts can be wrong together.
`step` is the place in the order of checks (`order.checks` in the ledger).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

from flipsnack_contract.contract.clock import SECOND
from flipsnack_contract.target.request_builder import CallDraft
from flipsnack_contract.target.session import Session

__all__ = ["ANSWERS", "MISTAKES", "RequestCase", "pairs", "with_format"]

Make = Callable[[Session, CallDraft], CallDraft]
CONTROL = frozenset({"control"})
KEY = frozenset({"credentials"})


@dataclass(frozen=True)
class RequestCase:
    """One way for a call to end. `touches` names what it changes; two that touch the same cannot be combined."""

    name: str
    step: int
    code: int
    touches: frozenset[str]
    make: Make
    needs: frozenset[str] = frozenset()

    @property
    def paced(self) -> bool:
        """Whether the call may wait for the limits; not when running into them is the point."""
        return "limits" not in self.touches

    def __str__(self) -> str:
        return self.name

    def __repr__(self) -> str:
        return f"<{self.name}>"


def _missing(name: str) -> Make:
    return lambda _session, draft: draft.without(name)


def _set(**parameters: str) -> Make:
    return lambda _session, draft: draft.with_(**parameters)


def _twice(_session: Session, draft: CallDraft) -> CallDraft:
    return draft.also(("twice", "1"), ("twice", "2"))


def _maintenance(session: Session, draft: CallDraft) -> CallDraft:
    session.trace.add("maintenance on")
    session.steer.maintenance(on=True)
    return draft


def _maintenance_for_all(session: Session, draft: CallDraft) -> CallDraft:
    session.maintenance_for_everybody()
    return draft


def _used_up_second(session: Session, draft: CallDraft) -> CallDraft:
    # From the beginning of a minute on it is the same whether windows slide: that is another rule's matter.
    session.align()
    for _ in range(5):
        session.send(session.draft(), paced=False)
    return draft


def _used_up_minute(session: Session, draft: CallDraft) -> CallDraft:
    session.align()
    for _ in range(60):
        session.send(session.draft())
    session.wait(SECOND)
    return draft


def _wrong_signature(_session: Session, draft: CallDraft) -> CallDraft:
    return replace(draft, signature="0123456789abcdef0123456789abcdef")


def _deleted(session: Session, draft: CallDraft) -> CallDraft:
    collection_hash = session.collection()
    session.steer.delete_collection(collection_hash)
    return draft.with_(collectionHash=collection_hash)


def _foreign(session: Session, draft: CallDraft) -> CallDraft:
    return draft.with_(collectionHash=session.another().collection(hash="foreign"))


def _mistake(name: str, step: int, code: int, touches: str, make: Make, needs: Iterable[str] = ()) -> RequestCase:
    return RequestCase(name, step, code, frozenset(touches.split()), make, frozenset(needs))


MISTAKES: tuple[RequestCase, ...] = (
    _mistake("a parameter twice", 0, 40, "extra", _twice),
    _mistake("a path of its own", 0, 40, "path", lambda _session, draft: replace(draft, path="other")),
    _mistake("the verb PUT", 0, 40, "verb", lambda _session, draft: replace(draft, method="PUT")),
    _mistake("an unknown format", 1, 40, "format", _set(format="yaml")),
    _mistake("jsonp without callback", 1, 30, "format", _set(format="jsonp")),
    _mistake("a callback that is none", 1, 40, "format", _set(format="jsonp", callback="1;alert(1)")),
    # Only the key can tell whose maintenance it is.
    _mistake("maintenance", 2, 22, "maintenance apiKey", _maintenance, CONTROL),
    _mistake("maintenance for everybody", 2, 22, "maintenance", _maintenance_for_all, {"control", "alone"}),
    _mistake("no apiKey", 3, 30, "apiKey", _missing("apiKey")),
    _mistake("no signature", 3, 30, "signature", _missing("signature")),
    _mistake("no action", 3, 30, "action", _missing("action")),
    _mistake("an unknown key", 4, 41, "apiKey", _set(apiKey="not-a-key")),
    _mistake("too many in a second", 5, 31, "limits", _used_up_second, CONTROL),
    _mistake("too many in a minute", 6, 32, "limits", _used_up_minute, CONTROL),
    _mistake("an unknown action", 7, 42, "action", _set(action="collection.fold"), KEY),
    _mistake("a POST", 8, 40, "verb", lambda _session, draft: replace(draft, method="POST"), KEY),
    _mistake("a wrong signature", 9, 44, "signature", _wrong_signature, KEY),
    _mistake("no collectionHash", 10, 30, "collectionHash", _missing("collectionHash"), KEY),
    _mistake("an unknown collection", 11, 43, "collectionHash", _set(collectionHash="nobody-has-this"), KEY),
    _mistake("a deleted collection", 11, 43, "collectionHash", _deleted, CONTROL),
    _mistake("somebody else's collection", 11, 43, "collectionHash", _foreign, CONTROL),
)
"""What can be wrong with a call, in the order of checks."""


def _job(schedule: str) -> Make:
    return lambda session, draft: draft.with_(collectionHash=session.collection(schedule))


ANSWERS: tuple[RequestCase, ...] = (
    _mistake("PROCESSING", 12, 20, "collectionHash", _job("never"), CONTROL),
    _mistake("COMPLETE", 12, 20, "collectionHash", _job("immediate"), CONTROL),
    _mistake("FAILED", 12, 20, "collectionHash", _job("failed"), CONTROL),
)
"""What a call with nothing wrong can answer."""


def pairs() -> tuple[tuple[RequestCase, RequestCase], ...]:
    """Every two mistakes that one call can hold together and whose codes differ, the earlier check first.

    But for the key and the verb, whose order is a rule of its own.
    """
    return tuple(
        (first, second)
        for first in MISTAKES
        for second in MISTAKES
        if first.step < second.step and first.code != second.code and not first.touches & second.touches
        if (first.name, second.name) != ("an unknown key", "a POST")
    )


def with_format(draft: CallDraft, form: str) -> CallDraft:
    """The call asking for an answer in `form`."""
    return draft.with_(format=form, callback="app.answer") if form == "jsonp" else draft.with_(format=form)
