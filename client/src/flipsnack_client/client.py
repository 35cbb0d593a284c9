"""The client: signs, paces, sends, decodes and retries one call of the API."""

import threading
from collections.abc import Mapping
from types import TracebackType
from urllib.parse import urlsplit

import requests

from flipsnack_client.clock import Clock, SystemClock
from flipsnack_client.deadline import Deadline, deadline_of
from flipsnack_client.envelope import CALLBACK, DECODERS, OK, Answer, decode
from flipsnack_client.exceptions import ApiError, FlipsnackError, HttpError, MalformedAnswer
from flipsnack_client.identity import HEADERS
from flipsnack_client.limiter import Limiter
from flipsnack_client.log import log
from flipsnack_client.poller import Poller, PollPolicy, collection_of
from flipsnack_client.retry import Retrier, RetryPolicy
from flipsnack_client.signature import SignatureAuth, encoded
from flipsnack_client.transport import Reply, Transport, new_session

BASE_URL = "https://api.flipsnack.com/v1/"
TIMEOUT = 30.0
ANSWER_LIMIT = 8 * 1024 * 1024
"""Bytes; a longer answer is refused, so that a broken server cannot fill the memory."""


class Flipsnack:
    """The Flipsnack API v1 with one key. Thread-safe as far as `requests.Session` is.

    `format` is json, jsonp or xml. `timeout` is the seconds until a connection must stand and between two
    reads; how long a whole operation may take is its `deadline`. Calls that the vendor's limits would
    refuse wait in `limiter`; what is retried, and when, is `retry`. A `session` of your own is used as it
    is and not closed; its reads are cut at the deadline only if `DeadlineAdapter` is mounted on it.
    """

    def __init__(
        self,
        api_key: str,
        secret: str,
        *,
        base_url: str = BASE_URL,
        format: str = "json",  # noqa: A002 - the vendor's parameter
        session: requests.Session | None = None,
        clock: Clock | None = None,
        limiter: Limiter | None = None,
        retry: RetryPolicy | None = None,
        timeout: float = TIMEOUT,
    ) -> None:
        if not api_key or not secret:
            raise ValueError("api_key and secret must not be empty")
        if format not in DECODERS:
            raise ValueError(f"format is {format!r}, expected one of {', '.join(DECODERS)}")
        self.clock: Clock = clock or SystemClock()
        self.retry = retry or RetryPolicy()
        self.base_url = _checked(base_url)
        self._fixed = {"apiKey": api_key, **_format_parameters(format)}
        self._format = format
        self._auth = SignatureAuth(secret)
        self._limiter = limiter or Limiter()
        self._session = session or new_session()
        self._own_session = session is None
        self.transport = Transport(self._session, timeout=timeout)

    def __repr__(self) -> str:
        key = self._fixed["apiKey"]
        return f"<Flipsnack {self.base_url} key {key[:4]}…>"

    def __enter__(self) -> "Flipsnack":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the connections, unless the session was handed in."""
        if self._own_session:
            self._session.close()

    def download_html(self, collection_hash: str, *, policy: PollPolicy | None = None) -> Poller:
        """Return a poller for the collection's download package; nothing is sent yet.

        The vendor's collection.downloadHTML: the first poll starts the job.
        """
        return Poller(self, collection_hash, policy=policy or PollPolicy())

    def resume(self, token: str, *, policy: PollPolicy | None = None) -> Poller:
        """Return a poller for the job `token` names (`Poller.token`). ValueError if it is no token."""
        return self.download_html(collection_of(token), policy=policy)

    def call(
        self,
        action: str,
        params: Mapping[str, str],
        *,
        deadline: float | Deadline | None = None,
        cancel: threading.Event | None = None,
    ) -> Answer:
        """Return the API's answer (code 20) to a signed GET; retried as `retry` says.

        Raises ApiError for any other code, TransportError, MalformedAnswer, DeadlineExceeded, Cancelled,
        and ValueError for a parameter that cannot be sent.
        """
        limit = deadline_of(deadline, clock=self.clock)
        query = {"action": action, **self._fixed, **params}
        for name, value in query.items():
            encoded(name + value, f"parameter {name!r}")
        retrier = Retrier(self.retry, clock=self.clock, deadline=limit, cancel=cancel)
        while True:
            try:
                return self._attempt(query, limit, cancel)
            except FlipsnackError as error:
                failure = error
            retrier.pause(failure)

    def _attempt(self, query: Mapping[str, str], deadline: Deadline, cancel: threading.Event | None) -> Answer:
        request = requests.Request("GET", self.base_url, params=query, auth=self._auth, headers=HEADERS)
        with (
            self._limiter.place(self.clock, deadline=deadline, cancel=cancel),
            # A redirect is not followed: a signed request is for the host it was made for.
            self.transport.get(request, deadline=deadline, redirects=False) as reply,
        ):
            answer = self._answer(reply)
        log.debug("%s: HTTP %d, code %d", query["action"], reply.status, answer.code)
        if answer.code != OK:
            raise ApiError.of(answer.code, answer.message, raw=answer.raw)
        return answer

    def _answer(self, reply: Reply) -> Answer:
        body = reply.body(ANSWER_LIMIT)
        if body is None:
            raise MalformedAnswer(f"the answer is longer than {ANSWER_LIMIT} bytes")
        try:
            return decode(body, self._format)
        except MalformedAnswer as error:
            failure: FlipsnackError = error
            error.maybe_cut = reply.ends_with_connection
        if reply.status != requests.codes.ok:
            failure = _refused(reply)
        raise failure


def _format_parameters(answer_format: str) -> dict[str, str]:
    # json is the documented default; not sending it keeps the request as in the vendor's examples.
    return {
        "json": {},
        "jsonp": {"format": "jsonp", "callback": CALLBACK},
        "xml": {"format": "xml"},
    }[answer_format]


def _refused(reply: Reply) -> HttpError:
    hint = "; check the base URL" if reply.status == requests.codes.not_found else ""
    expected = f"an answer of the API{hint}"
    return HttpError(reply.status, host=reply.host, expected=expected, retry_after=reply.retry_after)


def _checked(base_url: str) -> str:
    parts = urlsplit(base_url)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.query or parts.fragment:
        raise ValueError(f"base_url is {base_url!r}, expected something like {BASE_URL}")
    return base_url
