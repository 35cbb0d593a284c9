"""For tests: `MockServer`, the fake on a free port, `AdminClient` for its control plane, `make_pdf` for uploads."""

try:
    import flask as _flask  # noqa: F401 - looked for first, so that a missing extra is named
    import msgspec as _msgspec  # noqa: F401
    import uvicorn as _uvicorn  # noqa: F401
except ModuleNotFoundError as missing:  # pragma: no cover - tested from the built wheel
    raise ImportError(
        f"flipsnack_mock needs {missing.name}, which comes with an extra: pip install 'flipsnack-kit[mock]'",
        name=missing.name,
    ) from None

from flipsnack_mock.lint.findings import Finding
from flipsnack_mock.testing.admin_client import AccountAdmin, AdminClient, AdminError, Clock
from flipsnack_mock.testing.collections import Collections, Jobs
from flipsnack_mock.testing.faults import Faults
from flipsnack_mock.testing.mock_server import MockServer
from flipsnack_mock.testing.pdf import make_pdf
from flipsnack_mock.testing.requests import Requests, Unmet, assert_clean

__all__ = [
    "AccountAdmin",
    "AdminClient",
    "AdminError",
    "Clock",
    "Collections",
    "Faults",
    "Finding",
    "Jobs",
    "MockServer",
    "Requests",
    "Unmet",
    "assert_clean",
    "make_pdf",
]
