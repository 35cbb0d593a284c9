import pytest
from contract_tests.tests.adapter.cases import GREETING
from contract_tests.zoo.actor import Actor
from contract_tests.zoo.client import Client
from contract_tests.zoo.troupe.signers import Unsorted

from flipsnack_contract.adapter.fake_server import Fake
from flipsnack_contract.adapter.session import AdapterSession
from flipsnack_contract.adapter.smoke import TRIALS, smoke


class SleepsByItself(Client):
    """Lets no time pass that the kit knows of."""

    def wait(self, ms: int) -> None:
        """Whatever it does here, it does not ask."""


@pytest.mark.parametrize(
    ("kind", "wrong"),
    [
        (Client, ["", "", "", ""]),
        (Unsorted, ["so the signature is not", "so the signature is not", "got auth", ""]),
        (SleepsByItself, ["", "polled again without asking the kit to sleep", "", ""]),
    ],
)
def test_what_is_wrong_is_told_with_its_most_likely_cause(played: Fake, kind: type[Client], wrong: list[str]) -> None:
    """For each trial, and nothing for a client that is right."""
    with AdapterSession(lambda: Actor(kind), GREETING) as session:
        found = [smoked.wrong for smoked in smoke(session, played)]
    assert len(TRIALS) == len(found)
    assert all(part in text if part else not text for part, text in zip(wrong, found, strict=True)), found
