"""A fake of the Flipsnack API v1: `flipsnack-mock serve`, or `flipsnack_mock.testing.MockServer` in a test."""

__version__ = "0.1.0"
