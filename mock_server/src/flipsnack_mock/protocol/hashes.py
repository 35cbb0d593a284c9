"""Hashes in the shapes that the vendor's have, each made from what it stands for: the same every time."""

import hashlib
import string

_DIGITS = string.digits + string.ascii_lowercase
_COLLECTION_LENGTH = 10
_ITEM_DIGITS = 23


def collection_hash(key: str, life: int, serial: int) -> str:
    """The hash number `serial` of an account: ten lower-case letters and digits."""
    number = int.from_bytes(_digest(f"collection:{key}:{life}:{serial}"))
    return "".join(_DIGITS[number // 36**place % 36] for place in range(_COLLECTION_LENGTH))


def item_hash(first_hash: str) -> str:
    """The hash of the item in the collection that began with `first_hash`: 23 hexadecimal digits, i and a number."""
    digest = _digest(f"item:{first_hash}")
    return f"{digest.hex()[:_ITEM_DIGITS]}i{int.from_bytes(digest[-4:]) % 10**8:08d}"


def _digest(text: str) -> bytes:
    return hashlib.sha256(text.encode()).digest()
