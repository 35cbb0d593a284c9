"""The faults that scenarios are made of, each with a name, as the fake's control plane takes them.

A fault that answers in the vendor's name must do so in the format that was asked for, so some are made for a format.
"""

import base64
import json
from collections.abc import Callable, Mapping
from typing import Any

import msgspec

from flipsnack_contract.adapter.messages import Format
from flipsnack_contract.contract.methods import package_method
from flipsnack_contract.scenarios.event import CANARY_PATH
from flipsnack_contract.scenarios.scenario import BASE_URL, CALLBACK, Affects, Fault

CALL = {"action": package_method().name}
PACKAGE = {"action": "package"}
HTML = "text/html; charset=utf-8"
GUEST_PAGE = "a page instead of an answer"
LOGIN = "<!doctype html><title>Welcome to the guest network</title>"
TYPES = {"json": "application/json", "jsonp": "application/javascript", "xml": "application/xml"}
Row = tuple[str, dict[str, Any], dict[str, Any], int | None]


def faults_of(affects: Affects, *rows: Row, needs: tuple[str, ...] = ()) -> Mapping[str, Fault]:
    """A fault for each row, by its name."""
    return {
        name: Fault(name=name, affects=affects, fault=fault, when=when, count=count, needs=needs)
        for name, fault, when, count in rows
    }


def answer_of(body: str, content_type: str) -> dict[str, Any]:
    """The answer with HTTP 200 and that body."""
    return {"kind": "status", "status": 200, "body": body, "content_type": content_type}


def _later(when: str) -> dict[str, Any]:
    return {"kind": "status", "status": 503, "body": "later", "headers": {"Retry-After": when}}


PASSING = faults_of(
    "passing",
    ("31 once", {"kind": "code", "code": 31}, CALL, 1),
    ("31 three times", {"kind": "code", "code": 31}, CALL, 3),
    ("32 once", {"kind": "code", "code": 32}, CALL, 1),
    ("22 twice", {"kind": "code", "code": 22}, CALL, 2),
    ("HTTP 503 once", {"kind": "status", "status": 503, "body": "later"}, CALL, 1),
    ("HTTP 502 once", {"kind": "status", "status": 502, "body": "no upstream"}, CALL, 1),
    ("HTTP 504 once", {"kind": "status", "status": 504, "body": "upstream is slow"}, CALL, 1),
    ("HTTP 429 once", {"kind": "status", "status": 429, "body": "slow down"}, CALL, 1),
    ("HTTP 503 once, with the date to come back", _later("Wed, 21 Oct 2015 07:28:00 GMT"), CALL, 1),
    ("HTTP 429 once, with seconds to wait", _later("3") | {"status": 429}, CALL, 1),
    ("a reset once", {"kind": "reset"}, CALL, 1),
    ("an empty reply once", {"kind": "empty-reply"}, CALL, 1),
    ("bytes that are not HTTP once", {"kind": "garbage"}, CALL, 1),
    ("an answer cut off once", {"kind": "truncate"}, CALL, 1),
    ("an answer in chunks cut off once", {"kind": "truncate", "framing": "chunked"}, CALL, 1),
    ("a download in chunks cut off once", {"kind": "truncate", "framing": "chunked"}, PACKAGE, 1),
    ("a download cut off once", {"kind": "truncate"}, PACKAGE, 1),
    ("a download reset once", {"kind": "reset", "after": 1000}, PACKAGE, 1),
    ("HTTP 503 for the package once", {"kind": "status", "status": 503, "body": "later"}, PACKAGE, 1),
    ("HTTP 502 for the package once", {"kind": "status", "status": 502, "body": "no upstream"}, PACKAGE, 1),
    ("HTTP 504 for the package once", {"kind": "status", "status": 504, "body": "slow"}, PACKAGE, 1),
    ("HTTP 429 for the package twice", {"kind": "status", "status": 429, "body": "slow down"}, PACKAGE, 2),
    ("an empty reply for the package once", {"kind": "empty-reply"}, PACKAGE, 1),
)
"""Faults that pass: a client that retries after a pause ends as without them."""

LASTING = faults_of(
    "lasting",
    ("HTTP 503 for ever", {"kind": "status", "status": 503}, CALL, None),
    ("22 for ever", {"kind": "code", "code": 22}, CALL, None),
    ("32 for ever", {"kind": "code", "code": 32}, CALL, None),
    ("31 for ever", {"kind": "code", "code": 31}, CALL, None),
    ("packages never served", {"kind": "status", "status": 503}, PACKAGE, None),
    ("calls reset for ever", {"kind": "reset"}, CALL, None),
)
"""Faults that do not pass: a client may retry until its deadline."""

DEAD_LINKS = faults_of(
    "link",
    ("a dead link once", {"kind": "url-lifetime", "seconds": 0}, {}, 1),
    ("a dead link twice", {"kind": "url-lifetime", "seconds": 0}, {}, 2),
    ("dead links", {"kind": "url-lifetime", "seconds": 0}, {}, None),
    ("links to a closed port", {"kind": "url-origin"}, {}, None),
)
"""Resource URLs that serve nothing."""

SPOILT_PACKAGES = {
    **faults_of(
        "package",
        ("packages cut off", {"kind": "truncate"}, PACKAGE, None),
        ("packages cut off and no length", {"kind": "truncate", "framing": "close"}, PACKAGE, None),
        ("packages that are not zips", {"kind": "invalid-zip"}, PACKAGE, None),
        ("packages without a byte", {"kind": "empty-body"}, PACKAGE, None),
        ("a page instead of a package", answer_of(LOGIN, HTML), PACKAGE, None),
    ),
    **faults_of(
        "package",
        ("packages with a wrong byte", {"kind": "wrong-byte"}, PACKAGE, None),
        ("packages with a wrong first byte", {"kind": "wrong-byte", "offset": 0}, PACKAGE, None),
        ("packages with a wrong byte in front", {"kind": "wrong-byte", "offset": 45}, PACKAGE, None),
        needs=("checksums",),
    ),
}
"""Packages that never arrive complete."""


def envelope(form: str, data: object, code: object = 20) -> str:
    """The envelope in a format; what is None is left out."""
    members = {name: value for name, value in (("code", code), ("status", "OK"), ("data", data)) if value is not None}
    if form == "xml":
        return f'<?xml version="1.0" encoding="utf-8"?>{_element("response", members)}'
    return f"{CALLBACK}({json.dumps(members)});" if form == "jsonp" else json.dumps(members)


def _beside(form: str, data: object, *, before: str = "", after: str = "") -> str:
    """An envelope with something beside it that makes it none; in JSONP, within the call."""
    whole = f"{before}{envelope('json' if form == 'jsonp' else form, data)}{after}"
    return f"{CALLBACK}({whole});" if form == "jsonp" else whole


def _element(name: str, content: object) -> str:
    members = [("item", one) for one in content] if isinstance(content, list) else []
    members += content.items() if isinstance(content, Mapping) else []
    inner = "".join(_element(*member) for member in members) if isinstance(content, list | Mapping) else content
    return f"<{name}>{inner}</{name}>"


LINK = BASE_URL + CANARY_PATH
ALL_BUT_STATUS = {"collectionHash": "abcdefgh", "flipbooks": [{"flipbookStatus": "complete"}], "collections": []}
"""What any method must answer, but for the state of a job."""
LINKED = {"status": "COMPLETE", "resourceUrl": LINK, **ALL_BUT_STATUS}
BUILDING = {"status": "PROCESSING", **ALL_BUT_STATUS}
BODIES: Mapping[str, Callable[[str], str]] = {
    "an unknown status": lambda form: envelope(form, {"status": "QUEUED"}),
    "a status in small letters": lambda form: envelope(form, {"status": "complete", "resourceUrl": LINK}),
    "COMPLETE without a link": lambda form: envelope(form, {"status": "COMPLETE"}),
    "no data": lambda form: envelope(form, None),
    "no code": lambda form: envelope(form, LINKED, None),
    "data without a status": lambda form: envelope(form, {"resourceUrl": LINK}),
    "data that is not an object": lambda form: envelope(form, "COMPLETE" if form == "xml" else ["COMPLETE"]),
    "an answer in another format": lambda form: envelope("json" if form == "xml" else "xml", LINKED),
    "an answer as another request would get it": lambda form: {
        "json": envelope("jsonp", LINKED),
        "jsonp": f"another{envelope('jsonp', LINKED)}",
        "xml": f"{envelope('xml', LINKED)}{envelope('xml', LINKED)}",
    }[form],
    "an empty list": lambda form: {"json": "[]", "jsonp": f"{CALLBACK}([]);", "xml": "<list/>"}[form],
    "a code that is a word": lambda form: envelope(form, LINKED, "twenty"),
    "a code with a fraction": lambda form: envelope(form, LINKED, 20.5),
    "a link that is no text": lambda form: envelope(form, {"status": "COMPLETE", "resourceUrl": 7}),
    "a link to a file of the machine": lambda form: envelope(form, {**LINKED, "resourceUrl": f"file://{__file__}"}),
    "an empty link": lambda form: envelope(form, {**LINKED, "resourceUrl": ""}),
    "another code with OK": lambda form: envelope(form, LINKED, 99),
    "another code with FAILED": lambda form: envelope(form, {"status": "FAILED"}, 99),
    "an answer cut in the middle": lambda form: envelope(form, {**BUILDING, "note": "a note"})[:-6],
    "an answer and more behind it": lambda form: _beside(form, LINKED, after=" and more"),
    "an answer and more in front of it": lambda form: _beside(form, LINKED, before="200 OK "),
    "nothing at all": lambda _form: "",
    GUEST_PAGE: lambda _form: LOGIN,
}
XML_BODIES: Mapping[str, str] = {
    "an entity that points somewhere": (
        '<?xml version="1.0"?><!DOCTYPE response [<!ENTITY x SYSTEM "{base_url}' + CANARY_PATH + '">]>'
        "<response><code>20</code><status>OK</status><data><status>PROCESSING&x;</status></data></response>"
    ),
    "an entity that says FAILED": (
        '<?xml version="1.0"?><!DOCTYPE response [<!ENTITY x "FAILED">]>'
        "<response><code>20</code><status>OK</status><data><status>&x;</status></data></response>"
    ),
}
NOT_TEXT = "a note with a byte that is not text"
SPOILT_ANSWERS: tuple[str, ...] = (*BODIES, NOT_TEXT, "an unknown code")
"""Names of answers that never make sense."""

ENVELOPES = (
    "an answer in another format",
    "an answer as another request would get it",
    "no code",
    "an empty list",
    "a code that is a word",
    "a code with a fraction",
    "another code with OK",
    "data that is not an object",
    "an answer cut in the middle",
    "an answer and more behind it",
    "an answer and more in front of it",
    "nothing at all",
    GUEST_PAGE,
    NOT_TEXT,
    "an unknown code",
)
"""Answers that make no sense, whatever was asked for."""


def spoilt_answer(name: str, form: Format) -> Fault:
    """The fault with that name, for answers in that format."""
    if name == "an unknown code":
        fault: dict[str, Any] = {"kind": "code", "code": 99, "message": "Something new"}
    elif name == NOT_TEXT:
        raw = envelope(form, {**BUILDING, "note": "*"}).encode().replace(b"*", b"\xff")
        encoded = base64.b64encode(raw).decode()
        fault = {"kind": "status", "status": 200, "body_base64": encoded, "content_type": TYPES[form]}
    else:
        body = XML_BODIES.get(name) or BODIES[name](form)
        fault = answer_of(body, HTML if name == GUEST_PAGE else TYPES[form])
    return Fault(name=name, affects="answer", fault=fault, when=CALL)


def at(action: str, fault: Fault, *, affects: Affects | None = None, nth: int | None = None) -> Fault:
    """The same fault at another method, or only at the `nth` call of it."""
    when = {"action": action} | ({} if nth is None else {"nth": nth})
    return msgspec.structs.replace(fault, when=when, affects=affects or fault.affects)


def every_other(action: str, fault: Fault) -> Fault:
    """The same fault at every other call of a method, ten times: no call meets it twice in a row."""
    name = f"{fault.name}, at every other call"
    return msgspec.structs.replace(fault, name=name, when={"action": action, "every": 2}, count=10)


def refusal(action: str, code: int, means: str) -> Fault:
    """The fault that refuses each call of a method with a code; `means` is the class of error."""
    fault = {"kind": "code", "code": code}
    return Fault(name=f"{code} for {action}", affects="nothing", means=means, fault=fault, when={"action": action})


def answered(name: str, action: str, form: Format, data: object, **fields: Any) -> Fault:
    """The fault that answers each call of a method with code 20 and that data, which makes no sense."""
    fault = answer_of(envelope(form, data), TYPES[form])
    return Fault(**{"name": name, "affects": "answer", "fault": fault, "when": {"action": action}, **fields})


def second_state(state: str, means: str = "") -> Fault:
    """The fault that answers the second poll, in JSON, with that state."""
    when = {**CALL, "nth": 2}
    return answered(
        f"then {state}", CALL["action"], "json", {"status": state}, affects="nothing", means=means, when=when
    )


HOSTILE_WORDS = Fault(
    name="hostile words",
    affects="nothing",
    means="forbidden",
    fault={"kind": "code", "code": 43, "message": 'Not (really); it\'s "gone" &c. <b>]]></b> </script> \\ é\u2028😀'},
    when=CALL,
)
"""A refusal whose message holds everything that ends something in one of the formats."""
