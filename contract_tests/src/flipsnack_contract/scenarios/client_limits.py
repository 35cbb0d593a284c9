"""The least that a polite client waits, for those who watch it play and for those who read its recording.

In microseconds, as all instants of the kit are.
"""

from __future__ import annotations

from collections.abc import Mapping

from flipsnack_contract.contract.clock import SECOND

__all__ = ["FINAL_CODES", "LEAST_INTERVAL", "LEAST_PAUSE"]

LEAST_INTERVAL = 3 * SECOND // 2
"""Between two polls. "A few seconds" (collection.downloadHTML) are two at least, and a clock may be a little off."""

LEAST_PAUSE: Mapping[int, int] = {31: SECOND // 2, 32: 2 * SECOND}
"""After a call that a limit refused, by its code: far below what helps, to meet only those who do not pause at all."""

FINAL_CODES = (30, 40, 41, 42, 43, 44)
"""Codes of a call that is refused for what it says, and will be again."""
