"""The shape of an answer: envelope, HTTP status, and three formats with the same content."""

from typing import Any

from flipsnack_contract.checks.check import CONTROL, GENERIC, check
from flipsnack_contract.checks.request_cases import ANSWERS, CALLBACK, MISTAKES, RIGHT_CALL, RequestCase, with_format
from flipsnack_contract.contract.assertions import expect, expect_code
from flipsnack_contract.contract.decoding import Answer
from flipsnack_contract.contract.methods import every_method
from flipsnack_contract.target.session import Session
from flipsnack_contract.target.target import Reply

FORMATS = ("json", "jsonp", "xml")
# A malformed request is answered as JSON, because its `format` was not read yet. The state of a real package may change
# between two answers.
FORMATTED = tuple(one for one in (*MISTAKES, *ANSWERS) if one.step > 1 and one is not RIGHT_CALL)
FEW = [{"case": one} for one in FORMATTED if one.name in ("an unknown key", "an unknown collection", "COMPLETE")]
# A run of few rows begins with the first one and ends with the last one.
EVERY_FORMATTED = [*FEW, *({"case": one} for one in FORMATTED if {"case": one} not in FEW)]
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


@check("answer.json", methods=every_method, rows=FEW, calls=2)
def json_is_the_default(session: Session, case: RequestCase) -> None:
    """Without `format`, and with format=json, the answer is application/json in UTF-8."""
    for form in ("", "json"):
        reply = _reply(session, case, form)
        expect("application/json;charset=utf-8", reply.content_type, "the content type")
        session.read(reply, "json")


@check("answer.jsonp", methods=every_method, rows=FEW, calls=2)
def jsonp_is_a_call_of_the_callback(session: Session, case: RequestCase) -> None:
    """With format=jsonp the answer is `callback({...});` and is JavaScript."""
    reply = _reply(session, case, "jsonp")
    expect("application/javascript;charset=utf-8", reply.content_type, "the content type")
    session.read(reply, "jsonp", callback=CALLBACK)
    expect(True, reply.body.rstrip().endswith(b");"), "the call ends in a semicolon")


@check("answer.xml", methods=every_method, rows=FEW, calls=2)
def xml_is_a_response_element(session: Session, case: RequestCase) -> None:
    """With format=xml the answer is a `response` element with `code` and `status`, and is application/xml."""
    reply = _reply(session, case, "xml")
    expect("application/xml;charset=utf-8", reply.content_type, "the content type")
    session.read(reply, "xml")


@check("answer.same-in-every-format", methods=every_method, rows=EVERY_FORMATTED, calls=3)
def three_formats_say_the_same(session: Session, case: RequestCase) -> None:
    """JSON, JSONP and XML have the same code, message and data; of a resource URL, that there is one."""
    made = case.make(session, session.draft())
    said = {form: _comparable(session.ask(with_format(made, form), paced=case.paced)) for form in FORMATS}
    for form in ("jsonp", "xml"):
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


def _comparable(answer: Answer) -> dict[str, Any]:
    data = None if answer.data is None else {**answer.data}
    if data and "resourceUrl" in data:
        data["resourceUrl"] = bool(data["resourceUrl"])
    return {"code": answer.code, "status": answer.status, "data": data}
