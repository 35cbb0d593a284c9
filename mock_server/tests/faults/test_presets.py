import pytest
from mock_server.tests.conftest import Door
from mock_server.tests.faults.conftest import account, answer, arrange, package

from flipsnack_mock.faults.presets import PRESETS


@pytest.mark.parametrize("name", PRESETS)
def test_every_preset_meets_a_request(door: Door, name: str) -> None:
    preset = PRESETS[name]
    arrange(door, preset.fault, when=preset.when, count=preset.count)
    fmt = "xml" if name == "invalid-xml" else None
    for _ in range(20):
        answer(door, format=fmt)
    rules = account(door).faults
    if preset.when.action == "package" or preset.fault.moment == "zip":
        package(door)
    assert rules["f1"].hits > 0
    assert 0 == rules["f1"].failures
