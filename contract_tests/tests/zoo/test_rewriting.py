import ast
import sys
from importlib import import_module

import pytest
from contract_tests.zoo.edits import edited
from contract_tests.zoo.rewriting import private_copy, source_of

from flipsnack_mock.state import limits as limiter


def test_a_private_copy_is_changed_and_the_original_is_not() -> None:
    """Two of a package live side by side, and one of them is wrong."""
    source = source_of("flipsnack_mock.state.limits").replace("MINUTE = 60 * SECOND", "MINUTE = 59 * SECOND")
    with private_copy("flipsnack_mock", {"flipsnack_mock.state.limits": ast.parse(source)}):
        copy = import_module("flipsnack_mock.state.limits")
    assert (59_000_000, 60_000_000) == (copy.MINUTE, limiter.MINUTE)
    assert limiter is sys.modules["flipsnack_mock.state.limits"]


def test_an_edit_that_does_not_fit_is_refused() -> None:
    """When the fake has changed under an edit, it says so rather than make a server that is not broken."""
    with pytest.raises(LookupError, match="holds 0 times, not once"):
        edited("limiter", ("this was never there", ""))


def test_a_module_that_is_not_there_is_refused() -> None:
    """The name is said."""
    with pytest.raises(LookupError, match=r"flipsnack_mock\.nothing"):
        source_of("flipsnack_mock.nothing")
