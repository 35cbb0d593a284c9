from contract_tests.zoo.client import Client
from contract_tests.zoo.clients import bench_of
from contract_tests.zoo.sweep import CHECKS, sweep_of
from contract_tests.zoo.troupe import client_named

from flipsnack_contract.adapter.fake_server import fake_at
from flipsnack_contract.checks.plan import Plan
from flipsnack_contract.target.result import Outcome, Result
from flipsnack_mock.testing import MockServer

(SWEEP,) = CHECKS
PLAN = Plan(examples=1, seed=1, shrink=False)


class FallsOverOnXml(Client):
    """Does all that it should, but for XML."""

    def params(self) -> dict[str, str]:
        """What is sent."""
        if self.errand.form == "xml":
            raise RuntimeError("no XML today")
        return super().params()


def _swept(client: type[Client]) -> Result:
    with MockServer() as server, fake_at(server.url) as fake, bench_of(client, fake) as bench:
        return sweep_of(bench)(SWEEP, PLAN)


def test_the_first_broken_duty_is_found() -> None:
    """Its rule is named, and no further scenario is played."""
    result = _swept(client_named("SendsTheSecret"))
    assert (Outcome.FAILED, "client.secret-not-sent", 1) == (result.outcome, result.broke, result.examples)


def test_a_correct_client_passes_every_scenario() -> None:
    """Those of the script, and drawn ones."""
    result = _swept(Client)
    assert (Outcome.PASSED, "") == (result.outcome, result.message)
    assert result.examples > 100


def test_who_only_falls_over_is_not_caught() -> None:
    """Nothing is known of such a client."""
    result = _swept(FallsOverOnXml)
    assert (Outcome.BROKEN, "") == (result.outcome, result.broke)
    assert "crash" in result.message
