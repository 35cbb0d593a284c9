"""`flipsnack-mock` as a person runs it, and traces to run it on."""

from __future__ import annotations

import subprocess
import sys

from mock_server.tests.conftest import Fake, make_fake


def run(*arguments: str, stdin: str | None = None) -> subprocess.CompletedProcess[str]:
    """The command, with what it said."""
    command = [sys.executable, "-m", "flipsnack_mock", *arguments]
    return subprocess.run(command, input=stdin, capture_output=True, text=True, timeout=60, check=False)


def trace_of(fake: Fake) -> str:
    """The exported journal."""
    return fake.client.get("/__admin/requests.ndjson").text


def clean_trace() -> str:
    """The trace of a client that did nothing wrong."""
    fake = make_fake()
    fake.call()
    return trace_of(fake)


def trace_with_findings() -> str:
    """The trace of a client that did two things wrong, under a frozen clock."""
    fake = make_fake()
    fake.account("POST", "/clock/freeze")
    fake.call(format="xml", token="secret-test-core")
    return trace_of(fake)
