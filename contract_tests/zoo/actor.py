"""Lets a client of the zoo speak adapter protocol v1: over stdin and stdout, or, in a thread, over two pipes.

As a program: `python -m contract_tests.zoo.actor NAME`, from the repository's directory; without a name the correct
client.
"""

from __future__ import annotations

import json
import os
import sys
import threading
import traceback
from collections.abc import Callable
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import Any, TextIO

from contract_tests.zoo.client import Client
from contract_tests.zoo.errand import Errand, Trouble

from flipsnack_contract.adapter.channel import Channel
from flipsnack_contract.adapter.fault import AdapterFault
from flipsnack_contract.adapter.stderr import StderrFile

__all__ = ["Actor", "serve"]

JOIN_S = 10.0


class _Stage:
    """The world of one client: the kit, at the other end of two streams."""

    def __init__(self, hear: TextIO, speak: TextIO, aside: TextIO) -> None:
        self._hear, self._speak, self._aside = hear, speak, aside
        self.memory: dict[str, bytes] = {}
        self.case = ""
        self.now_ms = 0

    def say(self, kind: str, /, **fields: Any) -> None:
        """Write one message."""
        self._speak.write(json.dumps({"type": kind, **fields}) + "\n")
        self._speak.flush()

    def hear(self) -> dict[str, Any]:
        """The next message; the end of the input counts as bye."""
        heard: dict[str, Any] = json.loads(self._hear.readline() or '{"type": "bye"}')
        return heard

    def sleep(self, ms: int) -> None:
        """Ask the kit to let that much time pass."""
        self.say("sleep", id=self.case, ms=ms)
        heard = [self.hear()]
        while heard[-1]["type"] == "cancel":
            heard.append(self.hear())
        if heard[-1]["type"] != "wake":
            raise SystemExit
        self.now_ms = heard[-1]["now_ms"]
        if len(heard) > 1:
            raise Trouble("cancelled", "cancelled by the caller")

    def note(self, status: str) -> None:
        """Tell what state the job is in."""
        self.say("event", id=self.case, kind="poll", status=status)

    def log(self, text: str) -> None:
        """Write a line aside."""
        print(text, file=self._aside, flush=True)


def serve(play: type[Client], hear: TextIO, speak: TextIO, aside: TextIO) -> None:
    """Speak the protocol for a client until bye."""
    stage = _Stage(hear, speak, aside)
    while (message := stage.hear())["type"] != "bye":
        if message["type"] == "hello":
            about = {"name": play.__name__, "version": "1.0", "language": "python"}
            stage.say(
                "hello",
                protocol=1,
                client=about,
                ops=["download", "poll", "call"],
                capabilities=play.capabilities.split(),
            )
        else:
            stage.case, stage.now_ms = message["id"], message["now_ms"]
            stage.say("result", id=stage.case, **_outcome(play, message, stage))


def _outcome(play: type[Client], run: dict[str, Any], stage: _Stage) -> dict[str, Any]:
    client = play(_errand(run), stage)
    work: Callable[[], dict[str, Any]] | None = {
        "download": lambda: _downloaded(client),
        "poll": lambda: _polled(client),
        "call": lambda: {"value": client.call_method(run["args"]["action"], run["args"]["params"])},
    }.get(run["op"])
    if work is None:
        return {"outcome": "unsupported", "why": f"there is no {run['op']}"}
    try:
        return {"outcome": "ok", **work()}
    except Trouble as trouble:
        return _failed(trouble)


def _failed(trouble: Trouble) -> dict[str, Any]:
    if trouble.kind == "unsupported":
        return {"outcome": "unsupported", "why": str(trouble)}
    error = {"class": trouble.kind, "code": trouble.code, "message": str(trouble)}
    return {"outcome": "error", "error": error}


def _errand(run: dict[str, Any]) -> Errand:
    who, args, options = run["credentials"], run["args"], run["options"]
    return Errand(
        base_url=run["base_url"],
        key=who["key"],
        secret=who["secret"],
        collection=args.get("collection", ""),
        dest=Path(args.get("dest", "nowhere.zip")),
        form=options["format"],
        deadline_ms=options["deadline_ms"],
    )


def _polled(client: Client) -> dict[str, Any]:
    return {"value": {"status": client.poll()}}


def _downloaded(client: Client) -> dict[str, Any]:
    made = client.download()
    return {"value": {"status": "COMPLETE"}, "file": {"bytes": made.bytes, "sha256": made.sha256}}


class Actor:
    """A client in a thread of this process, and the channel to it: what a `Session` connects to."""

    def __init__(self, play: type[Client]) -> None:
        """Start it."""
        (hearing, telling), (reading, saying) = os.pipe(), os.pipe()
        self.channel = Channel(os.fdopen(reading, "rb", 0), os.fdopen(telling, "wb", 0))
        self.stderr = StderrFile()
        printing = os.dup(self.stderr.file.fileno())
        self._thread = threading.Thread(target=_act, args=(play, hearing, saying, printing), daemon=True)
        self._thread.start()

    def exit_fault(self) -> AdapterFault:
        """The fault of a client that is gone: its traceback is what it printed."""
        return AdapterFault("crash", "it fell over while it was expected to speak")

    def shutdown(self) -> int | None:
        """End its input, and wait for it."""
        self.kill()
        return None

    def kill(self) -> None:
        """Close everything; it ends at the next word."""
        self.channel.close()
        self._thread.join(timeout=JOIN_S)
        self.stderr.close()


def _act(play: type[Client], hearing: int, saying: int, printing: int) -> None:
    # Closing a pipe that nobody reads any more may break too.
    with suppress(BrokenPipeError), ExitStack() as stack:
        hear = stack.enter_context(open(hearing, encoding="utf-8"))
        speak, aside = (stack.enter_context(open(end, "w", encoding="utf-8")) for end in (saying, printing))
        try:
            serve(play, hear, speak, aside)
        except (BrokenPipeError, SystemExit):
            return
        except Exception:  # what makes a process end makes this thread end: the kit calls both a crash
            aside.write(traceback.format_exc())


def _main() -> None:
    from contract_tests.zoo.troupe import client_named

    serve(client_named(sys.argv[1]) if sys.argv[1:] else Client, sys.stdin, sys.stdout, sys.stderr)


if __name__ == "__main__":
    _main()
