"""Randomness: unique names. No answer to a request depends on it."""

import secrets


def fresh_id() -> str:
    """Twelve hexadecimal digits that no other call returns."""
    return secrets.token_hex(6)
