"""The doctor's input: the parameters as sent, including the signature, and the secrets to try."""

from urllib.parse import quote

import msgspec

from flipsnack_mock.protocol.messages import UploadedFile
from flipsnack_mock.protocol.secrets import Secrets

NO_SECRETS = Secrets()
OWN = "own"
ANOTHER = "account "
"""Prefix of the label of another account's secret; the account's key follows."""


class Case(msgspec.Struct, frozen=True, kw_only=True):
    """A request whose signature is to be diagnosed.

    `sent` holds all parameters, decoded, in the order of the request; `raw` the same before decoding, or nothing when
    it is unknown. `secrets` holds the account's own secret under `OWN` and others under `ANOTHER` plus their key.
    `files` were uploaded beside the parameters. `values` lists other values that a parameter may have had when it was
    signed. With `uppercase` the account accepts upper-case hexadecimal digits. `others` are the secrets of all
    accounts, which nothing shows.
    """

    sent: tuple[tuple[str, str], ...]
    secrets: dict[str, str]
    raw: tuple[tuple[str, str], ...] = ()
    files: tuple[UploadedFile, ...] = ()
    values: dict[str, tuple[str, ...]] = {}
    uppercase: bool = False
    others: Secrets = NO_SECRETS

    @property
    def given(self) -> str:
        """The signature in question."""
        return dict(self.sent).get("signature", "")

    def undecoded(self) -> dict[tuple[str, str], tuple[str, str]]:
        """Each decoded pair mapped to its spelling in the URL; percent-encoded by RFC 3986 when that is unknown."""
        guessed = {pair: (quote(pair[0], safe=""), quote(pair[1], safe="")) for pair in self.sent}
        return dict(zip(self.sent, self.raw, strict=True)) if self.raw else guessed
