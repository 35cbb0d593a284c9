"""Faults that can be proven to have fired: rules in an account's state, pure; what takes time or a socket is data."""

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
