"""Servers that sign in a way of their own: some accept no other signature, some accept theirs beside the right one."""

import hashlib
import unicodedata
from urllib.parse import unquote

from contract_tests.zoo.alt_server import AltServer
from contract_tests.zoo.alt_server.request import Call

RIGHT = AltServer()
Pairs = list[tuple[str, str]]


class _Beside(AltServer):
    """Accepts its own signature beside the right one."""

    def is_signed(self, call: Call) -> bool:
        return super().is_signed(call) or RIGHT.is_signed(call)


class AnySignature(AltServer, breaks="signature.digest"):
    """Never checks the signature."""

    checks = tuple(name for name in AltServer.checks if name != "signature")


class ValuesOnly(AltServer, breaks="signature.digest"):
    """Signs values only."""

    def signed_text(self, secret: str, pairs: Pairs) -> str:
        return secret + "".join(value for _, value in pairs)


class WithoutSecret(_Beside, breaks="signature.digest"):
    """Accepts a signature without the secret."""

    def signed_text(self, secret: str, pairs: Pairs) -> str:
        return super().signed_text("", pairs)


class Sha256(_Beside, breaks="signature.digest"):
    """Accepts SHA-256 too."""

    def digest(self, text: str) -> str:
        return hashlib.sha256(text.encode()).hexdigest()


class UpperCase(_Beside, breaks="signature.lower-case"):
    """Takes upper-case signatures."""

    def digest(self, text: str) -> str:
        return super().digest(text).upper()


class OrderSent(AltServer, breaks="signature.sorted"):
    """Signs in the order sent."""

    def signed_pairs(self, call: Call) -> Pairs:
        return [pair for pair in call.params.items() if pair[0] not in ("signature", "file")]


class OrderSentToo(_Beside, OrderSent):
    """Accepts a signature in the order sent."""


class BlindOrder(AltServer, breaks="signature.byte-order"):
    """Orders names without regard to case."""

    def signed_pairs(self, call: Call) -> Pairs:
        return sorted(super().signed_pairs(call), key=lambda pair: pair[0].casefold())


class BlindOrderToo(_Beside, BlindOrder):
    """Accepts an order without regard to case."""


class Utf16Order(AltServer, breaks="signature.byte-order"):
    """Orders names by UTF-16 units."""

    def signed_pairs(self, call: Call) -> Pairs:
        return sorted(super().signed_pairs(call), key=lambda pair: pair[0].encode("utf-16-be"))


class FileSigned(AltServer, breaks="signature.excludes-itself-and-file"):
    """Signs file too."""

    def signed_pairs(self, call: Call) -> Pairs:
        return sorted(pair for pair in call.params.items() if pair[0] != "signature")


class FileSignedToo(_Beside, FileSigned):
    """Accepts a signature over file."""


class UrlUnsigned(AltServer, breaks="upload.file-url-signed"):
    """Leaves fileUrl out of the signature, as file."""

    def signed_pairs(self, call: Call) -> Pairs:
        return [pair for pair in super().signed_pairs(call) if pair[0] != "fileUrl"]


class UrlUnsignedToo(_Beside, UrlUnsigned):
    """Accepts an unsigned fileUrl."""


class FileNameSigned(AltServer, breaks="signature.excludes-itself-and-file"):
    """Signs the name of the file."""

    def signed_pairs(self, call: Call) -> Pairs:
        return sorted([*super().signed_pairs(call), *((file.part, file.name) for file in call.files)])


class KnownOnly(AltServer, breaks="signature.excludes-itself-and-file"):
    """Signs known parameters only."""

    def signed_pairs(self, call: Call) -> Pairs:
        known = {"action", "apiKey", "collectionHash", *call.method.types}
        return [pair for pair in super().signed_pairs(call) if pair[0] in known]


class KnownOnlyToo(_Beside, KnownOnly):
    """Accepts unsigned unknown parameters."""


class Latin1Text(AltServer, breaks="signature.decoded-utf8"):
    """Signs in Latin-1."""

    def digest(self, text: str) -> str:
        try:
            return hashlib.md5(text.encode("latin-1")).hexdigest()
        except UnicodeEncodeError:
            return super().digest(text)


class Latin1TextToo(_Beside, Latin1Text):
    """Accepts a signature in Latin-1."""


class Escaped(AltServer, breaks="signature.decoded-utf8"):
    """Signs the escaped text."""

    def signed_pairs(self, call: Call) -> Pairs:
        if call.body:
            return super().signed_pairs(call)
        sent = {unquote(name): value for name, _, value in (part.partition("=") for part in call.query.split("&"))}
        return [(name, sent[name]) for name, _ in super().signed_pairs(call)]


class TrimmedValues(AltServer, breaks="signature.decoded-utf8"):
    """Signs trimmed values."""

    def signed_pairs(self, call: Call) -> Pairs:
        return [(name, value.strip()) for name, value in super().signed_pairs(call)]


class TrimmedValuesToo(_Beside, TrimmedValues):
    """Accepts a signature over trimmed values."""


class FilledOnly(AltServer, breaks="signature.empty-values"):
    """Leaves empty values unsigned."""

    def signed_pairs(self, call: Call) -> Pairs:
        return [pair for pair in super().signed_pairs(call) if pair[1]]


class FilledOnlyToo(_Beside, FilledOnly):
    """Accepts unsigned empty values."""


class ComposesBeforeSigning(AltServer, breaks="signature.decoded-utf8"):
    """Composes letters and their accents before it signs: NFC."""

    def signed_text(self, secret: str, pairs: list[tuple[str, str]]) -> str:
        return unicodedata.normalize("NFC", super().signed_text(secret, pairs))


Signed = list[tuple[str, str]]


class FileIsSignedInReads(AltServer, breaks="signature.excludes-itself-and-file"):
    """Leaves `file` out of the signed text of an upload only."""

    def signed_pairs(self, call: Call) -> Signed:
        if call.method.host == "upload":
            return super().signed_pairs(call)
        return sorted((name, value) for name, value in call.params.items() if name != "signature")


def _sorted_as(name: str) -> tuple[int, int, str]:
    is_number = name.isascii() and name.isdecimal() and len(name) < 18
    return (0, int(name), "") if is_number else (1, 0, name)


class SortsNumbers(AltServer, breaks="signature.sorted"):
    """Sorts names that are numbers by their value, as PHP's ksort does."""

    def signed_pairs(self, call: Call) -> Signed:
        return sorted(super().signed_pairs(call), key=lambda pair: _sorted_as(pair[0]))


class ZeroIsNotSigned(AltServer, breaks="signature.digest"):
    """Leaves a value out that is 0: it takes that for false. Empty texts have a test of their own."""

    def signed_pairs(self, call: Call) -> Signed:
        return [(name, value) for name, value in super().signed_pairs(call) if value != "0"]
