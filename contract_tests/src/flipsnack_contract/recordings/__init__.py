"""Judges recordings: HTTP archives and the fake's journal, by the rules about time and order."""
