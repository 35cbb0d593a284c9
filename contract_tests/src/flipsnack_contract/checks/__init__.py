"""All checks, each citing its rule of the ledger. A new check is a decorated function in one of these modules."""

from __future__ import annotations

from functools import cache

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
from flipsnack_contract.checks.check import Check, check, checks_in
from flipsnack_contract.checks.stateful_model import History
from flipsnack_contract.target.target_under_test import CAPABILITIES

__all__ = ["server_checks"]

_MODULES = (requests, answers, formats, codes, orders, signatures, signed_texts, jobs, urls, limits, keys, sockets)


@cache
def server_checks() -> tuple[Check, ...]:
    """Every check of a server, in the order of the ledger's sections."""
    history = check("history.agrees", needs={"control"}, share=0.5)(History)
    return (*checks_in(*_MODULES, capabilities=CAPABILITIES), history)
