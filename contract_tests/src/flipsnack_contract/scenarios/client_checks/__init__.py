"""Every check of a client: the rules of traffic, and the decorated functions of these modules."""

from __future__ import annotations

from functools import cache

from flipsnack_contract.adapter.messages import CAPABILITIES
from flipsnack_contract.checks.check import Check, checks_in
from flipsnack_contract.scenarios.client_checks import agreement, calls, ends, files, timing
from flipsnack_contract.scenarios.traffic_checks import TRAFFIC_RULES

__all__ = ["client_checks"]


@cache
def client_checks() -> tuple[Check, ...]:
    """Every check of a client, module by module."""
    traffic = (rule.of_client() for rule in TRAFFIC_RULES)
    return (*traffic, *checks_in(calls, timing, ends, files, agreement, capabilities=CAPABILITIES))
