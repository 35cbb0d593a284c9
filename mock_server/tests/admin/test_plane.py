import json
import re
from functools import cache
from typing import Any
from urllib.parse import quote

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from mock_server.tests.conftest import KEY, Fake, make_fake

from flipsnack_mock.admin.collections import Statistics
from flipsnack_mock.admin.routes import ROUTES, Route
from flipsnack_mock.admin.ui.buttons import ACTIONS
from flipsnack_mock.admin.ui.query import PageQuery
from flipsnack_mock.state.statistics import DayStatistics

OPEN = {"/health", "/__admin/ca.pem"}
PAGE = "/__admin/ui"
"""Where people sign in with the token; tested with the page."""
GUARDED = [entry for entry in ROUTES if entry.path not in OPEN and not entry.path.startswith(PAGE)]
# The one body that is a list is tested with the collections.
WITH_BODY = [entry for entry in ROUTES if entry.body not in (None, Statistics)]
# A route with a body validates that first.
WITH_KEY = [entry for entry in ROUTES if "<key>" in entry.path and entry.body is None]
make_fake_once = cache(make_fake)
"""One application for many requests that change nothing."""


def path_of(entry: Route, *, key: str = KEY) -> str:
    return re.sub(r"<\w+>", "mock-manual", entry.path.replace("<key>", key))


def error(answer: Any) -> dict[str, Any]:
    """The refusal in an answer of the control plane; it has that shape and no other."""
    assert answer.status_code >= 400
    assert ["error"] == list(answer.get_json())
    refusal: dict[str, Any] = answer.get_json()["error"]
    assert {"type", "message"} <= refusal.keys()
    return refusal


TEXTS = st.sampled_from(["", KEY, "mock-manual", "r1", "f1", "\u0663", "a\nb", "..", "%zz", "9" * 30]) | st.text(
    max_size=8
)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=5,
)


def fields_of(shape: Any) -> list[str]:
    return [field.encode_name for field in msgspec.structs.fields(DayStatistics if shape is Statistics else shape)]


@st.composite
def requests_to(draw: st.DrawFn, entry: Route) -> dict[str, Any]:
    """A request to `entry` whose path, query and body fit here and there, by their names at least."""
    path = re.sub(r"<\w+>", lambda _: quote(draw(TEXTS), safe=""), entry.path)
    query = draw(st.dictionaries(st.sampled_from(["x", *fields_of(entry.query or PageQuery)]), TEXTS, max_size=3))
    if "timeout" in query or entry.path.endswith("/wait"):
        query["timeout"] = draw(st.sampled_from(["0", "-1", "soon"]))
    if entry.path == PAGE:
        form = draw(st.dictionaries(st.sampled_from(["do", "key", "hash", "id", "when", "when.hash", "on"]), TEXTS))
        return {"path": path, "query_string": query, "data": form | draw(st.just({}) | ACTION)}
    names = st.sampled_from(["x", *(fields_of(entry.body) if entry.body else [])])
    fields = st.dictionaries(names, VALUES, max_size=5)
    shapes = st.lists(fields, max_size=2) if entry.body is Statistics else fields
    body = draw(st.binary(max_size=9) | shapes.map(json.dumps))
    return {"path": path, "query_string": query, "data": body}


ACTION = st.sampled_from(list(ACTIONS)).map(lambda name: {"do": name})


@pytest.mark.parametrize("entry", ROUTES, ids=lambda entry: f"{entry.method} {entry.path}")
def test_no_path_query_body_or_form_of_a_route_is_a_server_error(entry: Route) -> None:
    fake = make_fake_once()

    @settings(max_examples=10, deadline=None)
    @given(requests_to(entry))
    def refuse(request: dict[str, Any]) -> None:
        answer = fake.client.open(method=entry.method, **request)
        assert answer.status_code < 500

    refuse()


@pytest.mark.parametrize("entry", WITH_BODY, ids=lambda entry: f"{entry.method} {entry.path}")
@pytest.mark.parametrize("head", [b"", b'{"x": ', b'{"version": 1, "key": '])
def test_a_body_that_is_nested_too_deep_is_refused(entry: Route, head: bytes) -> None:
    answer = make_fake_once().admin(entry.method, path_of(entry), head + b"[" * 100_000 + b"]" * 100_000 + b"}")
    assert 400 == answer.status_code


def test_every_route_is_listed_once(fake: Fake) -> None:
    """With method, path and description, and as JSON that ends with a line break, for people with curl."""
    answer = fake.admin("GET", "/__admin")
    assert [(entry.method, entry.path, entry.does) for entry in ROUTES] == [
        tuple(item.values()) for item in answer.get_json()["routes"]
    ]
    assert len({(entry.method, entry.path) for entry in ROUTES}) == len(ROUTES)
    assert "application/json" == answer.content_type
    assert answer.data.endswith(b"\n")
    assert answer.data == fake.admin("GET", "/t/one/__admin").data


def answers(fake: Fake, routes: list[Route], body: bytes | None = None, *, key: str = KEY, **headers: str) -> Any:
    """The answer of each of `routes`, by its method and path."""
    assert routes
    return {
        f"{entry.method} {entry.path}": fake.admin(entry.method, path_of(entry, key=key), body, **headers)
        for entry in routes
    }


@pytest.mark.parametrize(
    "header", [None, "Bearer wrong", "Bearer ", "Basic c2VzYW1l", "Bearer sesame2", "", "Bearer s\u00e9same"]
)
def test_a_token_guards_every_route(header: str | None) -> None:
    headers: dict[str, Any] = {} if header is None else {"Authorization": header}
    for route, answer in answers(guarded(), GUARDED, **headers).items():
        assert (401, "unauthorized") == (answer.status_code, error(answer)["type"]), route
        assert "Bearer" == answer.headers["WWW-Authenticate"]
        assert "Authorization: Bearer <admin_token>" in error(answer)["message"]


def guarded() -> Fake:
    return make_fake_once(admin_token="sesame")


def test_the_token_opens_every_route_and_is_not_shown() -> None:
    fake = guarded()
    assert 200 == fake.admin("GET", "/__admin", Authorization="Bearer sesame").status_code
    assert b"sesame" not in fake.admin("GET", "/__admin/settings", Authorization="Bearer sesame").data
    assert 200 == fake.admin("GET", "/health").status_code
    assert 20 == fake.call().get_json()["code"]


def test_switched_off_no_route_is_left() -> None:
    fake = make_fake_once(admin=False)
    assert {404} == {answer.status_code for answer in answers(fake, GUARDED).values()}
    assert "ok" == fake.admin("GET", "/health").get_json()["status"]


def test_an_unknown_account_is_not_found() -> None:
    for route, answer in answers(make_fake(), WITH_KEY, key="nobody").items():
        assert "not_found" == error(answer)["type"], route
        known = "there is no account 'nobody'; there are: LK12NS-0-IOBW3S89VVJH12Z, 45FD-267-7SG7832"
        assert known in error(answer)["message"], route


def test_of_many_names_some_are_listed_and_of_a_long_one_the_beginning() -> None:
    fake = make_fake()
    for number in range(40):
        fake.call(apiKey=f"test-{number:02}", signature="x")
    message = error(fake.admin("GET", f"/__admin/accounts/{'k' * 3_000}"))["message"]
    assert message.endswith("test-17 and 22 more")
    assert len(message) < 500


@pytest.mark.parametrize(
    ("body", "status", "kind", "reason"),
    [
        (b"{", 400, "bad_request", "expected JSON; it ends too early"),
        (b"\xff", 400, "bad_request", "expected JSON; invalid character (byte 0)"),
        (b"[1]", 400, "bad_request", "invalid body: expected an object with"),
        (b'{"version": 1, "nosuch": 1}', 400, "bad_request", "is not a field"),
        (b" " * 10_000_001, 413, "too_large", "the body is longer than"),
    ],
    ids=["cut", "binary", "array", "unknown field", "long"],
)
def test_every_route_refuses_a_body_that_is_none(body: bytes, status: int, kind: str, reason: str) -> None:
    for route, answer in answers(make_fake_once(), WITH_BODY, body).items():
        assert (status, kind) == (answer.status_code, error(answer)["type"]), route
        assert reason in error(answer)["message"], route
        assert status == 413 or "$" == error(answer)["path"]


@pytest.mark.parametrize(
    ("method", "path", "status", "kind", "reason"),
    [
        *[("GET", f"/{path}", 404, "not_found", "") for path in ("__admin/nosuch", "__admin/a/b", "health/")],
        ("DELETE", "/health", 405, "method_not_allowed", "allowed here: GET"),
        ("POST", "/__admin", 405, "method_not_allowed", "allowed here: GET"),
        ("GET", "/__admin/reset", 405, "method_not_allowed", "allowed here: POST"),
    ],
)
def test_another_path_or_verb_is_refused(
    fake: Fake, method: str, path: str, status: int, kind: str, reason: str
) -> None:
    answer = fake.admin(method, path)
    assert (status, kind) == (answer.status_code, error(answer)["type"])
    assert reason in error(answer)["message"]
    assert (status == 405) == ("Allow" in answer.headers)


@pytest.mark.parametrize("path", ["/__admin", "/__admin/accounts/nobody", "/__admin/nowhere", "/nowhere", "/health"])
def test_no_browser_may_take_an_answer_for_something_else(fake: Fake, path: str) -> None:
    assert "nosniff" == fake.admin("GET", path).headers["X-Content-Type-Options"]
    assert "nosniff" == fake.admin("PATCH", path).headers["X-Content-Type-Options"]
