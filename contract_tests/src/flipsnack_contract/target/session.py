"""What a check works with: one key at one target, for one example, and the calls that it drafts."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, Self
from urllib.parse import quote

from flipsnack_contract.contract.assertions import Inconclusive, Unsuitable, Violation, expect_code
from flipsnack_contract.contract.clock import SECOND, Clock, RatePacer
from flipsnack_contract.contract.decoding import Answer, Malformed, cut, decode
from flipsnack_contract.contract.documents import pdf
from flipsnack_contract.contract.ledger import OK
from flipsnack_contract.contract.methods import Method, methods
from flipsnack_contract.contract.signing import sign
from flipsnack_contract.target.control import AccountControl
from flipsnack_contract.target.target import Reply, Request, Target, Trace, in_words, is_address

FORM = "application/x-www-form-urlencoded"
_BOUNDARY = "the-kits-boundary"
PARTS = f"multipart/form-data; boundary={_BOUNDARY}"
Pairs = tuple[tuple[str, str], ...]
ABSENT = "nobody-has-this"
COLLECTION = "collectionHash"
MAINTENANCE, LIMITS, FORBIDDEN = 22, (31, 32), 43
SERVER_ERROR = 500
REFUSED = "although this run keeps both limits; make sure that nothing else uses the key, and run again later"


@dataclass(frozen=True)
class FilePart:
    """A file of a multipart body: its bytes, its file name, the name of its part, and the type of that, if any."""

    content: bytes
    file_name: str = "document.pdf"
    field: str = "file"
    content_type: str = ""

    @property
    def about(self) -> str:
        """What stands in the head of the part."""
        kind = f"\r\nContent-Type: {self.content_type}" if self.content_type else ""
        return f'name="{self.field}"; filename="{self.file_name}"{kind}'


@dataclass(frozen=True)
class CallDraft:
    """A call of the API before it is sent: its parameters in the order of sending, its files, and how it is signed.

    `signature` None is the right one for `parameters` and `secret`; with "" none is sent. `text` is sent instead of the
    parameters where a check encodes them itself. `host` is the name of a host, where it is not that of the target.
    """

    parameters: Pairs
    secret: str
    verb: str = "GET"
    path: str = ""
    signature: str | None = None
    text: str | None = None
    files: tuple[FilePart, ...] = ()
    host: str = ""

    def with_(self, **parameters: str) -> Self:
        """The draft with these parameters set; new ones are added at the end."""
        kept = [(name, parameters.pop(name, value)) for name, value in self.parameters]
        return replace(self, parameters=(*kept, *parameters.items()))

    def without(self, name: str) -> Self:
        """The draft without that parameter, which may be `signature` or the name of a file's part."""
        if name == "signature":
            return replace(self, signature="")
        if any(one.field == name for one in self.files):
            return replace(self, files=tuple(one for one in self.files if one.field != name))
        return replace(self, parameters=tuple(pair for pair in self.parameters if pair[0] != name))

    def also(self, *pairs: tuple[str, str]) -> Self:
        return replace(self, parameters=(*self.parameters, *pairs))

    def get(self, name: str) -> str | None:
        return dict(self.parameters).get(name)

    def signed(self) -> Pairs:
        signature = sign(self.secret, self.parameters) if self.signature is None else self.signature
        return (*self.parameters, ("signature", signature)) if signature else self.parameters

    def request(self, base_url: str) -> Request:
        """The HTTP request, below `base_url`: the parameters are in the body of a POST, else in the query.

        The body is in parts when there are files.
        """
        at = {"Host": self.host} if self.host else {}
        if self.verb == "POST" and self.files and self.text is None:
            body = multipart(self.signed(), self.files)
            return Request("POST", base_url + self.path, body, {"Content-Type": PARTS, **at})
        text = encoded(self.signed()) if self.text is None else self.text
        if self.verb == "POST":
            return Request("POST", base_url + self.path, text.encode(), {"Content-Type": FORM, **at})
        return Request(self.verb, f"{base_url}{self.path}?{text}", headers=at)

    @property
    def format(self) -> str:
        """The format of the answer: json, jsonp or xml; json where `format` or `callback` is wrong."""
        wanted = self.get("format") or "json"
        return "json" if wanted not in ("jsonp", "xml") or (wanted == "jsonp" and not self.get("callback")) else wanted


def encoded(pairs: Iterable[tuple[str, str]]) -> str:
    """The pairs as a query string, percent-encoded UTF-8."""
    return "&".join(f"{_quoted(name)}={_quoted(value)}" for name, value in pairs)


def _quoted(text: str) -> str:
    # Most names and values have nothing to be quoted, which this finds ten times faster.
    return text if text.isascii() and text.isalnum() else quote(text, safe="")


def multipart(pairs: Iterable[tuple[str, str]], files: Iterable[FilePart] = ()) -> bytes:
    """A body of the type `PARTS`: the pairs as fields, then the files."""
    parts = [_part(f'name="{name}"', value.encode()) for name, value in pairs]
    parts += [_part(one.about, one.content) for one in files]
    return b"".join([*parts, f"--{_BOUNDARY}--\r\n".encode()])


def _part(about: str, content: bytes) -> bytes:
    head = f"--{_BOUNDARY}\r\nContent-Disposition: form-data; {about}\r\n\r\n"
    return b"%s%s\r\n" % (head.encode(), content)


class LimitReached(Inconclusive):
    """A limit refused a call that keeps both limits: something else uses the key, or the server counts wrongly."""


@dataclass
class Session:
    """One key with its secret at a target; `account` is its control plane, None where there is none.

    `method` is the method of the API that `draft` calls. `maintenance_for_everybody` lasts until the session ends.
    """

    target: Target
    key: str
    secret: str
    clock: Clock
    pacer: RatePacer
    trace: Trace
    account: AccountControl | None
    known_collection: str | None
    method: Method
    open_another: Callable[..., "Session"]
    maintenance_for_everybody: Callable[[], None]

    def draft(self, collection_hash: str | None = None, **parameters: str) -> CallDraft:
        """A right call of the session's method: every required parameter has a value of its type.

        The collection is one of this key, unless another hash is given.
        """
        named = {"action": self.method.name, "apiKey": self.key}
        for one in self.method.parameters:
            if one.required and one.name == COLLECTION:
                named[one.name] = self.own_collection() if collection_hash is None else collection_hash
            elif one.required:
                named[one.name] = one.example
        files = (FilePart(pdf()),) if self.method.takes("file") else ()
        return CallDraft(tuple({**named, **parameters}.items()), self.secret, verb=self.method.verb, files=files)

    def send(self, what: CallDraft | Request, *, paced: bool = True) -> Reply:
        """The HTTP answer; keeps both limits unless `paced` is false."""
        request = what.request(self.target.base_url) if isinstance(what, CallDraft) else what
        if paced:
            self.pacer.call()
        else:
            self.pacer.count()
        return self.fetch(request)

    def fetch(self, request: Request) -> Reply:
        """The HTTP answer to a request that no limit counts, such as a download.

        Raises `Violation` for what a server gave as an address and is none.
        """
        if not is_address(request.url):
            raise Violation("an address that the server gave", "an http or https URL", cut(request.url))
        reply = self.target.send(request)
        self.trace.add(partial(in_words, request, reply))
        return reply

    def ask(self, what: CallDraft | Request, *, paced: bool = True) -> Answer:
        """The answer of the API, read in the format that `what` asks for; that of a `Request` as JSON."""
        reply = self.send(what, paced=paced)
        if isinstance(what, Request):
            return self.read(reply)
        return self.read(reply, what.format, callback=what.get("callback"))

    def read(self, reply: Reply, form: str = "json", *, callback: str | None = None, own: bool = False) -> Answer:
        """What an HTTP answer says; raises `Violation` when it is not in that format.

        That breaks the rule of the format, unless it is the check's `own`; a server error breaks a rule of its own.
        Where there is no control plane, maintenance and limits say nothing of the rule: `Inconclusive`, `LimitReached`.
        """
        try:
            answer = decode(reply.body, form, callback=callback, fields=self.method.fields)
        except Malformed as damage:
            rule = "request.any-bytes" if reply.status >= SERVER_ERROR else None if own else damage.rule
            raise Violation("the answer is in the format asked for", form, damage.why, rule=rule) from None
        if self.account is None and answer.code == MAINTENANCE:
            raise Inconclusive(f"the API is in maintenance (code {answer.code}); run again later")
        if self.account is None and answer.code in LIMITS:
            raise LimitReached(f"a limit refused a call (code {answer.code}) {REFUSED}")
        return answer

    def get(self, url: str, **headers: str) -> Reply:
        return self.fetch(Request("GET", url, b"", headers))

    def serves(self, url: str) -> bool:
        """Whether a resource URL serves its package; a few bytes of it are fetched."""
        return self.get(url, Range="bytes=0-3").status in (200, 206)

    def resource_url(self, collection_hash: str | None = None) -> str:
        """The resource URL of a built package; `Unsuitable` where the collection that was given has none yet."""
        answer = self.ask(self.draft(collection_hash))
        expect_code(OK, answer, "a call for a package")
        if self.account is None and answer.state != "COMPLETE":
            raise Unsuitable(f"the package is {answer.state}, so it has no link; run again when it is built")
        if answer.state == "PROCESSING":
            raise Violation("the state of a built package", "COMPLETE", answer.state, rule="job.complete-at-once")
        url = str(answer.resource_url)
        if not is_address(url):
            raise Violation("resourceUrl", "an http or https URL", cut(url), rule="job.resource-url-with-complete")
        return url

    def own_collection(self) -> str:
        """The hash of a collection of this key: the one that was given, else one that is made on the first call."""
        if self.known_collection is None and self.account is not None:
            self.known_collection = self.collection()
        return self.known_collection or ABSENT

    def calling(self, name: str) -> "Session":
        """The same key, to call the method of that name."""
        return replace(self, method=next(one for one in methods() if one.name == name))

    def call(self, name: str, collection_hash: str | None = None, **parameters: str) -> Answer:
        """The answer to a right call of the method of that name, with these parameters too."""
        session = self.calling(name)
        return session.ask(session.draft(collection_hash, **parameters))

    def data(self, name: str, collection_hash: str | None = None, **parameters: str) -> Mapping[str, Any]:
        """The data of a right call, which must be answered with 20."""
        answer = self.call(name, collection_hash, **parameters)
        expect_code(OK, answer, f"a call of {name}")
        return answer.data or {}

    @property
    def accepted(self) -> int:
        """The code of `draft()`: 20, or 43 where the method needs a collection and none of the key is known."""
        known = self.known_collection or self.account or not self.method.takes(COLLECTION)
        return OK if known else FORBIDDEN

    @property
    def steer(self) -> AccountControl:
        """The control plane of this key; only for checks that need it."""
        if self.account is None:
            raise LookupError("this target has no control plane: declare the check with needs={'control'}")
        return self.account

    def collection(self, schedule: str = "immediate", **fields: Any) -> str:
        made = self.steer.create_collection(schedule=schedule, **fields)
        self.trace.add(f"create collection {made}, schedule {schedule}")
        return made

    def wait(self, micros: int) -> None:
        if micros > 0:
            self.trace.add(f"wait {f'{micros / SECOND:.6f}'.rstrip('0').rstrip('.')} s")
            self.clock.pass_by(micros)

    def align(self) -> None:
        """Let time pass until a whole minute of the clock begins; this is not one of the steps."""
        self.clock.pass_by(-self.clock.now % (60 * SECOND))

    def another(self, **fields: Any) -> "Session":
        """A second key at the same target, with a clock of its own."""
        return replace(self.open_another(**fields), trace=self.trace)
