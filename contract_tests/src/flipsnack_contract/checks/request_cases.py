"""Cases of a request, each with the code of its answer: one thing is wrong with it, or its job is in some state.

A `RequestCase` changes a right call; two that change different parts can be combined. `step` is the place in the order
of checks (`order.checks` in the ledger).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

from flipsnack_contract.contract.clock import SECOND
from flipsnack_contract.contract.methods import Method, every_method, takes_collection
from flipsnack_contract.target.request_builder import CallDraft
from flipsnack_contract.target.session import Session

__all__ = ["ANSWERS", "MISTAKES", "RequestCase", "pairs", "with_format"]

Make = Callable[[Session, CallDraft], CallDraft]
CONTROL = frozenset({"control"})
KEY = frozenset({"credentials"})


@dataclass(frozen=True)
class RequestCase:
    """A change of a right call, and the code that follows. `touches` are the parts that it changes.

    `suits` says which methods it can be tried with.
    """

    name: str
    step: int
    code: int
    touches: frozenset[str]
    make: Make
    needs: frozenset[str] = frozenset()
    suits: Callable[[Method], bool] = every_method

    @property
    def paced(self) -> bool:
        """Whether the call waits for the limits; not where it has to exceed them."""
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
    # At the beginning of a minute sliding and fixed windows are the same: that they slide is another rule.
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


def _other_verb(session: Session, draft: CallDraft) -> CallDraft:
    return replace(draft, verb=session.method.other_verb)


def _no_own_parameter(session: Session, draft: CallDraft) -> CallDraft:
    return draft.without(session.method.own_required[0])


def _case(
    name: str,
    step: int,
    code: int,
    touches: str,
    make: Make,
    needs: Iterable[str] = (),
    suits: Callable[[Method], bool] = every_method,
) -> RequestCase:
    return RequestCase(name, step, code, frozenset(touches.split()), make, frozenset(needs), suits)


def _requires_a_parameter(method: Method) -> bool:
    return bool(method.own_required)


def _makes_packages(method: Method) -> bool:
    return any(field.name == "resourceUrl" for field in method.fields)


MISTAKES: tuple[RequestCase, ...] = (
    _case("a parameter twice", 0, 40, "extra", _twice),
    _case("a path of its own", 0, 40, "path", lambda _session, draft: replace(draft, path="other")),
    _case("the verb PUT", 0, 40, "verb", lambda _session, draft: replace(draft, verb="PUT")),
    _case("an unknown format", 1, 40, "format", _set(format="yaml")),
    _case("jsonp without callback", 1, 30, "format", _set(format="jsonp")),
    _case("a callback that is none", 1, 40, "format", _set(format="jsonp", callback="1;alert(1)")),
    # It touches the key, because it is the maintenance of that key.
    _case("maintenance", 2, 22, "maintenance apiKey", _maintenance, CONTROL),
    _case("maintenance for everybody", 2, 22, "maintenance", _maintenance_for_all, {"control", "alone"}),
    _case("no apiKey", 3, 30, "apiKey", _missing("apiKey")),
    _case("no signature", 3, 30, "signature", _missing("signature")),
    _case("no action", 3, 30, "action", _missing("action")),
    _case("an unknown key", 4, 41, "apiKey", _set(apiKey="not-a-key")),
    _case("too many in a second", 5, 31, "limits", _used_up_second, CONTROL),
    _case("too many in a minute", 6, 32, "limits", _used_up_minute, CONTROL),
    _case("an unknown action", 7, 42, "action", _set(action="collection.fold"), KEY),
    _case("the other verb", 8, 40, "verb", _other_verb, KEY),
    _case("a wrong signature", 9, 44, "signature", _wrong_signature, KEY),
    _case("a missing parameter", 10, 30, "parameter", _no_own_parameter, KEY, _requires_a_parameter),
    _case("an unknown collection", 11, 43, "parameter", _set(collectionHash="nobody-has-this"), KEY, takes_collection),
    _case("a deleted collection", 11, 43, "parameter", _deleted, CONTROL, takes_collection),
    _case("a collection of another key", 11, 43, "parameter", _foreign, CONTROL, takes_collection),
)
"""What can be wrong with a call, in the order of checks."""


def _job(schedule: str) -> Make:
    return lambda session, draft: draft.with_(collectionHash=session.collection(schedule))


ANSWERS: tuple[RequestCase, ...] = (
    _case("PROCESSING", 12, 20, "parameter", _job("never"), CONTROL, _makes_packages),
    _case("COMPLETE", 12, 20, "parameter", _job("immediate"), CONTROL, _makes_packages),
    _case("FAILED", 12, 20, "parameter", _job("failed"), CONTROL, _makes_packages),
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
        if first.step < second.step and first.code != second.code and not first.touches & second.touches
        if (first.name, second.name) != ("an unknown key", "the other verb")
    )


def with_format(draft: CallDraft, form: str) -> CallDraft:
    """The call with an answer in `form`: json, jsonp or xml."""
    return draft.with_(format=form, callback="app.answer") if form == "jsonp" else draft.with_(format=form)
