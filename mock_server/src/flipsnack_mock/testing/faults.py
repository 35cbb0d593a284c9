"""A client for the fault rules of one account."""

from collections.abc import Callable
from typing import Any, Unpack, cast
from urllib.parse import quote

from flipsnack_mock.testing.answers import FaultAnswer
from flipsnack_mock.testing.fields import FaultConditions, FaultFields

__tracebackhide__ = True  # pytest shows the line of the test instead


class Faults:
    """The fault rules of one account, checked in the order in which they were added.

    Every method raises `AdminError` if the control plane refuses.
    """

    def __init__(self, call: Callable[..., Any]) -> None:
        """Send requests with `call(method, path, body)`, relative to the account."""
        self._call = call

    def add(
        self,
        kind: str | None = None,
        *,
        preset: str | None = None,
        when: FaultConditions | None = None,
        count: int | None = None,
        ttl: float | None = None,
        id: str | None = None,  # noqa: A002  # as the control plane calls it
        **fields: Unpack[FaultFields],
    ) -> FaultAnswer:
        """Create a rule: `add("delay", seconds=0.05, when={"action": "package"}, count=1)`, or `add(preset="slow")`.

        `fields` are those of the kind, `when` the conditions, `count` the maximum hits, `ttl` seconds of virtual time.
        """
        given = {"preset": preset, "when": when, "count": count, "ttl": ttl, "id": id}
        body: dict[str, Any] = {name: value for name, value in given.items() if value is not None}
        if kind is not None:
            body["fault"] = {"kind": kind, **fields}
        return cast(FaultAnswer, self._call("POST", "/faults", body))

    def list(self) -> list[FaultAnswer]:
        """List the rules with `seen`, `hits`, `hits_left` and `failures`."""
        return cast(list[FaultAnswer], self._call("GET", "/faults")["faults"])

    def show(self, rule_id: str) -> FaultAnswer:
        """One rule."""
        return cast(FaultAnswer, self._call("GET", f"/faults/{quote(rule_id, safe='')}"))

    def delete(self, rule_id: str) -> None:
        """Delete one rule."""
        self._call("DELETE", f"/faults/{quote(rule_id, safe='')}")

    def clear(self) -> None:
        """Delete all rules of the account."""
        self._call("DELETE", "/faults")
