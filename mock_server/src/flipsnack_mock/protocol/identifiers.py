"""The form of API keys, secrets and collection hashes."""

from typing import Annotated

from msgspec import Meta

# A magic hash may hold a fraction of a second; a dot at the beginning would make a path of it.
HASH_PATTERN = r"^[A-Za-z0-9_-][A-Za-z0-9._-]{0,63}\Z"
_OF_HASHES = "up to 64 letters, digits, underscores, hyphens and, behind the first, dots"
Hash = Annotated[str, Meta(pattern=HASH_PATTERN, extra={"expected": _OF_HASHES})]

# Visible ASCII without the slash: what can stand in a path of the control plane.
KEY_PATTERN = r"^[!-.0-~]{1,200}\Z"
_OF_KEYS = "up to 200 visible ASCII characters without a slash"
Key = Annotated[str, Meta(pattern=KEY_PATTERN, extra={"expected": _OF_KEYS})]
# The longest one that an account gets by itself is `secret-` with the longest key behind it.
Secret = Annotated[str, Meta(min_length=1, max_length=207)]

AUTOMATIC_PREFIX = "test-"
"""An account is created on first use when its key begins with this."""


def automatic_secret(key: str) -> str:
    """The secret of an account that was created without one."""
    return f"secret-{key}"
