"""What users may rely on, and what they need not load."""

import subprocess
import sys

import pytest

import flipsnack_client

PUBLIC = [
    "Flipsnack",
    "Poller",
    "Update",
    "JobStatus",
    "Progress",
    "Answer",
    "ResourceUrl",
    "Deadline",
    "PollPolicy",
    "RetryPolicy",
    "Limiter",
    "Window",
    "Clock",
    "SystemClock",
    "DeadlineAdapter",
    "SignatureAuth",
    "canonical",
    "masked_canonical",
    "sign",
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
    "TransportError",
    "ConnectionFailed",
    "CertificateRefused",
    "HttpError",
    "DamagedAnswer",
    "MalformedAnswer",
    "UnknownStatus",
    "DamagedPackage",
    "LinkRefused",
    "CannotWrite",
    "DeadlineExceeded",
    "Cancelled",
    "CredentialsError",
]


def test_the_public_surface_is_this_and_no_more() -> None:
    """Adding or removing a public name is a decision that shows here."""
    assert PUBLIC == flipsnack_client.__all__


@pytest.mark.parametrize("name", PUBLIC)
def test_each_public_name_is_there_with_its_promise(name: str) -> None:
    """Every name can be imported and says what it is."""
    assert getattr(flipsnack_client, name).__doc__


def test_importing_the_client_loads_no_terminal_and_no_xml() -> None:
    """What only some callers need is imported when they do."""
    script = "import sys, flipsnack_client; print([n for n in ('rich', 'lxml', 'click', 'flask') if n in sys.modules])"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=60, check=True)
    assert "[]\n" == done.stdout
