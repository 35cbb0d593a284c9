"""How one scenario went: the fake's log, the client's report, and the file."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import zip_longest
from pathlib import Path
from typing import Any

from flipsnack_contract.adapter.case import Case, CaseOutcome, Report
from flipsnack_contract.adapter.elsewhere import package_elsewhere
from flipsnack_contract.adapter.messages import CaseEvent, read_from_adapter
from flipsnack_contract.adapter.sent import ELSEWHERE, Sent
from flipsnack_contract.contract.clock import SECOND
from flipsnack_contract.scenarios.event import CREATE, LIST, SHOW, Event
from flipsnack_contract.scenarios.scenario import Fault, Scenario
from flipsnack_contract.scenarios.traffic import Traffic

FINAL = {
    **dict.fromkeys((30, 37, 40, 42, 46), "bad_request"),
    **dict.fromkeys((34, 35, 36, 45), "refused_file"),
    33: "quota",
    38: "processing",
    41: "auth",
    43: "forbidden",
    44: "auth",
}
"""The class of error of each code by which a call is refused for what it says."""
CLASSES = {**FINAL, 22: "maintenance", 31: "rate_limited", 32: "rate_limited"}
"""The class of error that a client reports for a code."""
ALSO = {
    "download": (SHOW,),
    "create": (SHOW, LIST, "user.getStats"),
    "publish": (SHOW, LIST),
    "list": ("user.getStats",),
}
"""The methods that an operation may use beside its own."""
HELPLESS = ("protocol", "transport", "damaged", "deadline", "uncertain")
"""Errors that a client may report when no answer makes sense."""
TROUBLES = frozenset({"maintenance", "rate_limited", "transport"})
"""Errors that a client reports when it gives up trying again."""
MISTAKES = ("well-formed", "format", "required", "action", "verb", "signature")


@dataclass(frozen=True)
class ScenarioRun:
    """One run of a scenario.

    `file_before` and `file` are what was at the destination before and after it; None for no file. `package` is what
    the kit fetched itself after a download, to compare the file with it. `document` is what was to be uploaded;
    `there_before` are the hashes of the collections to be listed; `account` has all collections after the run, as the
    fake's control plane shows them, of an upload or a list. `sent` is what the client sent,
    as it was on the wire; None where it was not seen. `left` is all that is in the folder of the file
    then: the beginning of each file by its name.
    """

    scenario: Scenario
    capabilities: frozenset[str]
    case: Case
    report: Report
    requests: tuple[Event, ...]
    file: bytes | None = field(default=None, repr=False)
    file_before: bytes | None = field(default=None, repr=False)
    package: bytes | None = field(default=None, repr=False)
    document: bytes | None = field(default=None, repr=False)
    there_before: tuple[str, ...] = ()
    account: tuple[Mapping[str, Any], ...] = field(default=(), repr=False)
    sent: tuple[Sent, ...] | None = field(default=None, repr=False)
    left: Mapping[str, bytes] = field(default_factory=dict, repr=False)

    @property
    def dest(self) -> Path:
        """The file to be made."""
        return Path(str(self.case.args.get("dest", "package.zip")))

    @property
    def beside(self) -> Mapping[str, bytes]:
        """What is in the folder then, without the file and the document."""
        own = (self.dest.name, *([self.document_name] if self.document is not None else ()))
        return {name: content for name, content in self.left.items() if name not in own}

    @property
    def document_name(self) -> str:
        """The name of the document that is to be uploaded."""
        return self.scenario.document_name

    @cached_property
    def events(self) -> tuple[CaseEvent, ...]:
        """The notes that the client sent while it worked."""
        said = (one.text for one in self.report.log if one.by == "client" and '"event"' in one.text)
        return tuple(one for text in said if isinstance(one := read_from_adapter(text.encode()), CaseEvent))

    @cached_property
    def calls(self) -> tuple[Event, ...]:
        return self._of_kind("call")

    @cached_property
    def uploads(self) -> tuple[Event, ...]:
        return tuple(call for call in self.calls if call.action == CREATE)

    @cached_property
    def uploaded(self) -> tuple[Mapping[str, Any], ...]:
        """The collections that uploads of the run made."""
        return tuple(one for one in self.account if one.get("document"))

    @cached_property
    def lost_uploads(self) -> tuple[Event, ...]:
        """The uploads of which the client cannot know what came of them."""
        return tuple(call for call in self.uploads if self.effect_on(call) == "upload")

    @property
    def value(self) -> Mapping[str, Any]:
        """The value in the client's report."""
        return self.report.result.value if self.report.result else {}

    @cached_property
    def canary_requests(self) -> tuple[Event, ...]:
        """The requests that only a followed entity or a bogus link can have caused."""
        return self._of_kind("other")

    @cached_property
    def fetched_elsewhere(self) -> bool:
        """Whether the client asked another server for a package."""
        return any(sent.server == ELSEWHERE and sent.method == "GET" for sent in self.sent or ())

    @property
    def other_package(self) -> bytes | None:
        """The package that came in place of the right one; None for none."""
        if self.fetched_elsewhere:
            return package_elsewhere()
        last = self.downloads[-1] if self.downloads else None
        fault = self.fault_of(last) if last else None
        return fault.package if fault else None

    @cached_property
    def downloads(self) -> tuple[Event, ...]:
        return self._of_kind("download")

    def _of_kind(self, kind: str) -> tuple[Event, ...]:
        return tuple(request for request in self.requests if request.kind == kind)

    @cached_property
    def traffic(self) -> Traffic:
        """The requests as events, for the rules of traffic."""
        requests = [request for request in self.requests if request.kind != "other"]
        deadline = self.case.options.deadline_ms
        # The fake does not see who requests a link that leads elsewhere.
        away = "link" in self.faults
        return Traffic(
            events=tuple(
                replace(self._as_received(request), link_tried=away or (after is not None and after.kind == "download"))
                for request, after in zip_longest(requests, requests[1:])
            ),
            one_task=True,
            uploads=self.scenario.main_action == CREATE,
            deadline=None if deadline is None else (self.report.started_ms + deadline) * 1000,
            reads_xml=self.scenario.format == "xml",
        )

    def _as_received(self, request: Event) -> Event:
        """The request with what the client got; a made-up answer that is right is one."""
        return replace(request, code=20) if self.is_made_up(request) else request.as_received()

    def is_made_up(self, request: Event) -> bool:
        """Whether a fault answered a request in the API's place, and right: in the format that was to be asked for."""
        fault, form = self.fault_of(request), self.scenario.format
        is_right = fault is not None and fault.affects == "nothing" and fault.answers
        return is_right and request.params.get("format", form) == form

    @property
    def last(self) -> Event | None:
        return self.calls[-1] if self.calls else None

    @property
    def outcome(self) -> CaseOutcome:
        return self.report.outcome

    @property
    def error(self) -> str | None:
        """The class of the error that the client reported; None for no error, and for a program without classes."""
        return self.report.error_class

    @property
    def code(self) -> int | None:
        result = self.report.result
        return result.error.code if result and result.error else None

    @property
    def faults(self) -> frozenset[str]:
        """What the faults that the client met affected, as `Fault.affects` says it."""
        return frozenset(self.effect_on(call) for call in self.requests if call.fault)

    def effect_on(self, call: Event) -> str:
        """What the fault of a call affected; `nothing` when there was none."""
        fault = self.fault_of(call)
        return fault.affects if fault else "nothing"

    def fault_of(self, call: Event) -> Fault | None:
        """The fault that a request met."""
        number = call.fault.partition(":")[0].removeprefix("fault-")
        return self.scenario.faults[int(number)] if number.isdecimal() else None

    @property
    def has_wrong_calls(self) -> bool:
        """Whether calls were refused for mistakes, so that the run shows nothing of how the client reads answers."""
        wrong_on_purpose = ("signature",) if self.scenario.who == "wrong-secret" else ()
        refused = any(call.failed in MISTAKES and call.failed not in wrong_on_purpose for call in self.calls)
        return refused or not {call.action for call in self.calls} <= self.right_actions

    @property
    def right_actions(self) -> set[str]:
        """The methods that the client may call."""
        op = "create" if self.scenario.main_action == CREATE else self.scenario.op
        return {self.scenario.main_action, *ALSO.get(op, ())}

    @property
    def misread(self) -> bool:
        """Whether the client rejected right answers, or took another link out of them."""
        sound = all(self.effect_on(call) == "nothing" for call in self.calls)
        # A link that is refused for another reason than its age is not the one that the answer gave.
        refused = [call for call in self.downloads if call.http_status == 403 and call.rule != "url.expired-is-403"]
        served = any(call.http_status in (200, 206) for call in self.downloads)
        garbled_link = refused and not served and "link" not in self.faults
        return sound and bool(self.error == "protocol" or garbled_link)

    @property
    def misread_format(self) -> bool:
        """Whether the client misread JSONP or XML, which have rules of their own."""
        return self.misread and self.scenario.format != "json"

    @property
    def expected_error(self) -> str | None:
        """The class of error that follows from the last answer; None when another end is possible."""
        fault = self.fault_of(self.last) if self.last else None
        if self.last is None or (fault and not (fault.means or self.is_made_up(self.last))):
            return None
        if self.scenario.op == "download" and self.last.state == "FAILED":
            return "job_failed"
        if self.scenario.op == "create" and self.last.state == "failed":
            return "conversion_failed"
        return FINAL.get(self.last.code or 0)

    def lines(self) -> tuple[str, ...]:
        """The steps of the run in words: requests, events and the client's report, by the account's time."""
        # In real time the clocks of client and account differ, so the steps begin with the first request.
        real = "virtual_sleep" not in self.capabilities and self.requests
        start = self.requests[0].start / SECOND if real else self.report.started_ms / 1000
        shown = [(max(0.0, call.start / SECOND - start), f"{call.name:<4} {call.summary}") for call in self.requests]
        ended = self.report.elapsed_ms / 1000
        shown += [(event.after_s, f"meanwhile: {event}") for event in self.scenario.timeline if event.after_s <= ended]
        shown += [(ended, f"the client reported: {self.reported}")]
        width = max(9, len(f"{ended:.3f}"))
        return tuple(f"{seconds:>{width}.3f} s  {text}" for seconds, text in sorted(shown, key=lambda line: line[0]))

    @property
    def reported(self) -> str:
        if self.error:
            code = "" if self.code is None else f", code {self.code}"
            return f"error {self.error}{code}"
        return ": ".join(filter(None, (str(self.outcome), self.report.why)))
