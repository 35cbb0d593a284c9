from collections.abc import Iterator

from contract_tests.zoo.matrix import OTHERS, job_of
from contract_tests.zoo.mutant import MutantResult, MutantStatus
from contract_tests.zoo.mutation_pool import Job, run_all
from contract_tests.zoo.servers import SUITE

from flipsnack_contract.runner import Plan

OK_SAID = "code.20/right-call-is-ok"
FORMAT = "format.unknown/unknown-format-is-40-in-json"


def _job(mutant: str, *checks: str) -> Job:
    return Job("server", mutant, SUITE.mutant(mutant).rule, ((OTHERS, checks),))


def test_a_mutant_is_tried_by_each_check_in_turn() -> None:
    """What each check made of it comes back from its process."""
    (result,) = run_all([_job("says Ok", FORMAT, OK_SAID)])
    assert [(FORMAT, MutantStatus.SURVIVED), (OK_SAID, MutantStatus.KILLED)] == [
        (cell.check, cell.status) for cell in result.cells
    ]
    assert (True, MutantStatus.KILLED) == (result.right, result.status)


def test_the_first_kill_by_another_rule_ends_a_trial() -> None:
    """Then it is known that the mutant is not caught by its own rule alone."""
    (result,) = run_all([job_of(SUITE, SUITE.mutant("says 44 for 41"))])
    assert {"code.41"} < result.killers
    assert 2 == len(result.killers)


def test_what_hangs_is_ended_and_told_apart() -> None:
    """A time-out is a status of its own, never a kill."""
    endless = "signature.sorted/order-of-sending-is-free"
    slow = Job("server", "says Ok", "code.20", ((Plan(examples=10**9), (endless,)),))
    (result,) = run_all([slow], patience=1)
    assert (MutantStatus.TIMEOUT, endless) == (result.status, result.cells[-1].check)


def test_a_process_that_dies_is_no_kill() -> None:
    """Nothing is known of a mutant whose process ends by itself."""
    (result,) = run_all([Job("server", "nobody is called so", "code.20", ((OTHERS, (OK_SAID,)),))])
    assert MutantStatus.FAULT is result.status


def test_later_charges_may_depend_on_earlier_trials() -> None:
    """A job is taken when there is a process for it, not before."""
    seen: list[MutantResult] = []

    def jobs() -> Iterator[Job]:
        yield _job("says Ok", OK_SAID)
        assert 1 == len(seen)
        yield _job("says Maintenance", "code.22/maintenance-is-22")

    for result in run_all(jobs(), processes=1):
        seen.append(result)
    assert ["says Ok", "says Maintenance"] == [result.mutant for result in seen]
