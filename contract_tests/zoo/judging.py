"""Opens a server and runs the kit's checks on it. The only module that uses the kit's runner for servers."""

from collections.abc import Iterator
from contextlib import contextmanager

from contract_tests.zoo.mutant import Cell, Judge, Mutant, MutantStatus

from flipsnack_contract.checks import server_checks
from flipsnack_contract.checks.runner import run_check
from flipsnack_contract.checks.situations import lives
from flipsnack_contract.target.outcome import Outcome
from flipsnack_contract.target.result import Result
from flipsnack_contract.target.target import WsgiTarget
from flipsnack_contract.target.target_under_test import examine

_BY_NAME = {one.name: one for one in server_checks() if "socket" not in one.needs}
SERVER_CHECKS = {name: one.rule.id for name, one in _BY_NAME.items()}
"""The rule of each check that needs no socket."""
REPEATING_CHECKS = frozenset(
    name for name, one in _BY_NAME.items() if one.machine or one.run.__module__ == lives.__name__
)
"""The random histories, and the sequences of events with all that is looked at after each."""

_STATUS = {
    Outcome.FAILED: MutantStatus.KILLED,
    Outcome.WARNED: MutantStatus.KILLED,
    Outcome.PASSED: MutantStatus.SURVIVED,
    Outcome.SKIPPED: MutantStatus.SURVIVED,
    Outcome.UNREACHABLE: MutantStatus.FAULT,
    Outcome.INTERNAL: MutantStatus.FAULT,
}


@contextmanager
def open_server(mutant: Mutant) -> Iterator[Judge]:
    """The judge of the WSGI app that `mutant` makes."""
    under_test = examine(WsgiTarget(mutant.make()))
    yield lambda name, plan: cell_of(run_check(_BY_NAME[name], under_test, plan))


def cell_of(result: Result) -> Cell:
    """The cell of the matrix for the result of a check."""
    return Cell(result.check, _STATUS[result.outcome], result.broke, result.message.partition("\n")[0][:200])
