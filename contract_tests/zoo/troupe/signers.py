"""Clients that sign in a way of their own.

One mistake is missing: sorting without regard to case. With the parameters of this method the order is the same, so no
server can see it.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import unicodedata
from collections.abc import Mapping
from urllib.parse import quote

from contract_tests.zoo.client import Client


class Unsorted(Client):
    """Signs the parameters in the order in which it sends them."""

    breaks = "client.signature"

    def order(self, params: Mapping[str, str]) -> list[str]:
        return list(params)


class SortedBackwards(Client):
    """Sorts the parameters from z to a."""

    breaks = "client.signature"

    def order(self, params: Mapping[str, str]) -> list[str]:
        return sorted(params, reverse=True)


class EncodedFirst(Client):
    """Signs values as they stand in the URL."""

    breaks = "client.signature"

    def signed(self, value: str) -> str:
        return quote(value, safe="")


class PlusForBlank(Client):
    """Signs a + where there is a blank."""

    breaks = "client.signature"

    def signed(self, value: str) -> str:
        return value.replace(" ", "+")


class Trimmed(Client):
    """Signs values without the blanks around them."""

    breaks = "client.signature"

    def signed(self, value: str) -> str:
        return value.strip()


class Composed(Client):
    """Signs accented letters in their composed form, whatever was sent."""

    breaks = "client.signature"

    def signed(self, value: str) -> str:
        return unicodedata.normalize("NFC", value)


class LowerCased(Client):
    """Signs values in lower case."""

    breaks = "client.signature"

    def signed(self, value: str) -> str:
        return value.lower()


class CutOff(Client):
    """Signs no more than the first hundred characters of a value."""

    breaks = "client.signature"

    def signed(self, value: str) -> str:
        return value[:100]


class TrimmedSecret(Client):
    """Signs with the secret without the blanks around it."""

    breaks = "client.signature"

    def digest(self, text: str) -> str:
        return super().digest(self.errand.secret.strip() + text.removeprefix(self.errand.secret))


class Latin1(Client):
    """Hashes the Latin-1 bytes of a text, with question marks for the rest."""

    breaks = "client.signature"

    def digest(self, text: str) -> str:
        return hashlib.md5(text.encode("latin-1", "replace")).hexdigest()


class UpperCaseHex(Client):
    """Sends the digest in capitals."""

    breaks = "client.signature"

    def digest(self, text: str) -> str:
        return super().digest(text).upper()


class Truncated(Client):
    """Sends the digest without its last three digits, as an old page of the vendor prints one."""

    breaks = "client.signature"

    def digest(self, text: str) -> str:
        return super().digest(text)[:-3]


class Sha1(Client):
    """Hashes with SHA-1."""

    breaks = "client.signature"

    def digest(self, text: str) -> str:
        return hashlib.sha1(text.encode()).hexdigest()


class Base64(Client):
    """Sends the digest in Base64."""

    breaks = "client.signature"

    def digest(self, text: str) -> str:
        return base64.b64encode(hashlib.md5(text.encode()).digest()).decode()


class Hmac(Client):
    """Makes a keyed digest with the secret as its key."""

    breaks = "client.signature"

    def digest(self, text: str) -> str:
        secret = self.errand.secret
        return hmac.new(secret.encode(), text.removeprefix(secret).encode(), "md5").hexdigest()


class SecretLast(Client):
    """Puts the secret behind the parameters."""

    breaks = "client.signature"

    def digest(self, text: str) -> str:
        return super().digest(text.removeprefix(self.errand.secret) + self.errand.secret)


class SecretTwice(Client):
    """Puts the secret before and behind the parameters."""

    breaks = "client.signature"

    def digest(self, text: str) -> str:
        return super().digest(text + self.errand.secret)


class SecretMissing(Client):
    """Leaves the secret out."""

    breaks = "client.signature"

    def digest(self, text: str) -> str:
        return super().digest(text.removeprefix(self.errand.secret))


class EmptyDropped(Client):
    """Sends an empty callback when none is needed, and leaves it out of the signature."""

    breaks = "client.signature"

    def params(self) -> dict[str, str]:
        return {"callback": "", **super().params()}

    def order(self, params: Mapping[str, str]) -> list[str]:
        return [name for name in super().order(params) if params[name]]


class SignatureIncluded(Client):
    """Signs the signature too, which is empty at that time."""

    breaks = "client.signature"

    def signature(self, params: Mapping[str, str]) -> str:
        return super().signature({**params, "signature": ""})


class FileIncluded(Client):
    """Signs a file that it does not send."""

    breaks = "client.signature"

    def signature(self, params: Mapping[str, str]) -> str:
        return super().signature({**params, "file": ""})


class FormatLeftOut(Client):
    """Does not sign the format."""

    breaks = "client.signature"

    def order(self, params: Mapping[str, str]) -> list[str]:
        return sorted(params.keys() - {"format"})


class CallbackLeftOut(Client):
    """Does not sign the callback."""

    breaks = "client.signature"

    def order(self, params: Mapping[str, str]) -> list[str]:
        return sorted(params.keys() - {"callback"})


class Separated(Client):
    """Signs name=value pairs with & between them."""

    breaks = "client.signature"

    def signature(self, params: Mapping[str, str]) -> str:
        pairs = "&".join(f"{name}={params[name]}" for name in sorted(params))
        return self.digest(self.errand.secret + pairs)
