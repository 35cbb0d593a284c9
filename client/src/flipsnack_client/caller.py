"""One signed call of the API: it waits for the limiter, is sent, decoded, and retried as the policy says."""

import threading
from collections.abc import Mapping
from dataclasses import dataclass

import requests

from flipsnack_client.clock import Clock
from flipsnack_client.deadline import Deadline
from flipsnack_client.envelope import CALLBACK, OK, Answer, decode
from flipsnack_client.exceptions import ApiError, FlipsnackError, HttpError, MalformedAnswer
from flipsnack_client.limiter import Limiter
from flipsnack_client.log import log
from flipsnack_client.method import Method
from flipsnack_client.retry import Retrier, RetryPolicy
from flipsnack_client.signature import SignatureAuth, encoded
from flipsnack_client.transport import Reply, Transport
from flipsnack_client.user_agent import HEADERS

ANSWER_LIMIT = 8 * 1024 * 1024
"""Bytes; a longer answer is refused, so that a broken server cannot fill the memory."""

FORMAT_PARAMETERS: Mapping[str, Mapping[str, str]] = {
    "json": {},  # the documented default; not sending it keeps the request as in the vendor's examples
    "jsonp": {"format": "jsonp", "callback": CALLBACK},
    "xml": {"format": "xml"},
}
"""Each answer format with the parameters that ask for it."""


@dataclass(frozen=True, slots=True, repr=False)
class Caller:
    """What all calls with one key share: where they go, how they are signed, limited and retried."""

    base_url: str
    api_key: str
    auth: SignatureAuth
    format: str
    transport: Transport
    limiter: Limiter
    retry: RetryPolicy
    clock: Clock

    def call(
        self, method: Method, params: Mapping[str, str], *, deadline: Deadline, cancel: threading.Event | None = None
    ) -> Answer:
        """Return the API's answer (code 20) to a signed call; a failed call is retried if `method` is idempotent.

        Raises ApiError for any other code, TransportError, MalformedAnswer, DeadlineExceeded, Cancelled,
        and ValueError for a parameter that cannot be sent.
        """
        query = {"action": method.name, "apiKey": self.api_key, **FORMAT_PARAMETERS[self.format], **params}
        for name, value in query.items():
            encoded(name + value, f"parameter {name!r}")
        request = requests.Request(method.verb, self.base_url, params=query, auth=self.auth, headers=HEADERS)
        retrier = self.retrier(deadline, cancel)
        while True:
            try:
                return self._attempt(method, request, deadline, cancel)
            except FlipsnackError as error:
                failure = error
            if not method.idempotent:
                raise failure
            retrier.pause(failure)

    def retrier(self, deadline: Deadline, cancel: threading.Event | None) -> Retrier:
        """Return a counter of failures for one operation."""
        return Retrier(self.retry, clock=self.clock, deadline=deadline, cancel=cancel)

    def _attempt(
        self, method: Method, request: requests.Request, deadline: Deadline, cancel: threading.Event | None
    ) -> Answer:
        with (
            self.limiter.place(self.clock, deadline=deadline, cancel=cancel),
            # A redirect is not followed: a signed request is for the host it was made for.
            self.transport.send(request, deadline=deadline, redirects=False) as reply,
        ):
            answer = self._answer(reply)
        log.debug("%s: HTTP %d, code %d", method.name, reply.status, answer.code)
        if answer.code != OK:
            raise ApiError.of(answer.code, answer.message, raw=answer.raw)
        return answer

    def _answer(self, reply: Reply) -> Answer:
        body = reply.body(ANSWER_LIMIT)
        if body is None:
            raise MalformedAnswer(f"the answer is longer than {ANSWER_LIMIT} bytes")
        try:
            return decode(body, self.format)
        except MalformedAnswer as error:
            failure: FlipsnackError = error
            error.maybe_cut = reply.ends_with_connection
        if reply.status != requests.codes.ok:
            failure = _refused(reply)
        raise failure


def _refused(reply: Reply) -> HttpError:
    hint = "; check the base URL" if reply.status == requests.codes.not_found else ""
    expected = f"an answer of the API{hint}"
    return HttpError(reply.status, host=reply.host, expected=expected, retry_after=reply.retry_after)
