"""The faults that scenarios are made of, each with a name, as the fake's control plane takes them.

A fault that answers in the vendor's name must do so in the format that was asked for, so some are made for a format.
"""

import base64
import io
import json
import zipfile
from collections.abc import Callable, Mapping
from typing import Any

import msgspec

from flipsnack_contract.adapter.messages import Format
from flipsnack_contract.contract.methods import package_method
from flipsnack_contract.scenarios.event import CANARY_PATH
from flipsnack_contract.scenarios.scenario import Affects, Fault

CALL = {"action": package_method().name}
PACKAGE = {"action": "package"}
CALLBACK = "{callback}"
HTML = "text/html; charset=utf-8"
GUEST_PAGE = "a page instead of an answer"
LOGIN = "<!doctype html><title>Welcome to the guest network</title>"
TYPES = {"json": "application/json", "jsonp": "application/javascript", "xml": "application/xml"}
Row = tuple[str, dict[str, Any], dict[str, Any], int | None]


def _faults(affects: Affects, *rows: Row, needs: tuple[str, ...] = ()) -> Mapping[str, Fault]:
    return {
        name: Fault(name=name, affects=affects, fault=fault, when=when, count=count, needs=needs)
        for name, fault, when, count in rows
    }


def _answer(body: str, content_type: str) -> dict[str, Any]:
    return {"kind": "status", "status": 200, "body": body, "content_type": content_type}


PASSING = _faults(
    "passing",
    ("31 once", {"kind": "code", "code": 31}, CALL, 1),
    ("31 three times", {"kind": "code", "code": 31}, CALL, 3),
    ("32 once", {"kind": "code", "code": 32}, CALL, 1),
    ("22 twice", {"kind": "code", "code": 22}, CALL, 2),
    ("HTTP 503 once", {"kind": "status", "status": 503, "body": "later"}, CALL, 1),
    ("HTTP 502 once", {"kind": "status", "status": 502, "body": "no upstream"}, CALL, 1),
    ("HTTP 504 once", {"kind": "status", "status": 504, "body": "upstream is slow"}, CALL, 1),
    ("HTTP 429 once", {"kind": "status", "status": 429, "body": "slow down"}, CALL, 1),
    ("a reset once", {"kind": "reset"}, CALL, 1),
    ("an empty reply once", {"kind": "empty-reply"}, CALL, 1),
    ("an answer cut off once", {"kind": "truncate"}, CALL, 1),
    ("an answer in chunks cut off once", {"kind": "truncate", "framing": "chunked"}, CALL, 1),
    ("a download in chunks cut off once", {"kind": "truncate", "framing": "chunked"}, PACKAGE, 1),
    ("a download cut off once", {"kind": "truncate"}, PACKAGE, 1),
    ("a download reset once", {"kind": "reset", "after": 1000}, PACKAGE, 1),
    ("HTTP 503 for the package once", {"kind": "status", "status": 503, "body": "later"}, PACKAGE, 1),
)
"""Faults that pass: a client that retries after a pause ends as without them."""

LASTING = _faults(
    "lasting",
    ("HTTP 503 for ever", {"kind": "status", "status": 503}, CALL, None),
    ("22 for ever", {"kind": "code", "code": 22}, CALL, None),
    ("32 for ever", {"kind": "code", "code": 32}, CALL, None),
    ("packages never served", {"kind": "status", "status": 503}, PACKAGE, None),
)
"""Faults that do not pass: a client may retry until its deadline."""

DEAD_LINKS = _faults(
    "link",
    ("a dead link once", {"kind": "url-lifetime", "seconds": 0}, {}, 1),
    ("dead links", {"kind": "url-lifetime", "seconds": 0}, {}, None),
    ("links to a closed port", {"kind": "url-origin"}, {}, None),
)
"""Resource URLs that serve nothing."""

SPOILT_PACKAGES = {
    **_faults(
        "package",
        ("packages cut off", {"kind": "truncate"}, PACKAGE, None),
        ("packages cut off and no length", {"kind": "truncate", "framing": "close"}, PACKAGE, None),
        ("packages that are not zips", {"kind": "invalid-zip"}, PACKAGE, None),
        ("a page instead of a package", _answer(LOGIN, HTML), PACKAGE, None),
    ),
    **_faults("package", ("packages with a wrong byte", {"kind": "wrong-byte"}, PACKAGE, None), needs=("checksums",)),
}
"""Packages that never arrive complete."""


def _envelope(form: str, data: object, code: object = 20) -> str:
    members = {name: value for name, value in (("code", code), ("status", "OK"), ("data", data)) if value is not None}
    if form == "xml":
        return f'<?xml version="1.0" encoding="utf-8"?>{_element("response", members)}'
    return f"{CALLBACK}({json.dumps(members)});" if form == "jsonp" else json.dumps(members)


def _element(name: str, content: object) -> str:
    inner = "".join(_element(*member) for member in content.items()) if isinstance(content, Mapping) else content
    return f"<{name}>{inner}</{name}>"


LINK = "{base_url}" + CANARY_PATH
LINKED = {"status": "COMPLETE", "resourceUrl": LINK}
BODIES: Mapping[str, Callable[[str], str]] = {
    "an unknown status": lambda form: _envelope(form, {"status": "QUEUED"}),
    "a status in small letters": lambda form: _envelope(form, {"status": "complete", "resourceUrl": LINK}),
    "COMPLETE without a link": lambda form: _envelope(form, {"status": "COMPLETE"}),
    "no data": lambda form: _envelope(form, None),
    "no code": lambda form: _envelope(form, LINKED, None),
    "data without a status": lambda form: _envelope(form, {"resourceUrl": LINK}),
    "data that is not an object": lambda form: _envelope(form, "COMPLETE" if form == "xml" else ["COMPLETE"]),
    "an empty list": lambda form: {"json": "[]", "jsonp": f"{CALLBACK}([]);", "xml": "<list/>"}[form],
    "a code that is a word": lambda form: _envelope(form, LINKED, "twenty"),
    "another code with OK": lambda form: _envelope(form, LINKED, 99),
    "another code with FAILED": lambda form: _envelope(form, {"status": "FAILED"}, 99),
    "an answer cut in the middle": lambda form: _envelope(form, {"status": "PROCESSING"})[:-9],
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
NOT_TEXT = "a status with a byte that is not text"
SPOILT_ANSWERS: tuple[str, ...] = (*BODIES, NOT_TEXT, "an unknown code")
"""Names of answers that never make sense."""


def spoilt_answer(name: str, form: Format) -> Fault:
    """The fault with that name, for answers in that format."""
    if name == "an unknown code":
        fault: dict[str, Any] = {"kind": "code", "code": 99, "message": "Something new"}
    elif name == NOT_TEXT:
        raw = _envelope(form, {"status": "PROCESSING*"}).encode().replace(b"*", b"\xff")
        encoded = base64.b64encode(raw).decode()
        fault = {"kind": "status", "status": 200, "body_base64": encoded, "content_type": TYPES[form]}
    else:
        body = XML_BODIES.get(name) or BODIES[name](form)
        fault = _answer(body, HTML if name == GUEST_PAGE else TYPES[form])
    return Fault(name=name, affects="answer", fault=fault, when=CALL)


def at(action: str, fault: Fault, *, affects: Affects | None = None, nth: int | None = None) -> Fault:
    """The same fault at another method, or only at the `nth` call of it."""
    when = {"action": action} | ({} if nth is None else {"nth": nth})
    return msgspec.structs.replace(fault, when=when, affects=affects or fault.affects)


def refusal(action: str, code: int, means: str) -> Fault:
    """The fault that refuses each call of a method with a code; `means` is the class of error."""
    fault = {"kind": "code", "code": code}
    return Fault(name=f"{code} for {action}", affects="nothing", means=means, fault=fault, when={"action": action})


def answered(name: str, action: str, form: Format, data: object) -> Fault:
    """The fault that answers each call of a method with code 20 and that data, which makes no sense."""
    fault = _answer(_envelope(form, data), TYPES[form])
    return Fault(name=name, affects="answer", fault=fault, when={"action": action})


def _other_package() -> str:
    with zipfile.ZipFile(made := io.BytesIO(), "w") as package:
        package.writestr(zipfile.ZipInfo("index.html"), "another package")
    return base64.b64encode(made.getvalue()).decode()


OTHER_PART = Fault(
    name="a part of another package",
    affects="package",
    fault={
        "kind": "status",
        "status": 206,
        "body_base64": _other_package(),
        "content_type": "application/zip",
        # Complete in itself: a client that starts again with it has the package of another collection.
        "headers": {"Content-Range": "bytes 0-132/133", "ETag": '"another"'},
    },
    when=PACKAGE,
    count=1,
)
"""A part of another package, served once. Appended to the first part of the right one it makes a zip that opens."""

HOSTILE_WORDS = Fault(
    name="hostile words",
    affects="nothing",
    means="forbidden",
    fault={"kind": "code", "code": 43, "message": 'Not (really); it\'s "gone" &c. <b>]]></b> </script> \\ é\u2028😀'},
    when=CALL,
)
"""A refusal whose message holds everything that ends something in one of the formats."""

ODD_BODIES: Mapping[Format, Mapping[str, str]] = {
    "json": {
        "members in another order, and more of them": (
            '{"data": {"note": "} ] ) ;", "status": "PROCESSING"}, "x": [{}], "status": "OK", "code": 20}\n'
        ),
        "letters written as numbers": (
            '{"code":20,"st\\u0061tus":"\\u004fK","d\\u0061ta":{"status":"PROC\\u0045SSING"}}'
        ),
    },
    "xml": {
        "elements in another order, and more of them": (
            "<response>\n <data>\n  <note>a &gt; b</note><status>PROCESSING</status>\n </data>\n"
            " <status>OK</status> <code>20</code>\n</response>\n"
        ),
        "comments and instructions in the text": (
            "<response><!-- 1 --><code>20</code><status>OK</status><data><status>PROC<!-- 2 -->ESS<?x y?>ING"
            "</status><?x z?></data></response>"
        ),
        "letters written as numbers": (
            "<response><code>2&#48;</code><status>OK</status><data><status>PROC&#x45;SSING</status></data></response>"
        ),
    },
}
"""PROCESSING in an unusual spelling. None in JSONP: the callback is the client's to choose."""


def odd_answer(name: str, form: Format) -> Fault:
    """The fault that answers once with that body of `ODD_BODIES`."""
    fault = _answer(ODD_BODIES[form][name], TYPES[form])
    return Fault(name=name, affects="nothing", fault=fault, when=CALL, count=1)
