"""Broken servers: each a few lines over the second correct one, named for its fault, with the rule it breaks."""
