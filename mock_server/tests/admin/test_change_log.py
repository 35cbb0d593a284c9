"""Recording: what the control plane changed is in the trace, and what it only looked at is not."""

from __future__ import annotations

import json
from typing import Any

import pytest
from mock_server.tests.conftest import KEY, Fake

from flipsnack_mock.admin.routes import ROUTES


def changes(fake: Fake, key: str | None = None) -> list[dict[str, Any]]:
    """The changes in the exported journal."""
    query = {} if key is None else {"key": key}
    lines = fake.client.get("/__admin/requests.ndjson", query_string=query).text.splitlines()[1:]
    return [line["change"] for line in map(json.loads, lines) if "change" in line]


def test_a_change_is_told_by_its_route_and_body(fake: Fake) -> None:
    """Route, parts of the path, body and instant: all that it takes to do it again."""
    fake.pass_seconds(1)
    fake.account("POST", "/clock/advance", {"seconds": 5})
    (change,) = changes(fake)
    assert ("POST", "/__admin/accounts/<key>/clock/advance") == (change["method"], change["path"])
    assert ({"key": KEY}, {"seconds": 5}) == (change["args"], change["body"])
    assert 1_790_000_001_000_000 == change["at_us"]


def test_a_whole_account_is_told_by_its_state(fake: Fake) -> None:
    """Creating, resetting, restoring and forking put a whole account: its state stands there, the secret masked."""
    fake.admin("POST", "/__admin/accounts", {"key": "own", "secret": "very-secret"})
    fake.admin("POST", "/__admin/accounts/own/reset")
    fake.admin("POST", "/__admin/accounts/own/fork", {"key": "twin"})
    shown = [(one["account"]["key"], one["account"]["secret"]) for one in changes(fake)]
    assert [("own", "***"), ("twin", "***")] == shown


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("GET", "/clock", None),
        ("POST", "/clock/advance", {"seconds": -1}),
        ("PUT", "/jobs/mock-complete", {"state": "NEW"}),
        ("POST", "/collections", {"hash": "mock-x"}),
    ],
)
def test_what_changed_nothing_is_not_told(fake: Fake, method: str, path: str, body: Any) -> None:
    """Reading and what was refused leave no line."""
    fake.account(method, path, body)
    assert [] == changes(fake)


def test_a_reset_begins_a_new_story(fake: Fake) -> None:
    """What was before a reset of everything is not needed any more."""
    fake.account("POST", "/clock/freeze")
    fake.admin("POST", "/__admin/reset")
    assert [] == changes(fake)


def test_a_deleted_account_leaves_nothing_unless_it_was_seeded(fake: Fake) -> None:
    """Many short-lived accounts cannot fill the journal; the absence of a seeded one is told."""
    for number in range(5):
        fake.admin("GET", f"/__admin/accounts/test-{number}")
        fake.admin("DELETE", f"/__admin/accounts/test-{number}")
    fake.admin("DELETE", "/__admin/accounts/45FD-267-7SG7832")
    assert ["45FD-267-7SG7832"] == [change["key"] for change in changes(fake)]


def test_a_trace_of_one_account_has_what_concerns_everybody(fake: Fake) -> None:
    """Maintenance for all is part of everybody's story; what others did is not."""
    fake.account("POST", "/clock/freeze")
    fake.admin("POST", "/__admin/accounts/test-other/clock/freeze")
    fake.admin("PUT", "/__admin/maintenance", {"on": True})
    assert [KEY, ""] == [change["key"] for change in changes(fake, KEY)]


def test_no_reading_route_counts_as_a_change() -> None:
    """A GET never changes anything."""
    assert all(not route.changes for route in ROUTES if route.method == "GET")
