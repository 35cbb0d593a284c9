"""Runs a client of the zoo behind adapter protocol v1: over stdin and stdout, or in a thread.

As a program, from the repository's directory: `python -m contract_tests.zoo.in_process_adapter NAME`. Without a name it
runs the correct client.
"""

import json
import os
import sys
import tempfile
import threading
import traceback
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import IO, Any, TextIO

from contract_tests.zoo.client import Client
from contract_tests.zoo.task import ClientError, Task

from flipsnack_contract.adapter.messages import AdapterFault
from flipsnack_contract.adapter.process import Closed

OPERATIONS = ("download", "poll", "call", "create", "list", "publish", "statistics")
JOIN_S = 10.0


class _KitRuntime:
    """The runtime of a client: the kit, whose lines `read` gives, and which gets what `write` is called with."""

    def __init__(self, read: Callable[[], str], write: Callable[[str], object], stderr: TextIO) -> None:
        self._read, self._write, self._stderr = read, write, stderr
        self.case = ""
        self.now_ms = 0

    def send(self, kind: str, /, **fields: Any) -> None:
        """Write one message."""
        self._write(json.dumps({"type": kind, **fields}) + "\n")

    def receive(self) -> dict[str, Any]:
        """The next message; the end of the input counts as bye."""
        message: dict[str, Any] = json.loads(self._read() or '{"type": "bye"}')
        return message

    def sleep(self, ms: int) -> None:
        self.send("sleep", id=self.case, ms=ms)
        received = [self.receive()]
        while received[-1]["type"] == "cancel":
            received.append(self.receive())
        if received[-1]["type"] != "wake":
            raise SystemExit
        self.now_ms = received[-1]["now_ms"]
        if len(received) > 1:
            raise ClientError("cancelled", "cancelled by the caller")

    def report_status(self, status: str) -> None:
        self.send("event", id=self.case, kind="poll", status=status)

    def report_progress(self, sent: int, total: int) -> None:
        self.send("event", id=self.case, kind="upload", sent=sent, total=total)

    def log(self, text: str) -> None:
        print(text, file=self._stderr, flush=True)


def serve(client_type: type[Client], read: Callable[[], str], write: Callable[[str], object], stderr: TextIO) -> None:
    """Speak the protocol for a client until bye, in lines that `read` gives and `write` takes."""
    runtime = _KitRuntime(read, write, stderr)
    while (message := runtime.receive())["type"] != "bye":
        if message["type"] == "hello":
            about = {"name": client_type.__name__, "version": "1.0", "language": "python"}
            capabilities = client_type.capabilities.split()
            runtime.send("hello", protocol=1, client=about, ops=OPERATIONS, capabilities=capabilities)
        else:
            runtime.case, runtime.now_ms = message["id"], message["now_ms"]
            runtime.send("result", id=runtime.case, **_result(client_type, runtime, message))


def _result(client_type: type[Client], runtime: _KitRuntime, message: dict[str, Any]) -> dict[str, Any]:
    return _outcome(client_type(_task(message), runtime), message["op"], message["args"])


def _outcome(client: Client, operation: str, args: dict[str, Any]) -> dict[str, Any]:
    if operation not in OPERATIONS:
        return {"outcome": "unsupported", "why": f"there is no operation {operation!r}"}
    try:
        return {"outcome": "ok", **_done(client, operation, args)}
    except ClientError as error:
        if error.kind == "unsupported":
            return {"outcome": "unsupported", "why": str(error)}
        return {"outcome": "error", "error": {"class": error.kind, "code": error.code, "message": str(error)}}


def _task(message: dict[str, Any]) -> Task:
    credentials, args, options = message["credentials"], message["args"], message["options"]
    return Task(
        base_url=message["base_url"],
        key=credentials["key"],
        secret=credentials["secret"],
        collection=args.get("collection", ""),
        dest=Path(args.get("dest", "unused.zip")),
        form=options["format"],
        deadline_ms=options["deadline_ms"],
        page_size=options.get("page_size"),
    )


def _done(client: Client, operation: str, args: dict[str, Any]) -> dict[str, Any]:
    match operation:
        case "download":
            return _downloaded(client)
        case "poll":
            return {"value": {"status": client.poll()}}
        case "call":
            return {"value": _called(client, **args)}
    return {"value": _followed(client, operation, args)}


def _called(client: Client, action: str, params: dict[str, str], files: dict[str, str]) -> dict[str, Any]:
    if action == "collection.create":
        return client.create(params, {name: Path(path) for name, path in files.items()})
    return client.call_method(action, params)


def _followed(client: Client, operation: str, args: dict[str, Any]) -> dict[str, Any]:
    """What takes more than one call."""
    params: dict[str, str] = args.get("params", {})
    match operation:
        case "create":
            files = {"file": Path(args["file"])} if args.get("file") else {}
            made, conversion = client.create_and_wait(params, files)
            return {"hash": made, "conversion": conversion}
        case "list":
            return {"hashes": [one["collectionHash"] for one in client.collections(params)]}
        case "publish":
            client.changes = params
            return {"hash": client.publish(args["collection"])["collectionHash"]}
    return client.statistics_thrice({"collectionHash": args["collection"], **params})


def _downloaded(client: Client) -> dict[str, Any]:
    saved = client.download()
    return {"value": {"status": client.final_state}, "file": {"bytes": saved.bytes, "sha256": saved.sha256}}


class Lines:
    """Whole lines between the kit and a client in a thread of this process, in both directions."""

    def __init__(self) -> None:
        self._to_client: SimpleQueue[bytes] = SimpleQueue()
        self._to_kit: SimpleQueue[bytes] = SimpleQueue()
        self._is_closed = False

    def send(self, line: bytes) -> None:
        """Hand a line to the client."""
        self._to_client.put(line)

    def receive(self, *, timeout: float) -> bytes | None:
        """The client's next line; None when none came within `timeout` seconds. Raises `Closed` at its end."""
        try:
            line = self._to_kit.get(timeout=timeout)
        except Empty:
            return None
        if not line:
            self._to_kit.put(line)  # the end stays the end
            raise Closed
        return line

    def readline(self) -> str:
        """The kit's next line, for the client; empty at the end."""
        return self._to_client.get().decode()

    def write(self, text: str) -> None:
        """Hand a line to the kit. Raises `BrokenPipeError` after `close`."""
        if self._is_closed:
            raise BrokenPipeError
        self._to_kit.put(text.encode())

    def close(self) -> None:
        """End what the client reads."""
        self._is_closed = True
        self._to_client.put(b"")

    def end(self) -> None:
        """End what the kit reads."""
        self._to_kit.put(b"")


class InProcessAdapter:
    """A client in a thread of this process, and the lines to it: what an `AdapterSession` of the kit connects to."""

    def __init__(self, client_type: type[Client]) -> None:
        self.channel = Lines()
        self.stderr: IO[bytes] = tempfile.TemporaryFile("a+b", buffering=0)  # noqa: SIM115 - `kill` closes it
        client_err = os.dup(self.stderr.fileno())
        self._thread = threading.Thread(target=_run, args=(client_type, self.channel, client_err), daemon=True)
        self._thread.start()

    def left(self) -> Mapping[str, bytes]:
        """No file: a thread shares the folders of this process."""
        return {}

    def exit_fault(self) -> AdapterFault:
        """The fault of a client that has ended; it printed its traceback."""
        return AdapterFault("crash", "the client raised an exception")

    def shutdown(self) -> int | None:
        """End its input, and wait for it."""
        self.kill()
        return None

    def kill(self) -> None:
        """Close the channel; the client ends when it reads or writes next."""
        self.channel.close()
        self._thread.join(timeout=JOIN_S)
        self.stderr.close()


def _run(client_type: type[Client], lines: Lines, client_err: int) -> None:
    with open(client_err, "w", encoding="utf-8") as stderr:
        try:
            serve(client_type, lines.readline, lines.write, stderr)
        except (BrokenPipeError, SystemExit):
            return
        except Exception:  # an exception would end a process; here it ends the thread, and the kit reports a crash
            stderr.write(traceback.format_exc())
        finally:
            stderr.flush()
            lines.end()


def _main() -> None:
    from contract_tests.zoo.broken_clients import client_named

    serve(
        client_named(sys.argv[1]) if sys.argv[1:] else Client,
        sys.stdin.readline,
        partial(print, end="", flush=True),
        sys.stderr,
    )


if __name__ == "__main__":
    _main()
