"""Runs at a fake without a control plane, in time that passes only when something waits."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import msgspec
import pytest
from contract_tests.tests.unsteered import HeldClock, unsteered
from hypothesis import given, settings
from hypothesis import strategies as st

from flipsnack_contract.checks import server_checks
from flipsnack_contract.checks.check import Check
from flipsnack_contract.checks.runner import Budget, ReadOnlyTarget, calls_of, plan_reads, read, read_only
from flipsnack_contract.contract.assertions import Inconclusive, Unsuitable
from flipsnack_contract.contract.clock import SECOND
from flipsnack_contract.contract.methods import methods
from flipsnack_contract.target.outcome import Outcome
from flipsnack_contract.target.result import Result
from flipsnack_contract.target.target import Reply, Request, WsgiTarget
from flipsnack_contract.target.target_under_test import Credentials, TargetUnderTest

KEY = Credentials("test-reads", "secret-test-reads", "mock-complete")
BASE = "http://in-process.test/v1/"
CALL = BASE + "?action=collection.downloadHTML"
LIMITS = ((5, SECOND), (60, 60 * SECOND))


@dataclass
class Recorded:
    """A target that records each request with its instant, and takes `latency` microseconds to answer."""

    target: WsgiTarget
    clock: HeldClock
    latency: int = 0
    sent: list[tuple[int, Request, Reply]] = field(default_factory=list)
    base_url: str = BASE
    over_socket: bool = True

    def send(self, request: Request) -> Reply:
        """The answer of the target."""
        began, reply = self.clock.now, self.target.send(request)
        self.sent.append((began, request, reply))
        self.clock.now += self.latency
        return reply

    @property
    def calls(self) -> list[int]:
        """The instants of the requests that limits count."""
        return [at for at, request, _reply in self.sent if request.url.startswith(BASE[:-1])]


@dataclass
class Run:
    """A read-only run at the fake with these settings."""

    recorded: Recorded
    budget: Budget
    subject: TargetUnderTest

    @classmethod
    def at(cls, *, calls: int | None = None, latency: int = 0, key: Credentials = KEY, **settings: Any) -> Run:
        """Nothing is sent yet."""
        clock, budget = HeldClock(), Budget(calls)
        recorded = Recorded(WsgiTarget(unsteered(clock, **settings)), clock, latency)
        slow = key.collection is not None
        subject = read_only(recorded, budget, credentials=key, clock=clock, alone=slow, slow=slow)
        return cls(recorded, budget, subject)

    def checks(self, *names: str) -> tuple[Check, ...]:
        """The read-only checks whose names begin so."""
        return tuple(
            one for one in server_checks(self.subject.methods) if one.read_only and one.name.startswith(names or ("",))
        )

    def results(self, *names: str) -> list[Result]:
        """Their results."""
        return [read(one, self.subject, self.budget) for one in self.checks(*names)]


@pytest.fixture(scope="module")
def whole() -> tuple[Run, list[Result]]:
    """All of it, at a fake that takes 2 ms to answer."""
    run = Run.at(latency=2000)
    return run, run.results()


def test_the_fake_keeps_every_rule_that_reads_can_show(whole: tuple[Run, list[Result]]) -> None:
    """Its limits are on, and nothing moves its clock."""
    assert [] == [one for one in whole[1] if one.outcome is not Outcome.PASSED]


def test_only_reads_are_sent(whole: tuple[Run, list[Result]]) -> None:
    """GETs of read-only methods, and downloads of URLs that an answer gave before."""
    links = ""
    for _at, request, reply in whole[0].recorded.sent:
        assert request.method in ("GET", "HEAD")
        if request.url.startswith(BASE[:-1]):
            links += reply.body.decode().replace("\\/", "/").replace("&amp;", "&")
        else:
            assert request.url in links


def test_the_recorded_log_keeps_both_limits(whole: tuple[Run, list[Result]]) -> None:
    """At most 5 calls in any second and 60 in any minute, through the whole run."""
    calls = whole[0].recorded.calls
    assert len(calls) > 60
    for limit, window in LIMITS:
        assert all(late - early >= window for early, late in zip(calls, calls[limit:], strict=False))


@settings(max_examples=20)
@given(latencies=st.lists(st.integers(0, 400_000), min_size=70, max_size=70))
def test_no_server_sees_more_than_the_limits(latencies: list[int]) -> None:
    """However long answers take, and wherever in that time a server counts a call."""
    clock = HeldClock()
    recorded = Recorded(WsgiTarget(lambda _environ, start: (start("200 OK", []), [b"{}"])[1]), clock)
    target, answered = ReadOnlyTarget(recorded, Budget(), clock=clock), []
    for recorded.latency in latencies:
        target.send(Request("GET", CALL))
        answered.append(clock.now)
    # A window may begin with the latest instant of one call and end with the earliest of another.
    for limit, window in LIMITS:
        assert all(late - early >= window for early, late in zip(answered, recorded.calls[limit:], strict=False))


def test_the_plan_is_known_before_anything_is_sent() -> None:
    """Which checks, how many calls at most, and how long at least; the run keeps to it."""
    run = Run.at()
    plan = plan_reads(server_checks(run.subject.methods), run.subject, run.budget)
    assert (run.checks(), []) == (plan.checks, run.recorded.sent)
    began = run.recorded.clock.now
    run.results()
    assert 0.7 * plan.calls <= len(run.recorded.calls) <= plan.calls
    assert (run.recorded.clock.now - began) / SECOND <= plan.seconds


@pytest.mark.parametrize("name", [one.name for one in Run.at().checks()])
def test_a_check_makes_no_more_calls_than_it_declares(name: str) -> None:
    """Otherwise the plan would be wrong and the budget would end it midway."""
    run = Run.at()
    (check,) = run.checks(name)
    run.results(name)
    assert 1 <= len(run.recorded.calls) <= calls_of(check, run.subject)


def test_what_the_budget_cannot_finish_is_skipped() -> None:
    """Smaller checks may still run; the run stops at the budget."""
    run = Run.at(calls=5)
    skipped = {one.message for one in run.results() if one.outcome is Outcome.SKIPPED}
    assert 0 < len(run.recorded.calls) <= 5
    assert {"budget: the check makes more calls than are left (--budget)"} == skipped


@pytest.mark.parametrize(
    "request_",
    [
        Request("POST", BASE, b"action=collection.downloadHTML"),
        Request("PUT", CALL),
        Request("GET", BASE + "?action=collection.update"),
        Request("GET", CALL + "&action=collection.update"),
        Request("GET", CALL.replace("v1/", "v1/other")),
    ],
)
def test_what_is_not_a_read_is_not_sent(request_: Request) -> None:
    """Another verb, method or path."""
    run = Run.at()
    with pytest.raises(Unsuitable, match=r"not a read|may be called"):
        run.subject.target.send(request_)
    assert [] == run.recorded.sent


def test_only_methods_that_the_table_calls_read_only_may_be_called() -> None:
    """The table decides, not the verb."""
    writes = tuple(msgspec.structs.replace(one, read_only=False) for one in methods())
    with pytest.raises(Unsuitable, match=r"not a read|may be called"):
        ReadOnlyTarget(Run.at().recorded, Budget(), table=writes).send(Request("GET", CALL))


def test_the_budget_is_a_hard_stop() -> None:
    """The call after the last one is not sent."""
    run = Run.at(calls=1)
    run.subject.target.send(Request("GET", CALL))
    with pytest.raises(Inconclusive, match="budget"):
        run.subject.target.send(Request("GET", CALL))
    assert 1 == len(run.recorded.sent)


@pytest.mark.parametrize("settings", [{"requests_per_second": 1}, {"requests_per_minute": 1}])
def test_a_refusal_by_a_limit_proves_nothing(settings: Mapping[str, Any]) -> None:
    """Except where nothing else uses the key: then the server counts wrongly."""
    results = Run.at(**settings).results("code.44/wrong", "limit.sliding-window/who")
    assert [Outcome.UNREACHABLE, Outcome.FAILED] == [one.outcome for one in results]
    assert {True} == {"a limit refused a call" in one.message for one in results}


@pytest.mark.parametrize(
    ("collection", "name", "expected"),
    [
        ("mock-processing", "url.zip/both", "the package is PROCESSING, so it has no link; run again when it is built"),
        (None, "job.states/the", "needs collection"),
        (None, "url.lives-60s/a-url", "needs collection, slow"),
        (None, "limit.sliding-window/who", "needs alone"),
    ],
)
def test_what_cannot_be_checked_is_skipped_with_the_reason(collection: str | None, name: str, expected: str) -> None:
    """A package that is not built has no link; with a key alone nothing is said of packages."""
    (result,) = Run.at(key=replace(KEY, collection=collection)).results(name)
    assert (Outcome.SKIPPED, expected) == (result.outcome, result.message)


@pytest.mark.parametrize(
    ("settings", "rule"),
    [({"uppercase_signatures": True}, "signature.lower-case"), ({"http_statuses": {41: 401}}, "answer.http-200")],
)
def test_a_broken_server_is_found_by_reads(settings: Mapping[str, Any], rule: str) -> None:
    """By the rule that it breaks."""
    assert {rule} == {one.broke for one in Run.at(**settings).results(rule)}
