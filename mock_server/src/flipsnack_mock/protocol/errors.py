"""The vendor's error codes as exceptions: one class per documented code.

The messages are the vendor's, letter by letter (source: "API status codes").
"""

from __future__ import annotations

CATALOGUE: dict[int, type[ApiError]] = {}


class ApiError(Exception):
    """An answer with a code other than 20. Subclasses register themselves by their code, if they have one."""

    code: int
    message: str

    def __init_subclass__(cls, *, code: int | None = None, message: str = "") -> None:
        if code is None:
            return
        if code in CATALOGUE:
            raise TypeError(f"code {code} is taken by {CATALOGUE[code].__name__}")
        cls.code, cls.message = code, message
        CATALOGUE[code] = cls

    def __init__(self, detail: str, *, rule: str | None = None) -> None:
        """Keep `detail`, why this request got the code, and `rule`, the ledger entry behind it, for the journal.

        Neither is sent to the client.
        """
        super().__init__(detail)
        self.detail = detail
        self.rule = rule if rule is not None else f"code.{self.code}"


class Maintenance(ApiError, code=22, message="Maintenance mode"):
    """The servers are in maintenance."""


class MissingParameter(ApiError, code=30, message="Missing mandatory parameter"):
    """A required parameter is absent or empty."""


class PerSecondLimit(ApiError, code=31, message="Requests per second limit exceeded"):
    """Too many requests of one key in a second."""


class PerMinuteLimit(ApiError, code=32, message="Requests per minute limit exceeded"):
    """Too many requests of one key in a minute."""


class UploadsPerMonthLimit(ApiError, code=33, message="Uploads per month exceeded"):
    """The uploads of the month are used up."""


class FileTooLarge(ApiError, code=34, message="File size too large"):
    """An uploaded file is larger than the limit."""


class TooManyPages(ApiError, code=35, message="Collection maximum pages number exceeded"):
    """An uploaded document has more pages than the limit."""


class MultipleFiles(ApiError, code=36, message="Multiple files upload not allowed"):
    """More than one file in one upload."""


class DeleteNotAvailable(ApiError, code=37, message="Delete flipbook not available for this collection"):
    """The flipbook cannot be deleted; the vendor calls the code deprecated."""


class StillProcessing(ApiError, code=38, message="Collection is in processing state"):
    """The collection is not converted yet."""


class BadRequest(ApiError, code=40, message="Bad request"):
    """The request is malformed, or uses the wrong verb."""


class InvalidCredentials(ApiError, code=41, message="Invalid credentials"):
    """No account has this API key."""


class InvalidAction(ApiError, code=42, message="Invalid action"):
    """The API has no such method."""


class Forbidden(ApiError, code=43, message="Forbidden"):
    """The collection is deleted, foreign or unknown."""


class InvalidSignature(ApiError, code=44, message="Invalid signature"):
    """The signature does not match the request."""


class InvalidFileFormat(ApiError, code=45, message="Invalid file format"):
    """An uploaded file is of a type that is not accepted."""


class FieldError(ValueError):
    """A value of the right type with a meaning that is not allowed; `field` has it."""

    def __init__(self, field: str, message: str) -> None:
        """Say what is wrong with `field`."""
        super().__init__(message)
        self.field = field


class Refused(Exception):
    """A refusal by the fake itself, not by the vendor.

    `http_status` is one the vendor never sends for the API, and the body has the control plane's shape.
    """

    def __init__(self, http_status: int, kind: str, message: str, **facts: object) -> None:
        """Say what was refused (`message`), which `kind` of refusal it is, and the `facts` that help to mend it."""
        super().__init__(message)
        self.http_status = http_status
        self.kind = kind
        self.message = message
        self.facts = facts

    def body(self) -> dict[str, object]:
        """The refusal in the control plane's error shape."""
        return {"error": {"type": self.kind, "message": self.message, **self.facts}}


class NotBuilt(Refused):
    """A method of v1 that this fake does not imitate yet."""

    def __init__(self, action: str) -> None:
        """Name the `action` that is not built."""
        super().__init__(
            501,
            "not_built",
            f"{action} is a method of the Flipsnack API v1 that this fake does not imitate yet",
            action=action,
        )
