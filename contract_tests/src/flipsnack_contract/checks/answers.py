"""The answer: envelope, HTTP status, three formats with the same content, and the parameters that choose one."""

from hypothesis import strategies as st

from flipsnack_contract.checks.check import CONTROL, GENERIC, KEYED, check
from flipsnack_contract.checks.methods.uploaded import CREATE, GET, LIST, STATS, hash_of, method_named
from flipsnack_contract.checks.request_cases import (
    ANSWERS,
    CALLBACK,
    MISTAKES,
    RIGHT_CALL,
    RequestCase,
    identifiers,
    texts,
    with_format,
)
from flipsnack_contract.contract.assertions import expect, expect_code
from flipsnack_contract.contract.methods import every_method
from flipsnack_contract.contract.near_misses import near_misses
from flipsnack_contract.target.session import Session
from flipsnack_contract.target.target import Reply

FORMATS = ("json", "jsonp", "xml")
# A malformed request is answered as JSON, because its `format` was not read yet. The state of a real package may change
# between two answers.
FORMATTED = tuple(one for one in (*MISTAKES, *ANSWERS) if one.step > 1 and one is not RIGHT_CALL)
FEW = [{"case": one} for one in FORMATTED if one.name in ("an unknown key", "an unknown collection", "COMPLETE")]
# A run of few rows begins with the first one and ends with the last one.
EVERY_FORMATTED = [*FEW, *({"case": one} for one in FORMATTED if {"case": one} not in FEW)]
# What is answered before the method is known, too: a gateway may have a format of its own.
EARLY = [
    {"case": one} for one in FORMATTED if one.name in ("maintenance", "too many in a second", "too many in a minute")
]
EVERY = [*EVERY_FORMATTED, *({"case": one} for one in MISTAKES if one not in FORMATTED), {"case": RIGHT_CALL}]


def _reply(session: Session, case: RequestCase, form: str = "") -> Reply:
    draft = case.make(session, session.draft())
    return session.send(with_format(draft, form) if form else draft, paced=case.paced)


@check("answer.envelope", **GENERIC, rows=EVERY)
def code_and_status_and_data_only_with_20(session: Session, case: RequestCase) -> None:
    """`code` is a number, `status` a text, `data` an object that is absent on errors, and nothing else is there."""
    answer = session.read(_reply(session, case))
    expect((), answer.complaints, "the shape of the envelope")
    if answer.code == 20:
        expect(True, answer.data is not None, "data is there with code 20")


@check("answer.http-200", **GENERIC, rows=EVERY)
def http_status_is_200_whatever_the_code(session: Session, case: RequestCase) -> None:
    """The HTTP status is 200 whatever the code is."""
    expect(200, _reply(session, case).status, f"the HTTP status of {case}")


def _require_form(session: Session, case: RequestCase, form: str, content_type: str, asked: str | None = None) -> Reply:
    reply = _reply(session, case, form if asked is None else asked)
    expect(f"{content_type};charset=utf-8", reply.content_type, "the content type")
    session.read(reply, form, callback=CALLBACK)
    return reply


LISTS = {LIST: {}, STATS: {"includePageStats": "true"}, GET: {}}
HARD = "<a> & \"b\" 'c' ]]> é 日本 😀 \u2028 &amp;"


@check(
    "answer.same-in-every-format",
    needs=CONTROL,
    methods=lambda method: method.name in LISTS,
    rows={"title": (HARD, "", " ", "\r\n\t")},
    varies={"title": texts},
)
def lists_and_texts_are_the_same_in_every_format(session: Session, title: str) -> None:
    """Lists, numbers and texts that were given are the same in JSON, JSONP and XML."""
    _require_the_same(session, session.collection(title=title, pages=3))


NOT_IN_XML = ("\x01", "\x0b", "\x1f", "\ufffe", "\uffff")


@check("answer.xml-illegal-characters", needs=CONTROL, methods=method_named(GET), rows={"character": NOT_IN_XML})
def what_xml_cannot_hold_is_replaced_in_every_format(session: Session, character: str) -> None:
    """A character of a title that XML cannot hold is U+FFFD in every format."""
    collection = hash_of(session.data(CREATE, title=f"a{character}b"))
    for form in FORMATS:
        draft = with_format(session.draft(collection), form)
        answer = session.read(session.send(draft), form, callback=CALLBACK, own=True)
        expect("a\ufffdb", (answer.data or {}).get("collectionTitle"), f"the title a{character!r}b in {form}")


@check("answer.xml-lists", needs=CONTROL, methods=method_named(LIST), rows={"collections": (0, 1, 3)})
def a_list_has_an_item_for_each_element(session: Session, collections: int) -> None:
    """In XML a list has one child `item` for each element, none and one included."""
    made = [session.collection(pages=2) for _ in range(collections)]
    answer = session.read(session.send(session.draft(format="xml")), "xml", own=True)
    listed = (answer.data or {}).get("collections")
    expect(True, isinstance(listed, list), f"collections is a list, not {listed!r}")
    expect(sorted(made), sorted(one["collectionHash"] for one in listed or ()), "the hashes of the items")


def _require_the_same(session: Session, collection: str | None) -> None:
    parameters = LISTS[session.method.name]
    answers = [session.ask(with_format(session.draft(collection, **parameters), form)) for form in FORMATS]
    for form, answer in zip(FORMATS[1:], answers[1:], strict=True):
        expect(answers[0], answer, f"the answer in {form}, compared with JSON")


@check("answer.json", methods=every_method, rows=[*EARLY, *FEW], calls=2)
def json_is_the_default(session: Session, case: RequestCase) -> None:
    """Without `format`, and with format=json, the answer is application/json in UTF-8."""
    for asked in ("", "json"):
        _require_form(session, case, "json", "application/json", asked)


@check("answer.jsonp", methods=every_method, rows=[*EARLY, *FEW], calls=2)
def jsonp_is_a_call_of_the_callback(session: Session, case: RequestCase) -> None:
    """With format=jsonp the answer is `callback({...});` and is JavaScript."""
    reply = _require_form(session, case, "jsonp", "application/javascript")
    expect(True, reply.body.rstrip().endswith(b");"), "the call ends in a semicolon")


@check("answer.xml", methods=every_method, rows=[*EARLY, *FEW], calls=2)
def xml_is_a_response_element(session: Session, case: RequestCase) -> None:
    """With format=xml the answer is a `response` element with `code` and `status`, and is application/xml."""
    _require_form(session, case, "xml", "application/xml")


MARKUP = (HARD, "]]>", "<![CDATA[x]]>", "</response>", "&amp;lt;", "<!-- -->", "&x;")


@check("answer.xml", needs=CONTROL, methods=method_named(GET), rows={"title": MARKUP})
def xml_holds_markup_as_text(session: Session, title: str) -> None:
    """A title that looks like markup is a text in XML, with all its characters."""
    answer = session.ask(session.draft(session.collection(title=title), format="xml"))
    expect(title, (answer.data or {}).get("collectionTitle"), "the title in XML")


@check("answer.same-in-every-format", methods=every_method, rows=EVERY_FORMATTED, calls=3)
def three_formats_say_the_same(session: Session, case: RequestCase) -> None:
    """JSON, JSONP and XML have the same code, message and data; of a resource URL, that there is one."""
    made, said = case.make(session, session.draft()), {}
    for form in FORMATS:
        answer = session.ask(with_format(made, form), paced=case.paced)
        data = None if answer.data is None else {**answer.data}
        if data and "resourceUrl" in data:
            data["resourceUrl"] = bool(data["resourceUrl"])
        said[form] = {"code": answer.code, "status": answer.status, "data": data}
        expect(said["json"], said[form], f"what {form} says of {case}, compared with json")


@check("answer.same-in-every-format", needs=CONTROL, rows={"form": FORMATS})
def the_resource_url_works_from_each_format(session: Session, form: str) -> None:
    """A resource URL read from any format, with its escapes undone, serves the package."""
    answer = session.ask(with_format(session.draft(), form))
    expect_code(20, answer, "a finished package")
    expect(200, session.get(str(answer.resource_url)).status, f"the resource URL given in {form}")


@check("answer.jsonp-hardened", methods=every_method, rows=FEW, calls=2)
def jsonp_is_hardened(session: Session, case: RequestCase) -> None:
    """JSONP opens with an empty comment, forbids sniffing, and holds no raw `<` or line separator."""
    reply = _reply(session, case, "jsonp")
    expect(b"/**/", reply.body[:4], "the first bytes of JSONP")
    expect("nosniff", reply.headers.get("x-content-type-options"), "X-Content-Type-Options")
    text = reply.body.decode("utf-8", "replace")
    expect([], [mark for mark in ("<", "\u2028", "\u2029") if mark in text], "characters that end a script or a line")


RESERVED = ("function", "return", "var", "this", "null", "true", "typeof", "new", "delete", "class", "if")
HOSTILE = (
    *("a b", "a;b", "a(", "1a", "a-b", "a.", ".a", "a..b", "a[0]", "a\nb", "a\n", " a", "a'", 'a"'),
    *("é", "\uff41", "app.é", "\u0430pp", "app\u200b", "app\xa0", "a,", "a,b", "a:b", "a\u00b7", "@a", "%61pp"),
    *("<script>", "a/*", "a=b", "alert(1)//", "a\u2028b", "😀", "%"),
    *RESERVED,
    *(f"app.{word}" for word in RESERVED[:3]),
)
spoiled = st.tuples(identifiers, st.sampled_from(" ;()[]{}'\"<>/*-+=&|!,\n\t\\#@"), st.text("ab1", max_size=2)).map(
    "".join
)


def _refused_as_json(session: Session, code: int, **parameters: str) -> None:
    answer = session.read(session.send(session.draft(**parameters)), "json", own=True)
    expect_code(code, answer, ", ".join(f"{name}={value!r}" for name, value in parameters.items()))


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
    needs={"credentials"},
    methods=lambda method: method.read_only,
    rows={"callback": ("app.answer", "", *HOSTILE[:4])},
    calls=2,
)
def callback_is_ignored_with_other_formats(session: Session, callback: str) -> None:
    """With json or xml a callback changes nothing, even one that jsonp would refuse."""
    for form in ("json", "xml"):
        answer = session.ask(session.draft(format=form, callback=callback))
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
