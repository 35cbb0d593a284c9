"""A fake of the Flipsnack API v1: `flipsnack-mock serve`, or `flipsnack_mock.testing.MockServer` in a test.

PYTEST_DONT_REWRITE: pytest would warn where this package is imported before it.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from flipsnack_mock.server.app import create_app
    from flipsnack_mock.testing import MockServer

__all__ = ["MockServer", "__version__", "create_app"]

__version__ = "0.1.0"

# Loaded on first use: a command that only prints its help imports no server.
_ENTRIES = {"MockServer": "flipsnack_mock.testing", "create_app": "flipsnack_mock.server.app"}


def __getattr__(name: str) -> Any:
    if name not in _ENTRIES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_ENTRIES[name]), name)
