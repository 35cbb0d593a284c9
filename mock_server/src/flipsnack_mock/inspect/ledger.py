"""The rules ledger, a generated copy of the contract kit's: every answer of the fake cites rules from it."""

import tomllib
from functools import cache
from importlib.resources import files
from typing import Any


@cache
def ledger() -> dict[str, Any]:
    """The ledger: `sources`, and the list `rule`."""
    return tomllib.loads(files("flipsnack_mock.inspect").joinpath("rules.toml").read_text("utf-8"))


@cache
def rules() -> dict[str, dict[str, str]]:
    """The rules of the ledger by their id."""
    return {rule["id"]: rule for rule in ledger()["rule"]}
