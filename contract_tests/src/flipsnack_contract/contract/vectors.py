"""The signature vectors, `spec/signature_vectors.json`: data that every implementation must reproduce."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from importlib import resources

__all__ = ["Vector", "vectors"]


@dataclass(frozen=True)
class Vector:
    """One worked signature: the decoded parameters as sent, the text that is hashed, and the result."""

    name: str
    rule: str
    source: str
    why: str
    secret: str
    parameters: tuple[tuple[str, str], ...]
    canonical: str
    signature: str


@cache
def vectors() -> tuple[Vector, ...]:
    """Every vector, the published one first."""
    path = resources.files("flipsnack_contract").joinpath("spec", "signature_vectors.json")
    found = json.loads(path.read_text(encoding="utf-8"))["vectors"]
    return tuple(Vector(**{**one, "parameters": tuple(map(tuple, one["parameters"]))}) for one in found)
