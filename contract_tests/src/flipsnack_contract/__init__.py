"""A contract test kit for the Flipsnack API v1: it judges fakes of it and clients for it, by rules that are data.

PYTEST_DONT_REWRITE: pytest would warn where this package is imported before it.
"""
