"""Recordings of real exchanges with a fake whose time a test holds in its hand."""

from collections.abc import Callable
from dataclasses import dataclass, replace

import pytest

from flipsnack_contract.contract.decoding import Answer, decode
from flipsnack_contract.contract.methods import package_method
from flipsnack_contract.target.control import Control
from flipsnack_contract.target.session import CallDraft, FilePart
from flipsnack_contract.target.target import Reply, Request, WsgiTarget
from flipsnack_contract.target.target_under_test import examine
from flipsnack_mock.server.app import create_app
from flipsnack_mock.state.settings import load_settings

KEY = "test-recorded"
START = 1_790_000_000_000_000
SECOND = 1_000_000


@dataclass
class Tape:
    """A fake that records what is asked of it."""

    target: WsgiTarget
    now: list[int]

    def call(self, collection: str = "mock-complete", *, verb: str = "GET", **more: str) -> str:
        """Call for a package; the resource URL, if one was given."""
        pairs = (("action", package_method().name), ("apiKey", KEY), ("collectionHash", collection), *more.items())
        draft = replace(CallDraft(pairs, f"secret-{KEY}"), verb=verb)
        return str(decode(self.target.send(draft.request(self.target.base_url)).body, draft.format).resource_url or "")

    def ask(self, action: str, *, verb: str = "GET", document: bytes | None = None, **params: str) -> Answer:
        """Call another method; a document is uploaded."""
        pairs = (("action", f"collection.{action}"), ("apiKey", KEY), *params.items())
        files = () if document is None else (FilePart(document),)
        draft = CallDraft(pairs, f"secret-{KEY}", verb="POST" if files else verb, files=files)
        reply = self.target.send(draft.request(self.target.base_url))
        return decode(reply.body) if reply.status == 200 else Answer(0, "")

    def fetch(self, url: str) -> Reply:
        """Download."""
        return self.target.send(Request("GET", url))

    def wait(self, seconds: float) -> None:
        """Let time pass."""
        self.now[0] += round(seconds * SECOND)

    def export(self, form: str) -> str:
        """The recording: `har` or `ndjson`."""
        reply = self.target.send(Request("GET", self.target.base_url.removesuffix("v1/") + f"__admin/requests.{form}"))
        return reply.body.decode()

    @property
    def control(self) -> Control:
        """The control plane, for what a recording is to show."""
        found = examine(self.target).control
        assert found is not None
        return found


@pytest.fixture
def record() -> Callable[..., Tape]:
    """Makes a tape; its fake has these settings."""

    def make(**settings: object) -> Tape:
        now = [START]
        loaded, _ = load_settings(flags=settings, environment={}, file=None)
        return Tape(WsgiTarget(create_app(loaded, now=lambda: now[0])), now)

    return make
