"""What the tests of survival share: a package to fetch, and the troubles that pass."""

import io
import json
import zipfile
from pathlib import Path
from typing import Any

from client.tests.conftest import Sandbox

from flipsnack_client.envelope import CALLBACK
from flipsnack_mock.testing.fields import FaultConditions

FORMATS = ["json", "jsonp", "xml"]
CALLS: FaultConditions = {"action": "collection.downloadHTML"}
PACKAGES: FaultConditions = {"action": "package"}
SIZE = 400_000

Fault = dict[str, Any]


def sound(path: Path) -> bool:
    """Whether the file is a zip with a page to open."""
    with zipfile.ZipFile(io.BytesIO(path.read_bytes())) as archive:
        return archive.testzip() is None and "index.html" in archive.namelist()


def book(sandbox: Sandbox, *, schedule: str = "immediate") -> str:
    """A collection with a package of `SIZE` bytes."""
    return str(sandbox.account.collections.create(hash="book", schedule=schedule, package_bytes=SIZE)["hash"])


def envelope(answer_format: str, data: dict[str, str] | None) -> str:
    """A success of the API with this data, which the fake would not give."""
    body = json.dumps({"code": 20, "status": "OK"} | ({} if data is None else {"data": data}))
    fields = "".join(f"<{name}>{text}</{name}>" for name, text in (data or {}).items())
    holder = "" if data is None else f"<data>{fields}</data>"
    return {
        "json": body,
        "jsonp": f"{CALLBACK}({body});",
        "xml": f"<response><code>20</code><status>OK</status>{holder}</response>",
    }[answer_format]


def packages(sandbox: Sandbox) -> list[Any]:
    """The downloads the fake has seen."""
    return list(sandbox.account.requests.list(kind="package"))


PASSING: dict[str, tuple[int, Fault]] = {
    "HTTP 429": (1, {"preset": "too-many-requests"}),
    "HTTP 500": (2, {"kind": "status", "status": 500, "body": "oops"}),
    "HTTP 502": (2, {"preset": "bad-gateway"}),
    "HTTP 503": (2, {"kind": "outage"}),
    "reset": (2, {"preset": "connection-reset"}),
    "no answer": (2, {"preset": "empty-reply"}),
    "no HTTP": (2, {"preset": "garbage"}),
    "cut with a length": (1, {"kind": "truncate"}),
    "cut in chunks": (1, {"kind": "truncate", "framing": "chunked"}),
    "cut without a length": (1, {"kind": "truncate", "framing": "close"}),
    "reset in the body": (1, {"kind": "reset", "after": 10}),
}

PASSING_CODES: dict[str, tuple[int, Fault]] = {
    "31": (1, {"preset": "per-second-limit"}),
    "32": (1, {"preset": "per-minute-limit"}),
    "22": (3, {"preset": "maintenance"}),
}
