"""The answer: envelope, HTTP status, three formats with the same content, and the parameters that choose one."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from flipsnack_contract.checks.check import CONTROL, GENERIC, KEYED, check
from flipsnack_contract.checks.methods.uploaded import CREATE, GET, LIST, STATS, UPDATE, hash_of, method_named
from flipsnack_contract.checks.request_cases import (
    ANSWERS,
    CALLBACK,
    FORMATS,
    MISTAKES,
    OWN_CALL,
    OWN_READ,
    REFUSED_UPLOADS,
    RIGHT_CALL,
    RequestCase,
    texts,
    with_format,
)
from flipsnack_contract.contract.assertions import expect, expect_code, require
from flipsnack_contract.contract.methods import every_method
from flipsnack_contract.target.session import Session
from flipsnack_contract.target.target import Reply

# A malformed request is answered as JSON, because its `format` was not read yet. The state of a real package may change
# between two answers.
FORMATTED = tuple(one for one in (*MISTAKES, *ANSWERS) if one.step > 1 and one is not RIGHT_CALL)
FEW = [{"case": one} for one in FORMATTED if one.name in ("an unknown key", "an unknown collection", "COMPLETE")]
# A run of few rows begins with the first one and ends with the last one.
EVERY_FORMATTED = [*FEW, *({"case": one} for one in FORMATTED if {"case": one} not in FEW)]
MALFORMED = [{"case": one} for one in MISTAKES if one not in FORMATTED]
UPLOADS = [{"case": one} for one in REFUSED_UPLOADS]
EVERY = [*EVERY_FORMATTED, *MALFORMED, *UPLOADS, {"case": OWN_CALL}, {"case": RIGHT_CALL}]
# What is answered before the method is known, too: a gateway may have a format of its own.
OF_A_GATEWAY = ("maintenance", "too many in a second", "too many in a minute")
EARLY = [*({"case": one} for one in FORMATTED if one.name in OF_A_GATEWAY), *UPLOADS, {"case": OWN_CALL}]


def _reply(session: Session, case: RequestCase, form: str = "") -> Reply:
    draft = case.make(session, session.draft())
    return session.send(with_format(draft, form) if form else draft, paced=case.paced)


@check("answer.envelope", **GENERIC, rows=EVERY)
def code_and_status_and_data_only_with_20(session: Session, case: RequestCase) -> None:
    """`code` is a number, `status` a text, `data` an object that is absent on errors, and nothing else is there."""
    answer = session.read(_reply(session, case))
    expect((), answer.complaints, "the shape of the envelope")
    if answer.code == 20 and session.method.fields:
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
    rows={
        "title": (
            HARD,
            "",
            " ",
            "\r\n\t",
            " a\r\n b ",
            "é",
            "\ufeffa",
            "0",
            "null",
            "[]",
            "\x7f\x85",
            "$$ $& $1 $` %s {0} \\1",
            "long & " * 10_000,
        )
    },
    varies={"title": texts},
)
def lists_and_texts_are_the_same_in_every_format(session: Session, title: str) -> None:
    """Lists, numbers and texts that were given are the same in JSON, JSONP and XML."""
    _require_the_same(session, session.collection(title=title, description=title, pages=12))


NOT_IN_XML = ("\x01", "".join(map(chr, sorted({*range(1, 32)} - {9, 10, 13}))), "\ufffe", "\uffff")


@check(
    "answer.xml-illegal-characters",
    needs=CONTROL,
    methods=lambda method: method.name in (CREATE, GET, UPDATE, LIST),
    rows={"characters": NOT_IN_XML},
)
def what_xml_cannot_hold_is_replaced_in_every_format(session: Session, characters: str) -> None:
    """A character of a title or description that XML cannot hold is U+FFFD in every format."""
    session.steer.settings(conversion_schedule="immediate")
    sent, marks = {"title": f"a{characters}b", "description": characters * 2}, "\ufffd" * len(characters)
    collection = hash_of(session.data(CREATE, **sent))
    for form in FORMATS:
        given = sent if session.method.takes("title") else {}
        draft = with_format(session.draft(collection, **given), form)
        data: Any = session.read(session.send(draft), form, callback=CALLBACK, own=True).data or {}
        expect((f"a{marks}b", marks * 2), _shown_texts(session, data), f"the texts with {characters!r} in {form}")
        expect(set(), {*characters} & {*_text_of(data)}, f"characters that are anywhere in the data in {form}")


def _shown_texts(session: Session, data: Any) -> tuple[Any, Any]:
    """Title and description in the data, of a list those of its first collection."""
    shown = next(iter(data.get("collections") or ({},))) if session.method.name == LIST else data
    return shown.get("collectionTitle"), shown.get("collectionDescription")


def _text_of(data: Any) -> str:
    if isinstance(data, dict):
        return _text_of([*data.values()])
    return "".join(map(_text_of, data)) if isinstance(data, list) else str(data)


@check("answer.xml-lists", needs=CONTROL, methods=method_named(STATS), rows={"pages": (1, 2, 12)})
def a_list_of_pages_has_an_item_for_each(session: Session, pages: int) -> None:
    """In XML the pages of statistics are items, one and several."""
    draft = session.draft(session.collection(pages=pages), format="xml", includePageStats="true")
    listed = (session.read(session.send(draft), "xml", own=True).data or {}).get("pages")
    expect(True, isinstance(listed, list), f"pages is a list, not {listed!r}")
    expect([*range(1, pages + 1)], [one.get("page") for one in listed or ()], "the numbers of the pages")


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


HEADERS: Mapping[str, str] = {
    "Accept": "application/xml",
    "Accept-Language": "de",
    "Accept-Charset": "iso-8859-1",
    "If-None-Match": "*",
    "If-Modified-Since": "Fri, 01 Jan 2100 00:00:00 GMT",
    "Range": "bytes=0-3",
    "Origin": "https://example.com",
    "X-Requested-With": "XMLHttpRequest",
    "Authorization": "Basic eDp5",
    "Cookie": "format=xml",
    "X-HTTP-Method-Override": "POST",
}


@check("answer.json", **KEYED, rows={"header": HEADERS})
def the_request_alone_chooses_the_answer(session: Session, header: str) -> None:
    """No header field of the request changes format, HTTP status or code: they depend on its parameters alone."""
    request = session.draft().request(session.target.base_url)
    reply = session.send(replace(request, headers={**request.headers, header: HEADERS[header]}))
    expect(
        (200, "application/json;charset=utf-8"), (reply.status, reply.content_type), f"status and type with {header}"
    )
    expect_code(session.accepted, session.read(reply), f"a call with {header}")


@check("answer.jsonp", methods=every_method, rows=[*EARLY, *FEW], calls=2)
def jsonp_is_a_call_of_the_callback(session: Session, case: RequestCase) -> None:
    """With format=jsonp the answer is `callback({...});` and is JavaScript."""
    reply = _require_form(session, case, "jsonp", "application/javascript")
    expect(True, reply.body.rstrip().endswith(b");"), "the call ends in a semicolon")


@check("answer.xml", methods=every_method, rows=[*EARLY, *FEW], calls=2)
def xml_is_a_response_element(session: Session, case: RequestCase) -> None:
    """With format=xml the answer is a `response` element with `code` and `status`, and is application/xml."""
    _require_form(session, case, "xml", "application/xml")


MARKUP = (
    *(HARD, "]]>", "<![CDATA[x]]>", "</response>", "&amp;lt;", "<!-- -->", "&x;", "é", "\u2028);", " a "),
    # As programs read it that replace by patterns.
    *("\\n\\u00e9/", "$$ $& $1 \\1 %s {0}"),
    # What XML can hold, although it shows nothing.
    "\x7f\x80\x9f\ufdd0\ufffd\U0001fffe\U0010ffff",
)


@check("answer.json", needs=CONTROL, methods=lambda method: method.name in (GET, LIST), rows={"title": MARKUP})
def every_format_holds_any_text(session: Session, title: str) -> None:
    """Whatever texts hold, every format has all their characters, and markup is a text."""
    made = session.collection(title=title, description=title)
    for form in FORMATS:
        data: Any = session.ask(with_format(session.draft(made), form)).data or {}
        require((title, title), _shown_texts(session, data), f"title and description in {form}", f"answer.{form}")


@check(
    "answer.same-in-every-format", methods=every_method, rows=[*EVERY_FORMATTED, *UPLOADS, {"case": OWN_READ}], calls=3
)
def three_formats_say_the_same(session: Session, case: RequestCase) -> None:
    """JSON, JSONP and XML have the same code, message and data; of a resource URL, that there is one."""
    made, said = case.make(session, session.draft()), {}
    for form in FORMATS:
        reply = session.send(with_format(made, form), paced=case.paced)
        answer = session.read(reply, form, callback=CALLBACK)
        require(200, reply.status, f"the HTTP status of {case} in {form}", "answer.http-200")
        require((), answer.complaints, f"the envelope of {case} in {form}", "answer.envelope")
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


@check("answer.jsonp-hardened", methods=every_method, rows=[*FEW, {"case": OWN_CALL}], calls=2)
def jsonp_is_hardened(session: Session, case: RequestCase) -> None:
    """JSONP opens with an empty comment, forbids sniffing, and holds no raw `<` or line separator."""
    _require_hardened(_reply(session, case, "jsonp"))


@check("answer.jsonp-hardened", needs=CONTROL, methods=lambda method: method.name in (GET, LIST, UPDATE))
def jsonp_with_texts_is_hardened(session: Session) -> None:
    """Texts with markup and line separators are no exception."""
    made = session.collection(title=HARD, description="</script>\u2029")
    _require_hardened(session.send(with_format(session.draft(made), "jsonp")))


def _require_hardened(reply: Reply) -> None:
    expect(b"/**/", reply.body[:4], "the first bytes of JSONP")
    expect("nosniff", reply.headers.get("x-content-type-options"), "X-Content-Type-Options")
    text = reply.body.decode("utf-8", "replace")
    expect([], [mark for mark in ("<", "\u2028", "\u2029") if mark in text], "characters that end a script or a line")
