import subprocess
import sys

import pytest

import flipsnack_mock
from flipsnack_mock.server.app import create_app
from flipsnack_mock.testing import MockServer


def test_the_package_exports_its_entries() -> None:
    assert (create_app, MockServer) == (flipsnack_mock.create_app, flipsnack_mock.MockServer)
    with pytest.raises(AttributeError, match="no attribute 'nosuch'"):
        getattr(flipsnack_mock, "nosuch")  # noqa: B009 - there is no such name to type


def test_importing_the_package_imports_no_server() -> None:
    code = "import sys, flipsnack_mock; sys.exit('flask' in sys.modules or 'flipsnack_mock.server' in sys.modules)"
    assert 0 == subprocess.run([sys.executable, "-c", code], check=False).returncode
