import re
from pathlib import Path

import pytest

import flipsnack_mock
from flipsnack_mock.inspect.ledger import ledger
from flipsnack_mock.protocol.methods import METHODS
from flipsnack_mock.state.settings import setting_docs

PACKAGE = Path(flipsnack_mock.__file__).parent
CONTRACT = PACKAGE.parents[2] / "contract_tests/src/flipsnack_contract/spec/rules.toml"
SUBJECTS = "|".join(sorted({str(entry["id"]).partition(".")[0] for entry in ledger()["rule"]}))
NAMED = re.compile(rf'(?<![.\w])rule(?:: str)? = ?"([^"]+)"|(?<![.\w])rule="([^"]+)"|"((?:{SUBJECTS})\.[a-z0-9-]+)"')
MENTIONED = [
    pytest.param(rule, id=f"{path.stem}:{rule}")
    for path in sorted(PACKAGE.rglob("*.py"))
    # A subject of rules and the family of a method have one name.
    for rule in sorted({"".join(groups) for groups in NAMED.findall(path.read_text("utf-8"))} - METHODS.keys())
]


def test_the_ledger_is_the_contracts_to_the_byte() -> None:
    assert CONTRACT.read_bytes() == PACKAGE.joinpath("inspect/rules.toml").read_bytes()


@pytest.mark.parametrize("rule", MENTIONED)
def test_every_rule_that_the_source_names_is_in_the_ledger(rule: str) -> None:
    """An answer never rests on a rule that does not exist."""
    assert rule in {entry["id"] for entry in ledger()["rule"]}


def test_the_search_for_rules_finds_them() -> None:
    assert {"request.duplicate-parameter", "code.43-unknown", "format.unknown"} <= {one.values[0] for one in MENTIONED}


@pytest.mark.parametrize("entry", [one for one in ledger()["rule"] if "setting" in one], ids=lambda one: one["id"])
def test_every_setting_that_a_rule_names_exists(entry: dict[str, str]) -> None:
    assert entry["setting"] in setting_docs()
