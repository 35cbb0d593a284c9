"""Every check of a client, each citing its rule. A new one is a decorated function in one of these modules."""

from __future__ import annotations

from functools import cache

from flipsnack_contract.adapter.messages import CAPABILITIES
from flipsnack_contract.checks.check import Check, checks_in
from flipsnack_contract.scenarios.client_checks import agreement, calls, ends, files, pace

__all__ = ["client_checks"]


@cache
def client_checks() -> tuple[Check, ...]:
    """Every check of a client, module by module."""
    return checks_in(calls, pace, ends, files, agreement, capabilities=CAPABILITIES)
