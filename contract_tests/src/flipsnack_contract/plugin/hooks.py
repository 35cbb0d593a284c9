"""The hooks that every run of pytest calls: they declare the options, and load the others where something is judged.

PYTEST_DONT_REWRITE: there is no assert statement in it.
"""

from importlib import import_module
from importlib.util import find_spec
from typing import Any

import pytest

from flipsnack_contract.plugin.option_table import OPTIONS, PACKAGE, Option

RUN_HOOKS = "flipsnack_contract.plugin.run_hooks"


def pytest_addoption(parser: pytest.Parser) -> None:
    """Declare the options."""
    group = parser.getgroup("flipsnack-contract", "contract of the Flipsnack API")
    for one in OPTIONS:
        group.addoption(f"--flipsnack-{one.name}", default=one.default, help=one.help, **reading(one))


def reading(option: Option) -> dict[str, Any]:
    """How argparse reads the value of an option."""
    if option.type is bool:
        return {"action": "store_true"}
    if option.many:
        return {"action": "append"}
    return {"type": str if option.type is str else option.number, "choices": option.choices or None}


@pytest.hookimpl(trylast=True)  # after pytest's own writer of JUnit, whose place is taken
def pytest_configure(config: pytest.Config) -> None:
    """Load the other hooks, where the package is among what is to be collected. Raises `pytest.UsageError`."""
    here = config.invocation_params.dir
    named = (argument.partition("::")[0] for argument in config.args)
    if not any(one == PACKAGE.name or (here / one).resolve() == PACKAGE for one in named):
        return
    if missing := [name for name in ("hypothesis", "msgspec") if find_spec(name) is None]:
        raise pytest.UsageError(
            f"flipsnack_contract.plugin needs {' and '.join(missing)}; install its extra: "
            "pip install 'flipsnack-kit[contract]'"
        )
    config.pluginmanager.register(import_module(RUN_HOOKS), RUN_HOOKS)
