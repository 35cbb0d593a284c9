"""Fault rules in an account's state: pure values. The server performs delays and socket effects."""
