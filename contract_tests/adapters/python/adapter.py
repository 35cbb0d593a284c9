"""Adapter protocol v1 around the reference client. Copy it, and put your client where `fc.Flipsnack` is."""

from __future__ import annotations

import hashlib
import json
import math
import sys
import threading
from pathlib import Path
from typing import Any

import flipsnack_client as fc

CLIENT = {"name": "flipsnack_client", "version": fc.__version__, "language": "python"}
OPERATIONS = ["download", "poll", "call"]
CAPABILITIES = ["virtual_sleep", "json", "jsonp", "xml", "cancel", "deadline"]
CAPABILITIES += ["retries", "refresh", "checksums", "progress"]
# The vendor's codes, and the client's exceptions, by the protocol's class of error.
CODES = {22: "maintenance", 31: "rate_limited", 32: "rate_limited", 41: "auth", 43: "forbidden", 44: "auth"}
CODES |= dict.fromkeys((30, 40, 42), "bad_request")
ERRORS = (
    (fc.JobFailed, "job_failed"),
    (fc.DeadlineExceeded, "deadline"),
    (fc.Cancelled, "cancelled"),
    (fc.TransportError, "transport"),
    (fc.LinkRefused, "transport"),
    (fc.DamagedPackage, "damaged"),
)


def send(kind: str, /, **fields: Any) -> None:
    """Write one message. It must be flushed: Python holds back what it prints into a pipe."""
    print(json.dumps({"type": kind, **fields}), flush=True)


class KitClock(fc.SystemClock):
    """The kit's time: to sleep is to send a message, and the time is what the last wake said."""

    def __init__(self, case: str, now_ms: int) -> None:
        self.case = case
        self.now_ms = now_ms

    def now(self) -> float:
        """Seconds since 1970."""
        return self.now_ms / 1000

    def random(self) -> float:
        """No chance, so that a case that is repeated ends in the same way."""
        return 0.5

    def sleep(self, seconds: float, *, cancel: threading.Event | None = None) -> None:
        """Ask the kit to let that much time pass; a cancel may come before the wake."""
        send("sleep", id=self.case, ms=math.ceil(seconds * 1000))
        while (message := json.loads(sys.stdin.readline()))["type"] != "wake":
            if message["type"] == "cancel" and cancel is not None:
                cancel.set()
        self.now_ms = message["now_ms"]


def run_case(run: dict[str, Any]) -> dict[str, Any]:
    """Do what the case asks for; the fields of the result."""
    credentials, options, args = run["credentials"], run["options"], run["args"]
    deadline_ms = options["deadline_ms"]
    limits: dict[str, Any] = {
        "deadline": None if deadline_ms is None else deadline_ms / 1000,
        "cancel": threading.Event(),
    }
    with fc.Flipsnack(
        credentials["key"],
        credentials["secret"],
        base_url=run["base_url"],
        format=options["format"],
        clock=KitClock(run["id"], run["now_ms"]),
    ) as client:
        if run["op"] == "call":
            return {"value": client.call(args["action"], args["params"], **limits).data or {}}
        poller = client.download_html(args["collection"])
        if run["op"] == "poll":
            return {"value": {"status": poller.poll_once(**limits).status}}
        poller.save(args["dest"], on_poll=lambda seen: progress(run["id"], seen.status), **limits)
    content = Path(args["dest"]).read_bytes()
    file = {"bytes": len(content), "sha256": hashlib.sha256(content).hexdigest()}
    return {"value": {"status": "COMPLETE"}, "file": file}


def progress(case: str, status: str) -> None:
    """Send an event: it is shown to whoever reads a failure."""
    send("event", id=case, kind="poll", status=status)


def error_of(error: fc.FlipsnackError) -> dict[str, Any]:
    """The error of a result."""
    if isinstance(error, fc.ApiError):
        return {"class": CODES.get(error.code, "protocol"), "code": error.code, "message": str(error)}
    kind = next((kind for exception, kind in ERRORS if isinstance(error, exception)), "protocol")
    return {"class": kind, "message": str(error)}


for line in sys.stdin:
    message = json.loads(line)
    if message["type"] == "hello":
        send("hello", protocol=1, client=CLIENT, ops=OPERATIONS, capabilities=CAPABILITIES)
    elif message["type"] == "bye":
        break
    elif message["op"] not in OPERATIONS or message["args"].get("files"):
        send("result", id=message["id"], outcome="unsupported", why=f"no {message['op']}, and no uploads")
    else:
        try:
            send("result", id=message["id"], outcome="ok", **run_case(message))
        except fc.FlipsnackError as error:
            send("result", id=message["id"], outcome="error", error=error_of(error))
