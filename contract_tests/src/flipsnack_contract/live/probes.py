"""All checks that only read, each citing its rule of the ledger."""

from __future__ import annotations

from functools import cache

from flipsnack_contract.checks.check import Check, checks_in
from flipsnack_contract.live import packages, requests
from flipsnack_contract.target.target_under_test import CAPABILITIES

__all__ = ["read_only_checks"]


@cache
def read_only_checks() -> tuple[Check, ...]:
    """Every check that only reads, those that need the least first."""
    return checks_in(requests, packages, capabilities=CAPABILITIES)
