"""A fake of the Flipsnack API v1: `flipsnack-mock serve`, or `flipsnack_mock.testing.MockServer` in a test."""

from importlib.util import find_spec

for _needed in ("flask", "msgspec", "uvicorn"):
    if find_spec(_needed) is None:
        raise ImportError(
            f"flipsnack_mock needs {_needed}, which comes with an extra: pip install 'flipsnack-kit[mock]'",
            name=_needed,
        )

__version__ = "0.1.0"
