"""All checks, each citing its rule of the ledger. A new check is a decorated function in one of these modules."""

from __future__ import annotations

from flipsnack_contract.checks import (
    answers,
    codes,
    formats,
    jobs,
    keys,
    limits,
    orders,
    requests,
    signatures,
    signed_texts,
    sockets,
    urls,
)
from flipsnack_contract.checks.check import Check, machine_check
from flipsnack_contract.checks.stateful_model import History

__all__ = ["CHECKS"]

_MODULES = (requests, answers, formats, codes, orders, signatures, signed_texts, jobs, urls, limits, keys, sockets)

CHECKS: tuple[Check, ...] = (
    *(found for module in _MODULES for found in vars(module).values() if isinstance(found, Check)),
    machine_check("history.agrees", History, share=0.5),
)
"""Every check, in the order of the ledger's sections."""
