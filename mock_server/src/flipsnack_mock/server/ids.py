"""Randomness: unique names. No answer to a request depends on it."""

from __future__ import annotations

import secrets

__all__ = ["fresh_id"]


def fresh_id() -> str:
    """Twelve hexadecimal digits that no other call returns."""
    return secrets.token_hex(6)
