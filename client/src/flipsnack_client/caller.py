"""One signed call of the API: limiter, transport, envelope, retry."""

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
    """What all calls with one key share: address, key, signature, limits, retries, clock."""

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
        """Send a signed call and return the API's answer (code 20). Only an idempotent method is retried.

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
        """Return a new retrier for one operation."""
        return Retrier(self.retry, clock=self.clock, deadline=deadline, cancel=cancel)

    def _attempt(
        self, method: Method, request: requests.Request, deadline: Deadline, cancel: threading.Event | None
    ) -> Answer:
        with (
            self.limiter.place(self.clock, deadline=deadline, cancel=cancel),
            # A redirect is not followed: a signed request is for the host it was made for.
            self.transport.send(request, deadline=deadline, redirects=False) as response,
        ):
            answer = self._answer(response)
        log.debug("%s: HTTP %d, code %d", method.name, response.status, answer.code)
        if answer.code != OK:
            raise ApiError.of(answer.code, answer.message, raw=answer.raw)
        return answer

    def _answer(self, response: Response) -> Answer:
        body = response.body(ANSWER_LIMIT)
        if body is None:
            raise MalformedAnswer(f"the answer is longer than {ANSWER_LIMIT} bytes")
        try:
            return decode(body, self.format)
        except MalformedAnswer as error:
            failure: FlipsnackError = error
            error.maybe_cut = response.ends_with_connection
        if response.status != requests.codes.ok:
            failure = _refused(response)
        raise failure


def _refused(response: Response) -> HttpError:
    hint = "; check the base URL" if response.status == requests.codes.not_found else ""
    expected = f"an answer of the API{hint}"
    return HttpError(response.status, host=response.host, expected=expected, retry_after=response.retry_after)
