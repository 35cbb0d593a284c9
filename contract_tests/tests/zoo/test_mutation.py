import ast

import pytest
from contract_tests.zoo.mutation import mutated, mutations

SOURCE = '''
"""A text for people."""

LIMIT = 5


def admit(used: int, limit: int = LIMIT) -> bool:
    """Whether one more fits."""
    if used < limit and not closed():
        note(used, limit)
        return bool(used)
    raise Refused(f"{used} is more than {limit + 1}")
'''


def _names() -> list[str]:
    return [one.name for one in mutations("limits", SOURCE)]


@pytest.mark.parametrize(
    "name",
    [
        "limits:<module>: 5 -> 6",
        "limits:admit: used < limit -> used <= limit",
        "limits:admit: used < limit and (not closed()) -> used < limit or not closed()",
        "limits:admit: if used < limit and (not closed()) -> if not (used < limit and (not closed()))",
        "limits:admit: note(used, limit) -> note(limit, used)",
        "limits:admit: note(used, limit) -> (dropped)",
        "limits:admit: return bool(used) -> return None",
        "limits:admit: raise Refused(f'{used} is more than {limit + 1}') -> (dropped)",
    ],
)
def test_each_kind_of_fault_is_made(name: str) -> None:
    """Comparisons, constants, conditions, arguments, statements and results."""
    assert name in _names()


def test_what_is_for_people_is_left_alone() -> None:
    """Docstrings, types and the texts of errors: nobody who speaks HTTP could see them."""
    assert 8 == len(_names())


def test_each_fault_is_alone() -> None:
    """Of everything else the tree is that of the source."""
    original = ast.unparse(ast.parse(SOURCE)).splitlines()
    for one in mutations("limits", SOURCE):
        changed = ast.unparse(mutated(one, SOURCE)).splitlines()
        assert 1 == sum(1 for before, after in zip(original, changed, strict=True) if before != after), one.name


def test_twins_have_names_of_their_own() -> None:
    """The same fault at two places of a function is two mutants."""
    source = "def double(a):\n    return [a + 1, a + 1]\n"
    names = [one.name for one in mutations("numbers", source)]
    assert sorted(set(names)) == sorted(names)
    assert "numbers:double: a + 1 -> a - 1 #2" in names
