"""The parameters of a call: each once, of its type, not empty, and what a method does not know."""

from collections import ChainMap
from collections.abc import Iterator, Mapping
from dataclasses import replace
from itertools import product

from hypothesis import strategies as st

from flipsnack_contract.checks.check import CONTROL, GENERIC, KEYED, check
from flipsnack_contract.checks.methods.uploaded import DELETE, GET, hash_of
from flipsnack_contract.checks.request_cases import MISTAKES, extras, names, texts
from flipsnack_contract.contract.assertions import expect, expect_code, expect_message
from flipsnack_contract.contract.decoding import Answer
from flipsnack_contract.contract.methods import (
    Method,
    Parameter,
    every_method,
    methods,
    options_of,
    takes_collection,
    takes_document,
)
from flipsnack_contract.contract.near_misses import NEAR_NAMES, near_misses
from flipsnack_contract.target.session import COLLECTION, SERVER_ERROR, Pairs, Session, encoded


@check(
    "request.duplicate-parameter",
    **GENERIC,
    rows={
        "name": ("apiKey", "action", "collectionHash", "signature", "format", "file", "unknown", "é"),
        "values": (("1", "2"), ("1", "1"), ("", "")),
    },
    varies={"name": names, "values": st.tuples(texts, texts)},
)
def a_parameter_twice_is_40(session: Session, name: str, values: tuple[str, str]) -> None:
    """A name that is sent twice is 40, whichever parameter it is, with equal values too."""
    draft = session.draft().without(name).also(*((name, value) for value in values))
    expect_message(40, session.ask(draft), f"{name} sent twice")


@check("request.duplicate-parameter", rows={"name": ("apiKey", "format", "unknown")})
def a_parameter_in_query_and_body_is_40(session: Session, name: str) -> None:
    """A name that is both in the query and in the form is sent twice."""
    # An unknown key, so that a POST is 41 if it is not found to be malformed.
    draft = session.draft(format="json", unknown="1", apiKey="not-a-key")
    request = replace(draft, verb="POST", files=()).request(session.target.base_url)
    twice = replace(request, url=f"{request.url}?{encoded([(name, str(draft.get(name)))])}")
    expect_message(40, session.ask(twice), f"{name} in the query and in the form")


@check("request.duplicate-parameter", needs=CONTROL, methods=every_method, rows={"written": ("%61ction", "acti%6Fn")})
def a_name_written_in_two_ways_is_sent_twice(session: Session, written: str) -> None:
    """Names are compared as decoded text: one that is escaped in another way is the same."""
    draft = session.draft()
    request = replace(draft, files=()).request(session.target.base_url)
    body = request.body + f"&{written}=x".encode() if request.body else b""
    url = request.url if request.body else f"{request.url}&{written}=x"
    expect_message(40, session.ask(replace(request, url=url, body=body)), f"action sent as {written} too")


@check("request.duplicate-parameter", needs=CONTROL, methods=takes_document, rows={"name": ("apiKey", "title", "x")})
def an_upload_has_no_parameter_in_its_query_too(session: Session, name: str) -> None:
    """A field beside a file that is in the query as well is sent twice."""
    request = session.draft(title="A", x="1").request(session.target.base_url)
    twice = replace(request, url=f"{request.url}?{encoded([(name, 'A')])}")
    expect_message(40, session.ask(twice), f"{name} in the query and beside the file")


@check("request.empty-is-missing", needs={"credentials"}, methods=every_method, calls=8)
def an_empty_required_parameter_is_30(session: Session) -> None:
    """A required parameter that is sent empty counts as missing."""
    for name, options in product(session.method.required, ({}, options_of(session.method))):
        draft = session.draft(**options)
        empty = draft.without(name).also((name, "")) if name == "signature" else draft.with_(**{name: ""})
        expect_message(30, session.ask(empty), f"an empty {name}, beside {options}")


@check(
    "parameter.value",
    needs={"credentials"},
    methods=lambda method: any(one.wrong_values for one in method.parameters),
)
def wrong_value_is_40(session: Session) -> None:
    """A value that is not of the parameter's type, or not among those allowed, is 40."""
    for parameter in session.method.parameters:
        for value in _tried(session, parameter):
            what = f"{parameter.name}={value!r}, which takes a {parameter.type}"
            expect_message(40, session.ask(session.draft(**{parameter.name: value})), what)


@check("parameter.value", needs={"credentials"}, methods=lambda method: any(_alike(method)))
def a_wrong_value_beside_others_is_40(session: Session) -> None:
    """A wrong value is 40 whatever the parameters of its type have: right values, wrong ones, or all of them none."""
    for alike in _alike(session.method):
        names, right, wrong = [one.name for one in alike], alike[0].example, alike[0].wrong_values[0]
        rows = [dict.fromkeys(names, value) for value in ("", wrong)]
        rows += [{**dict.fromkeys(names, right), name: value} for name in names for value in ("", wrong)]
        rows += [{**options_of(session.method), name: wrong} for name in names]
        for asked in rows:
            expect_message(40, session.ask(session.draft(**asked)), f"a call with {asked}")


def _alike(method: Method) -> Iterator[tuple[Parameter, ...]]:
    """The optional parameters of each type that several of them have, with the same wrong values."""
    kinds: dict[tuple[str, ...], list[Parameter]] = {}
    for one in method.parameters:
        if one.wrong_values and not one.required:
            kinds.setdefault((one.type, *one.allowed), []).append(one)
    return (tuple(alike) for alike in kinds.values() if len(alike) > 1)


BACKWARDS = ({"startDate": "2024-02-01", "endDate": "2024-01-31"}, {"from": "1", "to": "0"})
"""Right values that are wrong together."""
BAD = 40
EARLIER, LATER = ([one for one in MISTAKES if one.step in steps] for steps in ((7, 9, 10), (12, 13)))


@check("order.checks", needs=CONTROL, methods=lambda method: bool(_options(method)))
def every_wrong_value_has_its_place(session: Session) -> None:
    """A wrong value of any parameter is found after signature and missing ones, and before all that comes later."""
    wrong = [{one.name: one.wrong_values[0]} for one in _options(session.method) if one.wrong_values]
    for asked in (*wrong, *(one for one in BACKWARDS if all(map(session.method.takes, one)))):
        for other in (*EARLIER, *LATER):
            # That a value is wrong is another rule's matter.
            if other.suits(session.method) and session.ask(session.draft(**asked)).code == BAD:
                answer = session.ask(other.make(session, session.draft(**asked)))
                code = other.code if other in EARLIER else BAD
                expect_code(code, answer, f"{session.method} with {asked} together with {other}")


@check("parameter.value", needs={"credentials"}, methods=lambda method: bool(_options(method)))
def a_right_value_is_taken(session: Session) -> None:
    """A value of the parameter's type is taken: the largest and the smallest, and each of those that are allowed."""
    for one in _options(session.method):
        for value in one.right_values[:: 1 if session.account else len(one.right_values)]:
            what = f"a call with {one.name}={value!r}"
            expect_code(session.accepted, session.ask(session.draft(**{one.name: value})), what)


def _options(method: Method) -> list[Parameter]:
    return [one for one in method.parameters if not one.required and one.right_values]


@check(
    "request.any-bytes",
    needs={"credentials"},
    methods=lambda method: any(_numbers(method)),
    rows={"length": (10, 15, 20, 400, 5000)},
)
def a_number_of_any_length_is_answered(session: Session, length: int) -> None:
    """A number of any length is no server error, and the next call is served."""
    for name in _numbers(session.method):
        reply = session.send(session.draft(**{name: "9" * length}))
        expect(False, reply.status >= SERVER_ERROR, f"a server error with {name} of {length} digits")
    expect_code(session.accepted, session.ask(session.draft()), "the next call")


def _numbers(method: Method) -> Iterator[str]:
    return (one.name for one in method.parameters if one.type == "number")


FEW = 8


def _tried(session: Session, parameter: Parameter) -> Iterator[str]:
    """Wrong values of a parameter: few where every call takes a second, and no empty one where that is missing."""
    values = parameter.wrong_values[:: 1 if session.account else max(1, len(parameter.wrong_values) // FEW)]
    return (value for value in values if value or not parameter.required)


@check(
    "parameter.unknown",
    **KEYED,
    rows={"added": ((("note", "é x"),), (("Title", "A"), ("0", "")))},
    varies={"added": extras(min_size=1)},
)
def an_unknown_parameter_changes_nothing(session: Session, added: Pairs) -> None:
    """A parameter that no method has is signed like any other, and the answer is that of the call without it."""
    answer = session.ask(session.draft().also(*added))
    expect_code(session.accepted, answer, f"a call with {', '.join(name for name, _ in added)} beside its parameters")


ALIASES = ("hash", "id", "collection", "collectionId", "collectionhash", "itemHash", "item", "q")
"""Names that a server may take for `collectionHash`."""
NOT_ITS_OWN = ("width", "height", "status", "name", "limit", "count", "offset", "page", "sort", "Title", "TITLE")


@check("parameter.unknown", needs=CONTROL, methods=lambda method: not method.takes("file") and method.name != DELETE)
def what_belongs_to_other_methods_changes_nothing(session: Session) -> None:
    """A parameter of another method, or one that only the help page names, changes neither the answer nor the state."""
    collection = session.collection(title="Spring", status="unlisted")
    session.steer.statistics(collection, [{"date": "2023-05-06", "views": 7, "pages": [{"page": 1, "views": 7}]}])
    its_own = {one.name for one in session.method.parameters}
    values = dict(ChainMap(*({**options_of(one)} for one in methods()))) | {COLLECTION: collection}
    nearly = {
        near: value for name, value in options_of(session.method).items() for near in near_misses(name, ways=NEAR_NAMES)
    }
    before = [session.ask(session.draft(collection)), session.call(GET, collection)]
    other = session.collection(title="Other") if takes_collection(session.method) else ""
    # Values that the other method obeys, and some that it refuses.
    for given in (values, dict.fromkeys((*values, *NOT_ITS_OWN), "1"), nearly, dict.fromkeys(ALIASES, other)):
        others = {name: value for name, value in given.items() if name not in its_own}
        answers = [session.ask(session.draft(collection, **others)), session.call(GET, collection)]
        for name, one, two in zip(("the answer", "getCollection"), before, answers, strict=True):
            expect(_without_urls(one), _without_urls(two), f"{name} after a call with {others}")


@check("parameter.unknown", needs=CONTROL, methods=takes_document)
def nothing_else_makes_another_collection(session: Session) -> None:
    """An upload obeys no parameter of another method, nor a name that is nearly one of its own."""
    session.steer.settings(conversion_schedule="immediate")
    other = session.collection(title="Kept")
    its_own = {one.name for one in session.method.parameters}
    values = dict(ChainMap(*({**options_of(one)} for one in methods()))) | {COLLECTION: other, "hash": other}
    nearly = dict.fromkeys((near for name in its_own for near in near_misses(name, ways=NEAR_NAMES)), "unlisted")
    before = session.data(GET, hash_of(session.ask(session.draft()).data or {}))
    for given in (values, nearly):
        others = {name: value for name, value in given.items() if name not in its_own}
        after = session.data(GET, hash_of(session.ask(session.draft(**others)).data or {}))
        for name in before.keys() - {COLLECTION, "collectionThumbnail", "flipbooks"}:
            expect(before[name], after.get(name), f"{name} of an upload with {others}")
    expect("Kept", session.data(GET, other).get("collectionTitle"), "the title of a collection that was there before")


def _without_urls(answer: Answer) -> Mapping[str, object]:
    return {name: value for name, value in (answer.data or {}).items() if name != "resourceUrl"}
