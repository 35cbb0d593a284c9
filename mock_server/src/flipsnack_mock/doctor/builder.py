"""How somebody makes a signature, as a value: `Recipe()` is the vendor's way, and every mistake is another value."""

from __future__ import annotations

import msgspec

from flipsnack_mock.doctor.case import OWN

__all__ = ["Pair", "Recipe"]

Pair = tuple[str, str]


class Recipe(msgspec.Struct, frozen=True, kw_only=True):
    """One way to sign; the fields stand in the order of its stages.

    The names in it (`form`, `plus`, `escape`, `order`, `algorithm`, `writing`) are those of the tables in `signing`.
    """

    # Which parameters: without those in `left_out`, with the `added`, some with another value (`replaced`).
    left_out: frozenset[str] = frozenset()
    added: tuple[Pair, ...] = ()
    replaced: tuple[Pair, ...] = ()
    with_signature: bool = False
    with_file: bool = False
    # What is done to names and values; `empties` says whether empty values stay.
    form: str = ""
    trimmed: bool = False
    letters: str = ""
    plus: str = ""
    escape: str = ""
    empties: bool = True
    # In which order: by the name of the order, or as listed.
    order: str | tuple[str, ...] = "name"
    # How they are written: `between` name and value, `joint` between pairs, once more at the end and after the secret.
    names: bool = True
    between: str = ""
    joint: str = ""
    trailing: bool = False
    after_secret: bool = False
    # Which secret (`mangled` is a template for it), and where it stands; a `keyed` digest takes it as its key.
    secret: str = OWN
    mangled: str = "{}"
    places: tuple[str, ...] = ("first",)
    # From text to digest.
    charset: str = "utf-8"
    algorithm: str = "md5"
    keyed: bool = False
    # From digest to signature: `kept` is the slice that is sent, `around` stands about it.
    writing: str = "hex"
    upper: bool = False
    kept: tuple[int, int] | None = None
    around: Pair = ("", "")
