"""The vendor's status codes and messages, from `spec/codes.toml` ("API status codes")."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib import resources

__all__ = ["OK", "messages", "named"]

OK = 20


@cache
def messages() -> Mapping[int, str]:
    """The message of each documented code, letter by letter."""
    text = resources.files("flipsnack_contract").joinpath("spec", "codes.toml").read_text(encoding="utf-8")
    return {int(code): message for code, message in tomllib.loads(text)["messages"].items()}


def named(code: int) -> str:
    """A code for a reader: `44 (Invalid signature)`."""
    return f"{code} ({messages().get(code, 'not in the table of the vendor')})"
