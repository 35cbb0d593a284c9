"""The fake that cases run at, and a sandbox in it for each case.

The fake is a process that the kit starts, or one that runs already; it is never imported.
"""

import importlib.util
import json
import os
import re
import subprocess
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Self
from urllib.parse import urlsplit

from flipsnack_contract.adapter.answer_forms import AnswerForm
from flipsnack_contract.adapter.case import TimedAction, Timeline, VirtualTimeline
from flipsnack_contract.adapter.elsewhere import Elsewhere
from flipsnack_contract.adapter.left_files import MOST_LEFT, beginning, files_in
from flipsnack_contract.adapter.messages import AdapterFault
from flipsnack_contract.adapter.parent_watchdog import watched_command
from flipsnack_contract.adapter.process import end_group, exit_text, start
from flipsnack_contract.adapter.relay import Relay
from flipsnack_contract.adapter.sent import Sent
from flipsnack_contract.contract.clock import next_second
from flipsnack_contract.contract.decoding import Malformed, decode
from flipsnack_contract.contract.methods import package_method
from flipsnack_contract.target.control import Control, Refused, find_control
from flipsnack_contract.target.session import CallDraft
from flipsnack_contract.target.target import HttpTarget, Request, Target

MODULE = "flipsnack_mock"
FLAGS = ("--port", "0", "--log", "off", "--max-namespaces", "1000000")
MOST_MADE = 16 * 1024 * 1024
"""Bytes of the file that was to be made: more than any package has. Of a longer one only the beginning is kept."""
LISTENING = re.compile(rb"listening on (http://\S+)")


class NoFake(Exception):
    """There is no fake; the text says why, and how to get one."""


class NoAddress(NoFake):
    """The text is not the address of a fake."""


@dataclass(frozen=True)
class Fake:
    """A running fake: its scheme, host and port, the way to it, and the token of its control plane."""

    url: str
    target: Target
    token: str | None

    def control(self, path: str) -> Control:
        """The control plane of the fake (`path` is /), or of a namespace below it, which is made on first use."""
        return Control(self.target, self.url + path, token=self.token)


@contextmanager
def fake_at(url: str, *, token: str | None = None) -> Iterator[Fake]:
    """The fake that runs at `url`, with or without its /v1/. Raises `NoFake`, `NoAddress` for what cannot be one."""
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.netloc:
        raise NoAddress(f"{url!r} is not the address of a fake; expected something like http://127.0.0.1:3547")
    root = f"{parts.scheme}://{parts.netloc}{parts.path}".rstrip("/").removesuffix("/v1")
    with HttpTarget(f"{root}/v1/") as target:
        if find_control(target, token=token) is None:
            raise NoFake(
                f"no fake with a control plane answers at {root}; start one with `flipsnack-mock serve` "
                "(give its --admin-token, if it has one)"
            )
        yield Fake(root, target, token)


@contextmanager
def started_fake() -> Iterator[Fake]:
    """A fake that the kit starts; it ends with the block, and with this process. Raises `NoFake`."""
    if importlib.util.find_spec(MODULE) is None:
        raise NoFake(
            "the fake is not installed: run pip install 'flipsnack-kit[mock]', or name a running one with --fake URL"
        )
    try:
        process = start(watched_command(MODULE, "serve", *FLAGS))
    except AdapterFault as fault:
        raise NoFake(f"the fake does not start: {fault.text}") from None
    assert process.stdout is not None  # `start` makes pipes
    assert process.stderr is not None
    with process:
        try:
            line = process.stdout.readline()
            listening = LISTENING.search(line)
            if listening is None:
                said = repr(line) if line else process.stderr.read(2000).decode("utf-8", "replace")
                raise NoFake(f"the fake does not start: {exit_text(process.poll())}; it printed: {said.strip()}")
            with fake_at(listening[1].decode()) as fake:
                yield fake
        finally:
            end_group(process)


def _is_near(url: str) -> bool:
    """Whether the fake is on this machine, and its requests can be read."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    return parts.scheme == "http" and (host == "localhost" or host.startswith("127.") or host == "::1")


class NoPackage(Exception):
    """The fake does not serve the package; the text is its answer."""


@dataclass(frozen=True)
class Way:
    """The way from a client to the fake: through a relay, which keeps what is sent.

    After `cut_after` bytes the connection of an upload breaks, once; answers have another `form`; with `elsewhere`
    there is another server, to which redirects lead.
    """

    cut_after: int | None = None
    form: AnswerForm | None = None
    elsewhere: bool = False


class Sandbox:
    """One namespace, one account, and `dest`, a file to be made. A context manager that deletes all of it.

    `dest` has the name `file_name`, else package.zip.

    The account begins with `collections`; its clock stands still if `frozen`. A client reaches the fake by `way`, or
    directly; a fake on another machine directly too, where nothing breaks on the way. Raises `Refused` when the fake
    refuses the account.
    """

    def __init__(
        self,
        fake: Fake,
        name: str,
        *,
        key: str,
        secret: str,
        way: Way | None = None,
        collections: Iterable[Mapping[str, object]] = (),
        frozen: bool = False,
        file_name: str = "",
    ) -> None:
        self._fake = fake
        self.name = name
        is_watched = way is not None and (_is_near(fake.url) or way != Way())
        self._relay = None
        if way and is_watched:
            self._relay = Relay(fake.url, cut_after=way.cut_after, form=way.form, fills=way.elsewhere)
        self.elsewhere = Elsewhere() if way and way.elsewhere else None
        self.base_url = f"{self._relay.url if self._relay else fake.url}/t/{name}/v1/"
        self.control = fake.control(f"/t/{name}/")
        self.key = key
        self.secret = secret
        # The windows of limits begin with whole seconds.
        begin = next_second() if frozen else None
        self.account = self.control.create_account(key, secret, collections=collections, frozen_at=begin)
        self._folder = TemporaryDirectory(prefix="flipsnack-", ignore_cleanup_errors=True)
        self.dest = Path(self._folder.name) / (file_name or "package.zip")

    def timeline(self, *, virtual: bool, actions: tuple[TimedAction, ...] = ()) -> Timeline:
        """The time of the case: the account's clock, which is stopped, or real time."""
        return VirtualTimeline(self.account, actions) if virtual else Timeline()

    def calls(self) -> int:
        """How many requests the fake has seen of the case."""
        return int(self.control.call("GET", "/requests/count")["count"])

    def archive(self, *, before: int) -> bytes:
        """The first `before` requests of the case as an HTTP archive (HAR 1.2), secrets and signatures masked."""
        archive = self.control.call("GET", "/requests.har")
        archive["log"]["entries"] = archive["log"]["entries"][:before]
        return json.dumps(archive, indent=1, ensure_ascii=False).encode()

    def sent(self) -> tuple[Sent, ...] | None:
        """The requests that the client has sent, to the fake and elsewhere; None where they were not seen."""
        if self._relay is None:
            return None
        return (*self._relay.sent(), *(self.elsewhere.sent() if self.elsewhere else ()))

    def forget(self) -> None:
        """Forget what the client has sent so far."""
        self.control.call("DELETE", "/requests")
        if self._relay:
            self._relay.forget()

    def left(self) -> dict[str, bytes]:
        """What is in the folder of `dest` by its name, with its first 64 KiB."""
        return files_in(self.dest.parent)

    def made(self) -> bytes | None:
        """The file at `dest`, or its first 64 KiB where it is too long; None where there is no regular file."""
        if not os.path.isfile(self.dest):
            return None
        return beginning(self.dest, MOST_MADE if self.dest.stat().st_size <= MOST_MADE else MOST_LEFT)

    def package(self, collection_hash: str) -> bytes:
        """The package of a finished collection, fetched by the kit itself. Raises `NoPackage`."""
        pairs = (("action", package_method().name), ("apiKey", self.key), ("collectionHash", collection_hash))
        direct = f"{self._fake.url}/t/{self.name}/v1/"
        reply = self._fake.target.send(CallDraft(pairs, self.secret).request(direct))
        try:
            url = decode(reply.body).resource_url
        except Malformed as damage:
            raise NoPackage(str(damage)) from None
        if url is None:
            raise NoPackage(reply.body[:200].decode("utf-8", "replace"))
        package = self._fake.target.send(Request("GET", url))
        if package.status != 200:
            raise NoPackage(f"HTTP {package.status} from the resource URL")
        return package.body

    def __enter__(self) -> Self:
        return self

    def __exit__(self, _kind: object, _error: object, _trace: object) -> None:
        with suppress(RecursionError):
            self._folder.cleanup()
        if os.path.lexists(self._folder.name):
            # Folders in folders, more than Python goes down; or a link in place of the folder, which Python leaves.
            subprocess.run(("rm", "-rf", "--", self._folder.name), check=False)
        for server in (self._relay, self.elsewhere):
            if server:
                server.close()
        with suppress(Refused):
            self._fake.control("/").call("DELETE", f"/namespaces/{self.name}")
