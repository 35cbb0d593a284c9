"""Each code of the vendor's table that collection.downloadHTML can give, with its message letter by letter."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import strategies as st

from flipsnack_contract.checks.check import check
from flipsnack_contract.checks.request_cases import MISTAKES
from flipsnack_contract.checks.strategies import texts
from flipsnack_contract.contract.assertions import expect, expect_code
from flipsnack_contract.contract.codes import messages
from flipsnack_contract.contract.decoding import Answer
from flipsnack_contract.target.request_builder import ACTION, encoded
from flipsnack_contract.target.session import Session
from flipsnack_contract.target.target import Request

BY_NAME = {one.name: one for one in MISTAKES}


def _is(code: int, answer: Answer, what: str) -> None:
    expect_code(code, answer, what)
    expect(messages()[code], answer.status, f"the message of code {code}")


def _mistaken(session: Session, name: str) -> Answer:
    mistake = BY_NAME[name]
    return session.ask(mistake.make(session, session.draft()), paced=mistake.paced)


@check("code.20", needs={"collection"})
def right_call_is_ok(session: Session) -> None:
    """A right call for a collection of one's own is 20, OK."""
    _is(20, session.ask(session.draft()), "a right call")


@check("code.22", needs={"control"})
def maintenance_is_22(session: Session) -> None:
    """During maintenance a right call is 22; afterwards all is as before."""
    _is(22, _mistaken(session, "maintenance"), "a call during maintenance")
    session.trace.add("maintenance off")
    session.steer.maintenance(on=False)
    expect_code(20, session.ask(session.draft()), "a call after maintenance")


@check(
    "code.30",
    needs={"credentials"},
    rows=[{"name": name} for name in ("apiKey", "signature", "action", "collectionHash")],
)
def missing_parameter_is_30(session: Session, name: str) -> None:
    """Without any one of the four required parameters a call is 30."""
    _is(30, session.ask(session.draft().without(name)), f"a call without {name}")


@check("code.30", rows=[{"count": count} for count in (2, 3, 4)])
def several_missing_parameters_are_30(session: Session, count: int) -> None:
    """Without several of them it is 30 as well, and so is a call without any parameter."""
    draft = session.draft()
    for name in ("action", "signature", "collectionHash", "apiKey")[:count]:
        draft = draft.without(name)
    _is(30, session.ask(draft), f"a call without {count} required parameters")


@check("code.31", needs={"control"})
def sixth_call_in_a_second_is_31(session: Session) -> None:
    """The call after the fifth in one instant is 31."""
    _is(31, _mistaken(session, "too many in a second"), "the sixth call in a second")


@check("code.32", needs={"control"})
def sixty_first_call_in_a_minute_is_32(session: Session) -> None:
    """The call after the sixtieth in one minute is 32."""
    _is(32, _mistaken(session, "too many in a minute"), "the sixty-first call in a minute")


@check(
    "code.40",
    rows=[{"piece": piece} for piece in ("%", "a=%", "a=%4", "a=%zz", "%g0=1", "a=b%")],
)
def broken_escape_is_40(session: Session, piece: str) -> None:
    """A percent sign that is not followed by two hexadecimal digits makes the request incorrectly formatted."""
    query = encoded(session.draft().signed()) + "&" + piece
    reply = session.send(Request("GET", f"{session.target.base_url}?{query}"))
    _is(40, session.read(reply), f"a query that ends in {piece!r}")


@check(
    "code.41",
    rows=[{"key": key} for key in ("not-a-key", "0", " ", "é", "null", "../", "%00", "a" * 300, "' or 1=1 --")],
    varies={"key": texts.filter(lambda text: bool(text) and not text.startswith("test-"))},
    share=0.3,
)
def unknown_key_is_41(session: Session, key: str) -> None:
    """A key that nobody has is 41."""
    _is(41, session.ask(session.draft().with_(apiKey=key)), f"a call with the key {key!r}")


@check("code.41", needs={"credentials"}, rows=[{"change": change} for change in ("upper", "blank", "cut", "longer")])
def nearly_a_key_is_41(session: Session, change: str) -> None:
    """A key is compared exactly: letter case, blanks and length count."""
    key = session.key
    # Changed in front: some fakes know whole families of keys by how they begin.
    near = {"upper": key.swapcase(), "blank": " " + key, "cut": key[1:], "longer": "x" + key}[change]
    _is(41, session.ask(session.draft().with_(apiKey=near)), f"a call with the key {near!r}")


@check(
    "code.42",
    needs={"credentials"},
    rows=[
        {"action": action}
        for action in (
            "collection.downloadhtml",
            "Collection.downloadHTML",
            "collection.downloadHTML ",
            " collection.downloadHTML",
            "collection.downloadHTML\n",
            "downloadHTML",
            "collection.",
            "collection",
            "__class__",
            "constructor",
            "é",
        )
    ],
    varies={"action": st.one_of(texts.filter(bool), texts.filter(bool).map(lambda text: ACTION + text))},
    share=0.3,
)
def unknown_action_is_42(session: Session, action: str) -> None:
    """A method that does not exist is 42; its name is compared exactly."""
    _is(42, session.ask(session.draft().with_(action=action)), f"a call of {action!r}")


@check(
    "code.43",
    needs={"control"},
    rows=[{"name": name} for name in ("a deleted collection", "somebody else's collection")],
)
def deleted_or_foreign_collection_is_43(session: Session, name: str) -> None:
    """A collection that is deleted or belongs to another key is 43."""
    _is(43, _mistaken(session, name), name)


@check(
    "code.43-unknown",
    needs={"credentials"},
    rows=[{"collection": text} for text in ("nobody-has-this", "0", " ", "é", "../..", "a" * 300, "null")],
    varies={"collection": texts.filter(lambda text: bool(text) and not text.startswith("mock-"))},
    share=0.3,
)
def unknown_collection_is_43(session: Session, collection: str) -> None:
    """A hash that nobody has ever had cannot be told from somebody else's: 43."""
    answer = session.ask(session.draft(collection))
    _is(43, answer, f"a call for the collection {collection!r}")


@check(
    "code.44",
    needs={"credentials"},
    rows=[{"signature": text} for text in ("0" * 32, "x", "0" * 31, "é" * 32, "a" * 5000)],
)
def wrong_signature_is_44(session: Session, signature: str) -> None:
    """A signature that is not the request's is 44, however it looks."""
    _is(44, session.ask(replace(session.draft(), signature=signature)), "a wrong signature")
