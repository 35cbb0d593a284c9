"""Runs at a fake that cannot be steered, in time that passes only when something waits."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import pytest
from contract_tests.tests.unsteered import HeldClock, unsteered
from hypothesis import given, settings
from hypothesis import strategies as st

from flipsnack_contract.checks import checks_for
from flipsnack_contract.checks.check import Check
from flipsnack_contract.checks.read_only import calls_of, plan_reads, run_reads
from flipsnack_contract.contract.clock import SECOND
from flipsnack_contract.contract.methods import methods
from flipsnack_contract.target.read_only import Budget, BudgetUsedUp, NotARead, ReadOnlyTarget, read_only
from flipsnack_contract.target.result import Outcome, Result
from flipsnack_contract.target.target import Reply, Request, WsgiTarget
from flipsnack_contract.target.target_under_test import Credentials, TargetUnderTest

KEY = Credentials("test-reads", "secret-test-reads", "mock-complete")
MINUTE = 60 * SECOND
BASE = "http://in-process.test/v1/"


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


def _recorded(latency: int = 0, **options: object) -> Recorded:
    clock = HeldClock()
    return Recorded(WsgiTarget(unsteered(clock, **options)), clock, latency)


def _subject(recorded: Recorded, budget: Budget, *, key: Credentials = KEY, full: bool = True) -> TargetUnderTest:
    return read_only(recorded, budget, credentials=key, clock=recorded.clock, alone=full, slow=full)


def _reads(subject: TargetUnderTest, *names: str) -> tuple[Check, ...]:
    return tuple(one for one in checks_for(subject) if one.read_only and (not names or one.name.startswith(names)))


def _run(recorded: Recorded, *names: str, budget: Budget | None = None) -> dict[str, Result]:
    budget = budget or Budget()
    subject = _subject(recorded, budget)
    return {one.check: one for one in run_reads(_reads(subject, *names), subject, budget)}


@pytest.fixture(scope="module")
def whole_run() -> tuple[Recorded, Mapping[str, Result]]:
    """Every check that only reads, at a fake that takes 2 ms to answer."""
    recorded = _recorded(latency=2000)
    return recorded, _run(recorded)


def test_the_fake_keeps_every_rule_that_reads_can_show(whole_run: tuple[Recorded, Mapping[str, Result]]) -> None:
    """With its limits on, and real time as the only time."""
    assert [] == [one for one in whole_run[1].values() if one.outcome is not Outcome.PASSED]


def test_only_reads_are_sent(whole_run: tuple[Recorded, Mapping[str, Result]]) -> None:
    """GETs of read-only methods, and downloads of URLs that an answer gave before."""
    given_urls = ""
    for _at, request, reply in whole_run[0].sent:
        assert request.method in ("GET", "HEAD")
        if request.url.startswith(BASE[:-1]):
            given_urls += reply.body.decode().replace("\\/", "/").replace("&amp;", "&")
        else:
            assert request.url in given_urls


def test_both_limits_are_kept_through_the_whole_run(whole_run: tuple[Recorded, Mapping[str, Result]]) -> None:
    """The recorded log has at most 5 calls in any second and 60 in any minute."""
    calls = whole_run[0].calls
    assert len(calls) > 60
    for limit, window in ((5, SECOND), (60, MINUTE)):
        assert all(late - early >= window for early, late in zip(calls, calls[limit:], strict=False))


@settings(max_examples=20)
@given(latencies=st.lists(st.integers(0, 400_000), min_size=70, max_size=70))
def test_no_server_sees_more_than_the_limits(latencies: list[int]) -> None:
    """However long answers take, and wherever in that time a server counts a call."""
    clock = HeldClock()
    recorded = Recorded(WsgiTarget(lambda _environ, start: (start("200 OK", []), [b"{}"])[1]), clock)
    target = ReadOnlyTarget(recorded, Budget(), clock=clock)
    answered = []
    for latency in latencies:
        recorded.latency = latency
        target.send(Request("GET", BASE))
        answered.append(clock.now)
    # A window may begin with the latest instant of one call and end with the earliest of another.
    for limit, window in ((5, SECOND), (60, MINUTE)):
        assert all(late - early >= window for early, late in zip(answered, recorded.calls[limit:], strict=False))


def test_the_plan_is_known_before_anything_is_sent() -> None:
    """Which checks, how many calls at most, and how long at least; the run keeps to it."""
    recorded = _recorded()
    subject = _subject(recorded, Budget())
    plan = plan_reads(checks_for(subject), subject, Budget())
    assert [] == recorded.sent
    assert _reads(subject) == plan.checks
    began = recorded.clock.now
    _run(recorded)
    assert 0.7 * plan.calls <= len(recorded.calls) <= plan.calls
    assert (recorded.clock.now - began) / SECOND <= plan.seconds


def test_a_check_makes_no_more_calls_than_it_declares() -> None:
    """Otherwise the plan would be wrong and the budget would end it midway."""
    for one in _reads(_subject(_recorded(), Budget())):
        recorded = _recorded()
        (result,) = _run(recorded, one.name).values()
        assert 1 <= len(recorded.calls) <= calls_of(one, _subject(recorded, Budget())), result


def test_what_the_budget_cannot_finish_is_skipped() -> None:
    """It says how many calls it takes; a smaller check may still run."""
    recorded = _recorded()
    results = _run(recorded, budget=Budget(5))
    assert 0 < len(recorded.calls) <= 5
    skipped = [one.message for one in results.values() if one.outcome is Outcome.SKIPPED]
    assert all(message.startswith("budget: the check takes up to ") for message in skipped)
    assert len(skipped) > 30


def _guarded(left: int | None = None) -> ReadOnlyTarget:
    return ReadOnlyTarget(_recorded(), Budget(left), clock=HeldClock())


@pytest.mark.parametrize(
    "request_",
    [
        Request("POST", BASE, b"action=collection.downloadHTML"),
        Request("PUT", BASE + "?action=collection.downloadHTML"),
        Request("GET", BASE + "?action=collection.update"),
        Request("GET", BASE + "?action=collection.downloadHTML&action=collection.update"),
        Request("GET", BASE + "other?action=collection.downloadHTML"),
    ],
)
def test_what_is_not_a_read_is_not_sent(request_: Request) -> None:
    """Another verb, method or path."""
    with pytest.raises(NotARead):
        _guarded().send(request_)


def test_only_methods_that_the_table_calls_read_only_may_be_called() -> None:
    """The table decides, not the verb."""
    writes = tuple(replace(one, read_only=False) for one in methods())
    with pytest.raises(NotARead):
        ReadOnlyTarget(_recorded(), Budget(), table=writes).send(Request("GET", f"{BASE}?action={methods()[0]}"))


def test_the_budget_is_a_hard_stop() -> None:
    """The call after the last one is not sent."""
    target = _guarded(2)
    for _ in range(2):
        target.send(Request("GET", BASE))
    with pytest.raises(BudgetUsedUp):
        target.send(Request("GET", BASE))


@pytest.mark.parametrize("setting", ["requests_per_second", "requests_per_minute"])
def test_a_refusal_by_a_limit_proves_nothing(setting: str) -> None:
    """Except where nothing else uses the key: then the server counts wrongly."""
    recorded = _recorded(**{setting: 1})
    results = _run(recorded, "code.44/wrong", "limit.sliding-window/paced")
    assert {Outcome.UNREACHABLE, Outcome.FAILED} == {one.outcome for one in results.values()}
    assert all("a limit refused a call" in one.message for one in results.values())


def test_a_package_that_is_not_built_has_no_link_to_check() -> None:
    """That breaks no rule."""
    recorded, budget = _recorded(), Budget()
    subject = _subject(recorded, budget, key=replace(KEY, collection="mock-processing"))
    (result,) = run_reads(_reads(subject, "url.zip/"), subject, budget)
    assert (Outcome.SKIPPED, True) == (result.outcome, "the package is PROCESSING" in result.message)


def test_what_the_target_lacks_is_named() -> None:
    """With a key alone nothing is said of packages."""
    recorded, budget = _recorded(), Budget()
    subject = _subject(recorded, budget, key=Credentials(KEY.key, KEY.secret), full=False)
    results = run_reads(_reads(subject, "job.", "url.", "limit."), subject, budget)
    assert {"needs alone", "needs collection", "needs collection, slow"} == {one.message for one in results}


def _failed(results: Iterable[Result]) -> set[str]:
    return {one.broke for one in results if one.outcome in (Outcome.FAILED, Outcome.WARNED)}


@pytest.mark.parametrize(
    ("options", "rule"),
    [
        ({"url_lifetime": 30}, "url.lives-60s"),
        ({"url_lifetime": 90}, "url.lives-60s"),
        ({"uppercase_signatures": True}, "signature.lower-case"),
        ({"http_statuses": {41: 401}}, "answer.http-200"),
    ],
)
def test_a_broken_server_is_found_by_reads(options: dict[str, Any], rule: str) -> None:
    """By the rule that it breaks."""
    assert rule in _failed(_run(_recorded(**options), rule).values())
