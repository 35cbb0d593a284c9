"""Servers that read requests wrongly."""

import re
from typing import Any
from urllib.parse import unquote_to_bytes

from contract_tests.zoo.alt_server import AltServer
from contract_tests.zoo.alt_server.answers import HttpAnswer
from contract_tests.zoo.alt_server.request import Call, Pair, decode, pairs_in_text, require


class AnyPath(AltServer, breaks="request.path"):
    """Answers at any path."""

    def read(self, call: Call) -> None:
        call.path = "/v1/"
        super().read(call)


class OnlyWithSlash(AltServer, breaks="request.path"):
    """Answers /v1 without a slash with 40."""

    def check_well_formed(self, call: Call) -> None:
        require(call.path != "/v1", 40)
        super().check_well_formed(call)


class PatchIsGet(AltServer, breaks="request.other-verbs"):
    """Treats PATCH as GET."""

    def read(self, call: Call) -> None:
        call.verb = call.verb.replace("PATCH", "GET")
        super().read(call)


class AnyVerb(AltServer, breaks="request.get-for-reads"):
    """Accepts any verb for reads."""

    def check_verb(self, call: Call) -> None:
        require(call.verb == "POST" or call.method.verb == "GET", 40)


class BodylessPost(AltServer, breaks="request.get-for-reads"):
    """Accepts a POST without a body."""

    def check_verb(self, call: Call) -> None:
        if call.verb == "GET" or call.body:
            super().check_verb(call)


class FirstOfTwo(AltServer, breaks="request.duplicate-parameter"):
    """Takes the first of two."""

    def parameters(self, pairs: list[tuple[str, str]]) -> dict[str, str]:
        return super().parameters(pairs[::-1])

    def has_duplicates(self, pairs: list[tuple[str, str]]) -> bool:
        return False


class SameTwice(AltServer, breaks="request.duplicate-parameter"):
    """Accepts a parameter repeated with the same value."""

    def has_duplicates(self, pairs: list[tuple[str, str]]) -> bool:
        return super().has_duplicates(list(dict.fromkeys(pairs)))


class Latin1Names(AltServer, breaks="request.undecodable"):
    """Reads undecodable names as Latin-1."""

    def decode_name(self, raw: bytes) -> str:
        try:
            return decode(raw)
        except UnicodeDecodeError:
            return unquote_to_bytes(raw).decode("latin-1")


class DropsUndecodable(AltServer, breaks="request.undecodable"):
    """Drops undecodable bytes."""

    def decode_value(self, raw: bytes) -> str:
        return unquote_to_bytes(raw).decode("utf-8", "ignore").replace("\0", "")


class BreaksAtLongQueries(AltServer, breaks="request.size"):
    """Crashes at a long query."""

    def read(self, call: Call) -> None:
        if len(call.query) > 200_000:
            raise MemoryError
        super().read(call)


class BreaksAtHalfForms(AltServer, breaks="request.any-bytes"):
    """Crashes at an incomplete form."""

    def check_well_formed(self, call: Call) -> None:
        if call.content_type.startswith("multipart/") and not call.body.rstrip().endswith(b"--"):
            raise EOFError
        super().check_well_formed(call)


class LooksForEmptyHash(AltServer, breaks="request.empty-is-missing"):
    """Looks up an empty hash."""

    def check_parameters(self, call: Call) -> None:
        if "collectionHash" not in call.params:
            super().check_parameters(call)


# --- format and callback


class AnyFormatIsJson(AltServer, breaks="format.unknown"):
    """Takes an unknown format for JSON."""

    def requested_format(self, call: Call) -> str:
        form = super().requested_format(call)
        return form if form in self.content_types else "json"


class FormatsInAnyCase(AltServer, breaks="format.unknown"):
    """Accepts formats in any case."""

    def requested_format(self, call: Call) -> str:
        return super().requested_format(call).lower()


class OwnCallback(AltServer, breaks="callback.required"):
    """Uses a default callback."""

    def callback(self, call: Call) -> str:
        return super().callback(call) or "callback"


class NoCallbackWithJson(AltServer, breaks="callback.required"):
    """Refuses a callback with JSON."""

    def check_format(self, call: Call) -> None:
        require(call.get("format") != "json" or not self.callback(call), 40)
        super().check_format(call)


class AnyCallback(AltServer, breaks="callback.identifier"):
    """Calls any callback."""

    def is_callback(self, text: str) -> bool:
        return bool(text)


class ReservedCallback(AltServer, breaks="callback.identifier"):
    """Calls a reserved word."""

    reserved = frozenset[str]()


class TrimsFormats(AltServer, breaks="format.unknown"):
    """Trims formats."""

    def requested_format(self, call: Call) -> str:
        return super().requested_format(call).strip()


class FormatsByTheirBeginning(AltServer, breaks="format.unknown"):
    """Takes what begins with xml for it."""

    def requested_format(self, call: Call) -> str:
        form = super().requested_format(call)
        return "xml" if form.startswith("xml") else form


class UnicodeCallbacks(AltServer, breaks="callback.identifier"):
    """Calls identifiers of any script."""

    def is_callback(self, text: str) -> bool:
        has_others = not text.isascii()
        return super().is_callback(re.sub(r"[^\W\d_]", "a", text) if has_others else text)


class ShortCallbacks(AltServer, breaks="callback.identifier"):
    """Calls no name of more than 64 letters."""

    def is_callback(self, text: str) -> bool:
        return len(text) <= 64 and super().is_callback(text)


class BodyOverQuery(AltServer, breaks="request.duplicate-parameter"):
    """Lets a field of the body replace the parameter of that name in the query, as a merged map of both does."""

    def raw_pairs(self, call: Call) -> list[Pair]:
        pairs, in_query = super().raw_pairs(call), len(pairs_in_text(call.query.encode("latin-1")))
        in_body = {name for name, _ in pairs[in_query:]}
        return [pair for pair in pairs[:in_query] if pair[0] not in in_body] + pairs[in_query:]


def _mended(raw: bytes) -> bytes:
    return raw.decode("utf-8", "replace").encode()


class MendsFields(AltServer, breaks="request.undecodable"):
    """Replaces what is not UTF-8 in the fields of an upload; a query is read strictly."""

    def raw_pairs(self, call: Call) -> list[Pair]:
        pairs = super().raw_pairs(call)
        return [(_mended(name), _mended(value)) for name, value in pairs] if call.files else pairs


class BigNumbers(AltServer, breaks="request.any-bytes"):
    """Fails with a server error on a number that a column of 32 bits does not hold."""

    def answer(self, call: Call) -> HttpAnswer:
        answer = super().answer(call)
        numbers = [call.get(name) for name, kind in call.method.types.items() if kind in ("size", "index")]
        if any(text.isascii() and text.isdigit() and int(text[:40]) > 2**31 - 1 for text in numbers):
            return 500, {"Content-Type": "text/html"}, b"<h1>Server Error (500)</h1>"
        return answer


class NewlineInTheCallback(AltServer, breaks="callback.identifier"):
    """Checks the callback with `$`, which also stands before a newline at the end."""

    def is_callback(self, text: str) -> bool:
        return super().is_callback(text.removesuffix("\n"))


class EmptyFormDates(AltServer, breaks="parameter.value"):
    """Takes startDate and endDate for absent when both are empty, as a form sends them that was not filled in."""

    def check_values(self, call: Call) -> None:
        if call.params.get("startDate") == call.params.get("endDate") == "":
            call.params = {name: one for name, one in call.params.items() if name not in ("startDate", "endDate")}
        super().check_values(call)


class DatesForTheUser(AltServer, breaks="parameter.unknown"):
    """Obeys startDate and endDate in user.getStats, which has neither: it shares the code of collection.getStats."""

    def user_stats(self, call: Call) -> dict[str, Any]:
        days = [day for one in self.summed(call.account) for day in one.days]
        counted = [day for day in days if self.counts(call, day["date"])]
        return {**super().user_stats(call), **self.sums(counted)}


class CarriesOutHead(AltServer, breaks="request.other-verbs"):
    """Carries a call out that comes by HEAD, as it would by GET, and leaves out the body of the answer."""

    def answer(self, call: Call) -> HttpAnswer:
        call.verb = "GET" if call.verb == "HEAD" else call.verb
        return super().answer(call)
