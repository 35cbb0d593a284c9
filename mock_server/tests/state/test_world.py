import pytest
from mock_server.tests.conftest import START

from flipsnack_mock.protocol.errors import Refused
from flipsnack_mock.state.account import account_id, new_account
from flipsnack_mock.state.behaviour import Behaviour
from flipsnack_mock.state.seeds import SeedAccount
from flipsnack_mock.state.settings import Settings
from flipsnack_mock.state.world import World, Worlds

SEEDED = ["LK12NS-0-IOBW3S89VVJH12Z", "45FD-267-7SG7832"]
SECRET = "123ABCDE-456-7890-FGH"


def make_world(**settings: int) -> World:
    return World(Settings(**settings))  # type: ignore[arg-type]


def keys(world: World) -> list[str]:
    return [account.key for account in world.accounts]


def test_the_documented_accounts_exist_by_default() -> None:
    found = [(account.key, account.secret, list(account.collections)) for account in make_world().accounts]
    assert [(SEEDED[0], SECRET, ["d3m0h45h"]), (SEEDED[1], SECRET, ["fxh4k89"])] == found


def test_a_test_key_comes_into_being_on_first_use() -> None:
    world = make_world()
    account = world.find("test-ci-7")
    assert account is not None
    assert "secret-test-ci-7" == account.secret
    assert account is world.find("test-ci-7") is world.find_by_id(account_id("test-ci-7"))


@pytest.mark.parametrize(
    "key", ["", "unknown", "Test-x", "test", "test-a b", "test-a/b", "test-é", "test-\n", "test-" + "x" * 196]
)
def test_no_other_key_does(key: str) -> None:
    world = make_world()
    assert (None, SEEDED) == (world.find(key), keys(world))


def test_a_full_world_takes_no_more_accounts() -> None:
    world = make_world(max_accounts=3)
    assert world.find("test-a") is not None
    with pytest.raises(Refused, match="there are 3 accounts already; raise the setting max_accounts"):
        world.find("test-b")
    world.reset_account("test-a")
    assert [*SEEDED, "test-a"] == keys(world)


def test_a_removed_account_is_gone_and_a_test_key_begins_anew() -> None:
    world = make_world()
    account = world.find("test-a")
    world.remove("test-a")
    world.remove(SEEDED[0])
    assert None is world.find(SEEDED[0]) is world.find_by_id(account_id(SEEDED[0]))
    assert account is not world.find("test-a")


def test_reset_of_an_account_is_how_it_began() -> None:
    world = make_world()
    world.add(new_account(SeedAccount(key=SEEDED[0], secret="s"), Behaviour(requests_per_second=1)))
    world.add(new_account(SeedAccount(key="own", secret="mine"), world.behaviour))
    again, own = world.reset_account(SEEDED[0]), world.reset_account("own")
    assert (["d3m0h45h"], Behaviour()) == (list(again.collections), again.behaviour)
    assert "mine" == own.secret


def test_reset_of_the_world_is_how_the_server_started() -> None:
    world = make_world()
    world.find("test-a")
    world.remove(SEEDED[1])
    world.maintenance = True
    world.reset()
    assert SEEDED == keys(world)
    assert not world.maintenance
    assert world.find_by_id(account_id(SEEDED[1])) is not None


def test_a_namespace_is_a_world_of_its_own() -> None:
    worlds = Worlds(Settings())
    one = worlds.world("one")
    one.find("test-a")
    assert one is worlds.world("one")
    assert worlds.main is worlds.world("")
    assert SEEDED == keys(worlds.main) == keys(worlds.world("two"))
    assert ["one", "two"] == worlds.names()


def test_namespaces_are_bounded_and_can_be_forgotten() -> None:
    worlds = Worlds(Settings(max_namespaces=1))
    worlds.world("one").find("test-a")
    with pytest.raises(Refused, match="raise the setting max_namespaces"):
        worlds.world("two")
    worlds.remove("one")
    assert [] == worlds.names()
    assert SEEDED == keys(worlds.world("two"))
    with pytest.raises(KeyError):
        worlds.remove("one")


def test_time_belongs_to_the_account() -> None:
    one, other = (make_world().begin(SeedAccount(key, "s")) for key in ("a", "b"))
    one.clock = one.clock.set(START + 10, START)
    assert (START + 10, START) == (one.now(START), other.now(START))
