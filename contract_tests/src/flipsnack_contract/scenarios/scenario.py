"""A situation for a client as a value, which can be drawn, shrunk, written down and run again; and how it must end."""

import re
from base64 import b64decode, b64encode
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

from flipsnack_contract.adapter.answer_forms import AnswerForm
from flipsnack_contract.adapter.fake_server import Way
from flipsnack_contract.adapter.messages import Format
from flipsnack_contract.contract.methods import Method, methods, package_method
from flipsnack_contract.scenarios.event import CREATE, LIST, STATISTICS, UPDATE

Seconds = Annotated[float, Meta(ge=0, le=31_622_400)]
Affects = Literal["nothing", "passing", "lasting", "answer", "package", "another package", "link", "upload", "redirect"]
EventName = Literal["maintenance-on", "maintenance-off", "delete", "add", "complete", "fail", "suspend"]
Operation = Literal["download", "poll", "call", "create", "list", "publish", "statistics"]
Kind = Literal["pdf", "png", "jpg", "text", "empty"]

ACTIONS = {"create": CREATE, "list": LIST, "publish": UPDATE, "statistics": STATISTICS}
"""The method that an operation is about, where that is neither the one of packages nor the caller's choice."""

REFUSED_DOCUMENTS: dict[str, frozenset[str]] = {
    "text": frozenset({"refused_file"}),
    "empty": frozenset({"bad_request", "refused_file"}),
}
"""The kinds of document that cannot be uploaded, with the class of error; a client may see that a file is empty."""

PROCESSING = frozenset({"processing"})
"""How a call may end that changes or packages a collection while its document is converted."""

BASE_URL, CALLBACK, ELSEWHERE = "{base_url}", "{callback}", "{elsewhere}"
"""What stands for addresses, and for the client's callback, in a fault."""

BESIDE = f"//{ELSEWHERE}"
"""What stands for the address elsewhere without its scheme."""

LONGEST_PAUSE_S = 30.0
"""A correct client polls at least so often, in seconds."""

COMFORT_S = 60.0
"""A correct client meets a deadline that is so many seconds after the end of the job."""


class TimelineEvent(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Something that happens `after_s` seconds of the account's time after the start.

    `suspend` suspends the client's machine for `for_s` seconds; all other events change the account. `add` adds a
    collection, `delete` deletes the one that the scenario is about, or the newest one of a list.
    """

    after_s: Seconds
    what: EventName
    for_s: Seconds = 0.0

    def __str__(self) -> str:
        return f"{self.what} for {self.for_s:g} s" if self.for_s else self.what


class Fault(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A fault rule of the account: what goes wrong (`fault`, as the fake's control plane takes it), when, how often.

    `affects` says what it spoils: nothing that matters (`nothing`), an attempt that succeeds when it is repeated
    (`passing`) or does not (`lasting`), the answer (`answer`), the package (`package`), which may be a whole one in its
    place (`another package`), the resource URL (`link`), an upload whose answer is lost (`upload`), the way
    (`redirect`).
    It begins `after_s` seconds after the start. `means` is the class of error that it leads to. `needs` are the
    capabilities without which a client is not judged by it. In a body, and in the location of a redirect, `{base_url}`
    stands for the API's address, `{elsewhere}` for that of another server, and `{callback}` for the client's callback.
    """

    name: str
    affects: Affects
    fault: dict[str, Any]
    when: dict[str, Any] = {}
    count: int | None = None
    needs: tuple[str, ...] = ()
    means: str = ""
    after_s: Seconds = 0.0

    @property
    def answers(self) -> bool:
        """Whether it answers a call with a body of its own, which is made for one format."""
        return self.fault.get("status") == 200 and self.when.get("action") != "package"

    @property
    def leads_elsewhere(self) -> bool:
        """Whether it leads to another server, by a redirect or by a link."""
        return ELSEWHERE in f"{self.fault.get('location')} {self.fault.get('body')}"

    @property
    def package(self) -> bytes | None:
        """The package that it serves in place of the right one; None for none."""
        if self.affects != "another package":
            return None
        return b64decode(self.fault["body_base64"])

    def as_rule(
        self, base_url: str, *, callback: str = "callback", elsewhere: str = "", now: float = 0.0
    ) -> dict[str, Any]:
        """The rule as the control plane takes it; `now`, in seconds since 1970, is the start."""

        def filled(text: str) -> str:
            spelled = text.replace(BESIDE, elsewhere.partition(":")[2])
            return spelled.replace(BASE_URL, base_url).replace(CALLBACK, callback).replace(ELSEWHERE, elsewhere)

        own: dict[str, str] = {name: filled(self.fault[name]) for name in ("body", "location") if name in self.fault}
        if "body_base64" in self.fault:
            # Latin-1 keeps every byte.
            raw = filled(b64decode(self.fault["body_base64"]).decode("latin-1")).encode("latin-1")
            own["body_base64"] = b64encode(raw).decode()
        begins = {"from": now + self.after_s} if self.after_s else {}
        return {"fault": self.fault | own, "when": self.when | begins, "count": self.count}


class Scenario(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Who calls, for which collection, what its job does, what goes wrong meanwhile, and what the client is given.

    Times are seconds of the account's clock. `settings` are the account's; `unknown_hash` is the collection that does
    not exist. At the destination is another file of `old_bytes` bytes; None for none. The file, or
    the document, has the name `file_name`; empty for the usual one. With `interrupted` the client did the same before:
    its connection was cut off again and again, until its time was over. A document that is `torn` holds the boundary
    between the parts of an earlier upload of the client.

    `params` are the caller's parameters of the method; `action` is the method of a call. A document to upload is of the
    `document` kind and has `document_bytes` more bytes than it needs. `schedule` is that of the package; of an upload,
    of its conversion; `conversion` is that of the conversion of a collection which was there before. `collections` are
    there to be listed, `page_size` of them in a page, where the client lets its caller choose. After `cut_after` bytes
    the connection of an upload breaks, once. Answers have another `form` than usual. The package is filled up to
    `package_bytes`.
    """

    op: Operation = "download"
    action: str = ""
    params: dict[str, str] = {}
    document: Kind = "png"
    document_bytes: Annotated[int, Meta(ge=0, le=1_000_000)] = 0
    conversion: str = ""
    collections: Annotated[int, Meta(ge=0, le=200)] = 0
    page_size: Annotated[int, Meta(ge=1, le=100)] | None = None
    cut_after: Annotated[int, Meta(ge=2_000)] | None = None
    form: AnswerForm | None = None
    package_bytes: Annotated[int, Meta(ge=0, le=10_000_000)] = 0
    format: Format = "json"
    deadline_s: Seconds | None = 600.0
    cancel_after_s: Seconds | None = None
    key: str = "kit-key-5e1f"
    secret: str = "a secret of the kit"
    who: Literal["right", "wrong-secret", "unknown-key"] = "right"
    whose: Literal["own", "deleted", "foreign", "unknown"] = "own"
    unknown_hash: str = "no-such-hash"
    schedule: str = "immediate"
    pages: Annotated[int, Meta(ge=1, le=20)] = 2
    settings: dict[str, int | float] = {}
    faults: tuple[Fault, ...] = ()
    timeline: tuple[TimelineEvent, ...] = ()
    old_bytes: Annotated[int, Meta(ge=0, le=10_000_000)] | None = None
    file_name: str = ""
    interrupted: bool = False
    torn: bool = False

    @property
    def needs(self) -> frozenset[str]:
        """The capabilities and the operation that a client must have for it."""
        needed = {self.format, f"op:{self.op}", *(need for fault in self.faults for need in fault.needs)}
        needed |= {"uploads"} if self.main_action == CREATE else set()
        ended = {"complete", "fail", "delete"} & {event.what for event in self.timeline}
        # Virtual time is for what happens at an instant, or would take too long.
        disturbed = bool(self.timeline or self.faults or self.settings or self.interrupted)
        at_an_instant = disturbed or self.op in ("list", "statistics")
        slow = self.schedule not in ("immediate", "failed", "after-1-polls", "failed-after-1-polls")
        sometimes = {
            "cancel": self.cancel_after_s is not None,
            "deadline": self.schedule in ("never", "manual", "failed-manual") and not ended,
            "virtual_sleep": at_an_instant or slow or bool(self.conversion) or self.cancel_after_s is not None,
        }
        return frozenset(needed | {name for name, is_needed in sometimes.items() if is_needed})

    @property
    def way(self) -> Way:
        """The client's way to the fake."""
        return Way(self.cut_after, self.form, any(fault.leads_elsewhere for fault in self.faults))

    @property
    def main_action(self) -> str:
        """The method that the scenario is about."""
        return self.action or ACTIONS.get(self.op) or package_method().name

    @property
    def main_method(self) -> Method:
        return next(one for one in methods() if one.name == self.main_action)

    @property
    def is_about_collection(self) -> bool:
        """Whether a collection must be there, which the client is told."""
        return self.main_method.takes("collectionHash")

    @property
    def makes_or_lists(self) -> bool:
        """Whether it is about all collections of the account."""
        return self.op == "list" or self.main_action == CREATE

    @property
    def uploads_file(self) -> bool:
        return self.main_action == CREATE and "fileUrl" not in self.params

    @property
    def document_name(self) -> str:
        """The name of the document to upload."""
        return self.file_name or f"a document.{self.document}"

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
        who = (self.key, self.secret, self.who, self.whose, self.unknown_hash)
        texts = (self.op, self.action, self.format, *who, self.schedule, self.conversion, self.document, self.form)
        return hash((*texts, *(fault.name for fault in self.faults), *(event.what for event in self.timeline)))


def expected_outcomes(scenario: Scenario) -> frozenset[str]:
    """What a correct client may report: `ok`, or classes of errors; more than one when the deadline is close.

    Faults, events, limits and a cancel are not considered.
    """
    if scenario.who != "right":
        return frozenset({"auth"})
    if scenario.whose != "own" and scenario.is_about_collection:
        return frozenset({"forbidden"})
    if scenario.cut_after is not None:
        return frozenset({"uncertain"})
    if said := {fault.means for fault in scenario.faults if fault.means}:
        return frozenset(said)
    if scenario.uploads_file and scenario.document in REFUSED_DOCUMENTS:
        return REFUSED_DOCUMENTS[scenario.document]
    if scenario.conversion and scenario.main_action in (UPDATE, package_method().name):
        return PROCESSING if scenario.op in ("call", "poll") else PROCESSING | _ends(scenario)
    if scenario.op in ("download", "create"):
        return _ends(scenario)
    # A client that waits between pages may have too little time.
    late = scenario.op in ("list", "statistics") and (scenario.deadline_s or COMFORT_S) < COMFORT_S
    return frozenset({"ok", "deadline"} if late else {"ok"})


def _ends(scenario: Scenario) -> frozenset[str]:
    """How a job may end that is not refused."""
    failure = "conversion_failed" if scenario.op == "create" else "job_failed"
    end = failure if scenario.schedule.startswith("failed") else "ok"
    earliest, latest = _span(scenario.schedule.removeprefix("failed").removeprefix("-"))
    deadline = float("inf") if scenario.deadline_s is None else scenario.deadline_s
    ends = set()
    # A client that wakes up too late may poll once more.
    if earliest <= max(deadline, scenario.awake_s(deadline)):
        ends.add(end)
    # What the first answer says needs no time.
    if latest and latest + scenario.suspended_s + COMFORT_S > deadline:
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
