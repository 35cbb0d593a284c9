"""What the doctor is given: the parameters as they were sent, the signature among them, and the secrets it may try."""

from __future__ import annotations

from urllib.parse import quote

import msgspec

__all__ = ["ANOTHER", "OWN", "Case"]

OWN = "own"
ANOTHER = "account "
"""Before the key of another account: the label of that account's secret."""


class Case(msgspec.Struct, frozen=True, kw_only=True):
    """A request whose signature is in question.

    `sent` are all parameters, decoded, in the order of the request; `raw` the same before decoding (empty when nobody
    knows); `secrets` has the account's own under `OWN` and others under `ANOTHER` and their key; `values` are other
    values that some parameters might have had when the signature was made. `uppercase` says that the account takes
    hexadecimal digits of either case.
    """

    sent: tuple[tuple[str, str], ...]
    secrets: dict[str, str]
    raw: tuple[tuple[str, str], ...] = ()
    values: dict[str, tuple[str, ...]] = {}
    uppercase: bool = False

    @property
    def given(self) -> str:
        """The signature in question."""
        return dict(self.sent).get("signature", "")

    def undecoded(self) -> dict[tuple[str, str], tuple[str, str]]:
        """Names and values as they stood in the URL, by what they say; guessed where nobody knows."""
        guessed = {pair: (quote(pair[0], safe=""), quote(pair[1], safe="")) for pair in self.sent}
        return dict(zip(self.sent, self.raw, strict=True)) if self.raw else guessed
