from collections.abc import Iterator

from contract_tests.zoo.court import Charge, try_all
from contract_tests.zoo.matrix import OTHERS, charge_of
from contract_tests.zoo.mutant import Fate, Trial
from contract_tests.zoo.servers import SIDE

from flipsnack_contract.checks.plan import Plan

OK_SAID = "code.20/right-call-is-ok"
FORMAT = "format.unknown/unknown-format-is-40-in-json"


def _charge(mutant: str, *checks: str, first_only: bool = False) -> Charge:
    return Charge("server", mutant, SIDE.mutant(mutant).rule, ((OTHERS, checks),), first_only=first_only)


def test_a_mutant_is_tried_by_each_check_in_turn() -> None:
    """What each check made of it comes back from its process."""
    (trial,) = try_all([_charge("says Ok", FORMAT, OK_SAID)])
    assert [(FORMAT, Fate.SURVIVED), (OK_SAID, Fate.KILLED)] == [(cell.check, cell.fate) for cell in trial.cells]
    assert (True, Fate.KILLED) == (trial.right, trial.fate)


def test_a_trial_can_end_with_the_first_kill() -> None:
    """When it only matters whether something is caught, the rest is not tried."""
    (trial,) = try_all([_charge("says Ok", OK_SAID, FORMAT, first_only=True)])
    assert [OK_SAID] == [cell.check for cell in trial.cells]


def test_the_first_kill_by_another_rule_ends_a_trial() -> None:
    """Then it is known that the mutant is not caught by its own rule alone."""
    (trial,) = try_all([charge_of(SIDE, SIDE.mutant("says 44 for 41"))])
    assert {"code.41"} < trial.killers
    assert 2 == len(trial.killers)


def test_what_hangs_is_ended_and_told_apart() -> None:
    """A time-out is a fate of its own, never a kill."""
    endless = "signature.sorted/order-of-sending-is-free"
    slow = Charge("server", "says Ok", "code.20", ((Plan(examples=10**9), (endless,)),))
    (trial,) = try_all([slow], patience=1)
    assert (Fate.TIMEOUT, endless) == (trial.fate, trial.cells[-1].check)


def test_a_process_that_dies_is_no_kill() -> None:
    """Nothing is known of a mutant whose process ends by itself."""
    (trial,) = try_all([Charge("server", "nobody is called so", "code.20", ((OTHERS, (OK_SAID,)),))])
    assert Fate.FAULT is trial.fate


def test_later_charges_may_depend_on_earlier_trials() -> None:
    """A charge is taken when there is a process for it, not before."""
    seen: list[Trial] = []

    def charges() -> Iterator[Charge]:
        yield _charge("says Ok", OK_SAID)
        assert 1 == len(seen)
        yield _charge("says Maintenance", "code.22/maintenance-is-22")

    for trial in try_all(charges(), processes=1):
        seen.append(trial)
    assert ["says Ok", "says Maintenance"] == [trial.mutant for trial in seen]
