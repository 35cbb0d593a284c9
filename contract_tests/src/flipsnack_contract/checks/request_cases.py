"""Cases of a request, each with the code of its answer: one thing is wrong with it, or its job is in some state.

A `RequestCase` changes a right call; two that change different parts can be combined. `step` is the place in the order
of checks (`order.checks` in the ledger).
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from flipsnack_contract.checks.check import CONTROL
from flipsnack_contract.contract.clock import SECOND
from flipsnack_contract.contract.methods import Method, every_method, makes_packages, takes_collection
from flipsnack_contract.target.session import CallDraft, Session

Make = Callable[[Session, CallDraft], CallDraft]
CALLBACK = "app.answer"
KEY = frozenset({"credentials"})


@dataclass(frozen=True)
class RequestCase:
    """A change of a right call, and the code that follows. `touches` names the parts that it changes.

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
    RequestCase("too many in a second", 5, 31, "limits", _used_up(5, 0), CONTROL),
    RequestCase("too many in a minute", 6, 32, "limits", _used_up(60, SECOND), CONTROL),
    RequestCase("an unknown action", 7, 42, "action", _set(action="collection.fold"), KEY),
    RequestCase("the other verb", 8, 40, "verb", _other_verb, KEY),
    RequestCase("a wrong signature", 9, 44, "signature", _changed(signature="0123456789abcdef0123456789abcdef"), KEY),
    RequestCase(
        "a missing parameter", 10, 30, "parameter", _without_own, KEY, lambda method: bool(method.own_required)
    ),
    RequestCase(
        "an unknown collection", 11, 43, "parameter", _set(collectionHash="nobody-has-this"), KEY, takes_collection
    ),
    RequestCase("a deleted collection", 11, 43, "parameter", _deleted, CONTROL, takes_collection),
    RequestCase("a collection of another key", 11, 43, "parameter", _foreign, CONTROL, takes_collection),
)
"""What can be wrong with a call, in the order of checks."""

RIGHT_CALL = RequestCase("a right call", 12, 20, "", _set(), frozenset({"collection"}), makes_packages)
ANSWERS: tuple[RequestCase, ...] = (
    RIGHT_CALL,
    RequestCase("PROCESSING", 12, 20, "parameter", _job("never"), CONTROL, makes_packages),
    RequestCase("COMPLETE", 12, 20, "parameter", _job("immediate"), CONTROL, makes_packages),
    RequestCase("FAILED", 12, 20, "parameter", _job("failed"), CONTROL, makes_packages),
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
        if first.step < second.step and first.code != second.code and not first.parts & second.parts
        if (first.name, second.name) != ("an unknown key", "the other verb")
    )


def with_format(draft: CallDraft, form: str) -> CallDraft:
    """The call with an answer in `form`: json, jsonp or xml."""
    return draft.with_(format=form, callback=CALLBACK) if form == "jsonp" else draft.with_(format=form)
