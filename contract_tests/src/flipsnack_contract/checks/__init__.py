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
    real_time,
    requests,
    signatures,
    signed_texts,
    sockets,
    urls,
)
from flipsnack_contract.checks.check import Check, check, checks_in
from flipsnack_contract.checks.stateful_model import History
from flipsnack_contract.contract.methods import Method, methods
from flipsnack_contract.target.target_under_test import CAPABILITIES, TargetUnderTest

__all__ = ["checks_for", "real_time_checks", "server_checks"]

_MODULES = (requests, answers, formats, codes, orders, signatures, signed_texts, jobs, urls, limits, keys, sockets)


@cache
def server_checks(table: tuple[Method, ...] | None = None) -> tuple[Check, ...]:
    """Every check of a server that has these methods, by default all of `spec/methods.toml`."""
    history = check("history.agrees", needs={"control"}, share=0.5)(History)
    found = (*checks_in(*_MODULES, capabilities=CAPABILITIES), history)
    return tuple(one for one in found if one.methods is None or any(map(one.methods, table or methods())))


@cache
def real_time_checks() -> tuple[Check, ...]:
    """The checks of packages and limits for a target without a control plane."""
    return checks_in(real_time, capabilities=CAPABILITIES)


def checks_for(subject: TargetUnderTest) -> tuple[Check, ...]:
    """The checks for a target. With a control plane all rules are checked in virtual time, and far more closely."""
    steered = server_checks(subject.methods)
    return steered if subject.control else (*steered, *real_time_checks())
