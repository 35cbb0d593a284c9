"""The client: builds what all calls with one key share, and passes it to its methods."""

from collections.abc import Callable, Mapping
from contextlib import ExitStack
from types import TracebackType

import requests

from flipsnack_client.caller import Caller
from flipsnack_client.clock import Clock, SystemClock
from flipsnack_client.collection import Collection, hash_of
from flipsnack_client.deadline import Cancel, Limit, deadline_of
from flipsnack_client.defaults import BASE_URL, UPLOAD_URL
from flipsnack_client.document import Document, Source
from flipsnack_client.envelope import DECODERS, Answer
from flipsnack_client.fields import Assumptions
from flipsnack_client.limiter import Limiter
from flipsnack_client.method import Host, Method
from flipsnack_client.multipart import UploadProgress
from flipsnack_client.operations import Operations
from flipsnack_client.poller import Poller, PollPolicy, collection_of
from flipsnack_client.readable import readable
from flipsnack_client.resource_url import is_web_address
from flipsnack_client.retry import RetryPolicy
from flipsnack_client.signature import SignatureAuth
from flipsnack_client.transport import Transport, new_session

HOSTS: Mapping[Host, str] = {"api": BASE_URL, "upload": UPLOAD_URL}
"""The vendor's two hosts."""

TIMEOUT = 30.0


class Flipsnack(Operations):
    """The Flipsnack API v1 with one key. Thread-safe as far as `requests.Session` is.

    `base_url` is for all calls; without it uploads go to the vendor's upload host and all else to its API host.
    `format` is json, jsonp or xml. `timeout` is the seconds that connecting and each read may take. `limiter`
    delays calls that would exceed the vendor's limits; `retry` says how often and when a call is retried. A
    `session` of your own is used as it is and not closed; its reads are cut at the deadline only if
    `DeadlineAdapter` is mounted on it. `assumptions` are about what the vendor
    does not document.

    A `deadline` limits a whole operation: seconds from now, or a `Deadline`; the default is
    `defaults.DEADLINE` (half an hour). Setting the event `cancel` ends it. Every method that sends something
    raises ApiError for any code but 20, TransportError, MalformedAnswer, DeadlineExceeded, Cancelled, and
    ValueError for a parameter that cannot be sent. A collection is given by its hash, or as a `Collection`.
    """

    def __init__(
        self,
        api_key: str,
        secret: str,
        *,
        base_url: str | None = None,
        format: str = "json",  # noqa: A002 - the vendor's parameter
        session: requests.Session | None = None,
        clock: Clock | None = None,
        limiter: Limiter | None = None,
        retry: RetryPolicy | None = None,
        timeout: float = TIMEOUT,
        assumptions: Assumptions | None = None,
    ) -> None:
        if not api_key or not secret:
            raise ValueError("api_key and secret must not be empty")
        if format not in DECODERS:
            raise ValueError(f"format is {format!r}, expected one of {', '.join(DECODERS)}")
        self.clock: Clock = clock or SystemClock()
        hosts = HOSTS if base_url is None else dict.fromkeys(HOSTS, _checked(base_url))
        self.base_url = hosts["api"]
        self.assumptions = assumptions or Assumptions()
        self._session = session or new_session()
        self._own_session = session is None
        self._caller = Caller(
            hosts=hosts,
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

    def download_html(self, collection: str | Collection, *, policy: PollPolicy | None = None) -> Poller:
        """Return a poller for the collection's download package; nothing is sent yet.

        The first poll starts the job (the vendor's collection.downloadHTML).
        """
        return Poller(self._caller, hash_of(collection), policy=policy or PollPolicy())

    def resume(self, token: str, *, policy: PollPolicy | None = None) -> Poller:
        """Return a poller for the job of a `Poller.token`. Raises ValueError for any other text."""
        return self.download_html(collection_of(token), policy=policy)

    def call(
        self,
        action: str,
        params: Mapping[str, str],
        files: Mapping[str, Source] | None = None,
        *,
        on_progress: Callable[[UploadProgress], None] | None = None,
        deadline: Limit = None,
        cancel: Cancel = None,
    ) -> Answer:
        """Call any method of the API with the vendor's own names, and return the API's answer (code 20).

        `files` are documents by the names of their parameters (collection.create has `file`). A method that the
        vendor does not document is sent by POST to the upload host if it has files, else by GET to the API host.
        Raises CannotRead and UploadUncertain, as `create` does, and what every method raises.
        """
        method = Method.named(action, uploads=bool(files))
        limit = deadline_of(deadline, cancel, clock=self.clock)
        with ExitStack() as stack:
            documents = {name: stack.enter_context(Document.opened(one)) for name, one in (files or {}).items()}
            return self._caller.call(method, params, files=documents, on_progress=on_progress, deadline=limit)


def _checked(base_url: str) -> str:
    wrong = f"expected something like {BASE_URL}"
    if "@" in base_url:
        # Not quoted: it may be a password, which the API does not take.
        raise ValueError(f"base_url holds a user or a password, {wrong}")
    if not is_web_address(base_url) or "?" in base_url or "#" in base_url:
        raise ValueError(f"base_url is {readable(base_url)!r}, {wrong}")
    return base_url
