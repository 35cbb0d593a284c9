"""Writes the pages and tables of the documentation that come from data: `python -m generate`."""
