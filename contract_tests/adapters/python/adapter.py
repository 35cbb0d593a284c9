"""Adapter protocol v1 around the reference client. Copy it, and put your client where `fc.Flipsnack` is."""

from __future__ import annotations

import hashlib
import json
import math
import sys
import threading
from functools import partial
from pathlib import Path
from typing import Any

import flipsnack_client as fc

CLIENT = {"name": "flipsnack_client", "version": fc.__version__, "language": "python"}
# There is no `statistics`: this client leaves it to its caller to keep them.
OPERATIONS = ["download", "poll", "call", "create", "list", "publish"]
CAPABILITIES = ["virtual_sleep", "json", "jsonp", "xml", "cancel", "deadline"]
CAPABILITIES += ["retries", "refresh", "checksums", "progress", "uploads"]
# The vendor's codes, and the client's exceptions, by the protocol's class of error.
CODES = {22: "maintenance", 31: "rate_limited", 32: "rate_limited", 41: "auth", 43: "forbidden", 44: "auth"}
CODES |= {33: "quota", 38: "processing", **dict.fromkeys((34, 35, 36, 45), "refused_file")}
CODES |= dict.fromkeys((30, 37, 40, 42, 46), "bad_request")
ERRORS = (
    (fc.UploadUncertain, "uncertain"),
    (fc.ConversionFailed, "conversion_failed"),
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
    credentials, options, clock = run["credentials"], run["options"], KitClock(run["id"], run["now_ms"])
    seconds = options["deadline_ms"] / 1000 if options["deadline_ms"] is not None else 1800
    limits = {"deadline": fc.Deadline.after(seconds, clock=clock), "cancel": threading.Event()}
    key, secret = credentials["key"], credentials["secret"]
    with fc.Flipsnack(key, secret, base_url=run["base_url"], format=options["format"], clock=clock) as client:
        if run["op"] == "download":
            return download(client, run, limits)
        return {"value": value_of(client, run, run["args"], limits)}


def download(client: fc.Flipsnack, run: dict[str, Any], limits: dict[str, Any]) -> dict[str, Any]:
    """Save the package."""
    poller, dest = client.download_html(run["args"]["collection"]), Path(run["args"]["dest"])
    poller.save(dest, on_poll=lambda seen: progress(run["id"], seen.status), **limits)
    content = dest.read_bytes()
    file = {"bytes": len(content), "sha256": hashlib.sha256(content).hexdigest()}
    return {"value": {"status": "COMPLETE"}, "file": file}


def value_of(client: fc.Flipsnack, run: dict[str, Any], args: dict[str, Any], limits: dict[str, Any]) -> dict[str, Any]:
    """Do all that makes no file; the value of the result."""
    params = args.get("params", {})
    match run["op"]:
        case "poll":
            return {"status": client.download_html(args["collection"]).poll_once(**limits).status}
        case "create":
            made = client.create(Path(args["file"]), more=params, on_progress=partial(uploaded, run["id"]), **limits)
            done = client.wait_converted(made, on_poll=lambda seen: progress(run["id"], seen.conversion), **limits)
            return {"hash": done.hash, "conversion": done.conversion}
        case "list":
            wanted = {{"collectionStatus": "status"}.get(name, name): value for name, value in params.items()}
            page = {"page_size": size} if (size := run["options"].get("page_size")) else {}
            return {"hashes": [one.hash for one in client.collections(**wanted, **page, **limits)]}
        case "publish":
            published = client.update(args["collection"], status="public", more=params, **limits)
            return {"hash": client.collection(published, **limits).hash}
    files = {name: Path(path) for name, path in args["files"].items()}
    return dict(client.call(args["action"], params, files, **limits).data or {})


def progress(case: str, status: str | None) -> None:
    """Send an event, for whoever reads a failure."""
    send("event", id=case, kind="poll", status=status)


def uploaded(case: str, seen: fc.UploadProgress) -> None:
    """Send an event for each piece of a document that was sent."""
    send("event", id=case, kind="upload", sent=seen.sent, total=seen.total)


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
    elif message["op"] not in OPERATIONS:
        send("result", id=message["id"], outcome="unsupported", why=f"there is no operation {message['op']}")
    else:
        try:
            send("result", id=message["id"], outcome="ok", **run_case(message))
        except fc.FlipsnackError as error:
            send("result", id=message["id"], outcome="error", error=error_of(error))
