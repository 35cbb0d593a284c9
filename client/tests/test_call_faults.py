"""The trouble a poll must survive, against the fake over a socket; most of it is arranged as faults of one account.

What the fake cannot do, because no server that works does it, stands in `test_client` and `test_download`.
"""

from pathlib import Path

import pytest
from client.tests.conftest import SECRET, Sandbox
from client.tests.fake_faults import CALLS, FORMATS, PACKAGES, PASSING, PASSING_CODES, Fault, book, envelope, sound

from flipsnack_client import (
    ApiError,
    DeadlineExceeded,
    Flipsnack,
    FlipsnackError,
    Forbidden,
    HttpError,
    InvalidCredentials,
    InvalidSignature,
    MalformedAnswer,
    RetryPolicy,
)
from flipsnack_mock.testing.fields import FaultConditions


@pytest.mark.parametrize("answer_format", FORMATS)
def test_a_package_is_polled_for_and_saved(sandbox: Sandbox, tmp_path: Path, answer_format: str) -> None:
    seen: list[str] = []
    poller = sandbox.client(format=answer_format).download_html(book(sandbox, schedule="after-30s"))
    path = poller.save(tmp_path / "p.zip", on_poll=lambda update: seen.append(update.status))
    assert sound(path)
    assert ["PROCESSING", "COMPLETE"] == list(dict.fromkeys(seen))
    assert len(seen) == poller.attempts


@pytest.mark.parametrize("answer_format", FORMATS)
def test_refusals_raise_their_classes(sandbox: Sandbox, answer_format: str) -> None:
    with pytest.raises(Forbidden):
        sandbox.client(format=answer_format).download_html("nobodys").poll_once()
    with pytest.raises(InvalidSignature):
        sandbox.client(format=answer_format, secret="wrong").download_html("mock-complete").poll_once()
    stranger = Flipsnack("stranger", SECRET, base_url=sandbox.base_url, format=answer_format)
    with pytest.raises(InvalidCredentials):
        stranger.download_html("mock-complete").poll_once()


def test_a_job_that_never_ends_runs_into_the_deadline(sandbox: Sandbox, tmp_path: Path) -> None:
    began = sandbox.clock.now()
    client = sandbox.client()
    with pytest.raises(DeadlineExceeded) as caught:
        client.download_html("mock-processing").save(tmp_path / "p.zip", deadline=120)
    assert [pytest.approx(119.0, abs=0.01)] * 2 == [sandbox.clock.now() - began, caught.value.elapsed]
    assert ("PROCESSING", len(sandbox.clock.sleeps) + 1) == (caught.value.last_status, caught.value.attempts)
    assert "mock-processing" == client.resume(str(caught.value.token)).collection_hash
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("answer_format", FORMATS)
@pytest.mark.parametrize("name", PASSING | PASSING_CODES)
def test_a_call_that_may_succeed_later_is_made_again(
    sandbox: Sandbox, tmp_path: Path, name: str, answer_format: str
) -> None:
    times, fault = (PASSING | PASSING_CODES)[name]
    rule = sandbox.account.faults.add(**fault, when=CALLS, count=times)["id"]
    path = sandbox.client(format=answer_format).download_html(book(sandbox)).save(tmp_path / "p.zip")
    assert sound(path)
    assert times == sandbox.account.faults.show(rule)["hits"]
    assert times + 1 == sandbox.account.requests.count(kind="api")


@pytest.mark.parametrize("status", [429, 503])
@pytest.mark.parametrize("when", [CALLS, PACKAGES], ids=["call", "download"])
def test_the_servers_hint_is_the_least_pause(
    sandbox: Sandbox, tmp_path: Path, status: int, when: FaultConditions
) -> None:
    sandbox.account.faults.add("status", status=status, headers={"Retry-After": "3"}, when=when, count=1)
    sandbox.client().download_html(book(sandbox)).save(tmp_path / "p.zip")
    assert [3.25] == sandbox.clock.sleeps


@pytest.mark.parametrize("preset", ["outage-30s", "network-down-30s"])
def test_an_outage_of_half_a_minute_is_outlasted(sandbox: Sandbox, tmp_path: Path, preset: str) -> None:
    began = sandbox.clock.now()
    poller = sandbox.client(retry=RetryPolicy(attempts=20)).download_html(book(sandbox))
    sandbox.account.faults.add(preset=preset)
    poller.wait()
    sandbox.account.faults.add(preset=preset)
    assert sound(poller.save(tmp_path / "p.zip"))
    assert 60 <= sandbox.clock.now() - began


REFUSED_CALLS: dict[str, tuple[Fault, type[FlipsnackError], str]] = {
    "somebody's page": ({"preset": "login-page"}, MalformedAnswer, "not the documented"),
    "nothing": ({"preset": "empty-body"}, MalformedAnswer, "not the documented"),
    "a code nobody knows": ({"preset": "unknown-code"}, ApiError, "99 Something new"),
    "HTTP 404": ({"kind": "status", "status": 404}, HttpError, "HTTP 404.*check the base URL"),
    "a redirect": ({"kind": "redirect"}, HttpError, "HTTP 302"),
}


@pytest.mark.parametrize("answer_format", FORMATS)
@pytest.mark.parametrize("name", REFUSED_CALLS)
def test_a_call_that_would_fail_again_is_not_made_again(
    sandbox: Sandbox, tmp_path: Path, name: str, answer_format: str
) -> None:
    """What is whole and wrong is believed at once, and leaves no file."""
    fault, expected, words = REFUSED_CALLS[name]
    sandbox.account.faults.add(**fault, when=CALLS)
    with pytest.raises(expected, match=words) as caught:
        sandbox.client(format=answer_format).download_html(book(sandbox)).save(tmp_path / "p.zip")
    assert expected is type(caught.value)
    assert 1 == sandbox.account.requests.count(kind="api")
    assert not list(tmp_path.iterdir())


WITHOUT: dict[str, tuple[dict[str, str] | None, str]] = {
    "data": (None, "without data"),
    "status": ({"resourceUrl": "https://x.example/p.zip"}, "has no status"),
    "resourceUrl": ({"status": "COMPLETE"}, "without a resourceUrl"),
    "scheme of the web": ({"status": "COMPLETE", "resourceUrl": "ftp://x/y"}, "not an http or https URL"),
}


@pytest.mark.parametrize("answer_format", FORMATS)
@pytest.mark.parametrize("missing", WITHOUT)
def test_a_success_without_what_it_promises_is_malformed(
    sandbox: Sandbox, tmp_path: Path, missing: str, answer_format: str
) -> None:
    """Code 20 alone is not enough."""
    data, words = WITHOUT[missing]
    sandbox.account.faults.add("status", status=200, body=envelope(answer_format, data), when=CALLS)
    with pytest.raises(MalformedAnswer, match=words):
        sandbox.client(format=answer_format).download_html(book(sandbox)).save(tmp_path / "p.zip")
    assert not list(tmp_path.iterdir())


def test_a_client_that_keeps_the_limits_is_never_refused(sandbox: Sandbox) -> None:
    params = {"collectionHash": book(sandbox, schedule="manual")}
    client = sandbox.client(retry=RetryPolicy(attempts=1))
    assert [20] * 70 == [client.call("collection.downloadHTML", params).code for _ in range(70)]
