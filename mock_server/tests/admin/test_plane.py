import re
from typing import Any

import pytest
from mock_server.tests.conftest import KEY, Fake, make_fake

from flipsnack_mock.admin.routes import ROUTES, Route

OPEN = {"/health", "/__admin/ca.pem"}
PAGE = "/__admin/ui"
"""Where people sign in with the token; tested with the page."""
GUARDED = [
    pytest.param(entry, id=f"{entry.method} {entry.path}")
    for entry in ROUTES
    if entry.path not in OPEN and not entry.path.startswith(PAGE)
]
WITH_BODY = [pytest.param(entry, id=f"{entry.method} {entry.path}") for entry in ROUTES if entry.body is not None]
# A route that takes a body looks at that first.
WITH_KEY = [
    pytest.param(entry, id=f"{entry.method} {entry.path}")
    for entry in ROUTES
    if "<key>" in entry.path and entry.body is None
]


def path_of(entry: Route, *, key: str = KEY) -> str:
    """The path of a route with its parts filled in."""
    return re.sub(r"<\w+>", "mock-manual", entry.path.replace("<key>", key))


def error(answer: Any) -> dict[str, Any]:
    """The refusal in an answer of the control plane; it has that shape and no other."""
    assert answer.status_code >= 400
    assert ["error"] == list(answer.get_json())
    refusal: dict[str, Any] = answer.get_json()["error"]
    assert {"type", "message"} <= refusal.keys()
    return refusal


def test_every_route_is_in_the_list_of_routes(fake: Fake) -> None:
    """Method, path and what it does."""
    listed = fake.admin("GET", "/__admin").get_json()["routes"]
    assert [(entry.method, entry.path, entry.does) for entry in ROUTES] == [tuple(item.values()) for item in listed]


def test_no_route_is_there_twice() -> None:
    """A method and a path have one meaning."""
    assert len({(entry.method, entry.path) for entry in ROUTES}) == len(ROUTES)


@pytest.mark.parametrize("entry", GUARDED)
@pytest.mark.parametrize(
    "header", [None, "Bearer wrong", "Bearer ", "Basic c2VzYW1l", "Bearer sesame2", "", "Bearer s\u00e9same"]
)
def test_a_token_guards_every_route(entry: Route, header: str | None) -> None:
    """Without it, or with another one, nothing is done."""
    answer = guarded().admin(entry.method, path_of(entry), **({} if header is None else {"Authorization": header}))
    assert 401 == answer.status_code
    assert "unauthorized" == error(answer)["type"]
    assert "Authorization: Bearer <admin_token>" in error(answer)["message"]


FAKES: dict[str, Fake] = {}


def guarded() -> Fake:
    """A fake whose control plane wants a token; one is enough, for nothing is ever done to it."""
    return FAKES.setdefault("guarded", make_fake(admin_token="sesame"))


def test_the_token_opens_and_health_needs_none() -> None:
    """The health check of a container has no secret."""
    fake = guarded()
    assert 200 == fake.admin("GET", "/__admin", Authorization="Bearer sesame").status_code
    assert 200 == fake.admin("GET", "/health").status_code
    assert 20 == fake.call().get_json()["code"]


def test_the_token_is_not_shown() -> None:
    """Not by the settings either."""
    answer = guarded().admin("GET", "/__admin/settings", Authorization="Bearer sesame")
    assert b"sesame" not in answer.data


@pytest.mark.parametrize("entry", GUARDED)
def test_switched_off_no_route_is_left(entry: Route) -> None:
    """But the health of the server."""
    fake = FAKES.setdefault("off", make_fake(admin=False))
    assert 404 == fake.admin(entry.method, path_of(entry)).status_code
    assert "ok" == fake.admin("GET", "/health").get_json()["status"]


@pytest.mark.parametrize("entry", WITH_KEY)
def test_an_unknown_account_is_not_found(fake: Fake, entry: Route) -> None:
    """The refusal names those that there are."""
    refusal = error(fake.admin(entry.method, path_of(entry, key="nobody")))
    assert "not_found" == refusal["type"]
    assert "there is no account 'nobody'; there are: LK12NS-0-IOBW3S89VVJH12Z, 45FD-267-7SG7832" in refusal["message"]


@pytest.mark.parametrize("entry", WITH_BODY)
@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"{", "truncated"),
        (b"\xff", "malformed"),
        (b"[1]", "Expected `object`, got `array`"),
        (b'{"nosuch": 1}', "field `"),
    ],
)
def test_a_bad_body_is_refused_with_path_and_reason(fake: Fake, entry: Route, body: bytes, reason: str) -> None:
    """HTTP 400, for every route that takes one."""
    refusal = error(fake.admin(entry.method, path_of(entry), body))
    assert ("bad_request", "$") == (refusal["type"], refusal["path"])
    assert reason in refusal["message"]


@pytest.mark.parametrize("entry", WITH_BODY)
def test_a_body_that_is_too_long_is_refused(fake: Fake, entry: Route) -> None:
    """HTTP 413."""
    answer = fake.admin(entry.method, path_of(entry), b" " * 10_000_001)
    assert (413, "too_large") == (answer.status_code, error(answer)["type"])


@pytest.mark.parametrize(("method", "path"), [("DELETE", "/health"), ("POST", "/__admin"), ("GET", "/__admin/reset")])
def test_another_verb_is_not_allowed(fake: Fake, method: str, path: str) -> None:
    """HTTP 405, and the message names the ones that are."""
    answer = fake.admin(method, path)
    assert (405, "method_not_allowed") == (answer.status_code, error(answer)["type"])
    assert re.search(r"allowed here: [A-Z, ]+$", error(answer)["message"])


@pytest.mark.parametrize("path", ["/__admin/nosuch", "/__admin/", "/__admin/accounts/a/b/c", "/health/"])
def test_an_unknown_path_is_not_found(fake: Fake, path: str) -> None:
    """HTTP 404, in the same shape."""
    assert "not_found" == error(fake.admin("GET", path))["type"]


def test_answers_are_json_with_their_type(fake: Fake) -> None:
    """And end with a line break, for people with curl."""
    answer = fake.admin("GET", "/__admin")
    assert "application/json" == answer.content_type
    assert answer.data.endswith(b"\n")


def test_a_namespace_has_the_same_routes(fake: Fake) -> None:
    """Below its own prefix."""
    assert fake.admin("GET", "/__admin").data == fake.admin("GET", "/t/one/__admin").data


@pytest.mark.parametrize("path", ["/__admin", "/__admin/accounts/nobody", "/__admin/nowhere", "/nowhere", "/health"])
def test_no_browser_may_take_an_answer_for_something_else(fake: Fake, path: str) -> None:
    """What was asked for is repeated in many of them, refusals above all."""
    assert "nosniff" == fake.admin("GET", path).headers["X-Content-Type-Options"]
    assert "nosniff" == fake.admin("PATCH", path).headers["X-Content-Type-Options"]
