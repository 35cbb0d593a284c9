"""One way to make a signature, as a value: `SigningVariant()` is the vendor's way, each mistake changes some fields."""

import msgspec

from flipsnack_mock.doctor.case import OWN

Pair = tuple[str, str]


class SigningVariant(msgspec.Struct, frozen=True, kw_only=True):
    """One way to sign; the fields follow the stages of signing.

    The values of `normal_form`, `plus_sign`, `escape`, `order`, `algorithm` and `digest_encoding` are keys of tables
    in `signature_builder`.
    """

    # Parameters: without those in `left_out`, plus those in `added`, with the values in `replaced`.
    left_out: frozenset[str] = frozenset()
    added: tuple[Pair, ...] = ()
    replaced: tuple[Pair, ...] = ()
    with_signature: bool = False
    with_file: bool = False
    # Changes to names and values; `keep_empty` keeps empty values.
    normal_form: str = ""
    trimmed: bool = False
    letter_case: str = ""
    plus_sign: str = ""
    escape: str = ""
    keep_empty: bool = True
    # Order: the name of an order, or the parameter names in order.
    order: str | tuple[str, ...] = "name"
    # Text: `between` name and value, `joint` between pairs and, optionally, at the end and after the secret.
    names: bool = True
    between: str = ""
    joint: str = ""
    trailing: bool = False
    after_secret: bool = False
    # Secret: which one, `secret_template` around it, its places in the text; a `keyed` digest (HMAC) uses it as key.
    secret: str = OWN
    secret_template: str = "{}"
    secret_places: tuple[str, ...] = ("first",)
    # Digest of the text.
    charset: str = "utf-8"
    algorithm: str = "md5"
    keyed: bool = False
    # Signature: the slice `kept` of the encoded digest, with a text before and after it (`around`).
    digest_encoding: str = "hex"
    upper: bool = False
    kept: tuple[int, int] | None = None
    around: Pair = ("", "")
