"""The figures that a client's traffic is held to. All times are microseconds."""

from __future__ import annotations

from collections.abc import Mapping

from flipsnack_contract.contract.clock import SECOND

__all__ = ["CREDENTIALS", "FINAL_CODES", "LEAST_INTERVAL", "LEAST_PAUSE", "LIMITS", "LINK_LIFETIME", "REPEATED_WITHIN"]

MINUTE = 60 * SECOND

LIMITS = ((5, SECOND), (60, MINUTE))
"""The most calls, and the time in which there may be so many."""

LEAST_INTERVAL = 3 * SECOND // 2
"""Between two polls. The vendor's "a few seconds" are at least two, and a clock may be a little off."""

LEAST_PAUSE: Mapping[int, int] = {31: SECOND // 2, 32: 2 * SECOND}
"""After a call that a limit refused, by its code. Far less than what helps: only a client without a pause breaks it."""

FINAL_CODES = (30, 40, 41, 42, 43, 44)
"""Codes of calls that are refused for what they say: the same call will be refused again."""

REPEATED_WITHIN = MINUTE
"""In a recording, a call that comes later than this need not follow from the answer before it."""

LINK_LIFETIME = MINUTE
"""For how long a resource URL is served."""

CREDENTIALS = frozenset({"apiKey", "signature", "action"})
"""Parameters of a call that do not belong in a download."""
