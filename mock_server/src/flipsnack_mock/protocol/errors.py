"""The vendor's error codes, the errors that carry them, and the refusals of the fake itself."""

from enum import IntEnum
from typing import Self


class Code(IntEnum):
    """The documented codes; each has the vendor's `message`, letter by letter (source: "API status codes").

    Every known copy of that page cuts the message of 46 behind "ha": its end is invented.
    """

    message: str

    def __new__(cls, code: int, message: str) -> Self:
        member = int.__new__(cls, code)
        member._value_, member.message = code, message
        return member

    MAINTENANCE = 22, "Maintenance mode"
    MISSING_PARAMETER = 30, "Missing mandatory parameter"
    PER_SECOND_LIMIT = 31, "Requests per second limit exceeded"
    PER_MINUTE_LIMIT = 32, "Requests per minute limit exceeded"
    UPLOADS_PER_MONTH_LIMIT = 33, "Uploads per month exceeded"
    FILE_TOO_LARGE = 34, "File size too large"
    TOO_MANY_PAGES = 35, "Collection maximum pages number exceeded"
    MULTIPLE_FILES = 36, "Multiple files upload not allowed"
    # The vendor calls this one deprecated.
    DELETE_NOT_AVAILABLE = 37, "Delete flipbook not available for this collection"
    STILL_PROCESSING = 38, "Collection is in processing state"
    BAD_REQUEST = 40, "Bad request"
    INVALID_CREDENTIALS = 41, "Invalid credentials"
    INVALID_ACTION = 42, "Invalid action"
    # The collection is deleted, foreign or unknown.
    FORBIDDEN = 43, "Forbidden"
    INVALID_SIGNATURE = 44, "Invalid signature"
    INVALID_FILE_FORMAT = 45, "Invalid file format"
    INVALID_HASH = 46, "Invalid collection hash"


CATALOGUE = {code.value: code for code in Code}


class ApiError(Exception):
    """An answer with a code other than 20; `message` replaces the vendor's, and one that it does not have needs it.

    `detail`, why this request got the code, and `rule`, the ledger entry behind it, are for the journal and never sent
    to the client.
    """

    def __init__(self, code: int, detail: str, *, rule: str | None = None, message: str | None = None) -> None:
        super().__init__(detail)
        self.code = int(code)
        self.message = message
        self.detail = detail
        self.rule = rule if rule is not None else f"code.{self.code}"


class BadRequest(ApiError):
    """Code 40: the request is malformed."""

    def __init__(self, detail: str, *, rule: str | None = None) -> None:
        super().__init__(Code.BAD_REQUEST, detail, rule=rule)


class FieldError(ValueError):
    """A value of the right type with a meaning that is not allowed; `field` has it."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field


class Refused(Exception):
    """A refusal by the fake itself, not by the vendor: what was refused (`message`) and which `kind` of refusal it is.

    `http_status` is one the vendor never sends for the API. `facts` help to mend it.
    """

    def __init__(self, http_status: int, kind: str, message: str, **facts: object) -> None:
        super().__init__(message)
        self.http_status = http_status
        self.kind = kind
        self.message = message
        self.facts = facts

    def body(self) -> dict[str, object]:
        """The refusal in the control plane's error shape."""
        return {"error": {"type": self.kind, "message": self.message, **self.facts}}
