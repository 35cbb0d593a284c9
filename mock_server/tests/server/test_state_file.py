"""State that outlives its process: what was answered is in the file, whatever happens next."""

import random  # noqa: TID251 - when the server dies
import shutil
import signal
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
import requests
from flask import Flask
from hypothesis import example, given, settings
from hypothesis import strategies as st
from mock_server.tests.command_runner import run
from mock_server.tests.conftest import KEY, SECOND, START, signed
from mock_server.tests.test_main import BOUND, Served

from flipsnack_mock.server.app import FAKE, create_app
from flipsnack_mock.server.state_file import VERSION, StateFile
from flipsnack_mock.state.settings import Settings, SettingsError
from flipsnack_mock.testing import MockServer, make_pdf

NAMESPACES = ("", "/t/one", "/t/two")
UPLOAD = "collection.create"
ACCOUNT = f"/__admin/accounts/{KEY}"


@dataclass
class Kept:
    """An application whose state is in a file, its time, and the hash of the latest collection of the account."""

    path: Path
    time: int = START
    latest: str = "none"
    app: Flask = field(init=False)

    def __post_init__(self) -> None:
        self.app = create_app(Settings(state=str(self.path)), now=lambda: self.time)
        self.client = self.app.test_client()

    def close(self) -> None:
        self.app.extensions[FAKE].state.close()

    def killed(self) -> "Kept":
        """A server that finds what this one would leave behind if it was killed now."""
        left = self.path.with_name(f"{self.path.name}-left")
        for end in ("", "-wal"):
            shutil.copy(f"{self.path}{end}", f"{left}{end}")
        return Kept(left, self.time)

    def call(self, action: str, prefix: str = "", **params: str) -> int:
        verb = "POST" if action == UPLOAD else "GET"
        url = {"fileUrl": "https://example.com/a.pdf"} if action == UPLOAD else {}
        named = {"collectionHash": None if action == UPLOAD else self.latest}
        query = signed(**{"action": action, **named, **url, **params})
        answer = self.client.open(f"{prefix}/v1/", method=verb, query_string=query)
        data = (answer.get_json() or {}).get("data")
        self.latest = data.get("collectionHash", self.latest) if isinstance(data, dict) else self.latest
        return answer.status_code

    def control(self, method: str, path: str, body: Any = None, prefix: str = "") -> Any:
        return self.client.open(f"{prefix}{path}", method=method, json=body).get_json(silent=True)

    def whole(self) -> list[Any]:
        """Everything that a client can find out about its state."""
        names = self.control("GET", "/__admin/namespaces")
        worlds = [self.control("GET", "/__admin/snapshot", prefix=f"/t/{name}") for name in names["namespaces"]]
        return [names, self.control("GET", "/__admin/snapshot"), *worlds]


@contextmanager
def kept_in(folder: Path) -> Iterator[Kept]:
    one = Kept(folder / "state")
    try:
        yield one
        other = one.killed()
        try:
            # Both are asked twice: what a reset brings comes from what is kept beside the accounts.
            for _ in range(2):
                assert one.whole() == other.whole()
                assert one.control("POST", f"{ACCOUNT}/reset") == other.control("POST", f"{ACCOUNT}/reset")
        finally:
            other.close()
    finally:
        one.close()


CALLS: list[tuple[str, dict[str, str]]] = [
    (UPLOAD, {"collectionStatus": "editable"}),
    (UPLOAD, {"title": "mock-after-3-polls"}),
    ("collection.update", {"collectionStatus": "public"}),
    ("collection.update", {"title": "Another"}),
    ("collection.deleteCollection", {}),
    ("collection.downloadHTML", {}),
    ("collection.downloadHTML", {"collectionHash": "mock-complete"}),
    ("collection.downloadHTML", {"collectionHash": "mock-failed", "apiKey": "test-other"}),
    ("collection.getList", {}),
]
FAULT = {"fault": {"kind": "code", "code": 31}, "when": {"every": 2}, "ttl": 5}
CONTROLS: list[tuple[str, str, Any]] = [
    ("POST", f"{ACCOUNT}/clock/advance", {"seconds": 1.5}),
    ("POST", f"{ACCOUNT}/clock/freeze", None),
    ("POST", f"{ACCOUNT}/clock/resume", None),
    ("PATCH", f"{ACCOUNT}/settings", {"requests_per_second": 2, "http_statuses": {"41": 401}}),
    ("PUT", f"{ACCOUNT}/maintenance", {"on": True}),
    ("PUT", f"{ACCOUNT}/uploads", {"count": 999}),
    ("POST", f"{ACCOUNT}/faults", FAULT),
    ("DELETE", "/__admin/faults", None),
    ("POST", f"{ACCOUNT}/collections", {"schedule": "manual"}),
    ("PUT", f"{ACCOUNT}/jobs/mock-manual", {"state": "COMPLETE"}),
    ("POST", f"{ACCOUNT}/reset", None),
    ("DELETE", ACCOUNT, None),
    ("POST", f"{ACCOUNT}/fork", {"key": "test-fork"}),
    ("PUT", "/__admin/maintenance", {"on": True}),
    ("POST", "/__admin/reset", None),
    ("DELETE", "/__admin/namespaces/one", None),
]
STEPS = st.one_of(
    st.tuples(st.just("call"), st.sampled_from(CALLS), st.sampled_from(NAMESPACES)),
    st.tuples(st.just("control"), st.sampled_from(CONTROLS), st.sampled_from(NAMESPACES)),
    st.tuples(st.just("restore"), st.just(()), st.sampled_from(NAMESPACES)),
    st.tuples(st.just("pass"), st.integers(0, 2 * SECOND), st.just("")),
)


def take_step(kept: Kept, kind: str, what: Any, prefix: str) -> None:
    if kind == "call":
        kept.call(what[0], prefix, **what[1])
    elif kind == "control":
        method, path, body = what
        kept.control(method, path, body, prefix)
    elif kind == "restore":
        kept.control("PUT", "/__admin/snapshot", kept.control("GET", "/__admin/snapshot", prefix="/t/two"), prefix)
    else:
        kept.time += what


@settings(max_examples=25)
@given(st.lists(STEPS, max_size=15))
@example([("call", one, "") for one in CALLS] * 2)
@example([("control", one, "") for one in CONTROLS] * 2)
@example([("control", ("POST", f"{ACCOUNT}/fork", {"key": "test-fork"}), "")])
@example([("call", CALLS[0], "/t/two"), ("call", CALLS[6], ""), ("restore", (), "")])
def test_a_server_that_is_killed_finds_all_that_was_answered(steps: list[tuple[str, Any, str]]) -> None:
    with TemporaryDirectory() as folder, kept_in(Path(folder)) as kept:
        for step in steps:
            take_step(kept, *step)


def test_a_frozen_clock_stays_frozen_and_a_running_one_goes_on_while_no_server_runs(tmp_path: Path) -> None:
    one = Kept(tmp_path / "state")
    for key in ("test-frozen", "test-running"):
        one.control("POST", f"/__admin/accounts/{key}/clock/advance", {"seconds": 100})
    one.control("POST", "/__admin/accounts/test-frozen/clock/freeze")
    one.close()
    later = Kept(tmp_path / "state", START + 60 * SECOND)
    shown = [later.control("GET", f"/__admin/accounts/test-{name}/clock") for name in ("frozen", "running")]
    assert [(START + 100 * SECOND, True), (START + 160 * SECOND, False)] == [
        (one["now_us"], one["frozen"]) for one in shown
    ]
    later.close()


EVERYBODY = ["/__admin/snapshot", "/__admin/accounts"]
"""Where the time of all accounts is shown."""


@pytest.mark.parametrize(
    "action", ["collection.downloadHTML", "collection.getEmbed", "collection.deleteCollection", *EVERYBODY]
)
def test_the_clock_stands_where_the_last_call_saw_it_when_the_machines_is_set_back(tmp_path: Path, action: str) -> None:
    one = Kept(tmp_path / "state")
    one.control("POST", f"{ACCOUNT}/collections", {"hash": "c1", "schedule": "never"})
    one.control("PATCH", f"{ACCOUNT}/settings", {"requests_per_second": 0, "requests_per_minute": 0})
    one.time += SECOND
    if action in EVERYBODY:
        one.control("GET", action)
    else:
        one.call(action, collectionHash="c1")
    one.close()
    later = Kept(tmp_path / "state", START)
    assert START + SECOND == later.control("GET", f"{ACCOUNT}/clock")["now_us"]
    later.close()


def test_only_what_changed_is_written(tmp_path: Path) -> None:
    """With a thousand collections a call writes two rows: what counts for the limits, and its collection.

    The next request, which changes nothing, writes none. Without limits a call writes its collection alone, and one
    that changes nothing but the latest time writes one row as well.
    """
    kept = Kept(tmp_path / "state")
    for number in range(1_000):
        kept.control("POST", f"{ACCOUNT}/collections", {"hash": f"c{number}", "schedule": "after-3-polls"})

    def written(action: str = "collection.downloadHTML", **params: str) -> int:
        before: int = kept.app.extensions[FAKE].state.written
        kept.call(action, collectionHash="c500", **params)
        return int(kept.app.extensions[FAKE].state.written) - before

    assert [2, 0] == [written(), written(apiKey="nobody")]
    kept.control("PATCH", f"{ACCOUNT}/settings", {"requests_per_second": 0, "requests_per_minute": 0})
    assert [1, 1] == [written(), written("collection.getEmbed")]
    kept.close()


def test_a_change_that_cannot_be_written_is_refused_and_written_as_soon_as_it_can_be(tmp_path: Path) -> None:
    with kept_in(tmp_path) as kept:
        connection = kept.app.extensions[FAKE].state.connection
        pages = connection.execute("PRAGMA page_count").fetchone()[0]
        connection.execute(f"PRAGMA max_page_count = {pages}")
        made = [
            kept.client.post(f"{ACCOUNT}/collections", json={"hash": f"c{number}", "description": 5_000 * "x"})
            for number in range(3)
        ]
        assert [503, 503, 503] == [answer.status_code for answer in made]
        assert "disk is full: make room" in made[0].get_json()["error"]["message"]
        assert 503 == kept.call("collection.downloadHTML", collectionHash="mock-complete")
        connection.execute("PRAGMA max_page_count = 100000")
        assert 200 == kept.call("collection.downloadHTML", collectionHash="mock-complete")
        listed = kept.control("GET", "/__admin/requests")["requests"]
        assert [(None, 503), (20, 200)] == [(one.get("code"), one["answer"]["http_status"]) for one in listed]


def test_a_change_is_refused_while_the_file_is_not_where_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What goes to a file without a name is lost when the process ends."""
    with kept_in(tmp_path) as kept:
        moved = kept.path.rename(tmp_path / "moved")
        assert 503 == kept.call("collection.downloadHTML", collectionHash="mock-complete")
        kept.path.write_bytes(moved.read_bytes())
        answer = kept.client.post(f"{ACCOUNT}/collections", json={"hash": "c"})
        assert "moved, removed or replaced" in answer.get_json()["error"]["message"]
        moved.replace(kept.path)
        monkeypatch.chdir(tmp_path)
        assert 200 == kept.call("collection.downloadHTML", collectionHash="mock-complete")


def a_database(path: Path, *statements: str) -> None:
    with sqlite3.connect(path) as connection:
        for statement in statements:
            connection.execute(statement)
    connection.close()


@pytest.mark.parametrize("name", [":memory:", "file:x?mode=memory"])
def test_a_name_that_sqlite_gives_a_meaning_is_that_of_a_file(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    StateFile(Path(name)).close()
    assert (tmp_path / name).is_file()


def test_a_file_that_cannot_be_the_state_is_refused_with_what_to_do_about_it(tmp_path: Path) -> None:
    (tmp_path / "text").write_text("a shopping list")
    a_database(tmp_path / "other", "CREATE TABLE list (item)")
    for name in ("newer", "damaged", "used"):
        StateFile(tmp_path / name).close()
    a_database(tmp_path / "newer", f"PRAGMA user_version = {VERSION + 1}")
    a_database(tmp_path / "damaged", "INSERT INTO state VALUES (1, '', 'key', '', '', '{}')")
    used = StateFile(tmp_path / "used")
    before = {name: (tmp_path / name).read_bytes() for name in ("text", "other", "newer", "damaged")}
    for name, words in {
        "text": "expected a file of flipsnack-mock",
        "other": "a database of another program; name a file of its own",
        "newer": f"has version {VERSION + 1}, expected {VERSION}; use it with the flipsnack-mock that wrote it",
        "damaged": r"the row \('', 'key', '', ''\) cannot be read",
        "used": "another process uses it: stop that one",
        "no/folder": "name a file in a folder that can be written to",
    }.items():
        with pytest.raises(SettingsError, match=words):
            create_app(Settings(state=str(tmp_path / name)))
    assert before == {name: (tmp_path / name).read_bytes() for name in before}
    used.close()
    refused = run("serve", "--port", "0", "--state", str(tmp_path / "text"))
    assert (2, 1) == (refused.exit_code, len(refused.stderr.splitlines()))


def test_documents_stay_beside_the_file_until_no_collection_has_them(tmp_path: Path) -> None:
    where = tmp_path / "state"
    half = tmp_path / "state.documents" / "arriving-half"
    for start in range(3):
        with MockServer(state=str(where), conversion_schedule="immediate") as server:
            if start == 0:
                params = signed(action=UPLOAD, collectionHash=None)
                document = {"file": ("a.pdf", make_pdf(2, "Kept words"))}
                made = requests.post(server.base_url, data=params, files=document, timeout=BOUND).json()["data"]
                half.write_bytes(b"half")
            page = requests.get(made["collectionThumbnail"].replace(server_of(made), server.url), timeout=BOUND)
            if start == 1:
                assert 200 == page.status_code
                call = signed(action="collection.deleteCollection", collectionHash=made["collectionHash"])
                requests.get(server.base_url, params=call, timeout=BOUND)
            elif start == 2:
                assert 404 == page.status_code
        assert [1, 0, 0][start] == len([one for one in half.parent.iterdir() if len(one.name) == 64])
    assert not half.exists()


def server_of(made: dict[str, Any]) -> str:
    return str(made["collectionThumbnail"].partition("/thumbnails/")[0])


@dataclass
class Uploader(threading.Thread):
    """Uploads drafts and publishes them, one after the other, until the server is gone; counts what it was told."""

    url: str
    key: str
    told: dict[str, int]
    hashes: set[str]

    def __post_init__(self) -> None:
        super().__init__()

    def __hash__(self) -> int:
        return id(self)

    def run(self) -> None:
        with requests.Session() as session:
            try:
                while True:
                    self.publish(session, self.call(session, "POST", UPLOAD, collectionStatus="editable"))
            except requests.ConnectionError:
                pass

    def publish(self, session: requests.Session, draft: str) -> None:
        self.told["uploaded"] += 1
        final = self.call(session, "GET", "collection.update", collectionHash=draft, collectionStatus="public")
        self.told["published"] += 1
        self.hashes.add(final)

    def call(self, session: requests.Session, verb: str, action: str, **params: str) -> str:
        url = {"fileUrl": "https://example.com/a.pdf"} if verb == "POST" else {}
        named: dict[str, str | None] = {"collectionHash": None, "apiKey": self.key, "action": action, **url, **params}
        query = signed(f"secret-{self.key}", **named)
        answer = session.request(verb, f"{self.url}/v1/", params=query, timeout=BOUND)
        return str(answer.json()["data"]["collectionHash"])


def found(url: str, key: str, told: dict[str, int], hashes: set[str]) -> dict[str, int]:
    """What the account has; each change is there whole or not at all, and those that were answered are there."""
    account = requests.get(f"{url}/__admin/accounts/{key}/snapshot", timeout=BOUND).json()["account"]
    has = {"uploaded": sum(account["uploads"].values()), "published": len(account["renamed"])}
    collections = account["collections"]
    assert (has["uploaded"], has["published"]) == (
        len(collections),
        sum(one["status"] == "public" for one in collections.values()),
    )
    assert has["uploaded"] + has["published"] == account["hashes_made"]
    # Of what was not answered at most one change was made: the one that was under way.
    assert sum(told.values()) <= sum(has.values()) <= sum(told.values()) + 1
    assert hashes <= collections.keys()
    return has


@pytest.mark.parametrize("kills", [5, pytest.param(100, marks=pytest.mark.soak)])
def test_no_change_that_was_answered_is_lost_when_a_busy_server_is_killed(kills: int, tmp_path: Path) -> None:
    moments = random.Random(kills)
    state = {"state": str(tmp_path / "state"), "log": "off", "uploads_per_month": "1000000"}
    limits = {"requests_per_second": "0", "requests_per_minute": "0", "conversion_schedule": "immediate"}
    told = {f"test-{number}": {"uploaded": 0, "published": 0} for number in range(3)}
    hashes: dict[str, set[str]] = {key: set() for key in told}
    for _ in range(kills):
        server = Served(**state, **limits)
        told = {key: found(server.url, key, told[key], hashes[key]) for key in told}
        uploaders = [Uploader(server.url, key, told[key], hashes[key]) for key in told]
        for uploader in uploaders:
            uploader.start()
        uploaders[0].join(moments.uniform(0.05, 0.4))
        server.end(signal.SIGKILL)
        for uploader in uploaders:
            uploader.join()
    server = Served(**state, **limits)
    assert all(found(server.url, key, told[key], hashes[key])["published"] for key in told)
    assert 0 == server.end()[0]
