"""Faults that can be proven to have fired: rules in an account's state, pure; what takes time or a socket is data."""

from flipsnack_mock.faults.base import CannotAct
from flipsnack_mock.faults.rules import PACKAGE_ACTION, FaultKind, FaultRule, Seen, When, meet, retract, sweep

__all__ = ["CannotAct", "FaultKind", "FaultRule", "PACKAGE_ACTION", "Seen", "When", "meet", "retract", "sweep"]
