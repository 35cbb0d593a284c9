import pytest
from contract_tests.zoo.mutant import Cell, Fate, Mutant, Side, Trial
from contract_tests.zoo.mutants import chosen, problems, tried
from contract_tests.zoo.review import Review
from contract_tests.zoo.servers import SIDE as SERVERS
from contract_tests.zoo.sides import side_named

NAMES = ("limiter:admit: 1 -> 2", "limiter:admit: 2 -> 3", "limiter:refuse: 1 -> 2")
MUTANTS = tuple(Mutant(name, "limiter", lambda: None) for name in NAMES)
SMALL = Side("small", MUTANTS, {"a/one": "a"}, SERVERS.open)
SEEN = [Review("limiter:refuse", (), "own", "a setting")]


def _trial(name: str, fate: Fate) -> Trial:
    return Trial(name, "limiter", (Cell("a/one", fate, "a"),))


@pytest.mark.parametrize(
    ("name", "fate"),
    [
        ("limiter:_refusal: used >= limit -> used > limit", Fate.KILLED),
        ("signature:canonical: name not in UNSIGNED -> name in UNSIGNED", Fate.KILLED),
        ("schedules:parse_schedule: 2 -> 3", Fate.FAULT),
    ],
)
def test_a_fault_in_the_core_is_caught_or_told_apart(name: str, fate: Fate) -> None:
    """What cannot even answer the control plane was not caught by a check."""
    core = side_named("core")
    (trial,) = tried(core, [core.mutant(name)])
    assert fate is trial.fate


@pytest.mark.parametrize(
    ("name", "fate", "killers"),
    [
        ("signature:canonical: name not in UNSIGNED -> name in UNSIGNED", Fate.KILLED, {"client.signature"}),
        (
            "deadline:Deadline.remaining: self.seconds - self.elapsed() -> self.seconds + self.elapsed()",
            Fate.KILLED,
            {"client.deadline"},
        ),
        ("client:Flipsnack.__enter__: return self -> return None", Fate.FAULT, set()),
    ],
)
def test_a_fault_in_the_reference_client_is_caught_or_told_apart(name: str, fate: Fate, killers: set[str]) -> None:
    """What falls over was not caught; what would go on for ever was caught by its deadline."""
    reference = side_named("reference")
    (trial,) = tried(reference, [reference.mutant(name)])
    assert fate is trial.fate
    assert killers == set(trial.killers)


def test_a_sample_is_the_same_each_time() -> None:
    """And a larger one holds the smaller."""
    small, large = chosen(MUTANTS, sample=1), chosen(MUTANTS, sample=2)
    assert small == chosen(MUTANTS, sample=1)
    assert (1, 2, 3) == (len(small), len(large), len(chosen(MUTANTS)))
    assert set(small) < set(large)


def test_a_survivor_is_reviewed_or_wrong() -> None:
    """A time-out or a crash is neither."""
    trials = [_trial(NAMES[0], Fate.SURVIVED), _trial(NAMES[1], Fate.TIMEOUT), _trial(NAMES[2], Fate.SURVIVED)]
    assert [f"survived: {NAMES[0]}"] == problems(SMALL, trials, SEEN)


def test_a_verdict_on_what_is_caught_is_stale_when_all_were_tried() -> None:
    """Of a sample one cannot know."""
    caught = [_trial(name, Fate.KILLED) for name in NAMES]
    assert ["reviewed.toml speaks of limiter:refuse, and there is nothing to say of it"] == problems(
        SMALL, caught, SEEN
    )
    assert [] == problems(SMALL, caught[:1], SEEN)
