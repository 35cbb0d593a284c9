"""Counts of the requests that were answered, for the metrics."""

from flipsnack_mock.protocol.methods import METHODS, UNBUILT
from flipsnack_mock.state.journal import Entry

OTHER = "other"
PACKAGE = "package"
_KNOWN = METHODS.keys() | UNBUILT


class Counters:
    """Counts by action, code of the API (None when there is none) and HTTP status.

    An action that v1 does not have counts as `OTHER`, so that no client can make the table grow.
    """

    def __init__(self) -> None:
        self.counts: dict[tuple[str, int | None, int], int] = {}

    def count(self, entry: Entry) -> None:
        """Count one answered request."""
        action = entry.action
        known = action if action in _KNOWN else PACKAGE if entry.fmt == "zip" else OTHER
        label = (known, entry.code, entry.response.http_status if entry.response else 0)
        self.counts[label] = self.counts.get(label, 0) + 1
