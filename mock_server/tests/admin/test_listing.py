import msgspec
import pytest

from flipsnack_mock.admin.listing import json_list, with_lock
from flipsnack_mock.state.account import Account
from flipsnack_mock.state.settings import Settings
from flipsnack_mock.state.world import World


def key(account: Account) -> str:
    return account.key


def test_a_world_is_free_between_the_pieces_of_a_list() -> None:
    world = World(Settings())
    for number in range(1_001):
        world.find(f"test-{number}")
    held: list[int] = []

    class Lock:
        def __enter__(self) -> None:
            held.append(0)

        def __exit__(self, *_: object) -> None: ...

    world.lock = Lock()  # type: ignore[assignment]
    assert 1_003 == len(list(with_lock(world, list(world.accounts), key)))
    assert 6 == len(held)


@pytest.mark.parametrize("items", [[], ["a"], ["x" * 200_000] * 5], ids=len)
@pytest.mark.parametrize("others", [{}, {"count": 1, "near": []}], ids=len)
def test_a_list_in_pieces_is_the_same_json(items: list[str], others: dict[str, object]) -> None:
    parts = list(json_list("items", iter(items), **others).iter_encoded())
    assert others | {"items": items} == msgspec.json.decode(b"".join(parts))
    assert max(map(len, parts)) < 500_000
