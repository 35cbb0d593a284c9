"""The suites of mutants by name. Each is imported when it is needed."""

from __future__ import annotations

from importlib import import_module

from contract_tests.zoo.mutant import Suite

__all__ = ["SUITES", "suite_named"]

SUITES = {"server": "contract_tests.zoo.servers", "client": "contract_tests.zoo.clients"}
"""The module that defines each as `SUITE`."""


def suite_named(name: str) -> Suite:
    """The suite of that name; raises `LookupError`."""
    if name not in SUITES:
        raise LookupError(f"there is no suite {name!r}; expected one of {', '.join(SUITES)}")
    suite = import_module(SUITES[name]).SUITE
    assert isinstance(suite, Suite)
    return suite
