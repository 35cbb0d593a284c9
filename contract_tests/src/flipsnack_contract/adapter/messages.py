"""The messages of the adapter protocol, and its faults; the shipped JSON Schemas are generated from here."""

from collections.abc import Collection, Mapping
from typing import Annotated, Any, Literal, get_args

import msgspec
from msgspec import Meta, field

PROTOCOL = 1
MAX_LINE = 1024 * 1024
"""Bytes of a line, its end included."""
LONGEST_SLEEP = 366 * 24 * 3600 * 1000
EXPECTED = "one JSON object with type hello, sleep, event or result"
STDOUT = "stdout is for messages only, one on each line; print everything else to stderr"

CAPABILITIES = {
    "virtual_sleep": "sleeps by a message to the judge, and takes the time from it",
    "json": "reads answers in JSON",
    "jsonp": "reads answers in JSONP",
    "xml": "reads answers in XML",
    "cancel": "stops when a cancel comes while it sleeps",
    "deadline": "keeps options.deadline_ms",
    "retries": "tries again after 22, 31, 32 and transport faults",
    "refresh": "asks for a new resource URL when the one it has is refused",
    "checksums": "checks the checksums inside a package",
    "progress": "sends events while it works",
    "uploads": "uploads documents, by create or by call",
}

OPERATIONS = {
    "download": "waits for a package and saves it",
    "poll": "asks once for the state of a package",
    "call": "calls any method of the API",
    "create": "uploads a document and waits for the end of its conversion",
    "list": "lists all collections, page by page",
    "publish": "publishes an editable collection, and shows it then",
    "statistics": "asks for the statistics of a collection three times, 10 s apart",
}

KINDS = {
    "no-start": "the command cannot be started",
    "crash": "the process ended while a message was expected",
    "closed": "the process closed its stdout and still runs",
    "hang": "no message came within the timeout, or a case does not end",
    "garbage": "a line is not a message of the protocol",
    "too-long": "a line is longer than 1 MiB, the messages of a case than 8 MiB, or what it prints than 64 MiB",
    "out-of-turn": "a message came at a wrong time",
    "unknown-id": "a message names a case that the judge never started",
    "duplicate": "a message names a case that is over",
    "protocol": "the adapter chose a protocol that the judge does not know",
}
"""What an adapter can do wrong."""

ErrorClass = Literal[
    "auth",
    "forbidden",
    "bad_request",
    "rate_limited",
    "maintenance",
    "processing",
    "quota",
    "refused_file",
    "uncertain",
    "job_failed",
    "conversion_failed",
    "deadline",
    "transport",
    "protocol",
    "damaged",
    "cancelled",
]
ResultOutcome = Literal["ok", "error", "unsupported"]

Format = Literal["json", "jsonp", "xml"]
FORMATS: tuple[Format, ...] = get_args(Format)
"""The formats of answers, the vendor's default first."""


def preferred(capabilities: Collection[str]) -> Format:
    """The first of `FORMATS` among these capabilities; json when there is none."""
    return next((form for form in FORMATS if form in capabilities), "json")


Milliseconds = Annotated[int, Meta(ge=0, le=LONGEST_SLEEP)]


class AdapterFault(Exception):
    """The adapter broke the protocol; `kind` is one of `KINDS`. It is neither a pass nor a broken rule."""

    def __init__(self, kind: str, text: str) -> None:
        super().__init__(f"{kind}: {text}")
        self.kind = kind
        self.text = text


class _Message(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, tag_field="type"):
    pass


class Greeting(_Message, frozen=True, tag="hello"):
    """The kit's first message: the protocols it knows, its version, and a name for this run."""

    protocols: tuple[int, ...]
    kit: str
    run: str


class CaseCredentials(msgspec.Struct, frozen=True, kw_only=True):
    """The API key and its secret."""

    key: str
    secret: str

    def __repr__(self) -> str:
        return f"CaseCredentials({self.key!r})"


class CaseOptions(msgspec.Struct, frozen=True, kw_only=True):
    """How the operation is to be done; `deadline_ms` bounds all of it.

    `page_size` is the number of collections in a page of a list, for a client that lets its caller choose it.
    """

    format: Format = "json"
    deadline_ms: Milliseconds | None = None
    page_size: Annotated[int, Meta(ge=1)] | None = None


class RunCase(_Message, frozen=True, tag="run"):
    """One case, with the arguments of its operation in `args`.

    poll: `collection`. download: `collection`, and `dest`, the file to make. call: `action`, the name of the method;
    `params`, its parameters by name; `files`, the paths of files to upload by the name of the parameter.
    create: `file`, the path of the document. publish, statistics: `collection`. create, list, publish and statistics
    have `params` too, which are further parameters of their method.
    """

    id: str
    op: str
    base_url: str
    credentials: CaseCredentials
    args: dict[str, str | dict[str, str]]
    now_ms: int
    options: CaseOptions


class Wake(_Message, frozen=True, tag="wake"):
    """The sleep is over; `now_ms` is the time since 1970."""

    id: str
    now_ms: int


class Cancel(_Message, frozen=True, tag="cancel"):
    """Stop this case. It comes while the client sleeps; the wake follows at once."""

    id: str


class Bye(_Message, frozen=True, tag="bye"):
    """There are no more cases: end with exit code 0."""


FromKit = Greeting | RunCase | Wake | Cancel | Bye


class Client(msgspec.Struct, frozen=True, kw_only=True):
    """The client under test."""

    name: str
    version: str
    language: str


class Hello(_Message, frozen=True, tag="hello"):
    """The adapter's first message: the protocol it chose, its operations and its capabilities."""

    protocol: int
    client: Client
    ops: tuple[str, ...]
    capabilities: tuple[str, ...] = ()


class Sleep(_Message, frozen=True, tag="sleep"):
    """The client wants to sleep; it waits for the wake."""

    id: str
    ms: Milliseconds
    why: str = ""


class CaseEvent(_Message, frozen=True, tag="event"):
    """A note for the reader of a failure; `status` is the job's state, `attempt` counts calls.

    One with `sent` and `total` says how many bytes of a document are sent, and how many there are.
    """

    id: str
    kind: str
    status: str | None = None
    attempt: int | None = None
    sent: Annotated[int, Meta(ge=0)] | None = None
    total: Annotated[int, Meta(ge=0)] | None = None
    message: str = ""


class FileMade(msgspec.Struct, frozen=True, kw_only=True):
    """The file that the client made: its length and its SHA-256 in lower-case hexadecimal."""

    bytes: Annotated[int, Meta(ge=0)]
    sha256: Annotated[str, Meta(pattern="^[0-9a-f]{64}$")]


class ErrorReport(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """An error: its class, and the vendor's code. `code` is None only where no answer of the API gave one."""

    kind: ErrorClass = field(name="class")
    code: int | None = None
    message: str = ""


class CaseResult(_Message, frozen=True, tag="result"):
    """How the case ended.

    `value` of a poll and of a download: `status`, the job's last state; of a call and of statistics: the data of the
    answer; of create: `hash` and `conversion`, its last state; of list: `hashes`; of publish: `hash`, the new one.
    `file` belongs to a download, `error` to the outcome error, `why` to unsupported.
    """

    id: str
    outcome: ResultOutcome
    value: dict[str, Any] = {}
    file: FileMade | None = None
    error: ErrorReport | None = None
    why: str = ""

    def __post_init__(self) -> None:
        """Raise `ValueError` unless `error` is there for the outcome error only."""
        if (self.outcome == "error") != (self.error is not None):
            raise ValueError("`error` is there with outcome error, and only then")


FromAdapter = Hello | Sleep | CaseEvent | CaseResult

_encoder = msgspec.json.Encoder()
_from_adapter: msgspec.json.Decoder[FromAdapter] = msgspec.json.Decoder(FromAdapter)


def encode(message: FromKit | FromAdapter, more: Mapping[str, object] | None = None) -> bytes:
    """The line of a message with `more` fields, its end included."""
    return _encoder.encode({**msgspec.to_builtins(message), **more} if more else message) + b"\n"


def read_from_adapter(line: bytes) -> FromAdapter:
    """The message that a line of an adapter holds. Raises `AdapterFault`, which says what was expected."""
    try:
        return _from_adapter.decode(line)
    except RecursionError:
        raise AdapterFault("garbage", f"a message is nested too deeply; expected {EXPECTED}") from None
    except (msgspec.DecodeError, UnicodeDecodeError) as damage:
        shown = repr(line[:120].decode("utf-8", "replace"))
        is_json = isinstance(damage, msgspec.ValidationError)
        wrong, hint = (str(damage), "") if is_json else ("a line is not JSON", f"; {STDOUT}")
        words = {"`$.outcome`": ResultOutcome, "`$.error.class`": ErrorClass}
        expected = next(
            (", ".join(get_args(one)) for name, one in words.items() if str(damage).endswith(name)), EXPECTED
        )
        raise AdapterFault("garbage", f"{wrong}; expected {expected}, got {shown}{hint}") from None
