"""Clients that sign in a way of their own.

One mistake is missing: sorting without regard to case. With the parameters of this method the order is the same, so no
server can see it.
"""

import base64
import hashlib
import hmac
import unicodedata
from collections.abc import Mapping
from urllib.parse import quote

from contract_tests.zoo.client import Client


class Unsorted(Client, breaks="client.signature"):
    """Signs the parameters in the order in which it sends them."""

    def order(self, params: Mapping[str, str]) -> list[str]:
        return list(params)


class EncodedFirst(Client, breaks="client.signature"):
    """Signs values as they are encoded in the URL."""

    def signed(self, value: str) -> str:
        return quote(value, safe="")


class PlusForBlank(Client, breaks="client.signature"):
    """Signs a + where there is a blank."""

    def signed(self, value: str) -> str:
        return value.replace(" ", "+")


class Trimmed(Client, breaks="client.signature"):
    """Signs values without the blanks around them."""

    def signed(self, value: str) -> str:
        return value.strip()


class Composed(Client, breaks="client.signature"):
    """Signs accented letters in their composed form, whatever was sent."""

    def signed(self, value: str) -> str:
        return unicodedata.normalize("NFC", value)


class TrimmedSecret(Client, breaks="client.signature"):
    """Signs with the secret without the blanks around it."""

    def digest(self, text: str) -> str:
        return super().digest(self.task.secret.strip() + text.removeprefix(self.task.secret))


class Latin1(Client, breaks="client.signature"):
    """Hashes the Latin-1 bytes of a text, with question marks for the rest."""

    def digest(self, text: str) -> str:
        return hashlib.md5(text.encode("latin-1", "replace")).hexdigest()


class UpperCaseHex(Client, breaks="client.signature"):
    """Sends the digest in capitals."""

    def digest(self, text: str) -> str:
        return super().digest(text).upper()


class Truncated(Client, breaks="client.signature"):
    """Sends the digest without its last three digits, as an old page of the vendor prints one."""

    def digest(self, text: str) -> str:
        return super().digest(text)[:-3]


class Base64(Client, breaks="client.signature"):
    """Sends the digest in Base64."""

    def digest(self, text: str) -> str:
        return base64.b64encode(hashlib.md5(text.encode()).digest()).decode()


class Hmac(Client, breaks="client.signature"):
    """Makes a keyed digest with the secret as its key."""

    def digest(self, text: str) -> str:
        secret = self.task.secret
        return hmac.new(secret.encode(), text.removeprefix(secret).encode(), "md5").hexdigest()


class SecretLast(Client, breaks="client.signature"):
    """Puts the secret behind the parameters."""

    def digest(self, text: str) -> str:
        return super().digest(text.removeprefix(self.task.secret) + self.task.secret)


class SecretMissing(Client, breaks="client.signature"):
    """Leaves the secret out."""

    def digest(self, text: str) -> str:
        return super().digest(text.removeprefix(self.task.secret))


class EmptyDropped(Client, breaks="client.signature"):
    """Sends an empty callback when none is needed, and leaves it out of the signature."""

    def params(self) -> dict[str, str]:
        return {"callback": "", **super().params()}

    def order(self, params: Mapping[str, str]) -> list[str]:
        return [name for name in super().order(params) if params[name]]


class SignatureIncluded(Client, breaks="client.signature"):
    """Signs the signature too, which is empty at that time."""

    def signature(self, params: Mapping[str, str]) -> str:
        return super().signature({**params, "signature": ""})


class FormatLeftOut(Client, breaks="client.signature"):
    """Does not sign the format."""

    def order(self, params: Mapping[str, str]) -> list[str]:
        return sorted(params.keys() - {"format"})


class Separated(Client, breaks="client.signature"):
    """Signs name=value pairs with & between them."""

    def signature(self, params: Mapping[str, str]) -> str:
        pairs = "&".join(f"{name}={params[name]}" for name in sorted(params))
        return self.digest(self.task.secret + pairs)
