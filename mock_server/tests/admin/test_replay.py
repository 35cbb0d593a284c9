"""Replay: the journal of a red build runs again anywhere and gives the same answers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from mock_server.tests.conftest import KEY, Fake, make_fake, signed

from flipsnack_client import Flipsnack, FlipsnackError
from flipsnack_mock.admin.replay import Incomplete, replay
from flipsnack_mock.inspect.ndjson import read_trace
from flipsnack_mock.testing import MockServer

OWN_SECRET = "a-secret-of-its-own"
OWN_KEY = "own-key"


def trace_of(fake: Fake, key: str | None = None) -> str:
    """The exported journal, of one account or of all."""
    return fake.client.get("/__admin/requests.ndjson", query_string={} if key is None else {"key": key}).text


def fetch_latest(fake: Fake) -> str:
    """Ask for a built package and return its resource URL, or one of no package where that was refused."""
    data = (fake.call(collectionHash="mock-complete").get_json(silent=True) or {}).get("data", {})
    return str(data.get("resourceUrl", "http://localhost/packages/none.zip?Signature=none"))


def download_twice(fake: Fake) -> None:
    """A whole download, ranged ones, one of what is there already, and one with a signature that was tampered with."""
    url = fetch_latest(fake)
    etag = fake.resource(url).headers["ETag"]
    fake.resource(url, Range="bytes=0-9")
    fake.resource(url, Range="bytes=0-9", **{"If-Range": '"other"'})
    fake.resource(url, **{"If-None-Match": etag})
    fake.resource(url.replace("Signature=", "Signature=A"))


def use_dead_link(fake: Fake) -> None:
    """A link that is used at its last instant and one microsecond later."""
    url = fetch_latest(fake)
    fake.account("POST", "/clock/freeze")
    fake.account("POST", "/clock/advance", {"seconds": 59.999999})
    fake.resource(url)
    fake.account("POST", "/clock/advance", {"seconds": 0.000001})
    fake.resource(url)
    fake.account("POST", "/clock/resume")


def own_account(fake: Fake) -> None:
    """An account with a secret of its own, made by the control plane, polled until its package is there."""
    fake.admin("POST", "/__admin/accounts", {"key": OWN_KEY, "secret": OWN_SECRET})
    path = f"/__admin/accounts/{OWN_KEY}"
    fake.admin("POST", f"{path}/collections", {"hash": "own", "title": "Größe", "schedule": "manual"})
    for state in ("", "COMPLETE"):
        if state:
            fake.admin("PUT", f"{path}/jobs/own", {"state": state})
        params = signed(OWN_SECRET, apiKey=OWN_KEY, collectionHash="own")
        fake.client.get("/v1/", query_string=params)


def post(fake: Fake) -> None:
    """A form and a multipart body, one with the right signature."""
    fake.client.post("/v1/", data=signed())
    fake.client.post("/v1/", data=signed(signature="wrong"), content_type="multipart/form-data")
    fake.client.post("/v1/", data=b'{"apiKey":1}', content_type="application/json")


def faults(fake: Fake) -> None:
    """A code, an HTTP answer and damage to the next answers."""
    for fault in ({"kind": "code", "code": 31}, {"kind": "status", "status": 503}, {"kind": "invalid-json"}):
        fake.account("POST", "/faults", {"fault": fault, "count": 1})
    for _ in range(4):
        fake.call()


STEPS: dict[str, Callable[[Fake], Any]] = {
    "poll": lambda fake: fake.call(collectionHash="mock-after-2-polls"),
    "poll by time": lambda fake: fake.call(collectionHash="mock-after-5s"),
    "xml": lambda fake: fake.call(format="xml"),
    "jsonp": lambda fake: fake.call(format="jsonp", callback="a.b"),
    "unicode": lambda fake: fake.call(title="Größe & +x=%20", empty=""),
    "wrong signature": lambda fake: fake.call(signature="0" * 31),
    "empty signature": lambda fake: fake.call(signature=""),
    "upper-case signature": lambda fake: fake.call(signature="A" * 32),
    "secret sent": lambda fake: fake.call(secret="secret-" + KEY),
    "unknown key": lambda fake: fake.call(apiKey="nobody"),
    "malformed": lambda fake: fake.client.get("/v1/?a=%zz&a=1"),
    "bytes": lambda fake: fake.client.get("/v1/?a=%ff%00&signature=1"),
    "wrong path": lambda fake: fake.client.get("/v1/secret-" + KEY),
    "verb": lambda fake: fake.client.put("/v1/"),
    "unbuilt": lambda fake: fake.call(action="user.getStats"),
    "download": download_twice,
    "dead link": use_dead_link,
    "own account": own_account,
    "post": post,
    "faults": faults,
    "advance": lambda fake: fake.account("POST", "/clock/advance", {"seconds": 7}),
    "settings": lambda fake: fake.account("PATCH", "/settings", {"requests_per_second": 2, "lenient_post": True}),
    "no faults": lambda fake: fake.admin("DELETE", "/__admin/faults"),
    "fork": lambda fake: fake.account("POST", "/fork", {"key": OWN_KEY}),
    "world": lambda fake: fake.admin("PUT", "/__admin/snapshot", fake.admin("GET", "/__admin/snapshot").get_json()),
    "back to now": lambda fake: fake.account("PUT", "/snapshot", fake.account("GET", "/snapshot").get_json()),
    "reset": lambda fake: fake.account("POST", "/reset"),
    "delete": lambda fake: fake.account("DELETE"),
    "delete own": lambda fake: fake.admin("DELETE", f"/__admin/accounts/{OWN_KEY}"),
    "maintenance": lambda fake: fake.admin("PUT", "/__admin/maintenance", {"on": True}),
    "no maintenance": lambda fake: fake.admin("PUT", "/__admin/maintenance", {"on": False}),
    "empty journal": lambda fake: fake.admin("DELETE", "/__admin/requests"),
    "empty own journal": lambda fake: fake.account("DELETE", "/requests"),
    "refused change": lambda fake: fake.account("POST", "/clock/advance", {"seconds": -1}),
    "time": lambda fake: fake.pass_seconds(0.3),
}


@settings(max_examples=40, deadline=None)
@given(st.lists(st.sampled_from(sorted(STEPS)), max_size=12))
def test_any_history_runs_again_with_the_same_answers(history: list[str]) -> None:
    """Whatever clients and control plane did, exports of everything and of one account replay without a difference."""
    fake = make_fake(requests_per_second=5, requests_per_minute=60)
    for step in history:
        fake.pass_seconds(0.01)
        STEPS[step](fake)
    for key in (None, KEY, OWN_KEY):
        text = trace_of(fake, key)
        assert None is replay(read_trace(text)).divergence
        assert "secret-" + KEY not in text
        assert OWN_SECRET not in text


@pytest.mark.parametrize("step", sorted(STEPS))
def test_every_step_runs_again(step: str) -> None:
    """Each kind of step alone, done twice, replays without a difference."""
    fake = make_fake()
    STEPS[step](fake)
    STEPS[step](fake)
    assert None is replay(read_trace(trace_of(fake))).divergence


def test_an_emptied_journal_goes_on_from_the_state_of_then() -> None:
    """Faults and accounts that came after a change for everybody survive it in the replay, as they did."""
    fake = make_fake()
    fake.admin("DELETE", "/__admin/faults")
    fake.account("POST", "/faults", {"fault": {"kind": "status", "status": 503}, "count": 2})
    fake.admin("DELETE", "/__admin/accounts/45FD-267-7SG7832")
    fake.call()
    fake.admin("DELETE", "/__admin/requests")
    fake.call()
    fake.call(apiKey="45FD-267-7SG7832")
    outcome = replay(read_trace(trace_of(fake)))
    assert (2, None) == (outcome.compared, outcome.divergence)


def test_the_first_difference_is_shown() -> None:
    """A trace that was edited differs there, and the replay says the line, the request and both answers."""
    fake = make_fake()
    fake.call(collectionHash="mock-complete")
    fake.call(collectionHash="mock-processing")
    fake.call(collectionHash="mock-processing")
    outcome = replay(read_trace(trace_of(fake).replace('"status":"PROCESSING"', '"status":"FAILED"')))
    assert 2 == outcome.compared
    assert outcome.divergence is not None
    assert 3 == outcome.divergence.line
    assert {"job": ("FAILED", "PROCESSING")} == outcome.divergence.differs
    assert "r2 GET /v1/?" in str(outcome.divergence)


def test_a_change_that_is_refused_now_is_a_difference() -> None:
    """What the control plane did once it must do again."""
    fake = make_fake()
    fake.account("POST", "/clock/advance", {"seconds": 5})
    text = trace_of(fake).replace('"seconds":5', '"seconds":-5')
    divergence = replay(read_trace(text)).divergence
    assert divergence is not None
    assert "answer" in divergence.differs


def test_a_route_of_another_version_is_a_difference() -> None:
    """A change that this version cannot make is named."""
    fake = make_fake()
    fake.account("POST", "/clock/freeze")
    divergence = replay(read_trace(trace_of(fake).replace("/clock/freeze", "/clock/thaw"))).divergence
    assert divergence is not None
    assert {"route": ("there", "unknown to this version")} == divergence.differs


def test_a_trace_without_its_beginning_is_refused() -> None:
    """What the journal had no room for cannot be run again, and the refusal says what to do."""
    fake = make_fake(journal_size=2)
    for _ in range(3):
        fake.call()
    with pytest.raises(Incomplete, match=r"1 entries are missing .* journal_size \(it was 2\)"):
        replay(read_trace(trace_of(fake)))


def test_a_request_that_was_cut_is_left_out() -> None:
    """A request longer than the journal keeps is counted and not run."""
    fake = make_fake()
    fake.client.get("/v1/?" + "x" * 70_000)
    fake.call()
    outcome = replay(read_trace(trace_of(fake)))
    assert (1, 1, None) == (outcome.compared, outcome.left_out, outcome.divergence)


def test_settings_belong_to_the_trace() -> None:
    """The replay runs with the settings that the server had, and with its seed."""
    fake = make_fake(default_schedule="after-1-polls", http_statuses={20: 201})
    params = signed("123ABCDE-456-7890-FGH", apiKey="LK12NS-0-IOBW3S89VVJH12Z", collectionHash="d3m0h45h")
    answers = [fake.client.get("/v1/", query_string=params).status_code for _ in range(2)]
    assert [201, 201] == answers
    assert None is replay(read_trace(trace_of(fake))).divergence


def test_a_namespace_runs_again() -> None:
    """The journal of a namespace is exported below its prefix and replays by itself."""
    fake = make_fake()
    url = fake.call(prefix="/t/one").get_json()["data"]["resourceUrl"]
    fake.resource(url)
    text = fake.client.get("/t/one/__admin/requests.ndjson").text
    outcome = replay(read_trace(text))
    assert (2, None) == (outcome.compared, outcome.divergence)
    assert 0 == replay(read_trace(trace_of(fake))).compared


def test_a_fault_that_only_the_server_could_refuse_runs_again() -> None:
    """A reset needs the connection: without one it is HTTP 500, and so it is in the replay."""
    fake = make_fake()
    fake.account("POST", "/faults", {"fault": {"kind": "reset"}, "count": 1})
    assert [500, 500] == [fake.call().status_code for _ in range(2)]
    assert None is replay(read_trace(trace_of(fake))).divergence


def test_what_real_clients_did_over_sockets_runs_again(server: MockServer, tmp_path: Any) -> None:
    """The reference client, with clock moves and a failure in between, against the real server."""
    account = server.admin.account("test-replay-client")
    client = Flipsnack(account.key, account.secret, base_url=server.base_url)
    client.download_html("mock-complete").save(tmp_path / "package.zip")
    account.clock.advance(3600)
    with pytest.raises(FlipsnackError):
        client.download_html("mock-failed").wait(deadline=5)
    account.faults.add("truncate", keep=100, when={"action": "package"}, count=1)
    client.download_html("mock-complete").save(tmp_path / "again.zip")
    outcome = replay(read_trace(account.requests.trace()))
    assert None is outcome.divergence
    assert 6 <= outcome.compared
