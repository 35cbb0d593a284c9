from functools import cache
from typing import Any

import pytest
from mock_server.tests.conftest import KEY, SECRET, Fake, make_fake, signed
from werkzeug.test import EnvironBuilder

from flipsnack_mock.admin.long_poll import CAN_AWAIT, WAIT, Wait, Work


def get(fake: Fake, path: str = "", **query: Any) -> Any:
    return fake.client.get(f"/__admin/requests{path}", query_string=query).get_json()


def ids(listing: dict[str, Any]) -> list[str]:
    return [record["id"] for record in listing["requests"]]


@pytest.fixture
def played(fake: Fake) -> Fake:
    """A fake with five requests: PROCESSING, COMPLETE, its download, 43 and 41."""
    fake.call(collectionHash="mock-processing")
    fake.resource(fake.call(collectionHash="mock-complete").get_json()["data"]["resourceUrl"])
    fake.call(collectionHash="nope")
    fake.call(apiKey="nobody", collectionHash="other")
    return fake


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({}, ["r1", "r2", "r3", "r4", "r5"]),
        ({"key": KEY}, ["r1", "r2", "r3", "r4"]),
        ({"key": "nobody"}, ["r5"]),
        ({"hash": "mock-complete", "kind": "api"}, ["r2"]),
        ({"since": "r3"}, ["r4", "r5"]),
        ({"since": "r1", "limit": 2}, ["r2", "r3"]),
        ({"limit": 2}, ["r4", "r5"]),
        ({"limit": 0}, []),
        ({"fault": "*"}, []),
    ],
)
def test_filters_choose_entries_and_count_counts_them(played: Fake, query: dict[str, Any], expected: list[str]) -> None:
    listing = get(played, **query)
    assert expected == ids(listing)
    filters = {name: value for name, value in query.items() if name != "limit"}
    assert listing["matched"] == get(played, "/count", **filters)["count"]


def test_an_entry_says_all_that_is_known(played: Fake) -> None:
    played.account("POST", "/clock/advance", {"seconds": 5})
    answer = played.call(collectionHash="nope", format="xml")
    shown = get(played, f"/{answer.headers['X-Flipsnack-Mock-Request']}")
    assert "r6" == shown["id"]
    assert 5_000_000 == shown["now_us"] - shown["at_us"]
    assert shown["virtual"] > shown["wall"]
    assert "***" == shown["params"]["signature"]
    assert ("collection", "code.43-unknown") == (shown["failed"], shown["rule"])
    assert ["well-formed", "format"] == shown["passed"][:2]
    assert {"code.43-unknown", "order.checks"} <= set(shown["assumed"]) <= set(shown["rules"])
    assert (200, 43, "xml") == (shown["answer"]["http_status"], shown["code"], shown["format"])
    assert "Forbidden" in shown["answer"]["body"]
    assert SECRET not in str(shown)


def test_what_was_dropped_is_counted_and_not_found() -> None:
    fake = make_fake(journal_size=2)
    for _ in range(5):
        fake.call()
    assert ["r4", "r5"] == ids(get(fake))
    assert 3 == get(fake)["dropped"] == get(fake, "/count", key=KEY)["dropped"]
    answer = fake.client.get("/__admin/requests/r1")
    assert (404, "not_found", 3) == (answer.status_code, *map(answer.get_json()["error"].get, ("type", "dropped")))


def test_a_list_of_nothing_shows_the_nearest_misses(played: Fake) -> None:
    miss = get(played, hash="mock-complet", code=20)["nearest"][0]
    assert ("r2", "hash is 'mock-complete', expected 'mock-complet'") == (miss["id"], miss["sentence"])
    assert [{"field": "hash", "expected": "mock-complet", "got": "mock-complete"}] == miss["differs"]
    assert [] == get(played, code=43)["nearest"]


def test_expectations_are_verified(played: Fake) -> None:
    body = {
        "expectations": [
            {"match": {"hash": "mock-complete", "kind": "api"}, "exactly": 1},
            {"match": {"kind": "api"}, "exactly": 0, "after": {"status": "COMPLETE"}},
        ]
    }
    answer = played.admin("POST", "/__admin/requests/verify", body).get_json()
    assert [False, True, False] == [answer["ok"], *(one["ok"] for one in answer["expectations"])]
    assert "expected exactly 0, found 2: r4, r5" == answer["expectations"][1]["sentence"]


def test_emptying_forgets_requests_and_keeps_accounts(played: Fake) -> None:
    """The journal of one account or of all is emptied; what accounts have stays, and nothing counts as dropped."""
    played.account("POST", "/collections", {"hash": "f1"})
    assert 204 == played.account("DELETE", "/requests").status_code
    assert ["r5"] == ids(get(played))
    assert 204 == played.admin("DELETE", "/__admin/requests").status_code
    assert ([], 0) == (ids(get(played)), get(played)["dropped"])
    assert "PROCESSING" == played.call(collectionHash="f1").get_json()["data"]["status"]


def test_a_namespace_has_a_journal_of_its_own(played: Fake) -> None:
    played.call(prefix="/t/one")
    assert ["r1"] == ids(played.client.get("/t/one/__admin/requests").get_json())
    assert 5 == get(played)["matched"]


def test_a_wait_under_another_server_ends_by_its_timeout(fake: Fake) -> None:
    answer = get(fake, "/wait", hash="f1", timeout="0.01")
    assert (False, 0) == (answer["complete"], answer["count"])
    fake.call()
    assert get(fake, "/wait", timeout="0.01")["complete"]


def test_a_post_shows_its_body_masked(fake: Fake) -> None:
    fake.client.post("/v1/", data=signed(token=SECRET))
    shown = get(fake, "/r1")
    assert ("code.40", ["token"]) != (shown["rule"], shown.get("leaks"))
    assert "signature=***" in shown["body"]
    assert SECRET not in str(shown)


def called(fake: Fake, environ: dict[str, Any]) -> bytes:
    """The body of the answer, with `environ` as it is: our engine calls the application with it again."""
    return b"".join(fake.client.application.wsgi_app(environ, lambda *_: len))


@cache
def long_played() -> Fake:
    fake = make_fake()
    for number in range(201):
        fake.call(apiKey=f"test-{number % 7}", signature="0")
    return fake


LONG = ["", "/count", "?action=none", ".ndjson", ".har", "/wait?count=1"]


@pytest.mark.parametrize("path", [*(f"/__admin/requests{path}" for path in LONG), "/__admin/lint"])
def test_what_takes_long_is_worked_out_beside_the_event_loop(path: str) -> None:
    """And says the same as where nobody can wait."""
    fake = long_played()
    environ: dict[str, Any] = {CAN_AWAIT: True}
    assert 204 == fake.client.get(path, environ_overrides=environ).status_code
    plain = fake.client.get(path)
    assert 200 == plain.status_code
    route, _, query = path.partition("?")
    raw = EnvironBuilder(route, query_string=query).get_environ() | environ
    assert b"" == called(fake, raw)
    if isinstance(raw[WAIT], Wait):
        # It counts what there was beside the loop, too; what it found is shown then.
        raw[WAIT].block()
        assert b"" == called(fake, raw)
    assert isinstance(raw[WAIT], Work)
    raw[WAIT].block()
    assert plain.data == called(fake, raw)


def test_more_comparisons_than_a_second_takes_are_refused() -> None:
    fake = make_fake(journal_size=2_000)
    for _ in range(1_001):
        fake.client.get("/v1/")
    answer = fake.admin("POST", "/__admin/requests/verify", {"expectations": [{"at_least": 0}] * 1_000})
    assert (400, True) == (answer.status_code, "at most 999" in answer.get_json()["error"]["expected"])
