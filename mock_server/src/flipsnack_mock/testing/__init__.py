"""For tests: `MockServer`, the fake in a thread on a free port, and `AdminClient`, a client of its control plane."""

from flipsnack_mock.lint.findings import Finding
from flipsnack_mock.testing.admin_client import AccountAdmin, AdminClient, AdminError, Clock, Collections, Jobs
from flipsnack_mock.testing.faults import Faults
from flipsnack_mock.testing.mock_server import MockServer
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
]
