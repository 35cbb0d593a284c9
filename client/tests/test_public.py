"""What users may rely on, and what they need not load."""

import pkgutil
import subprocess
import sys

import pytest

import flipsnack_client

PUBLIC = [
    "Collection", "Item", "ConversionStatus", "CollectionStats", "PageStats", "UserStats", "Assumptions",
    "UploadProgress", "ConversionFailed", "UploadUncertain", "NotConnected", "CannotRead",
    "Flipsnack", "Poller", "Update", "JobStatus", "Progress", "Answer", "ResourceUrl", "Deadline", "PollPolicy",
    "RetryPolicy", "Limiter", "Window", "Clock", "SystemClock", "DeadlineAdapter", "SignatureAuth", "canonical",
    "masked_canonical", "sign", "FlipsnackError", "ApiError", "MaintenanceMode", "MissingParameter", "RateLimited",
    "PerSecondLimit", "PerMinuteLimit", "UploadQuotaExceeded", "FileTooLarge", "TooManyPages", "MultipleFiles",
    "DeleteNotAvailable", "CollectionProcessing", "BadRequest", "InvalidCredentials", "InvalidAction", "Forbidden",
    "InvalidSignature", "InvalidFileFormat", "InvalidCollectionHash", "JobFailed", "TransportError",
    "ConnectionFailed", "CertificateRefused", "HttpError", "DamagedAnswer", "MalformedAnswer", "UnknownStatus",
    "DamagedPackage", "LinkRefused", "CannotWrite", "DeadlineExceeded", "Cancelled", "CredentialsError",
]  # fmt: skip


def test_the_public_surface_is_this_and_no_more() -> None:
    """Adding or removing a public name is a decision that shows here."""
    names: dict[str, object] = {}
    exec("from flipsnack_client import *", names)
    assert sorted(PUBLIC) == sorted(names.keys() - {"__builtins__"})
    assert set(PUBLIC) <= set(dir(flipsnack_client))


def test_each_public_name_is_there_with_its_promise() -> None:
    assert [] == [name for name in PUBLIC if not getattr(flipsnack_client, name).__doc__]


POSIX_ONLY = ["fcntl", "grp", "pty", "pwd", "resource", "syslog", "termios", "tty"]


def test_each_module_can_be_imported_alone_and_where_there_is_no_posix() -> None:
    """Each with none of ours imported before it. Windows has none of these modules, nor some of the names in `os`."""
    names = [module.name for module in pkgutil.iter_modules(flipsnack_client.__path__)]
    script = f"""
import os, signal, sys
sys.modules.update(dict.fromkeys({POSIX_ONLY!r}))
for module, missing in ((os, "O_NOFOLLOW"), (os, "geteuid"), (os, "fork"), (signal, "SIGHUP"), (signal, "SIGALRM")):
    delattr(module, missing)
for name in {names!r}:
    for ours in [one for one in sys.modules if one.partition(".")[0] == "flipsnack_client"]:
        del sys.modules[ours]
    __import__("flipsnack_client." + name)
"""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=60, check=False)
    assert 0 == done.returncode, done.stderr
    assert len(names) > 20


@pytest.mark.parametrize(
    ("script", "unloaded"),
    [
        ("import flipsnack_client", ["requests", "urllib3", "typing_extensions"]),
        ("import flipsnack_client.cli", ["requests", "urllib3", "rich", "logging"]),
        ("from flipsnack_client import Flipsnack", ["rich", "lxml", "click", "flask"]),
    ],
)
def test_importing_the_client_loads_what_is_needed(script: str, unloaded: list[str]) -> None:
    """The package and its command (`--help`) load no HTTP library; its names load no terminal and no XML."""
    look = f"import sys; {script}; print([name for name in {unloaded!r} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", look], capture_output=True, text=True, timeout=60, check=True)
    assert "[]\n" == done.stdout


def test_a_name_that_is_not_public_is_an_error_of_the_package() -> None:
    with pytest.raises(ImportError, match="cannot import name 'Flipsneck' from 'flipsnack_client'"):
        exec("from flipsnack_client import Flipsneck")
    assert flipsnack_client.exceptions.JobFailed is flipsnack_client.JobFailed
