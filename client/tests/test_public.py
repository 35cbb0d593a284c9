"""What users may rely on, and what they need not load."""

import pkgutil
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


POSIX_ONLY = ["fcntl", "grp", "pty", "pwd", "resource", "syslog", "termios", "tty"]


@pytest.mark.parametrize("name", [module.name for module in pkgutil.iter_modules(flipsnack_client.__path__)])
def test_each_module_can_be_imported_where_there_is_no_posix(name: str) -> None:
    """Windows has none of these modules, nor some of the names in `os` and `signal`."""
    script = f"""
import os, signal, sys
sys.modules.update(dict.fromkeys({POSIX_ONLY!r}))
for module, missing in ((os, "O_NOFOLLOW"), (os, "geteuid"), (os, "fork"), (signal, "SIGHUP"), (signal, "SIGALRM")):
    delattr(module, missing)
__import__("flipsnack_client.{name}")
"""
    subprocess.run([sys.executable, "-c", script], capture_output=True, timeout=60, check=True)


def test_importing_the_client_loads_no_terminal_and_no_xml() -> None:
    """What only some callers need is imported when they do."""
    script = "import sys, flipsnack_client; print([n for n in ('rich', 'lxml', 'click', 'flask') if n in sys.modules])"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=60, check=True)
    assert "[]\n" == done.stdout
