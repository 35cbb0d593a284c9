import pytest
from contract_tests.tests.adapter.rehearsal import GREETING
from contract_tests.zoo.broken_clients.signing import Unsorted
from contract_tests.zoo.client import Client
from contract_tests.zoo.in_process_adapter import InProcessAdapter

from flipsnack_contract.adapter.session import Session
from flipsnack_contract.adapter.smoke import TRIALS, smoke
from flipsnack_contract.fake import Fake


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
    with Session(lambda: InProcessAdapter(kind), GREETING) as session:
        found = [smoked.wrong for smoked in smoke(session, played)]
    assert len(TRIALS) == len(found)
    assert all(part in text if part else not text for part, text in zip(wrong, found, strict=True)), found
