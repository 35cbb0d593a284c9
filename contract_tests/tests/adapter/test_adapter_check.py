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

# For each check an adapter that fails it; without a hello there are no checks.
FAULTS = [
    ("correct", "declines", "expected unsupported for no-such-operation, got ok"),
    ("correct", "declares", "no format"),
    ("unknown_id", "echoes", "somebody-else"),
    ("crash", "serves-again", "exit code 3"),
    ("hang", "reports-transport", "no message for"),
    ("bad_exit", "obeys-bye", "expected exit code 0, got 4"),
    ("goes_on", "obeys-bye", "expected exit code 0, got none: it went on"),
    ("goes_on", "ends-with-its-input", "it goes on"),
    ("odd_capability", "declares", "unknown capability telepathy; expected some of virtual_sleep, json"),
    ("odd_operation", "declares", "ops are dance; expected some of download, poll, call"),
    ("nameless", "declares", "a part of client is empty"),
    ("no_file", "downloads", "expected a file at dest, got none"),
    ("no_file", "calls", "expected the value {'status': 'PROCESSING'}, got {'status': 'COMPLETE'"),
    ("no_file", "creates", "expected the value {'hash': 'f000001', 'conversion': 'complete'}, got {'status'"),
    ("no_file", "lists", "expected the hashes ['f000001'], got None"),
    ("no_file", "publishes", "expected the new hash f000001, got None"),
    ("no_file", "counts", "among it views: 0; got {'status'"),
]


class SleepsByItself(Client):
    """Lets no time pass that the kit knows of."""

    def wait(self, ms: int) -> None:
        """Whatever it does here, it does not ask."""


@pytest.fixture(scope="module")
def wrong(fake_server: Fake) -> dict[str, dict[str, str]]:
    """What is wrong with each faulty adapter, by check."""
    found = {}
    for name in dict.fromkeys(name for name, _, _ in FAULTS):
        findings = check_adapter(LaunchMode(tuple(faulty(name)), timeout=0.0), GREETING, fake_server)
        found[name] = {finding.name: finding.wrong for finding in findings if finding.wrong}
    return found


@pytest.mark.parametrize("name", ["wrong_protocol", "no_client", "prints_first", "dies_at_once"])
def test_without_a_hello_nothing_is_checked(name: str, fake_server: Fake) -> None:
    """The fault says it all."""
    with pytest.raises(AdapterFault):
        list(check_adapter(LaunchMode(tuple(faulty(name))), GREETING, fake_server))


@pytest.mark.parametrize(("name", "check", "text"), FAULTS)
def test_a_fault_is_found(wrong: dict[str, dict[str, str]], name: str, check: str, text: str) -> None:
    """By its check, with what was expected and found."""
    assert text in wrong[name][check]


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
    failed = {check for _, check, _ in FAULTS} | {"waits", "fails"}
    assert PROTOCOL_CHECKS.keys() - {"greets", "auth"} == failed
