"""Signing as the vendor documents it ("How to sign a request").

Leave out `signature` and `file`, order the other parameters by name, write the secret and then name and value of each
without separators, and take the MD5 in lower-case hexadecimal. What the page leaves open (UTF-8, decoded values, lower
case, empty values) is in the rules ledger as assumed.
"""

import hashlib
from collections.abc import Mapping

UNSIGNED = frozenset({"signature", "file"})


def canonical(secret: str, params: Mapping[str, str]) -> str:
    """The text whose digest is the signature of `params`."""
    return secret + "".join([name + params[name] for name in sorted(params) if name not in UNSIGNED])


def sign(secret: str, params: Mapping[str, str]) -> str:
    """The signature of `params`: 32 lower-case hexadecimal digits."""
    # MD5 is the vendor's choice; it protects nothing of ours.
    return hashlib.md5(canonical(secret, params).encode(), usedforsecurity=False).hexdigest()


def verify(secret: str, params: Mapping[str, str], given: str, *, uppercase: bool = False) -> bool:
    """Whether `given` is the signature of `params`; with `uppercase`, hexadecimal digits of either case are taken."""
    return sign(secret, params) == (given.lower() if uppercase else given)
