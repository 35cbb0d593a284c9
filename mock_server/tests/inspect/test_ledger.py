import re
from pathlib import Path

import flipsnack_mock
from flipsnack_mock.inspect.ledger import ledger
from flipsnack_mock.protocol.methods import METHODS
from flipsnack_mock.state.settings import setting_docs

PACKAGE = Path(flipsnack_mock.__file__).parent
CONTRACT = PACKAGE.parents[2] / "contract_tests/src/flipsnack_contract/spec/rules.toml"
SUBJECTS = "|".join(sorted({str(entry["id"]).partition(".")[0] for entry in ledger()["rule"]}))
NAMED = re.compile(rf'(?<![.\w])rule(?:: str)? = ?"([^"]+)"|(?<![.\w])rule="([^"]+)"|"((?:{SUBJECTS})\.[a-z0-9-]+)"')
MENTIONED = [
    (path.stem, rule)
    for path in sorted(PACKAGE.rglob("*.py"))
    # A subject of rules and the family of a method have one name.
    for rule in sorted({"".join(groups) for groups in NAMED.findall(path.read_text("utf-8"))} - METHODS.keys())
]


def test_the_ledger_is_the_contracts_to_the_byte() -> None:
    assert CONTRACT.read_bytes() == PACKAGE.joinpath("inspect/rules.toml").read_bytes()


def test_every_rule_that_the_source_names_is_in_the_ledger() -> None:
    """An answer never rests on a rule that does not exist."""
    known = {entry["id"] for entry in ledger()["rule"]}
    assert [] == [(module, rule) for module, rule in MENTIONED if rule not in known]


def test_the_search_for_rules_finds_them() -> None:
    assert {"request.duplicate-parameter", "code.43-unknown", "format.unknown"} <= {rule for _, rule in MENTIONED}


def test_every_setting_that_a_rule_names_exists() -> None:
    named = {entry["setting"] for entry in ledger()["rule"] if "setting" in entry}
    assert named
    assert set() == named - setting_docs().keys()
