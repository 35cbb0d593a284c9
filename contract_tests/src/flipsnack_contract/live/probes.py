"""All probes, each citing its rule of the ledger."""

from __future__ import annotations

from flipsnack_contract.live import packages, requests
from flipsnack_contract.live.probe import Probe

__all__ = ["PROBES"]

PROBES: tuple[Probe, ...] = tuple(
    found for module in (requests, packages) for found in vars(module).values() if isinstance(found, Probe)
)
"""Every probe, those that need the least first."""
