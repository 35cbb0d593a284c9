from collections.abc import Iterator
from dataclasses import replace

from contract_tests.zoo.matrix import OTHER, job_of
from contract_tests.zoo.mutant import MutantResult, MutantStatus
from contract_tests.zoo.mutation_pool import Job, run_all
from contract_tests.zoo.servers import SUITE

MESSAGE_20 = "code.20/right-call-is-ok"
FORMAT = "format.unknown/unknown-format-is-40-in-json"


def _job(mutant: str, *checks: str, examples: int = 6) -> Job:
    plan = replace(OTHER, examples=examples)
    return Job("server", mutant, SUITE.mutant(mutant).rule, tuple((check, plan) for check in checks))


def test_each_check_gives_a_cell() -> None:
    """The cells come back from the process of the mutant, in the order of the checks."""
    (result,) = run_all([_job("says Ok", FORMAT, MESSAGE_20)])
    assert [(FORMAT, MutantStatus.SURVIVED), (MESSAGE_20, MutantStatus.KILLED)] == [
        (cell.check, cell.status) for cell in result.cells
    ]
    assert (True, MutantStatus.KILLED) == (result.right, result.status)


def test_checks_of_other_rules_are_run_until_one_names_the_own_rule() -> None:
    """A check of another rule may find that one broken, too; without `others` the job ends there."""
    name = "keeps the size that a collection had at its first collection.getEmbed"
    (result,) = run_all([job_of(SUITE, SUITE.mutant(name), others=False)])
    assert (frozenset({"embed.size"}), False) == (result.killers, result.cells[-1].check.startswith("embed.size"))


def test_a_kill_by_another_rule_ends_a_job() -> None:
    """Then it is known that the rule is not the only one that catches this mutant."""
    (result,) = run_all([job_of(SUITE, SUITE.mutant("calls its JSON text"))])
    assert {"answer.json"} <= result.killers
    assert len(result.killers) <= 2


def test_a_mutant_that_hangs_times_out() -> None:
    """Its process is ended, and it does not count as killed."""
    endless = "signature.sorted/order-of-sending-is-free"
    (result,) = run_all([_job("says Ok", endless, examples=10**9)], timeout=1)
    assert (MutantStatus.TIMEOUT, endless) == (result.status, result.cells[-1].check)


def test_a_mutant_that_crashes_does_not_count_as_killed() -> None:
    """Nothing is known about it."""
    (result,) = run_all([Job("server", "no such mutant", "code.20", ((MESSAGE_20, OTHER),))])
    assert MutantStatus.FAULT is result.status


def test_a_job_may_depend_on_earlier_results() -> None:
    """The next job is taken when a process is free, not before."""
    seen: list[MutantResult] = []

    def jobs() -> Iterator[Job]:
        yield _job("says Ok", MESSAGE_20)
        assert 1 == len(seen)
        yield _job("says Maintenance", "code.22/maintenance-is-22")

    for result in run_all(jobs(), processes=1):
        seen.append(result)
    assert ["says Ok", "says Maintenance"] == [result.mutant for result in seen]
