"""All duties, each citing its rule of the ledger. A new one is a decorated function in one of these modules."""

from __future__ import annotations

from flipsnack_contract.client.duties import agreement, calls, ends, files, pace
from flipsnack_contract.client.duty import Duty

__all__ = ["DUTIES"]

_MODULES = (calls, pace, ends, files, agreement)

DUTIES: tuple[Duty, ...] = tuple(
    found for module in _MODULES for found in vars(module).values() if isinstance(found, Duty)
)
"""Every duty, module by module."""
