"""Adapter protocol v1 around the reference client: its clock is handed in, so it sleeps by asking the kit to."""

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
ABLE = "virtual_sleep json jsonp xml cancel deadline retries refresh checksums progress"
CODES = {22: "maintenance", 31: "rate_limited", 32: "rate_limited", 41: "auth", 43: "forbidden", 44: "auth"}
ERRORS = {fc.JobFailed: "job_failed", fc.DeadlineExceeded: "deadline", fc.Cancelled: "cancelled"}


def say(_type: str, **fields: Any) -> None:
    """Write one line."""
    print(json.dumps({"type": _type, **fields}), flush=True)


class KitClock(fc.SystemClock):
    """The kit's time: sleeping is a message, and the time is what the last wake said."""

    def __init__(self, run: dict[str, Any], stop: threading.Event) -> None:
        self.now = lambda: self.now_ms / 1000  # type: ignore[method-assign]
        self.random = lambda: 0.5  # type: ignore[method-assign]
        self.case, self.now_ms, self.stop = run["id"], run["now_ms"], stop

    def sleep(self, seconds: float, *, cancel: threading.Event | None = None) -> None:
        """Ask the kit to let that much time pass; `cancel` is our own `stop`."""
        say("sleep", id=self.case, ms=math.ceil(seconds * 1000))
        while (message := json.loads(sys.stdin.readline()))["type"] != "wake":
            (cancel or self.stop).set()
        self.now_ms = message["now_ms"]


def work(run: dict[str, Any]) -> dict[str, Any]:
    """Do what the case asks for."""
    stop, options, args, who = threading.Event(), run["options"], run["args"], run["credentials"]
    limit = options["deadline_ms"] and options["deadline_ms"] / 1000
    note = partial(say, "event", id=run["id"], kind="poll")
    place = {"base_url": run["base_url"], "format": options["format"], "clock": KitClock(run, stop)}
    with fc.Flipsnack(who["key"], who["secret"], **place) as client:
        poller = client.download_html(args["collection"])
        if run["op"] == "poll":
            return {"value": {"status": poller.poll_once(deadline=limit, cancel=stop).status}}
        poller.save(args["dest"], deadline=limit, cancel=stop, on_poll=lambda seen: note(status=seen.status))
    content = Path(args["dest"]).read_bytes()
    file = {"bytes": len(content), "sha256": hashlib.sha256(content).hexdigest()}
    return {"value": {"status": "COMPLETE"}, "file": file}


def error_of(error: fc.FlipsnackError) -> dict[str, Any]:
    """The protocol's word for an error."""
    if isinstance(error, fc.ApiError):
        kind = CODES.get(error.code, "bad_request" if error.code in (30, 40, 42) else "protocol")
        return {"class": kind, "code": error.code, "message": str(error)}
    transport = isinstance(error, fc.TransportError | fc.LinkRefused)
    damaged = "damaged" if isinstance(error, fc.DamagedPackage) else "protocol"
    return {"class": "transport" if transport else ERRORS.get(type(error), damaged), "message": str(error)}


for line in sys.stdin:
    match json.loads(line):
        case {"type": "hello"}:
            say("hello", protocol=1, client=CLIENT, ops=["download", "poll"], capabilities=ABLE.split())
        case {"type": "run", "op": "download" | "poll"} as run:
            try:
                say("result", id=run["id"], outcome="ok", **work(run))
            except fc.FlipsnackError as error:
                say("result", id=run["id"], outcome="error", error=error_of(error))
        case {"type": "run"} as run:
            say("result", id=run["id"], outcome="unsupported", why=f"there is no {run['op']}")
        case {"type": "bye"}:
            break
