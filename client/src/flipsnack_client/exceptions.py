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

A code that is not in the list raises a plain `ApiError`. Codes and messages are the vendor's, from the
error table of collection.downloadHTML and the status code page.

No text, repr or traceback of them contains the secret, a signature or a resource URL.
"""

import shlex
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any, ClassVar

from flipsnack_client.readable import readable


def _revive(kind: type["FlipsnackError"], args: tuple[object, ...], state: dict[str, Any]) -> "FlipsnackError":
    error = kind.__new__(kind, *args)
    error.args = args
    error.__dict__.update(state)
    return error


class FlipsnackError(Exception):
    """Base of all exceptions of this client. They can be pickled and copied."""

    def __reduce__(self) -> tuple[Any, ...]:
        return _revive, (type(self), self.args, dict(self.__dict__))


class ApiError(FlipsnackError):
    """The API answered with a code other than 20.

    `code` and `message` are the vendor's; the text has the message cleaned and cut. `raw` is the answer's body with
    the signature masked.
    """

    _by_code: ClassVar[dict[int, type["ApiError"]]] = {}

    def __init_subclass__(cls, *, code: int | None = None) -> None:
        super().__init_subclass__()
        if code is None:
            return
        if code in ApiError._by_code:
            raise TypeError(f"code {code} already belongs to {ApiError._by_code[code].__name__}")
        ApiError._by_code[code] = cls

    def __init__(self, code: int, message: str, raw: bytes = b"") -> None:
        super().__init__(f"{code} {readable(message)}")
        self.code = code
        self.message = message
        self.raw = raw

    @staticmethod
    def of(code: int, message: str, *, raw: bytes = b"") -> "ApiError":
        """Return an error of the class for `code`; a plain ApiError if the code is unknown."""
        return ApiError._by_code.get(code, ApiError)(code, message, raw)

    @staticmethod
    def registry() -> Mapping[int, type["ApiError"]]:
        """Return each documented code with its class."""
        return MappingProxyType(ApiError._by_code)


class MaintenanceMode(ApiError, code=22):
    """The servers are in maintenance; retried."""


class MissingParameter(ApiError, code=30):
    """The request lacks a required parameter."""


class RateLimited(ApiError):
    """Too many requests with this API key; retried."""


class PerSecondLimit(RateLimited, code=31):
    """More than 5 requests in a second; retried."""


class PerMinuteLimit(RateLimited, code=32):
    """More than 60 requests in a minute; retried."""


class UploadQuotaExceeded(ApiError, code=33):
    """The month's uploads are used up."""


class FileTooLarge(ApiError, code=34):
    """The uploaded file is above the size limit."""


class TooManyPages(ApiError, code=35):
    """The document is above the page limit."""


class MultipleFiles(ApiError, code=36):
    """One upload request carried several files."""


class DeleteNotAvailable(ApiError, code=37):
    """The collection's flipbook cannot be deleted (deprecated by the vendor)."""


class CollectionProcessing(ApiError, code=38):
    """The collection itself is still being processed."""


class BadRequest(ApiError, code=40):
    """Wrong HTTP verb, malformed request or invalid URL."""


class InvalidCredentials(ApiError, code=41):
    """The API key is not valid."""


class InvalidAction(ApiError, code=42):
    """There is no such API method."""


class Forbidden(ApiError, code=43):
    """The collection is deleted or belongs to another user."""


class InvalidSignature(ApiError, code=44):
    """The signature does not match the request; usually the secret is wrong."""


class InvalidFileFormat(ApiError, code=45):
    """The uploaded file has a format that is not accepted."""


class InvalidCollectionHash(ApiError, code=46):
    """The collection hash is not valid."""


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

    def __init__(self, path: Path, cause: OSError) -> None:
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
