import base64
import io
import re
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from mock_server.tests.conftest import KEY, Fake, make_fake, signed

from flipsnack_client import Flipsnack
from flipsnack_mock.inspect.ledger import ledger
from flipsnack_mock.lint.rules import BACK_OFF_SECONDS, RULES
from flipsnack_mock.lint.traffic import MIN_POLL_SECONDS
from flipsnack_mock.protocol.methods import METHODS
from flipsnack_mock.testing import MockServer, assert_clean

Misuse = Callable[[Fake], Any]
PICTURE = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGNgAAAAAgABSK+kcQAAAABJRU5ErkJggg=="
)


def link(fake: Fake) -> str:
    """Ask for a package and return its resource URL."""
    answer: dict[str, Any] = fake.call().get_json()
    return str(answer["data"]["resourceUrl"])


def broken(fake: Fake) -> set[str]:
    findings = fake.client.get("/__admin/lint").get_json()["findings"]
    return {finding["rule"] for finding in findings}


def poll_every(fake: Fake, seconds: float, schedule: str = "mock-processing", times: int = 4) -> None:
    for _ in range(times):
        fake.call(collectionHash=schedule)
        fake.pass_seconds(seconds)


def repeat(fake: Fake, seconds: float, times: int = 2, **changes: str | None) -> None:
    for _ in range(times):
        fake.client.get("/v1/", query_string=signed(**changes))
        fake.pass_seconds(seconds)


def exceed(fake: Fake, seconds: float, limit: str) -> None:
    """A client that meets a limit of one request and tries again after that pause."""
    fake.account("PATCH", "/settings", {limit: 1})
    fake.call(collectionHash="mock-processing")
    fake.call(collectionHash="mock-error-43")
    fake.pass_seconds(seconds)
    fake.call(collectionHash="mock-error-43")


def use_dead_link(fake: Fake, *, tries: int, ask: bool) -> None:
    url = link(fake)
    fake.pass_seconds(60)
    for _ in range(tries):
        fake.resource(url)
    if ask:
        fake.resource(link(fake))


def fetch(fake: Fake, times: int, **headers: str) -> None:
    url = link(fake)
    for _ in range(times):
        fake.resource(url, **headers)


def through_fault(fake: Fake, kind: dict[str, Any], misuse: Misuse) -> None:
    fake.account("POST", "/faults", {"fault": kind, "count": 1})
    misuse(fake)


def download_with_credentials(fake: Fake) -> None:
    fake.resource(link(fake) + f"&apiKey={KEY}&signature=00")


def call(fake: Fake, action: str, collection_hash: str | None = None, **params: str) -> dict[str, Any]:
    """A call of a method; an upload is a POST with a file only where `fileUrl` is not among its parameters."""
    wanted = signed(action=action, collectionHash=collection_hash, **params)
    if action != "collection.create":
        return dict(fake.client.get("/v1/", query_string=wanted).get_json() or {})
    file = {} if "fileUrl" in params else {"file": (io.BytesIO(PICTURE), "mock-never.png")}
    return dict(fake.client.post("/v1/", data=wanted | file).get_json(silent=True) or {})


DOCUMENT = "https://a.test/mock-never.pdf"


def upload(fake: Fake, seconds: float = 5, times: int = 2, **params: str) -> None:
    for _ in range(times):
        call(fake, "collection.create", **({"fileUrl": DOCUMENT} | params))
        fake.pass_seconds(seconds)


def upload_each(fake: Fake, **values: list[str]) -> None:
    """An upload for each of the values of one parameter."""
    [(name, each)] = values.items()
    for value in each:
        call(fake, "collection.create", **({"fileUrl": DOCUMENT} | {name: value}))


def again(fake: Fake, action: str, seconds: float, times: int = 2, **params: str) -> None:
    fake.account("POST", "/collections", {"hash": "mine", "conversion_schedule": "never"})
    for _ in range(times):
        call(fake, action, None if action == "user.getStats" else "mine", **params)
        fake.pass_seconds(seconds)


def lose_the_answer(fake: Fake, kind: dict[str, Any]) -> None:
    fake.account("POST", "/faults", {"fault": kind, "when": {"action": "collection.create"}, "count": 1})
    upload(fake)


def use_the_temporary_hash(fake: Fake, follow: bool = False) -> None:
    fake.account("POST", "/collections", {"hash": "draft", "status": "editable"})
    published = call(fake, "collection.update", "draft", collectionStatus="public")["data"]["collectionHash"]
    call(fake, "collection.getEmbed", published if follow else "draft")


def list_between_changes(fake: Fake) -> None:
    fake.account("POST", "/collections", {"hash": "mine"})
    for title in ("A", "B", "C"):
        call(fake, "collection.getList")
        call(fake, "collection.update", "mine", title=title)


MISUSES: list[tuple[str, Misuse]] = [
    ("client.poll-interval", partial(poll_every, seconds=MIN_POLL_SECONDS - 0.01)),
    ("client.poll-interval", partial(poll_every, seconds=0)),
    ("client.conversion-interval", partial(again, action="collection.getCollection", seconds=1.4)),
    ("client.conversion-interval", partial(again, action="collection.update", seconds=1.4, title="A")),
    ("client.upload-once", upload),
    ("client.upload-once", partial(lose_the_answer, kind={"kind": "status", "status": 503})),
    ("client.upload-once", partial(lose_the_answer, kind={"kind": "empty-body"})),
    ("client.upload-once", lambda fake: [call(fake, "collection.create") for _ in range(2)]),
    ("client.upload-refused", partial(upload, fileUrl="https://a.test/mock-error-35.pdf")),
    ("client.follows-new-hash", use_the_temporary_hash),
    ("client.statistics-cached", partial(again, action="collection.getStats", seconds=59, times=3)),
    ("client.final-state", partial(poll_every, seconds=5, schedule="mock-failed", times=2)),
    ("client.final-state", partial(poll_every, seconds=5, schedule="mock-complete", times=2)),
    ("client.expired-url", lambda fake: use_dead_link(fake, tries=2, ask=True)),
    ("client.expired-url", lambda fake: use_dead_link(fake, tries=1, ask=False)),
    ("client.back-off", partial(exceed, seconds=BACK_OFF_SECONDS[31] - 0.01, limit="requests_per_second")),
    ("client.back-off", partial(exceed, seconds=BACK_OFF_SECONDS[32] - 0.01, limit="requests_per_minute")),
    *[
        ("client.final-error", partial(repeat, seconds=5, collectionHash=f"mock-error-{code}"))
        for code in (30, 40, 41, 42, 43, 44)
    ],
    ("client.final-error", partial(repeat, seconds=5, signature="0" * 32)),
    ("client.final-error", partial(repeat, seconds=5, apiKey="nobody")),
    ("client.final-error", partial(repeat, seconds=5, action="no.method")),
    ("client.final-error", partial(repeat, seconds=5, collectionHash=None)),
    ("client.final-error", lambda fake: [fake.client.get("/v1/?a=%zz") for _ in range(2)]),
    ("client.repeated-call", partial(fetch, times=2)),
    ("client.repeated-call", partial(again, action="user.getStats", seconds=59)),
    ("client.repeated-call", partial(again, action="collection.getEmbed", seconds=59)),
    ("client.secret-not-sent", lambda fake: fake.call(secret="secret-" + KEY)),
    ("client.secret-not-sent", lambda fake: fake.call(token="secret-" + KEY)),
    ("client.secret-not-sent", lambda fake: fake.call(note=f"it is secret-{KEY}!")),
    ("client.secret-not-sent", lambda fake: fake.client.get(f"/v1/secret-{KEY}")),
    ("client.credentials-not-in-download", download_with_credentials),
    *[
        ("client.get-for-reads", lambda fake, action=action: fake.client.post("/v1/", data=signed(action=action)))
        for action, method in METHODS.items()
        if method.verb == "GET"
    ],
    ("client.no-xml", partial(repeat, seconds=61, format="xml")),
]


@pytest.mark.parametrize(("rule", "misuse"), MISUSES)
def test_a_misuse_breaks_its_rule_and_no_other(rule: str, misuse: Misuse) -> None:
    fake = make_fake()
    misuse(fake)
    assert {rule} == broken(fake)


def test_every_rule_has_a_misuse() -> None:
    assert set(RULES) == {rule for rule, _ in MISUSES}


def test_every_rule_is_in_the_ledger_and_kept_by_the_client() -> None:
    assert set(RULES) <= {rule["id"] for rule in ledger()["rule"] if rule["by"] == "client"}


def test_the_page_lists_every_rule_with_its_level() -> None:
    page = (Path(__file__).parents[3] / "docs/journal.md").read_text("utf-8")
    levels = {rule["id"]: rule["level"] for rule in ledger()["rule"]}
    assert [(rule, levels[rule]) for rule in RULES] == re.findall(
        r"^\| `(client\.[a-z-]+)` \| (\w+) \|", page, re.MULTILINE
    )


def sleep_under_a_frozen_clock(fake: Fake) -> None:
    """A client that really sleeps while the account's clock stands."""
    fake.account("POST", "/clock/freeze")
    poll_every(fake, 3)


def sleep_by_moving_the_clock(fake: Fake) -> None:
    """A client whose sleep moves the account's clock and takes no real time."""
    for _ in range(4):
        fake.call(collectionHash="mock-processing")
        fake.account("POST", "/clock/advance", {"seconds": 3})


def retried_by_its_owner(fake: Fake) -> None:
    """A failed package that was started again from outside."""
    fake.account("POST", "/collections", {"hash": "f1", "schedule": "failed-after-10s"})
    poll_every(fake, 10, "f1", 2)
    fake.account("PUT", "/jobs/f1", {"state": "PROCESSING"})
    fake.call(collectionHash="f1")


def mended(fake: Fake) -> None:
    """A collection that did not exist, and did when it was asked for again."""
    fake.call(collectionHash="f1")
    fake.account("POST", "/collections", {"hash": "f1", "schedule": "never"})
    fake.pass_seconds(2)
    fake.call(collectionHash="f1")


CAREFUL: dict[str, Misuse] = {
    "polls every two seconds": partial(poll_every, seconds=2),
    "polls at the very bound": partial(poll_every, seconds=MIN_POLL_SECONDS),
    "sleeps under a frozen clock": sleep_under_a_frozen_clock,
    "sleeps by moving the clock": sleep_by_moving_the_clock,
    "asks again after a minute": partial(poll_every, seconds=60, schedule="mock-failed", times=2),
    "fetches twice what it asked for twice": lambda fake: [fake.resource(link(fake)) for _ in range(2)],
    "renews a dead link": lambda fake: use_dead_link(fake, tries=1, ask=True),
    "asks for a new link when the old one is dead": partial(poll_every, seconds=60, schedule="mock-complete", times=3),
    "resumes": partial(fetch, times=3, Range="bytes=10-"),
    "looks before it fetches": lambda fake: fake.client.head(link(fake).removeprefix("http://localhost")),
    "pauses after 31": partial(exceed, seconds=BACK_OFF_SECONDS[31], limit="requests_per_second"),
    "pauses after 32": partial(exceed, seconds=BACK_OFF_SECONDS[32], limit="requests_per_minute"),
    "tries maintenance again": partial(repeat, seconds=5, collectionHash="mock-error-22-2-times"),
    "tries again when something was mended": mended,
    "polls again what was started again": retried_by_its_owner,
    "repeats after a spoilt answer": partial(
        through_fault, kind={"kind": "invalid-json"}, misuse=partial(repeat, seconds=0)
    ),
    "fetches again after a spoilt package": partial(
        through_fault, kind={"kind": "wrong-byte", "offset": 5}, misuse=partial(fetch, times=2)
    ),
    "repeats after HTTP 503": partial(
        through_fault,
        kind={"kind": "status", "status": 503},
        misuse=partial(repeat, seconds=0, collectionHash="mock-failed"),
    ),
    "asks for a conversion every two seconds": partial(again, action="collection.getCollection", seconds=2, times=4),
    "asks for statistics each minute": partial(again, action="collection.getStats", seconds=60),
    "uploads again a minute later": partial(upload, seconds=60),
    "uploads two documents": partial(upload_each, fileUrl=["https://a.test/a.pdf", "https://a.test/b.pdf"]),
    "uploads one document under two titles": partial(upload_each, title=["a", "b"]),
    "uploads again when the API did nothing": partial(lose_the_answer, kind={"kind": "code", "code": 22}),
    "follows the new hash": partial(use_the_temporary_hash, follow=True),
    "lists again after a change": list_between_changes,
    "uploads by POST": lambda fake: fake.client.post("/v1/", data=signed(action="collection.create")),
}


@pytest.mark.parametrize("misuse", CAREFUL.values(), ids=CAREFUL.keys())
def test_a_careful_client_is_let_be(misuse: Misuse) -> None:
    fake = make_fake()
    misuse(fake)
    assert set() == broken(fake)


def test_an_arranged_code_is_an_answer() -> None:
    """A fault that answers with a final error tells the client what a real one would."""
    fake = make_fake()
    fake.account("POST", "/faults", {"fault": {"kind": "code", "code": 43}})
    repeat(fake, 5)
    assert {"client.final-error"} == broken(fake)


@settings(max_examples=15, deadline=None)
@given(st.lists(st.floats(0, 4), min_size=1, max_size=6))
def test_only_polls_that_come_too_soon_are_found(pauses: list[float]) -> None:
    fake = make_fake()
    fake.call(collectionHash="mock-processing")
    for pause in pauses:
        fake.pass_seconds(pause)
        fake.call(collectionHash="mock-processing")
    found = fake.client.get("/__admin/lint").get_json()["findings"]
    soon = [number for number, pause in enumerate(pauses, 1) if round(pause * 1_000_000) < MIN_POLL_SECONDS * 1_000_000]
    expected = sorted({number for first in soon for number in (first, first + 1)})
    assert [f"r{number}" for number in expected] == [one for finding in found for one in finding["requests"]]


def test_clients_are_judged_apart() -> None:
    fake = make_fake()
    for _ in range(3):
        for key in ("test-one", "test-two"):
            fake.client.get("/v1/", query_string=signed(f"secret-{key}", apiKey=key, collectionHash="mock-processing"))
        fake.pass_seconds(2)
    assert set() == broken(fake)


def test_the_reference_client_is_clean(server: MockServer, tmp_path: Path) -> None:
    """The client of this project breaks no rule on a package that is there, and on a download that breaks off."""
    account = server.admin.account("test-lint-reference")
    client = Flipsnack(account.key, account.secret, base_url=server.base_url)
    client.download_html("mock-complete").save(tmp_path / "package.zip")
    account.faults.add("truncate", keep=100, when={"action": "package"}, count=1)
    client.download_html("mock-50mb").save(tmp_path / "large.zip")
    assert_clean(account)
