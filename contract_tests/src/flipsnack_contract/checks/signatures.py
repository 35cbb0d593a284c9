"""The signature ("How to sign a request"): which one is accepted, and that every other one is 44."""

import hashlib
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import replace
from itertools import cycle
from typing import Any
from urllib.parse import quote, quote_plus

from hypothesis import strategies as st

from flipsnack_contract.checks.check import CONTROL, KEYED, check
from flipsnack_contract.checks.request_cases import extras, short_names, texts
from flipsnack_contract.contract.assertions import Unsuitable, expect_code
from flipsnack_contract.contract.methods import every_method
from flipsnack_contract.contract.near_misses import ALTERED, HARD_TEXTS, TAKEN_FOR_NOTHING
from flipsnack_contract.contract.signing import NOT_SIGNED, canonical, digest, sign
from flipsnack_contract.target.session import CallDraft, Pairs, Session, encoded

# What the checks of the signature have in common: each makes a right call and a wrong one, of any method.
SIGNED: Mapping[str, Any] = {**KEYED, "calls": 2}
# What a check writes itself is a query, or the form of a POST: an upload has its file in parts.
WRITTEN_OUT: Mapping[str, Any] = {**SIGNED, "methods": lambda method: not method.takes("file")}
Rewrite = Callable[[str], str]


def _only_right(session: Session, draft: CallDraft, wrong: str, what: str) -> None:
    """Require that the call is accepted as it is signed, and is 44 with the wrong signature."""
    expect_code(session.accepted, session.ask(draft), f"a call that is signed right, and not: {what}")
    _refused(session, draft, wrong, what)


def _refused(session: Session, draft: CallDraft, signature: str, what: str) -> None:
    if signature == sign(draft.secret, draft.parameters):
        return  # For these parameters the mistake makes no difference.
    expect_code(44, session.ask(replace(draft, signature=signature)), what)


def _text(pairs: Pairs) -> str:
    return "".join(name + value for name, value in pairs)


def _sent_sorted(draft: CallDraft) -> CallDraft:
    """The call with its parameters in the order of their names; that any order is accepted is another rule."""
    return replace(draft, parameters=tuple(sorted(draft.parameters)))


def _hashed(name: str) -> Callable[[str, Pairs], str]:
    return lambda secret, pairs: hashlib.new(name, (secret + _text(pairs)).encode()).hexdigest()


RECIPES: Mapping[str, Callable[[str, Pairs], str]] = {
    "equals signs": lambda secret, pairs: digest(secret + "".join(f"{name}={value}" for name, value in pairs)),
    "ampersands": lambda secret, pairs: digest("&".join([secret, *(name + value for name, value in pairs)])),
    "line ends": lambda secret, pairs: digest("\n".join([secret, *(name + value for name, value in pairs)])),
    "no secret": lambda _secret, pairs: digest(_text(pairs)),
    "the secret last": lambda secret, pairs: digest(_text(pairs) + secret),
    "the secret twice": lambda secret, pairs: digest(secret + _text(pairs) + secret),
    "values only": lambda secret, pairs: digest(secret + "".join(value for _, value in pairs)),
    "another secret": lambda secret, pairs: digest(secret + "x" + _text(pairs)),
    **{name: _hashed(name) for name in ("sha1", "sha256", "sha512")},
}


@check("signature.digest", **SIGNED, rows={"how": RECIPES})
def other_recipes_are_44(session: Session, how: str) -> None:
    """The MD5 of the secret, once, then names and values without separators; by any other recipe or hash it is 44."""
    draft = session.draft(zz="top", aa="first")
    signed = tuple(sorted(pair for pair in draft.parameters if pair[0] not in NOT_SIGNED))
    _only_right(session, draft, RECIPES[how](draft.secret, signed), f"a signature made with {how}")


@check(
    "signature.digest",
    needs=CONTROL,
    methods=every_method,
    rows={"secret": ("s", "gehéim", "日本😀", " blanks ", "a+b%20c&d=e", "x" * 200)},
    varies={"secret": texts.filter(bool)},
)
def any_secret_signs(session: Session, secret: str) -> None:
    """A secret may contain blanks, reserved characters and letters beyond ASCII."""
    other = session.another(secret=secret)
    draft = other.draft()
    _only_right(other, draft, sign(secret.strip() + "x", draft.parameters), "a call signed with another secret")


@check(
    "signature.digest",
    **SIGNED,
    rows={"pair": (2, 1, 0), "change": ("value", "name", "gone")},
    varies={"pair": st.integers(0, 4), "change": st.sampled_from(["value", "name", "gone", "added"])},
)
def tampering_after_signing_is_44(session: Session, pair: int, change: str) -> None:
    """A request of which any signed part was changed, dropped or added after signing is 44."""
    draft = session.draft(note="kept", zeta="")
    pairs = list(draft.parameters)
    index = pair % len(pairs)
    name, value = pairs[index]
    altered = {"value": [(name, value + "x")], "name": [(name + "x", value)], "gone": []}
    pairs[index : index + 1] = altered.get(change, [(name, value), ("added", "1")])
    # A missing required parameter, an unknown key and an unknown method are refused before the signature is checked.
    if change == "added" or name not in ("apiKey", "action"):
        signature = sign(draft.secret, draft.parameters)
        _refused(session, replace(draft, parameters=tuple(pairs)), signature, f"a request with a {change} changed")


@check(
    "signature.sorted",
    **WRITTEN_OUT,
    rows=[
        {"extra": [("b", "1"), ("a", "2"), ("zz", "3"), ("aa", "4")], "order": tuple(range(7, -1, -1))},
        # Numbers are names like any other: 10 comes before 9, alone and within a name.
        # By their names, not by name and value together; and however many there are.
        {"extra": [("ab", ""), ("a", "z"), ("abc", "a"), ("ab0", "b")], "order": (1, 0, 3, 2)},
        {"extra": [(f"n{number}", str(number)) for number in range(300)], "order": (5, 4, 3, 2, 1, 0)},
        {"extra": [(name, "1") for name in ("9", "10", "01", "-1", "1.5", "a9", "a10")], "order": (2, 1, 0)},
    ],
    varies={"extra": extras(), "order": st.permutations(range(8))},
)
def order_of_sending_is_free(session: Session, extra: list[tuple[str, str]], order: tuple[int, ...]) -> None:
    """A request that is signed in the order of names is accepted in any order of sending."""
    draft = session.draft().also(*extra)
    pairs = draft.signed()
    shuffled = (*(pairs[index] for index in order if index < len(pairs)), *pairs[len(order) :])
    answer = session.ask(replace(draft, text=encoded(shuffled)))
    expect_code(session.accepted, answer, f"a request sent in the order {[name for name, _ in shuffled]}")


@check(
    "signature.sorted",
    **SIGNED,
    rows=[{"extra": [("zz", "1"), ("aa", "2")]}, {"extra": [("a", "1")]}],
    varies={"extra": extras(min_size=1)},
)
def signing_in_order_of_sending_is_44(session: Session, extra: list[tuple[str, str]]) -> None:
    """A signature over the parameters in the order they are sent, where that is not sorted, is 44."""
    draft = session.draft().also(*extra)
    # Backwards is the order of names neither with regard to case nor without.
    draft = replace(draft, parameters=tuple(sorted(draft.parameters, reverse=True)))
    _refused(session, draft, digest(draft.secret + _text(draft.parameters)), "a signature over unsorted parameters")


ORDERS: Mapping[str, Callable[[str], Any]] = {
    "without regard to case": str.casefold,
    "by UTF-16 units": lambda name: name.encode("utf-16-be"),
    "numbers by their value": lambda name: int(name) if name.isdecimal() else 2**63,
    "the shorter first": len,
    "without marks": lambda name: "".join(filter(str.isalnum, name)),
    "without accents": lambda name: unicodedata.normalize("NFD", name),
}
APART: Mapping[str, str] = {
    "without regard to case": "Zebra apikey B a A b",
    "by UTF-16 units": "\U0001f600 \uff5e",
    "numbers by their value": "9 10 100 01",
    "the shorter first": "b aa zzzzzzzzz",
    "without marks": "a_b a-c aB a.d a[1]",
    "without accents": "é z f",
}
"""Names that each order puts in another one than their code points do."""


@check(
    "signature.byte-order",
    **SIGNED,
    rows=[{"extra": [(name, name) for name in names.split()], "order": order} for order, names in APART.items()],
    varies={"extra": extras(min_size=1), "order": st.sampled_from(sorted(ORDERS))},
)
def names_are_ordered_by_code_point(session: Session, extra: list[tuple[str, str]], order: str) -> None:
    """Upper case goes before lower case, and beyond ASCII the code point counts; any other order is 44."""
    draft = _sent_sorted(session.draft().also(*extra))
    wrong = tuple(sorted(draft.parameters, key=lambda pair: (ORDERS[order](pair[0]), pair)))
    _only_right(session, draft, digest(draft.secret + _text(wrong)), f"names ordered {order}")


@check(
    "signature.excludes-itself-and-file",
    **WRITTEN_OUT,
    rows=[{"name": "file", "value": "a.pdf"}, {"name": "file", "value": ""}, {"name": "signature", "value": "0" * 32}],
    varies={"name": st.just("file"), "value": texts},
)
def neither_file_nor_signature_is_signed(session: Session, name: str, value: str) -> None:
    """`file` may be sent and is left out of the signature, as is the signature itself; one that covers them is 44."""
    draft = session.draft()
    covered = _sent_sorted(draft.also((name, value)))
    draft = draft if name == "signature" else covered
    _only_right(session, draft, digest(draft.secret + _text(covered.parameters)), f"{name}={value!r} signed")


# Beside what v1 has: what libraries and people add, and what begins or ends as the two that are not signed.
OTHERS = (
    *("format", "callback", "File", "Signature", "unknown", "signatureVersion", "signature2", "xsignature", "secret"),
    *("fileName", "file2", "files", "_file", "apikey", "api_key", "Action", "action2", "Format", "callbackUrl", "_"),
    *("timestamp", "utm_source", "debug", "page", "x-amz-date", "a[0]", "lang", "v", "nonce", "method"),
)


@check(
    "signature.excludes-itself-and-file",
    **SIGNED,
    rows=[{"name": name, "value": "json" if name == "format" else "a"} for name in OTHERS],
    # An empty value has a rule of its own.
    varies={"name": short_names, "value": texts.filter(bool)},
)
def everything_else_is_signed(session: Session, name: str, value: str) -> None:
    """Every other parameter, even one that no method knows, must be covered: left out of the signature it is 44."""
    _must_be_signed(session, name, value)


def _must_be_signed(session: Session, name: str, value: str) -> None:
    bare = session.draft()
    draft = _sent_sorted(bare.also((name, value)))
    _only_right(session, draft, sign(bare.secret, bare.parameters), f"{name}={value!r} sent but not signed")


@check("signature.digest", **SIGNED, rows={"value": (*TAKEN_FOR_NOTHING, "a" * 5000)})
def every_value_is_signed(session: Session, value: str) -> None:
    """A value is signed whatever it is, those too that a language takes for nothing."""
    _must_be_signed(session, "note", value)


WRITTEN: Mapping[str, Rewrite] = {
    "percent": lambda text: quote(text, safe=""),
    "lower-case percent": lambda text: (
        quote(text, safe="").replace("%E", "%e").replace("%C", "%c").replace("%2B", "%2b")
    ),
    "plus for blank": lambda text: quote_plus(text, safe=""),
    "everything": lambda text: "".join(f"%{byte:02X}" for byte in text.encode()),
    "as little as possible": lambda text: quote(text, safe="/?:@!$'()*,;~"),
}


@check(
    "signature.decoded-utf8",
    **WRITTEN_OUT,
    rows=[{"value": text, "written": one} for text, one in zip(HARD_TEXTS * 3, cycle(WRITTEN))],
    varies={"value": texts, "written": st.sampled_from(sorted(WRITTEN))},
)
def decoded_text_is_signed_however_it_is_written(session: Session, value: str, written: str) -> None:
    """However a text is escaped, what is signed is the text in UTF-8."""
    draft = session.draft(note=value)
    query = "&".join(f"{name}={WRITTEN[written](text)}" for name, text in draft.signed())
    expect_code(session.accepted, session.ask(replace(draft, text=query)), f"note={value!r} written by {written!r}")


@check(
    "signature.decoded-utf8",
    **SIGNED,
    rows={"value": (" a b ", "é+%", "Ab\n", "a\r\nb  c", "e\u0301\ufb01"), "altered": ALTERED},
    varies={"value": texts, "altered": st.sampled_from(sorted(ALTERED))},
)
def altered_text_is_44(session: Session, value: str, altered: str) -> None:
    """A signature over the escaped, trimmed or otherwise altered text is 44."""
    draft = session.draft(note=value)
    pairs = [(name, ALTERED[altered](text) if name == "note" else text) for name, text in draft.parameters]
    _refused(session, draft, sign(draft.secret, pairs), f"a signature over {value!r}, {altered}")


@check("signature.decoded-utf8", **SIGNED, rows={"value": ("é", "ß"), "encoding": ("latin-1", "utf-16", "utf-16-le")})
def other_encodings_are_44(session: Session, value: str, encoding: str) -> None:
    """The text is hashed as UTF-8 and as nothing else."""
    draft = session.draft(note=value)
    text = canonical(draft.secret, draft.parameters)
    _refused(session, draft, digest(text, encoding), f"a signature over {encoding}")


@check("signature.empty-values", **SIGNED, rows={"name": ("query", "a", "zz")}, varies={"name": short_names})
def empty_value_is_signed_by_its_name(session: Session, name: str) -> None:
    """A parameter with an empty value is signed: a signature that leaves its name out is 44."""
    _must_be_signed(session, name, "")


@check("signature.empty-values", **WRITTEN_OUT)
def a_name_without_equals_sign_is_an_empty_value(session: Session) -> None:
    """`…&query&…` is the parameter `query` with an empty value."""
    draft = session.draft(query="")
    query = encoded(draft.signed()).replace("query=", "query")
    expect_code(session.accepted, session.ask(replace(draft, text=query)), "a name without an equals sign")


MISSPELT: Mapping[str, Rewrite] = {
    "upper": str.upper,
    "title": lambda right: right[:-8] + right[-8:].upper(),
    "blank": lambda right: right + " ",
    "cut": lambda right: right[:-1],
    "longer": lambda right: right + "0",
}


@check("signature.lower-case", **SIGNED, rows={"how": MISSPELT})
def signature_is_compared_exactly(session: Session, how: str) -> None:
    """The hexadecimal digits are compared exactly: upper case, blanks and another length are 44."""
    draft = session.draft()
    right = sign(draft.secret, draft.parameters)
    if right.isdecimal():
        raise Unsuitable("this signature has no letter")
    _only_right(session, draft, MISSPELT[how](right), f"the signature changed: {how}")
