"""A reference client for the Flipsnack API v1."""

__version__ = "0.1.0"
