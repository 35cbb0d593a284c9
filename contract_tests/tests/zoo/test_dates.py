from datetime import datetime

import pytest
from contract_tests.zoo.alt_server import AltServer
from contract_tests.zoo.alt_server.accounts import SECOND, Account

from flipsnack_contract.checks import server_checks
from flipsnack_contract.checks.check import Plan
from flipsnack_contract.checks.runner import run_check
from flipsnack_contract.target.outcome import Outcome
from flipsnack_contract.target.target import WsgiTarget
from flipsnack_contract.target.target_under_test import examine

TIMED = ("conversion.", "job.", "key.", "limit.", "order.", "stats.", "upload.", "url.", "user.", "delete.", "code.3")


class Dated(AltServer):
    """The correct server, whose accounts begin at an instant."""

    begin = ""

    def new_account(self, secret: str) -> Account:
        return Account(secret, now=round(datetime.fromisoformat(f"{self.begin}+00:00").timestamp() * SECOND))


@pytest.mark.parametrize("begin", ["2026-11-30T23:59:59.999990", "2028-02-29T23:59:30", "2027-03-31T00:00:00"])
def test_no_check_blames_a_correct_server_for_the_date_of_the_run(begin: str) -> None:
    """Nor in the last microseconds of a month, or at the beginning of a minute."""
    server = Dated()
    server.begin = begin
    under_test = examine(WsgiTarget(server))
    results = [
        run_check(check, under_test, Plan(examples=3, rows=10, seed=1))
        for check in server_checks()
        if check.rule.id.startswith(TIMED) and check.machine is None
    ]
    assert [] == [(one.check, one.message) for one in results if one.outcome is not Outcome.PASSED]
