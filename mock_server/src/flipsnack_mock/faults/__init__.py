"""Fault rules in an account's state: pure values. The server performs delays and socket effects."""

from flipsnack_mock.faults.base import FaultNotApplicable
from flipsnack_mock.faults.rules import (
    PACKAGE_ACTION,
    FaultKind,
    FaultRule,
    FaultTarget,
    When,
    count_failure,
    drop_expired,
    match_rule,
)

__all__ = [
    "FaultNotApplicable",
    "FaultKind",
    "FaultRule",
    "PACKAGE_ACTION",
    "FaultTarget",
    "When",
    "match_rule",
    "count_failure",
    "drop_expired",
]
