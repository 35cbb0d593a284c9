import pytest
from contract_tests.tests.adapter.cases import GREETING, faulty

from flipsnack_contract.adapter.lint import MANNERS, lint
from flipsnack_contract.adapter.session import Timeouts


def _wrong(name: str) -> dict[str, str]:
    findings = lint(tuple(faulty(name)), GREETING, timeouts=Timeouts(hello=30.0, case=0.0))
    return {finding.name: finding.wrong for finding in findings if finding.wrong}


@pytest.mark.parametrize(
    ("name", "wrong"),
    [
        ("wrong_protocol", "protocol 2"),
        ("no_client", "client"),
        ("prints_first", "warming up"),
        ("dies_at_once", "exit code 1"),
    ],
)
def test_without_a_hello_nothing_else_is_looked_at(name: str, wrong: str) -> None:
    """One finding says it all."""
    found = _wrong(name)
    assert ["greets"] == list(found)
    assert wrong in found["greets"]


@pytest.mark.parametrize(
    ("name", "manner", "wrong"),
    [
        ("correct", "declines", "expected outcome unsupported for the operation no-such-operation, got ok"),
        ("correct", "declares", "no format"),
        ("unknown_id", "echoes", "somebody-else"),
        ("crash", "serves-again", "exit code 3"),
        ("hang", "reports-transport", "no message for"),
        ("bad_exit", "obeys-bye", "expected exit code 0, got 4"),
        ("odd_capability", "declares", "the kit does not know telepathy; capabilities are virtual_sleep, json"),
        ("odd_operation", "declares", "ops are dance; expected download or poll"),
        ("nameless", "declares", "a part of client is empty"),
    ],
)
def test_a_lack_of_manners_is_found(name: str, manner: str, wrong: str) -> None:
    """Named, with what was expected and found."""
    assert wrong in _wrong(name)[manner]


def test_an_adapter_that_never_ends_by_itself_is_found() -> None:
    """Neither at bye nor at the end of its input; it is killed all the same."""
    found = _wrong("ignores_bye")
    assert "expected exit code 0, got none: it went on" == found["obeys-bye"]
    assert "it goes on" == found["ends-with-its-input"]


def test_every_manner_can_be_lacking() -> None:
    """No rule of manners is one that nothing can break."""
    broken = {"greets", "declares", "declines", "echoes", "reports-transport", "serves-again", "obeys-bye"}
    assert MANNERS.keys() == broken | {"ends-with-its-input"}
