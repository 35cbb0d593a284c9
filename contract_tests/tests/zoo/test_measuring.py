from contract_tests.zoo.measuring import measured
from contract_tests.zoo.mutant import Side
from contract_tests.zoo.servers import CORRECT, SIDE

NAMED = ("says Ok", "says Maintenance")
CHECKS = {name: rule for name, rule in SIDE.checks.items() if rule in ("code.20", "code.22")}
SMALL = Side("server", tuple(SIDE.mutant(name) for name in NAMED), CHECKS, SIDE.open, correct=CORRECT[:2])


def test_what_is_measured_is_what_happened() -> None:
    """Two broken servers, each caught at once by its own rule; two correct ones, and no alarm."""
    said: list[str] = []
    facts = measured(SMALL, say=said.append, seeds=3)
    assert ["code.20", "code.22"] == facts["own"] == facts["rules"]
    assert [("says Ok", "Killed", ["code.20"]), ("says Maintenance", "Killed", ["code.22"])] == [
        (one["name"], one["fate"], one["killers"]) for one in facts["mutants"]
    ]
    assert (6, 0, 1) == (facts["found"]["searches"], facts["found"]["missed"], facts["found"]["examples"]["median"])
    assert [0, 0] == [one["alarms"] for one in facts["correct"].values()]
    assert [3, 3] == [one["runs"] for one in facts["correct"].values()]
    assert all(one["examples_per_second"] > 0 for one in facts["correct"].values())
    assert 4 == len(said)
