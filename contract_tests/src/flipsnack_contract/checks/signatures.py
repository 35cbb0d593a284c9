"""The signature ("How to sign a request"): what is accepted, and above all what is not."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import replace

from hypothesis import strategies as st

from flipsnack_contract.checks.check import check
from flipsnack_contract.checks.strategies import extras, texts
from flipsnack_contract.contract.assertions import expect_code
from flipsnack_contract.contract.signing import NOT_SIGNED, digest, sign
from flipsnack_contract.target.request_builder import CallDraft, Pairs, encoded
from flipsnack_contract.target.session import Session
from flipsnack_contract.target.target import Request

NEEDS = {"credentials"}
WRONG = 44


def accepted(session: Session, draft: CallDraft, what: str) -> None:
    """Raise `Violation` unless the call is carried out."""
    expect_code(session.accepted, session.ask(draft), what)


def refused(session: Session, draft: CallDraft, signature: str, what: str) -> None:
    """Raise `Violation` unless the call, with this signature, is code 44."""
    if signature == sign(draft.secret, draft.parameters):
        return  # For these parameters the mistake makes no difference.
    expect_code(WRONG, session.ask(replace(draft, signature=signature)), what)


def _text(pairs: Pairs) -> str:
    return "".join(name + value for name, value in pairs)


def _sent_sorted(draft: CallDraft) -> CallDraft:
    """The call with its parameters sent in the order of their names: that any order will do has a rule of its own."""
    return replace(draft, parameters=tuple(sorted(draft.parameters)))


def _by_name(pairs: Pairs) -> Pairs:
    return tuple(sorted(pair for pair in pairs if pair[0] not in NOT_SIGNED))


# --- the digest ------------------------------------------------------------------------------------------------------

SEPARATED: dict[str, Callable[[str, Pairs], str]] = {
    "equals signs": lambda secret, pairs: secret + "".join(f"{name}={value}" for name, value in pairs),
    "ampersands": lambda secret, pairs: "&".join([secret, *(name + value for name, value in pairs)]),
    "line ends": lambda secret, pairs: "\n".join([secret, *(name + value for name, value in pairs)]),
    "no secret": lambda _secret, pairs: _text(pairs),
    "the secret last": lambda secret, pairs: _text(pairs) + secret,
    "the secret twice": lambda secret, pairs: secret + _text(pairs) + secret,
    "values only": lambda secret, pairs: secret + "".join(value for _, value in pairs),
    "another secret": lambda secret, pairs: secret + "x" + _text(pairs),
}
OTHER_HASHES = ("sha1", "sha256", "sha512")


@check("signature.digest", needs=NEEDS, rows=[{"how": how} for how in SEPARATED])
def other_recipes_are_44(session: Session, how: str) -> None:
    """The secret comes first and once, names and values follow without separators; any other recipe is 44."""
    draft = session.draft(zz="top", aa="first")
    text = SEPARATED[how](draft.secret, _by_name(draft.parameters))
    accepted(session, draft, "the documented recipe")
    refused(session, draft, digest(text), f"a signature made with {how}")


@check("signature.digest", needs=NEEDS, rows=[{"name": name} for name in OTHER_HASHES])
def other_hashes_are_44(session: Session, name: str) -> None:
    """The digest is MD5 and no other, however much better it is."""
    draft = session.draft()
    text = draft.secret + _text(_by_name(draft.parameters))
    refused(session, draft, hashlib.new(name, text.encode()).hexdigest(), f"a signature by {name}")


@check(
    "signature.digest",
    needs={"control"},
    rows=[{"secret": secret} for secret in ("s", "gehéim", "日本😀", " blanks ", "a+b%20c&d=e", "x" * 200)],
    varies={"secret": texts.filter(bool)},
    share=0.3,
)
def any_secret_signs(session: Session, secret: str) -> None:
    """The secret is text like any other: blanks, reserved characters and letters beyond ASCII count."""
    other = session.another(secret=secret)
    accepted(other, other.draft(), f"a call signed with the secret {secret!r}")
    draft = other.draft()
    refused(other, draft, sign(secret.strip() + "x", draft.parameters), "a call signed with another secret")


@check(
    "signature.digest",
    needs=NEEDS,
    rows=[{"pair": pair, "change": change} for pair in range(3) for change in ("value", "name", "gone")],
    varies={"pair": st.integers(0, 4), "change": st.sampled_from(["value", "name", "gone", "added"])},
    share=0.3,
)
def tampering_after_signing_is_44(session: Session, pair: int, change: str) -> None:
    """A request of which any signed part was changed, dropped or added after signing is 44."""
    signed = session.draft(note="kept", zeta="")
    altered = _tampered(signed, pair, change)
    # A required parameter that is gone, a key or a method that is unknown have codes of their own, before 44.
    if {"apiKey", "action"} & _changed(signed, altered):
        return
    refused(session, altered, sign(signed.secret, signed.parameters), f"a request with a {change} changed")


def _tampered(draft: CallDraft, index: int, change: str) -> CallDraft:
    name, value = draft.parameters[index]
    if change == "added":
        return draft.also(("added", "1"))
    if change == "gone":
        return draft.without(name)
    altered = (name, value + "x") if change == "value" else (name + "x", value)
    return replace(draft, parameters=(*draft.parameters[:index], altered, *draft.parameters[index + 1 :]))


def _changed(before: CallDraft, after: CallDraft) -> set[str]:
    return {name for name, _ in set(before.parameters) ^ set(after.parameters)}


# --- the order -------------------------------------------------------------------------------------------------------


@check(
    "signature.sorted",
    needs=NEEDS,
    rows=[{"extra": [("b", "1"), ("a", "2"), ("zz", "3"), ("aa", "4")], "order": tuple(range(7, -1, -1))}],
    varies={"extra": extras(), "order": st.permutations(range(8))},
)
def order_of_sending_is_free(session: Session, extra: list[tuple[str, str]], order: tuple[int, ...]) -> None:
    """A request signed by sorted names is accepted in whatever order it is sent."""
    draft = session.draft().also(*extra)
    pairs = draft.signed()
    shuffled = tuple(pairs[index] for index in order if index < len(pairs))
    reply = session.send(Request("GET", f"{session.target.base_url}?{encoded(shuffled)}"))
    expect_code(session.accepted, session.read(reply), f"a request sent in the order {[name for name, _ in shuffled]}")


@check(
    "signature.sorted",
    needs=NEEDS,
    rows=[{"extra": [("zz", "1"), ("aa", "2")]}, {"extra": [("a", "1")]}],
    varies={"extra": extras(min_size=1)},
    share=0.5,
)
def signing_in_order_of_sending_is_44(session: Session, extra: list[tuple[str, str]]) -> None:
    """A signature over the parameters in the order they are sent, where that is not sorted, is 44."""
    draft = session.draft().also(*extra)
    # Backwards: that is in no order of names, with regard to case or without.
    draft = replace(draft, parameters=tuple(sorted(draft.parameters, reverse=True)))
    text = draft.secret + _text(draft.parameters)
    refused(session, draft, digest(text), "a signature over unsorted parameters")


@check(
    "signature.byte-order",
    needs=NEEDS,
    rows=[{"extra": [("Zebra", "1"), ("apikey", "2")]}, {"extra": [("B", "1"), ("a", "2"), ("A", "3"), ("b", "4")]}],
    varies={"extra": extras(min_size=1)},
    share=0.5,
)
def names_are_ordered_with_regard_to_case(session: Session, extra: list[tuple[str, str]]) -> None:
    """Upper case goes before lower case: an order blind to case, or by locale, is 44."""
    draft = _sent_sorted(session.draft().also(*extra))
    blind = sorted(draft.parameters, key=lambda pair: (pair[0].casefold(), pair[0]))
    accepted(session, draft, "names ordered by code point")
    refused(session, draft, digest(draft.secret + _text(tuple(blind))), "names ordered without regard to case")


@check(
    "signature.byte-order",
    needs=NEEDS,
    rows=[{"extra": [("\U0001f600", "face"), ("\uff5e", "wave")]}, {"extra": [("é", "1"), ("z", "2"), ("f", "3")]}],
)
def names_beyond_ascii_are_ordered_by_code_point(session: Session, extra: list[tuple[str, str]]) -> None:
    """Beyond ASCII too it is the code point that counts, not UTF-16 units."""
    draft = _sent_sorted(session.draft().also(*extra))
    utf16 = sorted(draft.parameters, key=lambda pair: pair[0].encode("utf-16-be"))
    accepted(session, draft, "names ordered by code point")
    refused(session, draft, digest(draft.secret + _text(tuple(utf16))), "names ordered by UTF-16 units")


# --- what is signed --------------------------------------------------------------------------------------------------


@check(
    "signature.excludes-itself-and-file",
    needs=NEEDS,
    rows=[{"file": "a.pdf"}, {"file": ""}],
    varies={"file": texts},
    share=0.2,
)
def file_is_not_signed(session: Session, file: str) -> None:
    """`file` may be sent and is left out of the signature; a signature that covers it is 44."""
    draft = _sent_sorted(session.draft(file=file))
    accepted(session, draft, f"file={file!r} sent but not signed")
    covering = digest(draft.secret + _text(tuple(sorted(draft.parameters))))
    refused(session, draft, covering, f"file={file!r} sent and signed")


@check(
    "signature.excludes-itself-and-file",
    needs=NEEDS,
    rows=[
        {"name": "format", "value": "json"},
        {"name": "callback", "value": "app.answer"},
        {"name": "fileUrl", "value": "u"},
        {"name": "File", "value": "a"},
        {"name": "Signature", "value": "a"},
        {"name": "unknown", "value": "1"},
    ],
    varies={
        "name": st.from_regex(r"[b-z]{1,4}", fullmatch=True).filter(lambda name: name != "file"),
        # An empty value has a rule of its own.
        "value": texts.filter(bool),
    },
    share=0.3,
)
def everything_else_is_signed(session: Session, name: str, value: str) -> None:
    """Every other parameter, even one that no method knows, must be covered: left out of the signature it is 44."""
    bare = session.draft()
    draft = _sent_sorted(bare.also((name, value)))
    accepted(session, draft, f"{name} sent and signed")
    refused(session, draft, sign(bare.secret, bare.parameters), f"{name} sent but not signed")


@check("signature.excludes-itself-and-file", needs=NEEDS)
def signature_does_not_sign_itself(session: Session) -> None:
    """A signature that covers an earlier value of `signature` is 44."""
    draft = session.draft()
    first = sign(draft.secret, draft.parameters)
    covering = digest(draft.secret + _text(tuple(sorted(draft.also(("signature", first)).parameters))))
    refused(session, draft, covering, "a signature that covers itself")
