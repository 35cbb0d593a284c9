import pytest
from contract_tests.tests.adapter.cases import GREETING

from flipsnack_contract.adapter.launch import MODES, BadUse, LaunchMode, greeting_of, playing
from flipsnack_contract.adapter.program import BadTemplate, Program


@pytest.mark.parametrize("mode", ["persistent", "exec"])
def test_a_command_is_needed(mode: str) -> None:
    """In either mode."""
    with pytest.raises(BadUse, match="give it after --"):
        LaunchMode((), mode=mode)


def test_an_unknown_capability_is_refused() -> None:
    """With those that there are."""
    with pytest.raises(BadUse, match="unknown capability telepathy; expected some of virtual_sleep"):
        LaunchMode(("fetch",), capabilities=("telepathy",))


def test_a_program_needs_its_placeholders() -> None:
    """Before anything is started."""
    with pytest.raises(BadTemplate), playing(LaunchMode(("fetch",), mode="exec"), GREETING):
        pytest.fail("it must not get here")


def test_placeholders_belong_to_programs() -> None:
    """An adapter would be given them as they are."""
    with pytest.raises(BadUse, match="only filled in with --mode exec"):
        LaunchMode(("fetch", "{collection}"))


def test_a_mode_of_its_own_for_programs() -> None:
    """They are asked nothing: what they can do was said."""
    mode = LaunchMode(("sh", "{collection}", "{dest}"), mode="exec", capabilities=("xml",))
    with playing(mode, GREETING) as player:
        assert isinstance(player, Program)
        assert ("xml",) == player.open().capabilities


def test_a_run_without_a_name_gets_a_new_one() -> None:
    """Two runs are told apart."""
    assert greeting_of("1").run != greeting_of("1").run
    assert "mine" == greeting_of("1", "mine").run


def test_there_are_two_modes() -> None:
    """Each explained."""
    assert ["persistent", "exec"] == list(MODES)
