"""What is raised when the API answers with a code other than 20: a class for each documented code.

Codes and messages are the vendor's, from the error table of collection.downloadHTML and the status code page.
"""

from typing import ClassVar

from flipsnack_client.exceptions import FlipsnackError
from flipsnack_client.readable import readable


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
