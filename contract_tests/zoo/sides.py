"""The zoos, by name. Each is imported when it is asked for: what is mutated must not be loaded before."""

from __future__ import annotations

from importlib import import_module

from contract_tests.zoo.mutant import Side

__all__ = ["SIDES", "side_named"]

SIDES = {"server": "contract_tests.zoo.servers:SIDE", "client": "contract_tests.zoo.clients:SIDE"}
"""Where each zoo is declared, as `module:name`."""


def side_named(name: str) -> Side:
    """The zoo of that name. Raises `LookupError` for an unknown one."""
    if name not in SIDES:
        raise LookupError(f"{name!r} is no zoo; there are {', '.join(SIDES)}")
    module, _, attribute = SIDES[name].partition(":")
    side = getattr(import_module(module), attribute)
    assert isinstance(side, Side)
    return side
