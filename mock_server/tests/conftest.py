"""The fake at three depths: the core alone, the application without a socket, and the real server."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from flipsnack_mock import api
from flipsnack_mock.inspect.records import Record, records_of
from flipsnack_mock.protocol.messages import Request, Response, UploadedFile
from flipsnack_mock.server.app import create_app
from flipsnack_mock.state.journal import Entry
from flipsnack_mock.state.settings import load_settings
from flipsnack_mock.state.world import World
from flipsnack_mock.testing import MockServer

if TYPE_CHECKING:
    from selenium import webdriver

KEY = "test-core"
SECRET = "secret-test-core"
DOWNLOAD = "collection.downloadHTML"
START = 1_790_000_000_000_000
"""Where time stands in tests that hold it in their hand: microseconds, a whole minute."""
SECOND = 1_000_000
MINUTE = 60 * SECOND
DOCUMENT = UploadedFile("file", "Spring catalogue.pdf", 1_000, "d" * 64, "pdf", pages=12)


def signature_of(secret: str, params: Mapping[str, str]) -> str:
    """The signature, spelt out once more: no code of the fake judges itself."""
    text = secret
    for name in sorted(params):
        if name not in ("signature", "file"):
            text += name + params[name]
    return hashlib.md5(text.encode("utf-8")).hexdigest()


def signed(secret: str = SECRET, /, **changes: str | None) -> dict[str, str]:
    """A complete call of collection.downloadHTML with `changes` (None leaves one out), signed after them.

    A `signature` among the changes stays as it is.
    """
    wanted = {"apiKey": KEY, "action": DOWNLOAD, "collectionHash": "mock-complete"} | changes
    params = {name: value for name, value in wanted.items() if value is not None}
    if "signature" not in changes:
        params["signature"] = signature_of(secret, params)
    return params


@dataclass
class Door:
    """The core alone: a request goes in as a value, an answer comes out as one, and time is a number."""

    world: World
    now: int = START
    entry: Entry = field(init=False)
    """What the journal keeps of the latest request."""

    @property
    def record(self) -> Record:
        """That entry as it is shown."""
        return next(records_of(self.world, [self.entry]))

    def send(
        self,
        query: str | bytes = b"",
        *,
        method: str = "GET",
        path: str = "/v1/",
        content_type: str = "",
        body: bytes = b"",
        origin: str = "http://fake.test",
        **more: Any,
    ) -> Response:
        raw = query.encode() if isinstance(query, str) else query
        request = Request(method, path, raw, self.now, origin, content_type, body, **more)
        response, self.entry = api.handle(request, self.world)
        return response

    def call(self, params: Mapping[str, str] | None = None, /, **changes: str | None) -> dict[str, Any]:
        return decoded(self.send(urlencode(params if params is not None else signed(**changes))))

    def act(self, action: str, /, collection_hash: str | None = None, **params: str) -> dict[str, Any]:
        """The answer of a method; an upload has a document unless its parameters name one."""
        if action == "collection.create":
            return self.upload(*([] if "fileUrl" in params else [DOCUMENT]), **params)
        return self.call(signed(action=action, collectionHash=collection_hash, **params))

    def upload(self, *files: UploadedFile, **params: str) -> dict[str, Any]:
        """The answer of collection.create; the edge has read the files."""
        raw = urlencode(signed(action="collection.create", collectionHash=None, **params))
        return decoded(self.send(raw, method="POST", files=files))

    def code(self, **changes: str | None) -> int:
        return int(self.call(**changes)["code"])

    def fetch(self, url: str, *, method: str = "GET", **more: Any) -> Response:
        """The answer of a resource URL; `more` are other fields of the request."""
        path, _, query = url.removeprefix("http://fake.test").partition("?")
        return self.send(query, method=method, path=path, **more)


def decoded(response: Response) -> dict[str, Any]:
    assert isinstance(response.body, bytes)
    return dict(json.loads(response.body))


def make_door(**settings: Any) -> Door:
    """A core with these settings, of which no limit is among the defaults."""
    flags = {"requests_per_second": 0, "requests_per_minute": 0} | settings
    return Door(World(load_settings(flags=flags, environment={}, file=None)[0]))


@pytest.fixture
def door() -> Door:
    return make_door()


@dataclass
class Fake:
    """The application without a socket, and its real time in the test's hand."""

    client: FlaskClient
    time: list[int]

    def pass_seconds(self, seconds: float) -> None:
        self.time[0] += round(seconds * SECOND)

    def call(self, *, prefix: str = "", **changes: str | None) -> TestResponse:
        return self.client.get(f"{prefix}/v1/", query_string=signed(**changes))

    def resource(self, url: str, **headers: str) -> TestResponse:
        return self.client.get(url.removeprefix("http://localhost"), headers=headers)

    def admin(self, method: str, path: str, body: Any = None, **headers: str) -> TestResponse:
        """The answer of the control plane; a body that is no `bytes` is sent as JSON."""
        data = body if isinstance(body, bytes | None) else json.dumps(body).encode()
        return self.client.open(path, method=method, data=data, headers=headers)

    def account(self, method: str, path: str = "", body: Any = None) -> TestResponse:
        """The answer of the control plane of the account that signed calls are made with."""
        return self.admin(method, f"/__admin/accounts/{KEY}{path}", body)


def make_fake(**settings: Any) -> Fake:
    """An application with these settings, of which no limit is among the defaults."""
    flags = {"requests_per_second": 0, "requests_per_minute": 0} | settings
    loaded, sources = load_settings(flags=flags, environment={}, file=None)
    time = [START]
    return Fake(create_app(loaded, now=lambda: time[0], sources=sources).test_client(), time)


@pytest.fixture
def fake() -> Fake:
    return make_fake()


@pytest.fixture(scope="session")
def server() -> Iterator[MockServer]:
    """The real server, one for all tests: each uses a key of its own. It has no limits."""
    with MockServer(requests_per_second=0, requests_per_minute=0) as running:
        yield running


CHROMIUM_FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
)


@pytest.fixture
def browser(chromium: webdriver.Chrome) -> webdriver.Chrome:
    chromium.get_log("browser")  # type: ignore[no-untyped-call]
    return chromium


@pytest.fixture(scope="session")
def chromium(tmp_path_factory: pytest.TempPathFactory) -> Iterator[webdriver.Chrome]:
    """A Chromium without a window and without a network; it takes seconds to start."""
    # Few tests need it, and it takes long to import.
    from selenium import webdriver

    chromium, driver = shutil.which("chromium"), shutil.which("chromedriver")
    if chromium is None or driver is None:
        pytest.skip("chromium and chromedriver are not installed")
    options = webdriver.ChromeOptions()
    options.binary_location = chromium
    for flag in (
        *CHROMIUM_FLAGS,
        f"--user-data-dir={tmp_path_factory.mktemp('profile')}",
        "--proxy-server=127.0.0.1:9",
    ):
        options.add_argument(flag)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    started = webdriver.Chrome(options=options, service=webdriver.ChromeService(driver))
    yield started
    started.quit()
