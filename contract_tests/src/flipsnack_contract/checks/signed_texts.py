"""What is signed of a parameter, its decoded text in UTF-8, and how the digest is written."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import quote, quote_plus

from hypothesis import strategies as st

from flipsnack_contract.checks.check import Unsuitable, check
from flipsnack_contract.checks.signatures import SIGNED, accepted, refused
from flipsnack_contract.checks.strategies import short_names, texts
from flipsnack_contract.contract.assertions import expect_code
from flipsnack_contract.contract.signing import canonical, digest, sign
from flipsnack_contract.target.request_builder import encoded
from flipsnack_contract.target.session import Session

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
    **SIGNED,
    rows={"value": TROUBLE, "written": WRITTEN},
    varies={"value": texts, "written": st.sampled_from(sorted(WRITTEN))},
    share=0.5,
)
def decoded_text_is_signed_however_it_is_written(session: Session, value: str, written: str) -> None:
    """However a text is escaped, what is signed is the text in UTF-8."""
    draft = session.draft(note=value)
    reply = session.send_text(draft, "&".join(f"{name}={WRITTEN[written](text)}" for name, text in draft.signed()))
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
    **SIGNED,
    rows={"value": (" a b ", "é+%", "Ab\n"), "altered": ALTERED},
    varies={"value": texts, "altered": st.sampled_from(sorted(ALTERED))},
    share=0.5,
)
def altered_text_is_44(session: Session, value: str, altered: str) -> None:
    """A signature over the escaped, trimmed or otherwise altered text is 44."""
    draft = session.draft(note=value)
    pairs = [(name, ALTERED[altered](text) if name == "note" else text) for name, text in draft.parameters]
    refused(session, draft, sign(draft.secret, pairs), f"a signature over {value!r}, {altered}")


@check("signature.decoded-utf8", **SIGNED, rows={"value": ("é", "ß"), "encoding": ("latin-1", "utf-16", "utf-16-le")})
def other_encodings_are_44(session: Session, value: str, encoding: str) -> None:
    """The text is hashed as UTF-8 and as nothing else."""
    draft = session.draft(note=value)
    text = canonical(draft.secret, draft.parameters)
    refused(session, draft, digest(text, encoding), f"a signature over {encoding}")


@check(
    "signature.empty-values",
    **SIGNED,
    rows=[{"name": "query"}, {"name": "a"}, {"name": "zz"}],
    varies={"name": short_names},
    share=0.2,
)
def empty_value_is_signed_by_its_name(session: Session, name: str) -> None:
    """A parameter with an empty value is signed: a signature that leaves its name out is 44."""
    bare = session.draft()
    draft = bare.also((name, ""))
    accepted(session, draft, f"an empty {name}, signed")
    refused(session, draft, sign(bare.secret, bare.parameters), f"an empty {name}, not signed")


@check("signature.empty-values", **SIGNED)
def a_name_without_equals_sign_is_an_empty_value(session: Session) -> None:
    """`…&query&…` is the parameter `query` with an empty value."""
    draft = session.draft(query="")
    reply = session.send_text(draft, encoded(draft.signed()).replace("query=", "query"))
    expect_code(session.accepted, session.read(reply), "a name without an equals sign")


@check("signature.lower-case", **SIGNED, rows={"how": ("upper", "title", "blank", "cut", "longer")})
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
    accepted(session, draft, "the signature in lower case")
    refused(session, draft, wrong, f"the signature changed: {how}")
