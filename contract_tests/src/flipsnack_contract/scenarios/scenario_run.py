"""What came of a scenario: the server's view, the client's word, and what is on the disk. A value."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from itertools import pairwise

from flipsnack_contract.adapter.case import Case, CaseOutcome, Report
from flipsnack_contract.contract.methods import package_method
from flipsnack_contract.scenarios.client_limits import LEAST_INTERVAL
from flipsnack_contract.scenarios.fault_catalogue import CANARY_PATH
from flipsnack_contract.scenarios.scenario import Scenario
from flipsnack_contract.scenarios.server_log import LoggedRequest
from flipsnack_contract.scenarios.traffic import Traffic

__all__ = ["Disk", "ScenarioRun"]

FINAL = {30: "bad_request", 40: "bad_request", 41: "auth", 42: "bad_request", 43: "forbidden", 44: "auth"}
MISTAKES = ("well-formed", "format", "required", "action", "verb", "signature")


@dataclass(frozen=True)
class Disk:
    """What stands where the package shall go (`content`, None for nothing), what stood there before, and what else."""

    content: bytes | None = field(default=None, repr=False)
    before: bytes | None = field(default=None, repr=False)
    leftovers: tuple[str, ...] = ()

    @property
    def untouched(self) -> bool:
        """Whether it is as it was."""
        return self.content == self.before


@dataclass(frozen=True)
class ScenarioRun:
    """One scenario, played once. `package` is what the kit itself fetched afterwards, where there was a need to."""

    scenario: Scenario
    capabilities: frozenset[str]
    case: Case
    report: Report
    requests: tuple[LoggedRequest, ...]
    disk: Disk
    package: bytes | None = field(default=None, repr=False)

    @cached_property
    def calls(self) -> tuple[LoggedRequest, ...]:
        """The calls of the API, without those that only a document type can have led to."""
        return tuple(call for call in self.requests if call.is_api and not call.path.endswith(CANARY_PATH))

    @cached_property
    def canary_requests(self) -> tuple[LoggedRequest, ...]:
        """The calls that only a document type can have led to."""
        return tuple(call for call in self.requests if call.path.endswith(CANARY_PATH))

    @cached_property
    def downloads(self) -> tuple[LoggedRequest, ...]:
        """The downloads."""
        return tuple(call for call in self.requests if not call.is_api)

    @cached_property
    def traffic(self) -> Traffic:
        """The requests for the rules that traffic alone shows to be broken."""
        known = [request for request in self.requests if request not in self.canary_requests]
        deadline = self.case.options.deadline_ms
        return Traffic(
            events=tuple(
                one.as_event(link_tried=self._is_link_tried(after)) for one, after in pairwise((*known, None)) if one
            ),
            one_task=True,
            last_call_from=None if deadline is None else (self.report.started_ms + deadline) * 1000 - LEAST_INTERVAL,
            reads_xml=self.scenario.format == "xml",
        )

    def _is_link_tried(self, following: LoggedRequest | None) -> bool:
        # The fake does not see who requests a link that leads elsewhere.
        return "link" in self.faults or (following is not None and not following.is_api)

    @property
    def suspended_s(self) -> float:
        """For how long it was suspended."""
        # Suspensions that overlap last from the first to the end of all of them.
        ended_s, awake_s, total = self.report.elapsed_ms / 1000, 0.0, 0.0
        for event in sorted(self.scenario.suspensions, key=lambda event: event.after_s):
            if event.after_s < ended_s:
                total += max(0.0, event.after_s + event.for_s - max(awake_s, event.after_s))
                awake_s = max(awake_s, event.after_s + event.for_s)
        return total

    @property
    def last(self) -> LoggedRequest | None:
        """The last call of the API."""
        return self.calls[-1] if self.calls else None

    @property
    def outcome(self) -> CaseOutcome:
        """How the client ended."""
        return self.report.outcome

    @property
    def error(self) -> str | None:
        """The class of the error it reported; None for none, and for a program that has no classes."""
        return self.report.error_class

    @property
    def code(self) -> int | None:
        """The code in the error it reported."""
        result = self.report.result
        return result.error.code if result and result.error else None

    @property
    def faults(self) -> frozenset[str]:
        """What was affected, of the faults that were met: `passing`, `answer`, `package`, `link`."""
        return frozenset(self.effect_on(call) for call in self.requests if call.fault)

    def effect_on(self, call: LoggedRequest) -> str:
        """What the fault affected that a call met: `nothing`, also where it met none."""
        number = call.fault.partition(":")[0].removeprefix("fault-")
        return self.scenario.faults[int(number)].affects if number.isdecimal() else "nothing"

    @property
    def has_wrong_calls(self) -> bool:
        """Whether the client's own calls were wrong, so that nothing can be said of how it takes the answers."""
        wrong_on_purpose = ("signature",) if self.scenario.who == "wrong-secret" else ()
        refused = any(call.failed in MISTAKES and call.failed not in wrong_on_purpose for call in self.calls)
        return refused or any(call.action != package_method().name for call in self.calls)

    @property
    def misread(self) -> bool:
        """Whether it took sound answers for senseless ones, or a link in them for another one."""
        sound = all(self.effect_on(call) == "nothing" for call in self.calls)
        return sound and (self.error == "protocol" or self._garbled_link)

    @property
    def misread_format(self) -> bool:
        """Whether it misread another format than JSON: that has a rule of its own."""
        return self.misread and self.scenario.format != "json"

    @property
    def expected_error(self) -> str | None:
        """The class of error that the last answer leaves no choice but to report, None where it leaves one."""
        if self.last is None or self.last.fault:
            return None
        if self.scenario.op == "download" and self.last.status == "FAILED":
            return "job_failed"
        return FINAL.get(self.last.code or 0)

    @property
    def _garbled_link(self) -> bool:
        # What is refused for another reason than its age is no link that anybody was given.
        refused = [call for call in self.downloads if call.http_status == 403 and call.rule != "url.expired-is-403"]
        served = any(call.http_status in (200, 206) for call in self.downloads)
        return bool(refused) and not served and "link" not in self.faults

    def lines(self) -> tuple[str, ...]:
        """What happened, for a reader: sleeps, calls and the client's word, in the order of the account's time."""
        # On the wall the client's clock and the account's are not the same: what counts is when the first call came.
        real = "virtual_sleep" not in self.capabilities and self.requests
        start = self.requests[0].seconds if real else self.report.started_ms / 1000
        shown = [(max(0.0, call.seconds - start), f"{call.id:<4} {call}") for call in self.requests]
        ended = self.report.elapsed_ms / 1000
        shown += [(event.after_s, f"meanwhile: {event}") for event in self.scenario.timeline if event.after_s <= ended]
        shown += [(ended, f"the client said: {self.word}")]
        width = max(9, len(f"{ended:.3f}"))
        return tuple(f"{seconds:>{width}.3f} s  {text}" for seconds, text in sorted(shown, key=lambda line: line[0]))

    @property
    def word(self) -> str:
        """What the client said, in short."""
        if self.error:
            code = "" if self.code is None else f", code {self.code}"
            return f"error {self.error}{code}"
        return ": ".join(filter(None, (str(self.outcome), self.report.why)))
