import pytest
from contract_tests.tests.adapter.cases import GREETING, faulty
from contract_tests.zoo.broken_clients.signing import Unsorted
from contract_tests.zoo.client import Client
from contract_tests.zoo.in_process_adapter import InProcessAdapter

from flipsnack_contract.adapter.adapter_check import PROTOCOL_CHECKS, check_adapter, findings_of
from flipsnack_contract.adapter.fake_server import Fake
from flipsnack_contract.adapter.launch import LaunchMode
from flipsnack_contract.adapter.messages import AdapterFault
from flipsnack_contract.adapter.session import AdapterSession

# Adapters with the checks that each of them fails: together, all checks. Without a hello there are none.
FAULTS = {
    "correct": {"declines": "expected unsupported for no-such-operation, got ok", "declares": "no format"},
    "unknown_id": {"echoes": "somebody-else"},
    "crash": {"serves-again": "exit code 3"},
    "hang": {"reports-transport": "no message for"},
    "bad_exit": {"obeys-bye": "expected exit code 0, got 4"},
    "goes_on": {"obeys-bye": "expected exit code 0, got none: it went on", "ends-with-its-input": "it goes on"},
    "odd_capability": {"declares": "unknown capability telepathy; expected some of virtual_sleep, json"},
    "odd_operation": {"declares": "ops are dance; expected some of download, poll, call"},
    "nameless": {"declares": "a part of client is empty"},
    "no_file": {
        "downloads": "expected a file at dest, got none",
        "calls": "expected the value {'status': 'PROCESSING'}, got {'status': 'COMPLETE'",
        "creates": "expected the value {'hash': 'f000001', 'conversion': 'complete'}, got {'status'",
        "lists": "expected the hashes ['f000001'], got None",
        "publishes": "expected the new hash f000001, got None",
        "counts": "among it views: 0; got {'status'",
    },
}


class SleepsByItself(Client):
    """Lets no time pass that the kit knows of."""

    def wait(self, ms: int) -> None:
        """Whatever it does here, it does not ask."""


@pytest.mark.parametrize("name", ["wrong_protocol", "no_client", "prints_first", "dies_at_once"])
def test_without_a_hello_nothing_is_checked(name: str, fake_server: Fake) -> None:
    """The fault says it all."""
    with pytest.raises(AdapterFault):
        list(check_adapter(LaunchMode(tuple(faulty(name))), GREETING, fake_server))


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_is_found(name: str, fake_server: Fake) -> None:
    """By its check, with what was expected and found."""
    findings = check_adapter(LaunchMode(tuple(faulty(name)), timeout=0.0), GREETING, fake_server)
    wrong = {one.name: one.wrong for one in findings if one.wrong}
    assert [] == [check for check, text in FAULTS[name].items() if text not in wrong.get(check, "")], wrong


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        (Client, {}),
        (
            Unsorted,
            dict.fromkeys(
                ("downloads", "waits", "creates", "lists", "publishes", "counts"), "so the signature is wrong"
            )
            | {"fails": "got auth", "calls": "error auth"},
        ),
        (SleepsByItself, {"waits": "polled again without a sleep message", "creates": "got error rate_limited"}),
    ],
)
def test_a_wrong_client_shows_with_its_most_likely_cause(
    fake_server: Fake, kind: type[Client], expected: dict[str, str]
) -> None:
    """And nothing is found where the client is right."""
    with AdapterSession(lambda: InProcessAdapter(kind), GREETING) as session:
        findings = [
            one for one in findings_of(session, LaunchMode(("-",)), fake_server) if PROTOCOL_CHECKS[one.name].op
        ]
    found = {one.name: one.wrong for one in findings if one.wrong}
    assert expected.keys() == found.keys()
    assert all(text in found[name] for name, text in expected.items()), found


def test_every_check_but_the_hello_can_fail() -> None:
    """No check passes whatever an adapter does."""
    failed = {check for faults in FAULTS.values() for check in faults} | {"waits", "fails"}
    assert PROTOCOL_CHECKS.keys() - {"greets", "auth"} == failed
