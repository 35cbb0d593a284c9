"""The zoos, by name. Each is imported when it is asked for: what is mutated must not be loaded before."""

from __future__ import annotations

from importlib import import_module

from contract_tests.zoo.mutant import Side

__all__ = ["MACHINE_MADE", "SIDES", "side_named"]

SIDES = {"server": "contract_tests.zoo.servers:SIDE", "client": "contract_tests.zoo.clients:SIDE"}
"""Where each zoo is declared, as `module:name`."""
MACHINE_MADE = {"core": "contract_tests.zoo.core:SIDE", "reference": "contract_tests.zoo.reference:SIDE"}
"""Where the mutants are that nobody thought of: small faults in the code of what passes for correct."""


def side_named(name: str) -> Side:
    """The zoo of that name. Raises `LookupError` for an unknown one."""
    places = SIDES | MACHINE_MADE
    if name not in places:
        raise LookupError(f"{name!r} is no zoo; there are {', '.join(places)}")
    module, _, attribute = places[name].partition(":")
    side = getattr(import_module(module), attribute)
    assert isinstance(side, Side)
    return side
