"""A badge, in the JSON that shields.io's endpoint badges read."""

from __future__ import annotations

import json
from collections.abc import Sequence

from flipsnack_contract.target.result import Outcome, Result

__all__ = ["badge"]


def badge(results: Sequence[Result]) -> str:
    """How many checks hold of those that ran: green when all do, yellow when a SHOULD is broken or a failure known."""
    outcomes = [result.outcome for result in results if result.outcome is not Outcome.SKIPPED]
    passed = outcomes.count(Outcome.PASSED)
    if not outcomes:
        message, colour = "nothing ran", "lightgrey"
    elif {Outcome.FAILED, Outcome.BROKEN}.intersection(outcomes):
        message, colour = f"{passed}/{len(outcomes)}", "red"
    else:
        message, colour = f"{passed}/{len(outcomes)}", "green" if passed == len(outcomes) else "yellow"
    return json.dumps({"schemaVersion": 1, "label": "flipsnack contract", "message": message, "color": colour}) + "\n"
