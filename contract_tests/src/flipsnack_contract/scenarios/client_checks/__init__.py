"""All duties, each citing its rule of the ledger. A new one is a decorated function in one of these modules."""

from __future__ import annotations

from flipsnack_contract.scenarios.client_check import Duty
from flipsnack_contract.scenarios.client_checks import agreement, calls, ends, files, pace

__all__ = ["DUTIES"]

_MODULES = (calls, pace, ends, files, agreement)

DUTIES: tuple[Duty, ...] = tuple(
    found for module in _MODULES for found in vars(module).values() if isinstance(found, Duty)
)
"""Every duty, module by module."""
