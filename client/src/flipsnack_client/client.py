"""The client: builds what all calls with one key share, and passes it to its methods."""

import threading
from collections.abc import Mapping
from types import TracebackType
from urllib.parse import urlsplit

import requests

from flipsnack_client.caller import Caller
from flipsnack_client.clock import Clock, SystemClock
from flipsnack_client.deadline import Deadline, deadline_of
from flipsnack_client.defaults import BASE_URL
from flipsnack_client.envelope import DECODERS, Answer
from flipsnack_client.limiter import Limiter
from flipsnack_client.method import Method
from flipsnack_client.poller import Poller, PollPolicy, collection_of
from flipsnack_client.resource_url import is_web_address
from flipsnack_client.retry import RetryPolicy
from flipsnack_client.signature import SignatureAuth
from flipsnack_client.transport import Transport, new_session

TIMEOUT = 30.0


class Flipsnack:
    """The Flipsnack API v1 with one key. Thread-safe as far as `requests.Session` is.

    `format` is json, jsonp or xml. `timeout` is the seconds that connecting and each read may take; the
    `deadline` of a method limits the whole operation. `limiter` delays calls that would exceed the vendor's
    limits; `retry` says how often and when a call is retried. A `session` of your own is used as it is and
    not closed; its reads are cut at the deadline only if `DeadlineAdapter` is mounted on it.
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
        self.base_url = _checked(base_url)
        self._session = session or new_session()
        self._own_session = session is None
        self._caller = Caller(
            base_url=self.base_url,
            api_key=api_key,
            auth=SignatureAuth(secret),
            format=format,
            transport=Transport(self._session, timeout=timeout),
            limiter=limiter or Limiter(),
            retry=retry or RetryPolicy(),
            clock=self.clock,
        )

    def __repr__(self) -> str:
        return f"<Flipsnack {self.base_url} key {self._caller.api_key[:4]}…>"

    def __enter__(self) -> "Flipsnack":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the connections, unless the session is your own."""
        if self._own_session:
            self._session.close()

    def download_html(self, collection_hash: str, *, policy: PollPolicy | None = None) -> Poller:
        """Return a poller for the collection's download package; nothing is sent yet.

        The first poll starts the job (the vendor's collection.downloadHTML).
        """
        return Poller(self._caller, collection_hash, policy=policy or PollPolicy())

    def resume(self, token: str, *, policy: PollPolicy | None = None) -> Poller:
        """Return a poller for the job of a `Poller.token`. Raises ValueError for any other text."""
        return self.download_html(collection_of(token), policy=policy)

    def call(
        self,
        action: str,
        params: Mapping[str, str],
        *,
        deadline: float | Deadline | None = None,
        cancel: threading.Event | None = None,
    ) -> Answer:
        """Send a signed GET, retried as `retry` says, and return the API's answer (code 20).

        Raises ApiError for any other code, TransportError, MalformedAnswer, DeadlineExceeded, Cancelled,
        and ValueError for a parameter that cannot be sent.
        """
        limit = deadline_of(deadline, clock=self.clock)
        return self._caller.call(Method(action), params, deadline=limit, cancel=cancel)


def _checked(base_url: str) -> str:
    parts = urlsplit(base_url)
    if not is_web_address(base_url) or parts.query or parts.fragment:
        raise ValueError(f"base_url is {base_url!r}, expected something like {BASE_URL}")
    return base_url
