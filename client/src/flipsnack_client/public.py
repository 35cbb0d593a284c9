"""The public names of `flipsnack_client`, which loads this module when one of them is first used."""

from flipsnack_client.api_error import (
    ApiError,
    BadRequest,
    CollectionProcessing,
    DeleteNotAvailable,
    FileTooLarge,
    Forbidden,
    InvalidAction,
    InvalidCollectionHash,
    InvalidCredentials,
    InvalidFileFormat,
    InvalidSignature,
    MaintenanceMode,
    MissingParameter,
    MultipleFiles,
    PerMinuteLimit,
    PerSecondLimit,
    RateLimited,
    TooManyPages,
    UploadQuotaExceeded,
)
from flipsnack_client.client import Flipsnack
from flipsnack_client.clock import Clock, SystemClock
from flipsnack_client.collection import Collection, ConversionStatus, Item
from flipsnack_client.deadline import Deadline
from flipsnack_client.deadline_adapter import DeadlineAdapter
from flipsnack_client.download import Progress
from flipsnack_client.envelope import Answer
from flipsnack_client.exceptions import (
    Cancelled,
    CannotRead,
    CannotWrite,
    CertificateRefused,
    ConnectionFailed,
    ConversionFailed,
    CredentialsError,
    DamagedAnswer,
    DamagedPackage,
    DeadlineExceeded,
    FlipsnackError,
    HttpError,
    JobFailed,
    LinkRefused,
    MalformedAnswer,
    NotConnected,
    TransportError,
    UnknownStatus,
    UploadUncertain,
)
from flipsnack_client.fields import Assumptions
from flipsnack_client.limiter import Limiter, Window
from flipsnack_client.multipart import UploadProgress
from flipsnack_client.poller import JobStatus, Poller, PollPolicy, Update
from flipsnack_client.resource_url import ResourceUrl
from flipsnack_client.retry import RetryPolicy
from flipsnack_client.signature import SignatureAuth, canonical, masked_canonical, sign
from flipsnack_client.statistics import CollectionStats, PageStats, UserStats

__all__ = [
    # the client
    "Flipsnack",
    "Poller",
    "Update",
    "JobStatus",
    "Progress",
    "UploadProgress",
    "Answer",
    "ResourceUrl",
    # what it returns
    "Collection",
    "Item",
    "ConversionStatus",
    "CollectionStats",
    "PageStats",
    "UserStats",
    "Assumptions",
    # how it waits
    "Deadline",
    "PollPolicy",
    "RetryPolicy",
    "Limiter",
    "Window",
    "Clock",
    "SystemClock",
    # parts that are useful alone
    "DeadlineAdapter",
    "SignatureAuth",
    "canonical",
    "masked_canonical",
    "sign",
    # what it raises
    "FlipsnackError",
    "ApiError",
    "MaintenanceMode",
    "MissingParameter",
    "RateLimited",
    "PerSecondLimit",
    "PerMinuteLimit",
    "UploadQuotaExceeded",
    "FileTooLarge",
    "TooManyPages",
    "MultipleFiles",
    "DeleteNotAvailable",
    "CollectionProcessing",
    "BadRequest",
    "InvalidCredentials",
    "InvalidAction",
    "Forbidden",
    "InvalidSignature",
    "InvalidFileFormat",
    "InvalidCollectionHash",
    "JobFailed",
    "ConversionFailed",
    "UploadUncertain",
    "TransportError",
    "ConnectionFailed",
    "NotConnected",
    "CertificateRefused",
    "HttpError",
    "DamagedAnswer",
    "MalformedAnswer",
    "UnknownStatus",
    "DamagedPackage",
    "LinkRefused",
    "CannotWrite",
    "CannotRead",
    "DeadlineExceeded",
    "Cancelled",
    "CredentialsError",
]
