"""One way to make a signature, as a value: `SigningVariant()` is the vendor's way, each mistake changes some fields."""

from __future__ import annotations

import msgspec

from flipsnack_mock.doctor.case import OWN

__all__ = ["Pair", "SigningVariant"]

Pair = tuple[str, str]


class SigningVariant(msgspec.Struct, frozen=True, kw_only=True):
    """One way to sign; the fields stand in the order of its stages.

    The values of `normal_form`, `plus_sign`, `escape`, `order`, `algorithm` and `digest_encoding` are keys of tables
    in `signature_builder`.
    """

    # Which parameters: without those in `left_out`, with the `added`, some with another value (`replaced`).
    left_out: frozenset[str] = frozenset()
    added: tuple[Pair, ...] = ()
    replaced: tuple[Pair, ...] = ()
    with_signature: bool = False
    with_file: bool = False
    # What is done to names and values; `keep_empty` says whether empty values stay.
    normal_form: str = ""
    trimmed: bool = False
    letter_case: str = ""
    plus_sign: str = ""
    escape: str = ""
    keep_empty: bool = True
    # In which order: by the name of the order, or as listed.
    order: str | tuple[str, ...] = "name"
    # How they are written: `between` name and value, `joint` between pairs, once more at the end and after the secret.
    names: bool = True
    between: str = ""
    joint: str = ""
    trailing: bool = False
    after_secret: bool = False
    # Which secret (`secret_template` is a template for it), and where it stands; a `keyed` digest takes it as its key.
    secret: str = OWN
    secret_template: str = "{}"
    secret_places: tuple[str, ...] = ("first",)
    # From text to digest.
    charset: str = "utf-8"
    algorithm: str = "md5"
    keyed: bool = False
    # From digest to signature: `kept` is the slice that is sent, `around` stands about it.
    digest_encoding: str = "hex"
    upper: bool = False
    kept: tuple[int, int] | None = None
    around: Pair = ("", "")
