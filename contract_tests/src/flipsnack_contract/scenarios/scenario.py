"""A situation for a client as a value, which can be drawn, shrunk, written down and run again; and how it must end."""

import re
from base64 import b64decode, b64encode
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

from flipsnack_contract.adapter.messages import Format

Seconds = Annotated[float, Meta(ge=0, le=31_622_400)]
Affects = Literal["nothing", "passing", "lasting", "answer", "package", "link"]
EventName = Literal["maintenance-on", "maintenance-off", "delete", "complete", "fail", "suspend"]

LONGEST_PAUSE_S = 30.0
"""A correct client polls at least so often, in seconds."""

COMFORT_S = 60.0
"""A correct client meets a deadline that is so many seconds after the end of the job."""


class TimelineEvent(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Something that happens `after_s` seconds of the account's time after the start.

    `suspend` suspends the client's machine for `for_s` seconds; all other events change the account.
    """

    after_s: Seconds
    what: EventName
    for_s: Seconds = 0.0

    def __str__(self) -> str:
        return f"{self.what} for {self.for_s:g} s" if self.for_s else self.what


class Fault(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A fault rule of the account: what goes wrong (`fault`, as the fake's control plane takes it), when, how often.

    `affects` says what it spoils: nothing that matters (`nothing`), an attempt that succeeds when it is repeated
    (`passing`) or does not (`lasting`), the answer (`answer`), the package (`package`), the resource URL (`link`).
    `means` is the class of error that it leads to. `needs` are the capabilities without which a client is not judged by
    it. In the body of an answer, `{base_url}` stands for the API's address and `{callback}` for the client's callback.
    """

    name: str
    affects: Affects
    fault: dict[str, Any]
    when: dict[str, Any] = {}
    count: int | None = None
    needs: tuple[str, ...] = ()
    means: str = ""

    @property
    def answers(self) -> bool:
        """Whether it answers a call with a body of its own, which is made for one format."""
        return self.fault.get("status") == 200 and self.when.get("action") != "package"

    def as_rule(self, base_url: str, *, callback: str = "callback") -> dict[str, Any]:
        """The rule as the control plane takes it."""

        def filled(text: str) -> str:
            return text.replace("{base_url}", base_url).replace("{callback}", callback)

        body: dict[str, str] = {}
        if "body" in self.fault:
            body = {"body": filled(self.fault["body"])}
        elif "body_base64" in self.fault:
            # Latin-1 keeps every byte.
            raw = filled(b64decode(self.fault["body_base64"]).decode("latin-1")).encode("latin-1")
            body = {"body_base64": b64encode(raw).decode()}
        return {"fault": self.fault | body, "when": self.when, "count": self.count}


class Scenario(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Who calls, for which collection, what its job does, what goes wrong meanwhile, and what the client is given.

    Times are seconds of the account's clock. `settings` are the account's; `unknown_hash` is the collection that does
    not exist. With `old_file` another file is at the destination.
    """

    op: Literal["download", "poll"] = "download"
    format: Format = "json"
    deadline_s: Seconds | None = 600.0
    cancel_after_s: Seconds | None = None
    key: str = "client"
    secret: str = "a secret of the kit"
    who: Literal["right", "wrong-secret", "unknown-key"] = "right"
    whose: Literal["own", "deleted", "foreign", "unknown"] = "own"
    unknown_hash: str = "no-such-hash"
    schedule: str = "immediate"
    pages: Annotated[int, Meta(ge=1, le=20)] = 2
    settings: dict[str, int | float] = {}
    faults: tuple[Fault, ...] = ()
    timeline: tuple[TimelineEvent, ...] = ()
    old_file: bool = False

    @property
    def needs(self) -> frozenset[str]:
        """The capabilities and the operation that a client must have for it."""
        needed = {self.format, f"op:{self.op}", *(need for fault in self.faults for need in fault.needs)}
        ended = {"complete", "fail", "delete"} & {event.what for event in self.timeline}
        # Virtual time is for what happens at an instant, or would take too long.
        at_an_instant = bool(self.timeline or self.faults or self.settings)
        slow = self.schedule not in ("immediate", "failed", "after-1-polls", "failed-after-1-polls")
        sometimes = {
            "cancel": self.cancel_after_s is not None,
            "deadline": self.schedule in ("never", "manual", "failed-manual") and not ended,
            "virtual_sleep": at_an_instant or slow or self.cancel_after_s is not None,
        }
        return frozenset(needed | {name for name, is_needed in sometimes.items() if is_needed})

    @property
    def suspensions(self) -> tuple[TimelineEvent, ...]:
        return tuple(event for event in self.timeline if event.what == "suspend")

    @property
    def suspended_s(self) -> float:
        return sum(event.for_s for event in self.suspensions)

    @property
    def eventful(self) -> bool:
        """Whether an event changes the account."""
        return len(self.suspensions) < len(self.timeline)

    def awake_s(self, elapsed_s: float) -> float:
        """When the last suspension ends that began by `elapsed_s`; 0 without one."""
        return max(
            (event.after_s + event.for_s for event in self.suspensions if event.after_s <= elapsed_s), default=0.0
        )

    def __hash__(self) -> int:
        # Without numbers and mappings: 1 and 1.0 are equal, so their hashes must be.
        texts = (self.op, self.format, self.key, self.secret, self.who, self.whose, self.unknown_hash, self.schedule)
        return hash((*texts, *(fault.name for fault in self.faults), *(event.what for event in self.timeline)))


def expected_outcomes(scenario: Scenario) -> frozenset[str]:
    """What a correct client may report: `ok`, or classes of errors; more than one when the deadline is close.

    Faults, events, limits and a cancel are not considered.
    """
    if scenario.who != "right":
        return frozenset({"auth"})
    if scenario.whose != "own":
        return frozenset({"forbidden"})
    if said := {fault.means for fault in scenario.faults if fault.means}:
        return frozenset(said)
    if scenario.op == "poll":
        return frozenset({"ok"})
    end = "job_failed" if scenario.schedule.startswith("failed") else "ok"
    earliest, latest = _span(scenario.schedule.removeprefix("failed").removeprefix("-"))
    deadline = float("inf") if scenario.deadline_s is None else scenario.deadline_s
    ends = set()
    # A client that wakes up too late may poll once more.
    if earliest <= max(deadline, scenario.awake_s(deadline)):
        ends.add(end)
    if latest + scenario.suspended_s + COMFORT_S > deadline:
        ends.add("deadline")
    return frozenset(ends)


def undisturbed(scenario: Scenario) -> str | None:
    """The only end that is right; None when several are, or when something disturbs the scenario."""
    end, *others = expected_outcomes(scenario)
    affected = any(fault.affects != "nothing" for fault in scenario.faults)
    disturbed = affected or scenario.eventful or scenario.settings or scenario.cancel_after_s is not None
    return None if disturbed or others else end


def _span(schedule: str) -> tuple[float, float]:
    """When the job ends, in seconds from the first call: the earliest and the latest, which depends on the polls."""
    if schedule in ("", "immediate"):
        return 0.0, 0.0
    if after := re.fullmatch(r"after-([\d.]+)s", schedule):
        return float(after[1]), float(after[1]) + LONGEST_PAUSE_S
    if polls := re.fullmatch(r"after-(\d+)-polls", schedule):
        return 0.0, int(polls[1]) * LONGEST_PAUSE_S
    return float("inf"), float("inf")
