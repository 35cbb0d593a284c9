"""One signed call of the API: limiter, transport, envelope, retry."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import PurePath
from urllib.parse import urlsplit

import requests

from flipsnack_client.api_error import ApiError
from flipsnack_client.clock import Clock
from flipsnack_client.deadline import Deadline
from flipsnack_client.document import Document
from flipsnack_client.envelope import CALLBACK, OK, Answer, decode
from flipsnack_client.exceptions import FlipsnackError, HttpError, MalformedAnswer, UploadUncertain
from flipsnack_client.limiter import Limiter
from flipsnack_client.log import log
from flipsnack_client.method import Host, Method
from flipsnack_client.multipart import Multipart, UploadProgress
from flipsnack_client.retry import NOTHING_DONE, Retrier, RetryPolicy
from flipsnack_client.signature import SignatureAuth, encoded
from flipsnack_client.transport import Response, Transport
from flipsnack_client.user_agent import HEADERS

ANSWER_LIMIT = 8 * 1024 * 1024
"""Bytes; a longer answer is refused, so that a broken server cannot fill the memory."""

FORMAT_PARAMETERS: Mapping[str, Mapping[str, str]] = {
    "json": {},  # the documented default; not sending it keeps the request as in the vendor's examples
    "jsonp": {"format": "jsonp", "callback": CALLBACK},
    "xml": {"format": "xml"},
}
"""Each answer format with the parameters that request it."""


@dataclass(frozen=True, slots=True, repr=False)
class Caller:
    """What all calls with one key share: addresses, key, signature, limits, retries, clock."""

    hosts: Mapping[Host, str]
    api_key: str
    auth: SignatureAuth
    format: str
    transport: Transport
    limiter: Limiter
    retry: RetryPolicy
    clock: Clock

    def call(
        self,
        method: Method,
        params: Mapping[str, str],
        *,
        files: Mapping[str, Document] | None = None,
        on_progress: Callable[[UploadProgress], None] | None = None,
        deadline: Deadline,
    ) -> Answer:
        """Send a signed call and return the API's answer (code 20).

        A method that is not idempotent is retried only if the API said that nothing was done (22, 31, 32), or
        if there was no connection.

        Raises ApiError for any other code, TransportError, MalformedAnswer, UploadUncertain, CannotRead,
        DeadlineExceeded, Cancelled, and ValueError for a parameter that cannot be sent.
        """
        fields = {"action": method.name, "apiKey": self.api_key, **FORMAT_PARAMETERS[self.format], **params}
        for name, value in fields.items():
            encoded(name + value, f"parameter {name!r}")
        documents = files or {}
        retrier = Retrier(self.retry, deadline)
        while True:
            watch = _watch(documents, on_progress, deadline)
            body = Multipart(fields, documents, on_block=watch) if method.verb == "POST" else None
            try:
                return self._attempt(method, self._request(method, fields, body), deadline)
            except FlipsnackError as error:
                failure = error
            if body is not None and body.begun and _unanswered(failure):
                raise UploadUncertain(failure, title=_title(fields, documents))
            if not method.idempotent and not isinstance(failure, NOTHING_DONE):
                raise failure
            retrier.pause(failure)

    def _request(self, method: Method, fields: Mapping[str, str], body: Multipart | None) -> requests.Request:
        url = self.hosts[method.host]
        if body is None:
            return requests.Request(method.verb, url, params=fields, auth=self.auth, headers=HEADERS)
        # close: an answer that comes early leaves a half sent body, after which the connection is of no use.
        headers = {**HEADERS, "Content-Type": body.content_type, "Connection": "close"}
        return requests.Request(method.verb, url, data=body, auth=self.auth, headers=headers)

    def _attempt(self, method: Method, request: requests.Request, deadline: Deadline) -> Answer:
        with (
            self.limiter.place(deadline),
            # A redirect is not followed: a signed request is for the host it was made for.
            self.transport.send(request, deadline=deadline, redirects=False) as response,
        ):
            answer = self._answer(response, self.hosts[method.host])
        log.debug("%s: HTTP %d, code %d", method.name, response.status, answer.code)
        if answer.code != OK:
            raise ApiError.of(answer.code, answer.message, raw=answer.raw)
        return answer

    def _answer(self, response: Response, url: str) -> Answer:
        body = response.body(ANSWER_LIMIT)
        if body is None:
            raise MalformedAnswer(f"the answer is longer than {ANSWER_LIMIT} bytes")
        try:
            return decode(body, self.format)
        except MalformedAnswer as error:
            wrong = error
        if response.status != requests.codes.ok:
            raise _refused(response, url)
        maybe_cut = response.ends_with_connection
        raise MalformedAnswer(f"{wrong}{_elsewhere(url)}", raw=wrong.raw, maybe_cut=maybe_cut)


def _refused(response: Response, url: str) -> HttpError:
    hint = _elsewhere(url) or "; check the base URL" if response.status == requests.codes.not_found else ""
    expected = f"an answer of the API{hint}"
    return HttpError(response.status, host=response.host, expected=expected, retry_after=response.retry_after)


def _elsewhere(url: str) -> str:
    """A hint for the commonest mistake in a base URL; empty where it has the vendor's path."""
    parts = urlsplit(url)
    if parts.path.endswith(("/v1", "/v1/")):
        return ""
    path, origin = parts.path or "/", f"{parts.scheme}://{parts.netloc}"
    return f"; check the base URL: its path is {path}, that of the API ends with /v1/, as {origin}/v1/"


def _watch(
    documents: Mapping[str, Document],
    on_progress: Callable[[UploadProgress], None] | None,
    deadline: Deadline,
) -> Callable[[int], None]:
    total = sum(document.size for document in documents.values())

    def watch(sent: int) -> None:
        deadline.check("sending the document")
        deadline.check_cancel()
        if on_progress is not None:
            on_progress(UploadProgress(sent, total))

    return watch


def _unanswered(failure: FlipsnackError) -> bool:
    """Return whether the server may have done what a call asked for that ended in `failure`."""
    if isinstance(failure, HttpError):
        return failure.status < 300 or failure.status >= 500
    return not isinstance(failure, ApiError)


def _title(fields: Mapping[str, str], documents: Mapping[str, Document]) -> str:
    names = [document.name for document in documents.values()]
    # Its host may be none, which `urlsplit` refuses.
    names += [fields.get("fileUrl", "").partition("?")[0].partition("://")[2].partition("/")[2]]
    return fields.get("title") or next((PurePath(name).stem for name in names if name), "")
