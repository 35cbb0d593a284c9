"""Scenarios about the way of an answer, written by hand: every code, redirects, other forms, unusual packages."""

import base64
from collections.abc import Mapping
from typing import Any

import msgspec

from flipsnack_contract.adapter.answer_forms import ANSWER_FORMS, QUERY
from flipsnack_contract.adapter.elsewhere import PACKAGE_PATH, package_elsewhere
from flipsnack_contract.adapter.messages import FORMATS
from flipsnack_contract.contract.ledger import messages
from flipsnack_contract.contract.methods import package_method
from flipsnack_contract.scenarios.event import CREATE, SHOW
from flipsnack_contract.scenarios.fault_catalogue import (
    CALL,
    DEAD_LINKS,
    HTML,
    LASTING,
    PACKAGE,
    PASSING,
    SPOILT_PACKAGES,
    at,
    faults_of,
    refusal,
)
from flipsnack_contract.scenarios.odd_answers import ODD_BODIES, encoded_answer, odd_answer, odd_link, odd_values
from flipsnack_contract.scenarios.scenario import BESIDE, ELSEWHERE, Affects, Fault, Scenario
from flipsnack_contract.scenarios.scenario_run import FINAL

CUT_OFF = PASSING["a download cut off once"]
LARGE = 600_000
"""Bytes of a package that no buffer holds."""


def _redirect(status: int = 302, **fields: str) -> dict[str, Any]:
    return {"kind": "redirect", "status": status, **fields}


NOWHERE = {"kind": "status", "status": 302, "content_type": HTML}
REDIRECTS = faults_of(
    "redirect",
    ("a call redirected to itself once", _redirect(), CALL, 1),
    ("calls redirected to themselves", _redirect(307), CALL, None),
    ("calls redirected elsewhere", _redirect(location=f"{ELSEWHERE}?{QUERY}"), CALL, None),
    ("calls redirected elsewhere with their method", _redirect(308, location=ELSEWHERE), CALL, None),
    ("calls redirected elsewhere by the same scheme", _redirect(location=BESIDE), CALL, None),
    ("calls redirected without an address", NOWHERE, CALL, None),
    ("a package redirected three times", _redirect(), PACKAGE, 3),
    ("packages redirected to themselves", _redirect(301), PACKAGE, None),
    ("packages redirected elsewhere", _redirect(location=ELSEWHERE + PACKAGE_PATH), PACKAGE, None),
    ("packages redirected elsewhere for now", _redirect(307, location=f"HTTP:{BESIDE}{PACKAGE_PATH}"), PACKAGE, None),
    ("packages redirected without an address", NOWHERE, PACKAGE, None),
    ("packages redirected to what is no address", _redirect(location="http://:x/"), PACKAGE, None),
    ("packages redirected to another scheme", _redirect(location="ftp://127.0.0.1:1/package.zip"), PACKAGE, None),
)
"""Redirects. Where one leads elsewhere, there is a package, and no API."""


ANOTHER, SIZE = package_elsewhere(), len(package_elsewhere())
LAST = f"bytes 0-{SIZE - 1}"


def _served(name: str, status: int, body: bytes, *, count: int | None = None, **headers: str) -> Fault:
    named = {one.replace("_", "-"): value for one, value in headers.items()}
    fault = {"kind": "status", "status": status, "content_type": "application/zip", "headers": named}
    affects: Affects = "another package" if status == 200 else "package"
    content = {"body_base64": base64.b64encode(body).decode()} if body else {}
    return Fault(name=name, affects=affects, fault=fault | content, when=PACKAGE, count=count)


# Complete in itself: a client that starts again with it has the package of another collection.
OTHER_PART = _served(
    "a part of another package", 206, ANOTHER, count=1, Content_Range=f"{LAST}/{SIZE}", ETag='"another"'
)
"""A part of another package, served once. Appended to the first part of the right one it makes a zip that opens."""

MEDIUM, CUT_AT = 100_000, 65_536
"""Bytes of a package, and those that come of it before it is cut off."""
FITTING_PART = _served(
    "a fitting part of another package",
    206,
    ANOTHER.rjust(MEDIUM - CUT_AT, b"\0"),
    count=1,
    Content_Range=f"bytes {CUT_AT}-{MEDIUM - 1}/{MEDIUM}",
    ETag='"another"',
)
"""The rest that was asked for, of a package with another ETag: with the first part it makes a zip that opens."""

UNASKED_PART = _served(
    "a part that was not asked for", 206, ANOTHER, count=1, Content_Range=f"{LAST}/999", ETag='"another"'
)
NAMELESS_PART = _served("a part that does not say which", 206, ANOTHER, count=1)
"""Parts of another package that make a zip that opens: one in answer to the first request, one without its range."""

NEW_PACKAGE = _served("a new package in place of the rest", 200, ANOTHER, count=1, ETag='"another"')
"""The whole new package, in answer to a request for the rest of the old one."""

NO_SUCH_PART = _served("a part that is not there any more", 416, b"", count=1, Content_Range="bytes */7")
"""The answer to a request for the rest of a package that has become shorter."""

EMPTY_ZIP = _served("packages without a file in them", 200, b"PK\5\6".ljust(22, b"\0"))
"""A zip archive of 22 bytes: right as an archive, and no package that shows anything."""


def cut_after(keep: int) -> Fault:
    """The fault that cuts a download off after so many bytes of an answer, once."""
    fault = {"kind": "truncate", "keep": keep}
    return Fault(name=f"a download cut off after {keep} bytes", affects="passing", fault=fault, when=PACKAGE, count=1)


CUTS = (cut_after(0), cut_after(1), cut_after(CUT_AT), cut_after(200_001))

REDIRECTED: Mapping[str, Scenario] = {
    name: Scenario(deadline_s=120, faults=(fault,)) for name, fault in REDIRECTS.items()
}
PACKAGES: Mapping[str, Scenario] = {
    **{f"{fault.name}, of a large package": Scenario(package_bytes=LARGE, pages=3, faults=(fault,)) for fault in CUTS},
    "a large package cut off again and again": Scenario(package_bytes=LARGE, faults=CUTS[2:]),
    **{
        fault.name: Scenario(pages=8, old_bytes=21, faults=(CUT_OFF, fault))
        for fault in (OTHER_PART, NAMELESS_PART, NEW_PACKAGE, NO_SUCH_PART)
    },
    UNASKED_PART.name: Scenario(faults=(UNASKED_PART,)),
    "a package called as a file beside": Scenario(faults=(cut_after(CUT_AT),), package_bytes=MEDIUM, file_name="notes"),
    FITTING_PART.name: Scenario(package_bytes=MEDIUM, faults=(cut_after(CUT_AT), FITTING_PART)),
    **{
        f"{name}, after a part that came": Scenario(
            package_bytes=MEDIUM, faults=(cut_after(CUT_AT), fault), old_bytes=21
        )
        for name, fault in SPOILT_PACKAGES.items()
    },
    "packages with a wrong byte, by a new link": Scenario(
        faults=(DEAD_LINKS["a dead link once"], SPOILT_PACKAGES["packages with a wrong byte"])
    ),
    **{f"a package of {size} bytes": Scenario(package_bytes=size) for size in (65_536, 65_537, 131_072)},
    "a fitting part of another package, by a new link": Scenario(
        package_bytes=MEDIUM,
        settings={"url_lifetime": 0.25},
        faults=(cut_after(CUT_AT), msgspec.structs.replace(FITTING_PART, when={**PACKAGE, "nth": 2})),
    ),
    "a new large package in place of the rest": Scenario(package_bytes=LARGE, faults=(CUTS[3], NEW_PACKAGE)),
    f"{FITTING_PART.name} for ever": Scenario(
        package_bytes=MEDIUM, faults=(cut_after(CUT_AT), msgspec.structs.replace(FITTING_PART, count=None))
    ),
    f"{EMPTY_ZIP.name}, over another file": Scenario(old_bytes=9_000, faults=(EMPTY_ZIP,)),
    "a small new package": Scenario(faults=(msgspec.structs.replace(NEW_PACKAGE, count=None),)),
}


PACKAGE_METHOD = package_method().name
REFUSED_BY = {code: refusal(PACKAGE_METHOD, code, FINAL[code]) for code in messages() if code in FINAL}
STILL_CONVERTED = msgspec.structs.replace(REFUSED_BY.pop(38), affects="lasting", means="")
CODES: Mapping[str, Scenario] = {
    **{
        f"{code} for ever, no deadline": Scenario(deadline_s=None, old_bytes=21, faults=(one,))
        for code, one in REFUSED_BY.items()
    },
    "38 for ever": Scenario(deadline_s=120, faults=(STILL_CONVERTED,)),
    "dead links, no deadline": Scenario(deadline_s=None, faults=(DEAD_LINKS["dead links"],)),
    "packages never served, no deadline": Scenario(deadline_s=None, faults=(LASTING["packages never served"],)),
    **{
        f"an upload, {name}": Scenario(op="create", deadline_s=None, faults=(at(CREATE, LASTING[name]),))
        for name in ("22 for ever", "31 for ever", "32 for ever")
    },
}

FORMS: Mapping[str, Scenario] = {
    **{f"a large package, answers {form}": Scenario(form=form, package_bytes=LARGE) for form in ANSWER_FORMS},
    **{
        f"{name} ({form})": Scenario(format=form, schedule="after-5s", faults=(odd_answer(name, form),))
        for form, names in ODD_BODIES.items()
        for name in names
    },
    **{
        f"built in 5 s, answers other spelling ({form})": Scenario(
            form="other spelling", format=form, schedule="after-5s"
        )
        for form in ("jsonp", "xml")
    },
    **{f"a link with escapes ({form})": Scenario(format=form, faults=(odd_link(form),)) for form in FORMATS},
    **{
        f"values of every kind ({form})": Scenario(op="call", action=SHOW, format=form, faults=(odd_values(form),))
        for form in FORMATS
    },
    **{
        f"XML in {encoding}": Scenario(format="xml", schedule="after-5s", faults=(encoded_answer(encoding),))
        for encoding in ("ISO-8859-1", "UTF-16", "utf-8-sig")
    },
}
AGAIN: Mapping[str, Scenario] = {
    "again, after a run that was cut off": Scenario(interrupted=True, package_bytes=MEDIUM),
    "again, and there is a new package": Scenario(
        interrupted=True, package_bytes=MEDIUM, faults=(msgspec.structs.replace(NEW_PACKAGE, count=None),)
    ),
    "again, and it has failed": Scenario(
        interrupted=True,
        package_bytes=MEDIUM,
        old_bytes=21,
        whose="own",
        faults=(refusal(PACKAGE_METHOD, 43, FINAL[43]),),
    ),
    "again, and the link is dead once": Scenario(
        interrupted=True, package_bytes=MEDIUM, faults=(DEAD_LINKS["a dead link once"],)
    ),
}
DELIVERY_FAMILIES: Mapping[str, Mapping[str, Scenario]] = {
    "packages": PACKAGES,
    "redirects": REDIRECTED,
    "codes": CODES,
    "again": AGAIN,
}
"""The scenarios by what they are about."""
