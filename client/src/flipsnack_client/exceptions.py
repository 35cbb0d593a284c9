"""The exceptions of this client.

    FlipsnackError
    ├── ApiError                     the API answered with a code other than 20: .code .message .raw
    │   ├── MaintenanceMode                22   retried
    │   ├── MissingParameter               30
    │   ├── RateLimited
    │   │   ├── PerSecondLimit             31   retried
    │   │   └── PerMinuteLimit             32   retried
    │   ├── UploadQuotaExceeded            33
    │   ├── FileTooLarge                   34
    │   ├── TooManyPages                   35
    │   ├── MultipleFiles                  36
    │   ├── DeleteNotAvailable             37
    │   ├── CollectionProcessing           38
    │   ├── BadRequest                     40
    │   ├── InvalidCredentials             41
    │   ├── InvalidAction                  42
    │   ├── Forbidden                      43
    │   ├── InvalidSignature               44
    │   ├── InvalidFileFormat              45
    │   └── InvalidCollectionHash          46
    ├── JobFailed                    the package could not be generated: .collection_hash
    ├── ConversionFailed             the document could not be converted: .collection_hash
    ├── UploadUncertain              an upload without an answer; the collection may exist: .failure .title
    ├── TransportError               no usable answer; itself: a proxy or CA file that is wrong, not retried
    │   ├── ConnectionFailed               reset, timed out, cut off: retried
    │   │   └── NotConnected                   refused, no such host: nothing was sent
    │   ├── CertificateRefused             TLS: not retried
    │   └── HttpError                      an HTTP status and no envelope: .status .retry_after
    ├── DamagedAnswer                an answer with the wrong content
    │   ├── MalformedAnswer                not the documented envelope: .raw
    │   ├── UnknownStatus                  a job status the vendor does not document: .status .raw
    │   └── DamagedPackage                 the zip fails its check
    ├── LinkRefused                  the resource URL is refused, and so is a fresh one
    ├── CannotWrite                  the file cannot be written: .path .errno
    ├── CannotRead                   the document cannot be read: .name
    ├── DeadlineExceeded             .elapsed .attempts .last_status .token
    ├── Cancelled                    .token
    └── CredentialsError             key or secret missing or unreadable

A code that is not in the list raises a plain `ApiError`; it and the classes of codes are in `api_error`.

No text, repr or traceback of them contains the secret, a signature or a resource URL.
"""

from typing import TYPE_CHECKING, Any

from flipsnack_client.readable import readable

if TYPE_CHECKING:
    from pathlib import Path


def _revive(kind: type["FlipsnackError"], args: tuple[object, ...], state: dict[str, Any]) -> "FlipsnackError":
    error = kind.__new__(kind, *args)
    error.args = args
    error.__dict__.update(state)
    return error


class FlipsnackError(Exception):
    """Base of all exceptions of this client. They can be pickled and copied."""

    def __reduce__(self) -> tuple[Any, ...]:
        return _revive, (type(self), self.args, dict(self.__dict__))


class JobFailed(FlipsnackError):
    """The job's status is FAILED: the vendor could not generate the package. This is final."""

    def __init__(self, collection_hash: str) -> None:
        super().__init__(f"FAILED: the package of collection {collection_hash} could not be generated")
        self.collection_hash = collection_hash


class ConversionFailed(FlipsnackError):
    """The conversion's status is failed: the vendor could not convert the document. This is final."""

    def __init__(self, collection_hash: str) -> None:
        super().__init__(f"failed: the document of collection {collection_hash} could not be converted")
        self.collection_hash = collection_hash


class UploadUncertain(FlipsnackError):
    """An upload was sent, in part at least, and its answer did not arrive. The collection may exist.

    An upload counts against the month and cannot be taken back, so it is not repeated. `failure` is what went
    wrong: ConnectionFailed, HttpError of the 500s, MalformedAnswer, DeadlineExceeded, Cancelled or CannotRead.
    `title` is the title or the name of the document, by which `Flipsnack.collections(query=title)` finds it.
    """

    def __init__(self, failure: FlipsnackError, *, title: str) -> None:
        import shlex

        super().__init__(
            f"{failure}; the upload may have arrived all the same, so it is not repeated: look for its collection "
            f"first, with collections(query={title!r}) or: flipsnack list --query {shlex.quote(title)}"
        )
        self.failure = failure
        self.title = title


class TransportError(FlipsnackError):
    """The server sent no usable answer. Not retried unless a subclass says so."""


class ConnectionFailed(TransportError):
    """The connection was refused, reset, cut off or too slow; retried."""


class NotConnected(ConnectionFailed):
    """No connection was made: refused, no such host, too slow. Nothing was sent, so uploads are retried too."""


class CertificateRefused(TransportError):
    """The server's TLS certificate was not accepted; not retried."""


class HttpError(TransportError):
    """An HTTP status without the vendor's envelope; 429, 500, 502, 503 and 504 are retried.

    `retry_after` is the server's Retry-After in seconds, or None.
    """

    def __init__(
        self, status: int, *, host: str, expected: str = "an answer of the API", retry_after: float | None = None
    ) -> None:
        super().__init__(f"{host} answered HTTP {status}, expected {expected}")
        self.status = status
        self.retry_after = retry_after


class DamagedAnswer(FlipsnackError):
    """The content of an answer or a package is wrong.

    `maybe_cut` is true if only the end of the connection marked the end of the body: a broken connection
    looks the same, so these are retried.
    """

    def __init__(self, text: str, *, raw: bytes = b"", maybe_cut: bool = False) -> None:
        super().__init__(text)
        self.raw = raw
        self.maybe_cut = maybe_cut


class MalformedAnswer(DamagedAnswer):
    """The body is not the documented envelope; `raw` holds it with the signature masked."""


class UnknownStatus(DamagedAnswer):
    """The job has a status that the vendor does not document; not taken for running, done or failed."""

    def __init__(self, status: str, *, raw: bytes = b"") -> None:
        super().__init__(
            f"unknown job status {readable(status, 80)!r}, expected PROCESSING, COMPLETE or FAILED; "
            "check whether a newer version of this client supports it",
            raw=raw,
        )
        self.status = status


class DamagedPackage(DamagedAnswer):
    """The downloaded package is not a valid zip."""


class LinkRefused(FlipsnackError):
    """The server refused the resource URL, and also the fresh one that replaced it."""


class CannotWrite(FlipsnackError):
    """The file cannot be written: no space, no permission, no such folder."""

    def __init__(self, path: "Path", cause: OSError) -> None:
        super().__init__(f"cannot write {path}: {cause.strerror or type(cause).__name__}")
        self.path = path
        self.errno = cause.errno


class CannotRead(FlipsnackError):
    """The document to upload cannot be read: no such file, no permission, or its length changed meanwhile."""

    def __init__(self, name: str, reason: str) -> None:
        super().__init__(f"cannot read {name}: {reason}")
        self.name = name


class DeadlineExceeded(FlipsnackError):
    """The deadline has passed, or the next wait is longer than what is left.

    `elapsed` is in seconds. `attempts`, `last_status` and `token` are set if a job was being polled;
    `Flipsnack.resume(token)` continues it, also in another process.
    """

    def __init__(
        self,
        text: str,
        *,
        elapsed: float,
        attempts: int = 0,
        last_status: str | None = None,
        token: str | None = None,
    ) -> None:
        super().__init__(text)
        self.elapsed = elapsed
        self.attempts = attempts
        self.last_status = last_status
        self.token = token


class Cancelled(FlipsnackError):
    """The caller's `cancel` event was set; `Flipsnack.resume(token)` continues the job."""

    def __init__(self, *, token: str | None = None) -> None:
        super().__init__("cancelled by the caller")
        self.token = token


class CredentialsError(FlipsnackError):
    """The API key or the secret is missing or cannot be read."""


class NotUtf8(ValueError):
    """A text that is to be sent has a lone surrogate. A mistake of the caller, as every ValueError of this client."""
