"""The faults that scenarios are made of, each with a name, as the fake's control plane takes them.

A fault that answers in the vendor's name must do so in the format that was asked for, so some are made for a format.
"""

import base64
import io
import json
import zipfile
from collections.abc import Callable, Mapping
from typing import Any

from flipsnack_contract.adapter.messages import Format
from flipsnack_contract.contract.methods import package_method
from flipsnack_contract.scenarios.scenario import Fault

CALL = {"action": package_method().name}
PACKAGE = {"action": "package"}
CALLBACK = "{callback}"
CANARY_PATH = "canary"
"""Canary path suffix. A request for it proves that the client resolved an external entity or followed a bogus URL."""
HTML = "text/html; charset=utf-8"
GUEST_PAGE = "a page instead of an answer"
LOGIN = "<!doctype html><title>Welcome to the guest network</title>"
TYPES = {"json": "application/json", "jsonp": "application/javascript", "xml": "application/xml"}


def _passing(name: str, fault: dict[str, Any], when: dict[str, Any], count: int = 1) -> Fault:
    return Fault(name=name, affects="passing", fault=fault, when=when, count=count)


PASSING: Mapping[str, Fault] = {
    one.name: one
    for one in (
        _passing("31 once", {"kind": "code", "code": 31}, CALL),
        _passing("31 three times", {"kind": "code", "code": 31}, CALL, 3),
        _passing("32 once", {"kind": "code", "code": 32}, CALL),
        _passing("22 twice", {"kind": "code", "code": 22}, CALL, 2),
        _passing("HTTP 503 once", {"kind": "status", "status": 503, "body": "later"}, CALL),
        _passing("HTTP 502 once", {"kind": "status", "status": 502, "body": "no upstream"}, CALL),
        _passing("HTTP 504 once", {"kind": "status", "status": 504, "body": "upstream is slow"}, CALL),
        _passing("HTTP 429 once", {"kind": "status", "status": 429, "body": "slow down"}, CALL),
        _passing("a reset once", {"kind": "reset"}, CALL),
        _passing("an empty reply once", {"kind": "empty-reply"}, CALL),
        _passing("an answer cut off once", {"kind": "truncate"}, CALL),
        _passing("an answer in chunks cut off once", {"kind": "truncate", "framing": "chunked"}, CALL),
        _passing("a download in chunks cut off once", {"kind": "truncate", "framing": "chunked"}, PACKAGE),
        _passing("a download cut off once", {"kind": "truncate"}, PACKAGE),
        _passing("a download reset once", {"kind": "reset", "after": 1000}, PACKAGE),
        _passing("HTTP 503 for the package once", {"kind": "status", "status": 503, "body": "later"}, PACKAGE),
    )
}
"""Faults that pass: a client that retries after a pause ends as without them."""


LASTING: Mapping[str, Fault] = {
    one.name: one
    for one in (
        Fault(name="HTTP 503 for ever", affects="lasting", fault={"kind": "status", "status": 503}, when=CALL),
        Fault(name="22 for ever", affects="lasting", fault={"kind": "code", "code": 22}, when=CALL),
        Fault(name="32 for ever", affects="lasting", fault={"kind": "code", "code": 32}, when=CALL),
        Fault(name="packages never served", affects="lasting", fault={"kind": "status", "status": 503}, when=PACKAGE),
    )
}
"""Faults that do not pass: a client may retry until its deadline."""


DEAD_LINKS: Mapping[str, Fault] = {
    one.name: one
    for one in (
        Fault(name="a dead link once", affects="link", fault={"kind": "url-lifetime", "seconds": 0}, count=1),
        Fault(name="dead links", affects="link", fault={"kind": "url-lifetime", "seconds": 0}),
        Fault(name="links to a closed port", affects="link", fault={"kind": "url-origin"}),
    )
}
"""Resource URLs that serve nothing."""


def _package(name: str, fault: dict[str, Any], *needs: str) -> Fault:
    return Fault(name=name, affects="package", fault=fault, when=PACKAGE, needs=needs)


SPOILT_PACKAGES: Mapping[str, Fault] = {
    one.name: one
    for one in (
        _package("packages cut off", {"kind": "truncate"}),
        _package("packages cut off and no length", {"kind": "truncate", "framing": "close"}),
        _package("packages that are not zips", {"kind": "invalid-zip"}),
        _package("packages with a wrong byte", {"kind": "wrong-byte"}, "checksums"),
        _package("a page instead of a package", {"kind": "status", "status": 200, "body": LOGIN, "content_type": HTML}),
    )
}
"""Packages that never arrive complete."""


def _envelope(form: str, code: object, data: Mapping[str, str] | None) -> str:
    if form == "xml":
        inner = "".join(f"<{name}>{value}</{name}>" for name, value in (data or {}).items())
        shown = f"<data>{inner}</data>" if data is not None else ""
        return (
            f'<?xml version="1.0" encoding="utf-8"?><response><code>{code}</code><status>OK</status>{shown}</response>'
        )
    text = json.dumps({"code": code, "status": "OK"} | ({} if data is None else {"data": dict(data)}))
    return f"{CALLBACK}({text});" if form == "jsonp" else text


def _without_code(envelope: str) -> str:
    return envelope.replace('"code": 20, ', "").replace("<code>20</code>", "")


def _with_flat_data(envelope: str) -> str:
    return envelope.replace('{"status": "COMPLETE"}', '["COMPLETE"]').replace("<status>COMPLETE</status>", "COMPLETE")


LINK = "{base_url}" + CANARY_PATH
BODIES: Mapping[str, Callable[[str], str]] = {
    "an unknown status": lambda form: _envelope(form, 20, {"status": "QUEUED"}),
    "a status in small letters": lambda form: _envelope(form, 20, {"status": "complete", "resourceUrl": LINK}),
    "COMPLETE without a link": lambda form: _envelope(form, 20, {"status": "COMPLETE"}),
    "no data": lambda form: _envelope(form, 20, None),
    "no code": lambda form: _without_code(_envelope(form, 20, {"status": "COMPLETE", "resourceUrl": LINK})),
    "data without a status": lambda form: _envelope(form, 20, {"resourceUrl": LINK}),
    "data that is not an object": lambda form: _with_flat_data(_envelope(form, 20, {"status": "COMPLETE"})),
    "an empty list": lambda form: {"json": "[]", "jsonp": f"{CALLBACK}([]);", "xml": "<list/>"}[form],
    "a code that is a word": lambda form: _envelope(form, "twenty", {"status": "COMPLETE", "resourceUrl": LINK}),
    "another code with OK": lambda form: _envelope(form, 99, {"status": "COMPLETE", "resourceUrl": LINK}),
    "another code with FAILED": lambda form: _envelope(form, 99, {"status": "FAILED"}),
    "an answer cut in the middle": lambda form: _envelope(form, 20, {"status": "PROCESSING"})[:-9],
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
    elif name in XML_BODIES:
        fault = {"kind": "status", "status": 200, "body": XML_BODIES[name], "content_type": TYPES["xml"]}
    elif name == NOT_TEXT:
        body = _envelope(form, 20, {"status": "PROCESSING*"}).encode().replace(b"*", b"\xff")
        encoded = base64.b64encode(body).decode()
        fault = {"kind": "status", "status": 200, "body_base64": encoded, "content_type": TYPES[form]}
    else:
        content_type = HTML if name == GUEST_PAGE else TYPES[form]
        fault = {"kind": "status", "status": 200, "body": BODIES[name](form), "content_type": content_type}
    return Fault(name=name, affects="answer", fault=fault, when=CALL)


def _other_package() -> str:
    with zipfile.ZipFile(made := io.BytesIO(), "w") as package:
        package.writestr("index.html", "another package")
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


def _odd(name: str, form: Format, body: str) -> Fault:
    fault = {"kind": "status", "status": 200, "body": body, "content_type": TYPES[form]}
    return Fault(name=name, affects="nothing", fault=fault, when=CALL, count=1)


ODD_ANSWERS: Mapping[Format, tuple[Fault, ...]] = {
    "json": (
        _odd(
            "members in another order, and more of them",
            "json",
            '{"data": {"note": "} ] ) ;", "status": "PROCESSING"}, "x": [{}], "status": "OK", "code": 20}\n',
        ),
        _odd(
            "letters written as numbers",
            "json",
            '{"code":20,"st\\u0061tus":"\\u004fK","d\\u0061ta":{"status":"PROC\\u0045SSING"}}',
        ),
    ),
    "jsonp": (),
    "xml": (
        _odd(
            "elements in another order, and more of them",
            "xml",
            "<response>\n <data>\n  <note>a &gt; b</note><status>PROCESSING</status>\n </data>\n"
            " <status>OK</status> <code>20</code>\n</response>\n",
        ),
        _odd(
            "comments and instructions in the text",
            "xml",
            "<response><!-- 1 --><code>20</code><status>OK</status><data><status>PROC<!-- 2 -->ESS<?x y?>ING</status>"
            "<?x z?></data></response>",
        ),
        _odd(
            "letters written as numbers",
            "xml",
            "<response><code>2&#48;</code><status>OK</status><data><status>PROC&#x45;SSING</status></data></response>",
        ),
    ),
}
"""Answers that say PROCESSING in an unusual spelling. None in JSONP: the callback is the client's to choose."""
