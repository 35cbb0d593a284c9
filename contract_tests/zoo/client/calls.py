"""One call of the API, and what takes time: the part of the client that every method needs.

It shares no code with the reference client. Every step is a method, so that breaking one rule takes a few lines. Times
are milliseconds of the runtime's clock.
"""

import hashlib
from collections.abc import Callable, Collection, Mapping
from functools import partial
from typing import Any, TypeVar
from urllib.parse import quote

from contract_tests.zoo.envelope import Envelope, from_json, from_jsonp, from_xml
from contract_tests.zoo.exchange import HttpResponse, exchange
from contract_tests.zoo.task import ClientError, Runtime, Task

T = TypeVar("T")

CALLBACK = "received"
# The vendor's codes as error classes of the adapter protocol.
KINDS = {22: "maintenance", 31: "rate_limited", 32: "rate_limited", 41: "auth", 43: "forbidden", 44: "auth"}
KINDS |= {33: "quota", 38: "processing", **dict.fromkeys((34, 35, 36, 45), "refused_file")}
KINDS |= dict.fromkeys((30, 37, 40, 42, 46), "bad_request")
# The codes that are worth a retry, each with the least pause before it.
FLOORS = {31: 1_000, 32: 20_000, 22: 5_000}
BUSY = (429, 500, 502, 503, 504)


class Calls:
    """Calls methods of the API by GET."""

    attempts = 8
    busy: Collection[int] = BUSY
    floors: Mapping[int, int] = FLOORS
    read: Mapping[str, Callable[[bytes], Envelope]] = {
        "json": from_json,
        "jsonp": lambda body: from_jsonp(body, CALLBACK),
        "xml": from_xml,
    }

    def __init__(self, task: Task, runtime: Runtime) -> None:
        self.task, self.runtime = task, runtime
        self.end_ms = None if task.deadline_ms is None else runtime.now_ms + task.deadline_ms

    def call_method(self, action: str, params: Mapping[str, str]) -> dict[str, Any]:
        """The data of a call of any method that uploads nothing; raises `ClientError`."""
        return self.retry(partial(self.ask_for, {**params, **self.common(action)}))

    def ask_for(self, params: Mapping[str, str]) -> dict[str, Any]:
        """The data of any answer with code 20; raises `ClientError`."""
        answer = self.answer_to(params)
        if answer.code != 20:
            raise self.refusal(answer)
        return dict(answer.data or {})

    def answer_to(self, params: Mapping[str, str]) -> Envelope:
        """The answer to a signed call with these parameters; raises `ClientError`."""
        response = self.call({**params, "signature": self.signature(params)})
        if response.status in self.busy or not response.whole:
            raise ClientError("transport", f"no whole answer, HTTP {response.status}", retry_after_ms=0)
        return self.decode(response.body)

    def common(self, action: str) -> dict[str, str]:
        """The parameters that every method has, without the signature."""
        callback = {"callback": CALLBACK} if self.task.form == "jsonp" else {}
        return {"apiKey": self.task.key, "format": self.task.form, **callback, "action": action}

    def signature(self, params: Mapping[str, str]) -> str:
        """The MD5 of the secret and of every name with its value, sorted by name."""
        pairs = "".join(name + self.signed(params[name]) for name in self.order(params))
        return self.digest(self.task.secret + pairs)

    def order(self, params: Mapping[str, str]) -> list[str]:
        """The names in the order in which they are signed."""
        return sorted(params)

    def signed(self, value: str) -> str:
        """A value as it is signed."""
        return value

    def digest(self, text: str) -> str:
        """The digest of a signed text."""
        return hashlib.md5(text.encode()).hexdigest()

    def call(self, params: Mapping[str, str]) -> HttpResponse:
        """The answer to a call with these parameters."""
        return self.get(f"{self.task.base_url}?{self.query(params)}")

    def query(self, params: Mapping[str, str]) -> str:
        """The parameters as they are sent."""
        return "&".join(f"{quote(name, safe='')}={quote(value, safe='')}" for name, value in params.items())

    def decode(self, body: bytes) -> Envelope:
        """What an answer says; raises `ClientError`."""
        try:
            return self.read[self.task.form](body)
        except ValueError as damage:
            raise ClientError("protocol", f"not an answer: {damage}") from None

    def refusal(self, answer: Envelope) -> ClientError:
        """The error for an answer with another code than 20."""
        kind, wait = KINDS.get(answer.code, "protocol"), self.floors.get(answer.code)
        return ClientError(kind, f"{answer.code} {answer.status}", code=answer.code, retry_after_ms=wait)

    # --- what takes time

    def retry(self, step: Callable[[], T]) -> T:
        """The result of `step`, which is retried after a temporary error; raises `ClientError`."""
        pause = 1_000
        for left in reversed(range(self.attempts)):
            try:
                return step()
            except ClientError as error:
                if error.retry_after_ms is None or not left:
                    raise
                self.wait(self.pause(error, max(pause, error.retry_after_ms)))
            pause = min(2 * pause, 30_000)
        raise AssertionError("the last attempt returns or raises")

    def pause(self, _trouble: ClientError, ms: int) -> int:
        """Milliseconds to wait before the next attempt, where `ms` would be enough."""
        return ms

    def wait(self, ms: int) -> None:
        """Sleep, if there is time for it before the deadline; raises `ClientError`."""
        if self.end_ms is not None and self.runtime.now_ms + ms > self.end_ms:
            raise ClientError("deadline", f"another {ms} ms do not fit into the deadline")
        self.runtime.sleep(ms)

    def get(self, url: str, headers: Mapping[str, str] | None = None) -> HttpResponse:
        """The answer to a GET; raises `ClientError`."""
        return exchange("GET", url, headers or {})
