"""The signature ("How to sign a request"): what is accepted, and above all what is not."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from urllib.parse import quote, quote_plus

from hypothesis import strategies as st

from flipsnack_contract.check import Unsuitable, check
from flipsnack_contract.draft import Draft, Pairs, encoded
from flipsnack_contract.session import Session
from flipsnack_contract.signing import NOT_SIGNED, canonical, digest, sign
from flipsnack_contract.strategies import extras, texts
from flipsnack_contract.target import Request
from flipsnack_contract.verdict import expect_code

NEEDS = {"credentials"}
WRONG = 44


def _accepted(session: Session, draft: Draft, what: str) -> None:
    expect_code(session.accepted, session.ask(draft), what)


def _refused(session: Session, draft: Draft, signature: str, what: str) -> None:
    if signature == sign(draft.secret, draft.parameters):
        return  # For these parameters the mistake makes no difference.
    expect_code(WRONG, session.ask(replace(draft, signature=signature)), what)


def _text(pairs: Pairs) -> str:
    return "".join(name + value for name, value in pairs)


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


@check("signature.digest", needs=NEEDS, rows=[{"how": how} for how in SEPARATED])
def other_recipes_are_44(session: Session, how: str) -> None:
    """The secret comes first and once, names and values follow without separators; any other recipe is 44."""
    draft = session.draft(zz="top", aa="first")
    text = SEPARATED[how](draft.secret, _by_name(draft.parameters))
    _accepted(session, draft, "the documented recipe")
    _refused(session, draft, digest(text), f"a signature made with {how}")


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
    _accepted(other, other.draft(), f"a call signed with the secret {secret!r}")
    draft = other.draft()
    _refused(other, draft, sign(secret.strip() + "x", draft.parameters), "a call signed with another secret")


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
    _refused(session, altered, sign(signed.secret, signed.parameters), f"a request with a {change} changed")


def _tampered(draft: Draft, index: int, change: str) -> Draft:
    name, value = draft.parameters[index]
    if change == "added":
        return draft.also(("added", "1"))
    if change == "gone":
        return draft.without(name)
    altered = (name, value + "x") if change == "value" else (name + "x", value)
    return replace(draft, parameters=(*draft.parameters[:index], altered, *draft.parameters[index + 1 :]))


def _changed(before: Draft, after: Draft) -> set[str]:
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
    text = draft.secret + _text(draft.parameters)
    _refused(session, draft, digest(text), "a signature over unsorted parameters")


@check(
    "signature.byte-order",
    needs=NEEDS,
    rows=[{"extra": [("Zebra", "1"), ("apikey", "2")]}, {"extra": [("B", "1"), ("a", "2"), ("A", "3"), ("b", "4")]}],
    varies={"extra": extras(min_size=1)},
    share=0.5,
)
def names_are_ordered_with_regard_to_case(session: Session, extra: list[tuple[str, str]]) -> None:
    """Upper case goes before lower case: an order blind to case, or by locale, is 44."""
    draft = session.draft().also(*extra)
    blind = sorted(draft.parameters, key=lambda pair: (pair[0].casefold(), pair[0]))
    _accepted(session, draft, "names ordered by code point")
    _refused(session, draft, digest(draft.secret + _text(tuple(blind))), "names ordered without regard to case")


@check(
    "signature.byte-order",
    needs=NEEDS,
    rows=[{"extra": [("\U0001f600", "face"), ("\uff5e", "wave")]}, {"extra": [("é", "1"), ("z", "2"), ("f", "3")]}],
)
def names_beyond_ascii_are_ordered_by_code_point(session: Session, extra: list[tuple[str, str]]) -> None:
    """Beyond ASCII too it is the code point that counts, not UTF-16 units."""
    draft = session.draft().also(*extra)
    utf16 = sorted(draft.parameters, key=lambda pair: pair[0].encode("utf-16-be"))
    _accepted(session, draft, "names ordered by code point")
    _refused(session, draft, digest(draft.secret + _text(tuple(utf16))), "names ordered by UTF-16 units")


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
    draft = session.draft(file=file)
    _accepted(session, draft, f"file={file!r} sent but not signed")
    covering = digest(draft.secret + _text(tuple(sorted(draft.parameters))))
    _refused(session, draft, covering, f"file={file!r} sent and signed")


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
    varies={"name": st.from_regex(r"[b-z]{1,4}", fullmatch=True).filter(lambda name: name != "file"), "value": texts},
    share=0.3,
)
def everything_else_is_signed(session: Session, name: str, value: str) -> None:
    """Every other parameter, even one that no method knows, must be covered: left out of the signature it is 44."""
    bare = session.draft()
    draft = bare.also((name, value))
    _accepted(session, draft, f"{name} sent and signed")
    _refused(session, draft, sign(bare.secret, bare.parameters), f"{name} sent but not signed")


@check("signature.excludes-itself-and-file", needs=NEEDS)
def signature_does_not_sign_itself(session: Session) -> None:
    """A signature that covers an earlier value of `signature` is 44."""
    draft = session.draft()
    first = sign(draft.secret, draft.parameters)
    covering = digest(draft.secret + _text(tuple(sorted(draft.also(("signature", first)).parameters))))
    _refused(session, draft, covering, "a signature that covers itself")


# --- text ------------------------------------------------------------------------------------------------------------

WRITTEN: dict[str, Callable[[str], str]] = {
    "percent": lambda text: quote(text, safe=""),
    "lower-case percent": lambda text: (
        quote(text, safe="").replace("%E", "%e").replace("%C", "%c").replace("%2B", "%2b")
    ),
    "plus for blank": lambda text: quote_plus(text, safe=""),
    "everything": lambda text: "".join(f"%{byte:02X}" for byte in text.encode()),
    "as little as possible": lambda text: quote(text, safe="/?:@!$'()*,;~"),
}
TROUBLE = ("é", "日本", "😀", " a b ", "+", "%20", "a&b=c", "\t\n", "e\u0301", "", "/?:@", "100%")


@check(
    "signature.decoded-utf8",
    needs=NEEDS,
    rows=[{"value": value, "written": written} for value in TROUBLE for written in WRITTEN],
    varies={"value": texts, "written": st.sampled_from(sorted(WRITTEN))},
    share=0.5,
)
def decoded_text_is_signed_however_it_is_written(session: Session, value: str, written: str) -> None:
    """The same text may be escaped in any way a URL allows: what is signed is the text, in UTF-8."""
    pairs = session.draft(note=value).signed()
    query = "&".join(f"{name}={WRITTEN[written](text)}" for name, text in pairs)
    reply = session.send(Request("GET", f"{session.target.base_url}?{query}"))
    expect_code(session.accepted, session.read(reply), f"note={value!r} written by {written!r}")


ALTERED: dict[str, Callable[[str], str]] = {
    "percent-encoded": lambda text: quote(text, safe=""),
    "form-encoded": lambda text: quote_plus(text, safe=""),
    "trimmed": str.strip,
    "lower case": str.lower,
    "cut at the first line": lambda text: text.split("\n")[0],
}


@check(
    "signature.decoded-utf8",
    needs=NEEDS,
    rows=[{"value": value, "altered": altered} for value in (" a b ", "é+%", "Ab\n") for altered in ALTERED],
    varies={"value": texts, "altered": st.sampled_from(sorted(ALTERED))},
    share=0.5,
)
def altered_text_is_44(session: Session, value: str, altered: str) -> None:
    """A signature over the escaped, trimmed or otherwise altered text is 44."""
    draft = session.draft(note=value)
    pairs = [(name, ALTERED[altered](text) if name == "note" else text) for name, text in draft.parameters]
    _refused(session, draft, sign(draft.secret, pairs), f"a signature over {value!r}, {altered}")


@check(
    "signature.decoded-utf8",
    needs=NEEDS,
    rows=[
        {"value": value, "encoding": encoding}
        for value in ("é", "ß")
        for encoding in ("latin-1", "utf-16", "utf-16-le")
    ],
)
def other_encodings_are_44(session: Session, value: str, encoding: str) -> None:
    """The text is hashed as UTF-8 and as nothing else."""
    draft = session.draft(note=value)
    text = canonical(draft.secret, draft.parameters)
    _refused(session, draft, digest(text, encoding), f"a signature over {encoding}")


@check(
    "signature.empty-values",
    needs=NEEDS,
    rows=[{"name": "query"}, {"name": "a"}, {"name": "zz"}],
    varies={"name": st.from_regex(r"[b-z]{1,4}", fullmatch=True).filter(lambda name: name != "file")},
    share=0.2,
)
def empty_value_is_signed_by_its_name(session: Session, name: str) -> None:
    """A parameter with an empty value is signed: a signature that leaves its name out is 44."""
    bare = session.draft()
    draft = bare.also((name, ""))
    _accepted(session, draft, f"an empty {name}, signed")
    _refused(session, draft, sign(bare.secret, bare.parameters), f"an empty {name}, not signed")


@check("signature.empty-values", needs=NEEDS)
def a_name_without_equals_sign_is_an_empty_value(session: Session) -> None:
    """`…&query&…` is the parameter `query` with an empty value."""
    pairs = session.draft(query="").signed()
    query = encoded(pairs).replace("query=", "query")
    reply = session.send(Request("GET", f"{session.target.base_url}?{query}"))
    expect_code(session.accepted, session.read(reply), "a name without an equals sign")


@check("signature.lower-case", needs=NEEDS, rows=[{"how": how} for how in ("upper", "title", "blank", "cut", "longer")])
def signature_is_compared_exactly(session: Session, how: str) -> None:
    """The hexadecimal digits are compared exactly: upper case, blanks and another length are 44."""
    draft = session.draft()
    right = sign(draft.secret, draft.parameters)
    if right.isdecimal():
        raise Unsuitable("this signature has no letter")
    wrong = {
        "upper": right.upper(),
        "title": right[:-8] + right[-8:].upper(),
        "blank": right + " ",
        "cut": right[:-1],
        "longer": right + "0",
    }[how]
    _accepted(session, draft, "the signature in lower case")
    _refused(session, draft, wrong, f"the signature changed: {how}")
