"""What is taken in has bounds: numbers on both sides, lists and bodies in length, what an account holds in count."""

from collections.abc import Iterator
from typing import Any

import msgspec.inspect
import pytest
from mock_server.tests.conftest import KEY, SECRET, Fake, make_fake

from flipsnack_mock.admin.long_poll import MAX_WAITS
from flipsnack_mock.admin.routes import ROUTES, USUAL_BODY_BYTES
from flipsnack_mock.server.app import FAKE
from flipsnack_mock.state.account import Account
from flipsnack_mock.state.seeds import MAX_COLLECTIONS
from flipsnack_mock.state.settings import Settings
from flipsnack_mock.state.statistics import MAX_FIGURES

ACCOUNTS = "/__admin/accounts"


def unbounded(kind: Any, where: str, seen: set[type]) -> Iterator[str]:
    """Where a whole number may be of any size: JSON has no largest one, but what keeps it has."""
    if isinstance(kind, msgspec.inspect.IntType) and None in (kind.ge, kind.le):
        yield where
    if isinstance(kind, msgspec.inspect.StructType) and kind.cls not in seen:
        seen.add(kind.cls)
        for field in kind.fields:
            yield from unbounded(field.type, f"{kind.cls.__name__}.{field.name}", seen)
    parts = [getattr(kind, name, ()) for name in ("types", "item_types")]
    parts.append([getattr(kind, name, None) for name in ("item_type", "key_type", "value_type", "type")])
    for part in (one for some in parts for one in some if isinstance(one, msgspec.inspect.Type)):
        yield from unbounded(part, where, seen)


def test_every_number_that_is_taken_in_has_bounds() -> None:
    taken = [Account, Settings, *(shape for route in ROUTES for shape in (route.body, route.query) if shape)]
    seen: set[type] = set()
    assert [] == [found for one in taken for found in unbounded(msgspec.inspect.type_info(one), str(one), seen)]


def collections(count: int) -> list[dict[str, str]]:
    return [{"hash": f"{number:x}"} for number in range(count)]


@pytest.fixture(scope="module")
def full() -> Fake:
    fake = make_fake()
    account = {"key": "full", "secret": SECRET, "collections": collections(MAX_COLLECTIONS)}
    assert 201 == fake.admin("POST", ACCOUNTS, account).status_code
    return fake


MANY = [{"page": 1}] * 1_000
TOO_MANY = [{"date": "2026-11-28", "pages": MANY}] * (MAX_FIGURES // 1_000)


@pytest.mark.parametrize(
    ("method", "path", "body", "status"),
    [
        pytest.param("POST", "/full/collections", {"hash": "more"}, 503, id="a collection more"),
        pytest.param("PUT", "/full/jobs/mock-complete", {"state": "COMPLETE"}, 503, id="a magic one more"),
        pytest.param("PUT", "/full/jobs/0", {"state": "COMPLETE"}, 200, id="one that it has"),
        pytest.param("PUT", "/full/collections/0/statistics", TOO_MANY, 503, id="statistics of one"),
        pytest.param("POST", f"/{KEY}/collections", {"statistics": TOO_MANY}, 503, id="statistics of a new one"),
        pytest.param("PUT", "/full/collections/0/statistics/2026-11-28", {"pages": [*MANY, *MANY]}, 400, id="pages"),
        pytest.param("POST", "", {"key": "a", "collections": collections(MAX_COLLECTIONS + 1)}, 400, id="collections"),
        pytest.param("POST", "", {"key": "a", "collections": [{"hash": "h", "statistics": TOO_MANY}]}, 400, id="days"),
    ],
)
def test_an_account_holds_so_much_and_no_more(full: Fake, method: str, path: str, body: Any, status: int) -> None:
    assert status == full.admin(method, ACCOUNTS + path, body).status_code


def test_what_the_api_adds_is_counted_too(full: Fake) -> None:
    assert "full" == full.call(apiKey="full", collectionHash="mock-after-3s").get_json()["error"]["type"]
    assert 20 == full.call(apiKey="full", collectionHash="0").get_json()["code"]


DOCUMENT = {"field": "file", "file_name": "a.pdf", "digest": "0", "size": 2**54}


@pytest.mark.parametrize(
    "found",
    [
        pytest.param({one["hash"]: one for one in collections(MAX_COLLECTIONS + 1)}, id="collections"),
        pytest.param({"h": {"hash": "h", "statistics": TOO_MANY}}, id="statistics"),
        pytest.param({"h": {"hash": "h", "document": DOCUMENT}}, id="size"),
    ],
)
def test_a_snapshot_brings_no_more_than_that(found: dict[str, Any]) -> None:
    account = {"key": KEY, "secret": "s", "behaviour": {}, "collections": found}
    answer = make_fake().admin("PUT", f"{ACCOUNTS}/{KEY}/snapshot", {"version": 1, "now": 1, "account": account})
    assert answer.status_code in (400, 503)


@pytest.mark.parametrize(("method", "path"), [("PATCH", "settings"), ("PUT", "snapshot")], ids=["length", "values"])
def test_a_long_body_is_refused_before_it_is_read(method: str, path: str) -> None:
    body = b"[" + b"0," * USUAL_BODY_BYTES
    assert 413 == make_fake().account(method, f"/{path}", body).status_code


def test_so_many_wait_for_requests_and_no_more() -> None:
    fake = make_fake()
    world = fake.client.application.extensions[FAKE].worlds.main
    world.journal.listeners.extend([lambda _: None] * MAX_WAITS)
    answer = fake.client.get("/__admin/requests/wait?timeout=1")
    assert (503, "full") == (answer.status_code, answer.get_json()["error"]["type"])
