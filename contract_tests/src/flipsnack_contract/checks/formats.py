"""The parameters that choose the format of an answer: `format`, and the callback of JSONP."""

from hypothesis import strategies as st

from flipsnack_contract.checks.check import GENERIC, KEYED, check
from flipsnack_contract.checks.request_cases import FORMATS, identifiers, texts
from flipsnack_contract.contract.assertions import expect_code, expect_message
from flipsnack_contract.contract.near_misses import near_misses
from flipsnack_contract.target.session import Session

RESERVED = (
    *("break", "case", "catch", "class", "const", "continue", "debugger", "default", "delete", "do", "else", "enum"),
    *("export", "extends", "false", "finally", "for", "function", "if", "import", "in", "instanceof", "new", "null"),
    *("return", "super", "switch", "this", "throw", "true", "try", "typeof", "var", "void", "while", "with"),
)
"""Reserved words of JavaScript (ECMA-262, 12.7.2), but those that are reserved in some places only."""
HOSTILE = (
    *("a b", "a;b", "a(", "1a", "a-b", "a.", ".a", "a..b", "a[0]", "a\nb", "a\n", " a", "a'", 'a"'),
    *("é", "\uff41", "app.é", "\u0430pp", "app\u200b", "app\xa0", "a,", "a,b", "a:b", "a\u00b7", "@a", "%61pp"),
    *("<script>", "a/*", "a=b", "alert(1)//", "a\u2028b", "😀", "%"),
    *RESERVED,
    *(f"app.{word}" for word in RESERVED[::9]),
    *(f"{word}.a" for word in RESERVED[1::9]),
)
spoiled = st.tuples(identifiers, st.sampled_from(" ;()[]{}'\"<>/*-+=&|!,\n\t\\#@"), st.text("ab1", max_size=2)).map(
    "".join
)


def _refused_as_json(session: Session, code: int, **parameters: str) -> None:
    answer = session.read(session.send(session.draft(**parameters)), "json", own=True)
    expect_message(code, answer, ", ".join(f"{name}={value!r}" for name, value in parameters.items()))


@check(
    "format.unknown",
    **GENERIC,
    rows={
        "form": (
            "yaml",
            "text/xml",
            "0",
            "é",
            *(near for one in FORMATS for near in near_misses(one) if near not in FORMATS),
        )
    },
    varies={"form": texts.filter(lambda text: text not in ("", "json", "jsonp", "xml"))},
)
def unknown_format_is_40_in_json(session: Session, form: str) -> None:
    """Only the three names, letter by letter, are formats; anything else is code 40, answered as JSON."""
    _refused_as_json(session, 40, format=form, callback="app.answer")


@check("callback.required", **GENERIC, rows={"callback": ({}, {"callback": ""})})
def jsonp_without_callback_is_30_in_json(session: Session, callback: dict[str, str]) -> None:
    """format=jsonp with no callback, or an empty one, is code 30, answered as JSON."""
    _refused_as_json(session, 30, format="jsonp", **callback)


@check(
    "callback.required",
    **KEYED,
    rows={"callback": ("app.answer", "", *HOSTILE[:4]), "form": ("json", "xml", None)},
)
def callback_is_ignored_with_other_formats(session: Session, callback: str, form: str | None) -> None:
    """With json or xml, and without a format, a callback changes nothing, even one that jsonp would refuse."""
    answer = session.ask(session.draft(callback=callback, **({"format": form} if form else {})))
    expect_code(session.accepted, answer, f"format={form} with callback={callback!r}")


@check("callback.identifier", **GENERIC, rows={"callback": HOSTILE}, varies={"callback": spoiled})
def hostile_callback_is_40_in_json(session: Session, callback: str) -> None:
    """A callback that is not a dotted path of identifiers, or contains a reserved word, is 40, as JSON."""
    _refused_as_json(session, 40, format="jsonp", callback=callback)


@check(
    "callback.identifier",
    **KEYED,
    rows={
        "callback": (
            "a",
            "$",
            "_",
            "jQuery1_2",
            "a.b.c",
            "newest",
            "thisOne.isFine",
            "A9$_",
            "Function",
            "a" * 200,
            ".".join("ab" * 30),
        )
    },
    varies={"callback": identifiers},
)
def identifier_paths_are_called(session: Session, callback: str) -> None:
    """A dotted path of identifiers is called by that very name."""
    reply = session.send(session.draft(format="jsonp", callback=callback))
    answer = session.read(reply, "jsonp", callback=callback, own=True)
    expect_code(session.accepted, answer, f"callback={callback!r}")
