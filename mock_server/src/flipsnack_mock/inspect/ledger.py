"""The rules ledger, a generated copy of the contract kit's: every answer of the fake cites rules from it."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files
from typing import Any

__all__ = ["ledger"]


@cache
def ledger() -> dict[str, Any]:
    """The ledger: `sources`, and the list `rule`."""
    return tomllib.loads(files("flipsnack_mock.inspect").joinpath("rules.toml").read_text("utf-8"))
