from collections.abc import Callable, Iterable
from dataclasses import replace

import pytest
from contract_tests.tests.live.conftest import WHO, Scene

from flipsnack_contract.checks.check import Check
from flipsnack_contract.contract.clock import SECOND
from flipsnack_contract.live.probes import read_only_checks
from flipsnack_contract.live.run import calls_of, least_seconds, run_probes
from flipsnack_contract.target.result import Outcome, Result

MakeScene = Callable[..., Scene]
HAVE = frozenset({"credentials", "collection", "slow", "socket", "alone"})


def _results(
    stage: Scene,
    probes: Iterable[Check] = read_only_checks(),
    *,
    have: frozenset[str] = HAVE,
    finished: tuple[Result, ...] = (),
) -> dict[str, Result]:
    before = {result.check: result for result in finished}
    found = run_probes(probes, stage.caller, have=have, budget=stage.budget, finished=before)
    return {result.check: result for result in found}


def test_the_fake_keeps_every_rule_that_reading_can_tell(scene: MakeScene) -> None:
    """All probes, both slow ones too, against limits that are on and a clock that nobody can move but by waiting."""
    stage = scene(latency=2000)
    results = _results(stage)
    assert [] == [result for result in results.values() if result.outcome is not Outcome.PASSED]
    assert len(stage.target.calls) == calls_of(read_only_checks())


@pytest.mark.parametrize(
    ("settings", "rule"),
    [
        ({"url_lifetime": 30}, "url.lives-60s"),
        ({"url_lifetime": 90}, "url.lives-60s"),
        ({"uppercase_signatures": True}, "signature.lower-case"),
        ({"http_statuses": {41: 401}}, "answer.http-200"),
    ],
)
def test_a_broken_server_is_seen_through(settings: dict[str, object], rule: str, scene: MakeScene) -> None:
    """By the rule that it breaks."""
    failed = [one for one in _results(scene(**settings)).values() if one.outcome is Outcome.FAILED]
    assert rule in {result.broke for result in failed}


@pytest.mark.parametrize("probe", read_only_checks(), ids=lambda one: one.name)
def test_a_probe_makes_as_many_calls_as_it_says(probe: Check, scene: MakeScene) -> None:
    """No more, so that the budget holds; no fewer, so that it is honest. It waits no longer than it says."""
    stage = scene()
    began = stage.clock.now
    _results(stage, [probe])
    assert probe.calls == len(stage.target.calls)
    assert stage.clock.now - began <= probe.waits + probe.calls * SECOND


def test_nothing_begins_that_the_budget_cannot_end(scene: MakeScene) -> None:
    """What is left over is named, and makes the run inconclusive."""
    stage = scene(calls=5)
    results = _results(stage)
    assert 5 >= len(stage.target.calls)
    broken = [result for result in results.values() if result.outcome is Outcome.BROKEN]
    assert all("run again to go on" in result.message for result in broken)
    assert len(read_only_checks()) == len(results)


def test_what_is_finished_is_not_repeated(scene: MakeScene) -> None:
    """Its result stands as it was."""
    before = Result(read_only_checks()[0].name, read_only_checks()[0].rule.id, Outcome.FAILED, "as it was")
    stage = scene()
    assert before == _results(stage, read_only_checks()[:1], finished=(before,))[before.check]
    assert [] == stage.target.sent


def test_what_is_missing_is_named(scene: MakeScene) -> None:
    """With a key alone nothing is said of packages."""
    results = _results(scene(), have=frozenset({"credentials"}))
    skipped = {result.message for result in results.values() if result.outcome is Outcome.SKIPPED}
    assert {"needs alone", "needs collection", "needs collection, slow"} == skipped


def test_a_package_that_is_not_built_yet_is_inconclusive(scene: MakeScene) -> None:
    """There is no link to try; that breaks no rule."""
    stage = scene()
    wanted = [one for one in read_only_checks() if one.name.startswith("url.zip/")]
    who = replace(WHO, collection="mock-processing")
    (result,) = run_probes(wanted, lambda: stage.caller(who), have=HAVE, budget=stage.budget, finished={})
    assert (Outcome.BROKEN, True) == (result.outcome, "the package is PROCESSING" in result.message)


@pytest.mark.parametrize(("calls", "made", "seconds"), [(5, 0, 0), (6, 0, 1), (60, 0, 11), (61, 0, 60), (1, 60, 60)])
def test_the_least_time_is_that_of_the_pace(calls: int, made: int, seconds: int) -> None:
    """Told before anything is sent; a little more is added where windows end."""
    probes = [replace(read_only_checks()[0], name=f"a/{number}", calls=1) for number in range(calls)]
    told = least_seconds(probes, made=[1000] * made, now=1000)
    assert seconds <= told <= seconds + 1
