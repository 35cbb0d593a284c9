"""Servers that take wrong values, hosts and parameters."""

import re

from contract_tests.zoo.alt_server import AltServer
from contract_tests.zoo.alt_server.request import Call, Refusal, require
from contract_tests.zoo.alt_server.table import TYPES, UNKNOWN

# --- hosts


class OneHostForAll(AltServer, breaks="request.host"):
    """Serves every method at both hosts."""

    def host_of(self, call: Call) -> str:
        return ""


class UploadAtApiIs40(AltServer, breaks="request.host"):
    """Answers 40 to an upload at the api host."""

    def check_action(self, call: Call) -> None:
        require(call.method is not UNKNOWN, 42)


class ReadsAtTheUploadHost(AltServer, breaks="request.host"):
    """Serves reads at the upload host."""

    def check_host(self, call: Call) -> None:
        if call.method.host == "upload":
            super().check_host(call)


# --- values


class _Lenient(AltServer):
    """Ignores wrong values of some types."""

    ignored: tuple[str, ...] = ()

    def check_values(self, call: Call) -> None:
        for name, kind in call.method.types.items():
            if kind in self.ignored and not self.types[kind](call.get(name)):
                call.params.pop(name, None)
        super().check_values(call)


class IgnoresWrongSizes(_Lenient, breaks="parameter.value"):
    """Ignores a width that is no number."""

    ignored = ("size",)


class IgnoresWrongIndexes(_Lenient, breaks="parameter.value"):
    """Ignores a range that is no number."""

    ignored = ("index",)


class IgnoresWrongStatus(_Lenient, breaks="parameter.value"):
    """Ignores an unknown status."""

    ignored = ("status",)


class IgnoresWrongDates(_Lenient, breaks="parameter.value"):
    """Ignores what is no date."""

    ignored = ("date",)


class IgnoresWrongOrder(_Lenient, breaks="parameter.value"):
    """Ignores an unknown order."""

    ignored = ("order", "direction")


class AnythingIsFalse(_Lenient, breaks="parameter.value"):
    """Takes everything but true for false."""

    ignored = ("boolean",)


class EmptyIsAbsent(AltServer, breaks="parameter.value"):
    """Takes an empty value for none."""

    def check_values(self, call: Call) -> None:
        for name, kind in call.method.types.items():
            if kind != "text" and call.params.get(name) == "":
                del call.params[name]
        super().check_values(call)


class ZeroIsASize(AltServer, breaks="parameter.value"):
    """Accepts a width of 0."""

    types = {**TYPES, "size": TYPES["index"]}


class NumbersAsPython(AltServer, breaks="parameter.value"):
    """Accepts what Python reads as a number: blanks, a sign, underscores."""

    types = {**TYPES, "size": lambda text: _number(text) > 0, "index": lambda text: _number(text) >= 0}

    def is_range(self, first: str, last: str) -> bool:
        return super().is_range(first.strip(" +"), last.strip(" +"))


def _number(text: str) -> int:
    try:
        return int(text)
    except ValueError:
        return -1


class AnyDay(AltServer, breaks="parameter.value"):
    """Accepts the 30th of February."""

    types = {**TYPES, "date": lambda text: bool(re.fullmatch("[0-9]{4}-[0-9]{2}-[0-9]{2}", text))}


class AnyAddress(AltServer, breaks="parameter.value"):
    """Accepts any text as a URL."""

    types = {**TYPES, "url": lambda text: bool(text)}


# --- parameters


class RefusesUnknown(AltServer, breaks="parameter.unknown"):
    """Refuses unknown parameters."""

    known = ("apiKey", "signature", "action", "format", "callback", "collectionHash", "file")

    def check_values(self, call: Call) -> None:
        require(call.params.keys() <= {*self.known, *call.method.types}, 40)
        super().check_values(call)


class OtherNames(AltServer, breaks="parameter.unknown"):
    """Takes width, height and status for the collection's, as the help page calls them."""

    def check_values(self, call: Call) -> None:
        if "collectionWidth" in call.method.types:
            for name in ("width", "height", "status"):
                if name in call.params:
                    call.params.setdefault(f"collection{name.title()}", call.params[name])
        super().check_values(call)


class FiltersByTitle(AltServer, breaks="parameter.unknown"):
    """Takes title for query in a list."""

    def check_values(self, call: Call) -> None:
        if "query" in call.method.types and "title" in call.params:
            call.params.setdefault("query", call.params["title"])
        super().check_values(call)


class NeverInvalid(AltServer, breaks="code.46"):
    """Ignores the setting for invalid hashes."""

    def check_collection(self, call: Call) -> None:
        try:
            super().check_collection(call)
        except Refusal:
            raise Refusal(43) from None


class AllAreInvalid(AltServer, breaks="code.46"):
    """With the other reading, calls every unknown hash invalid."""

    def check_collection(self, call: Call) -> None:
        known = call.get("collectionHash") in call.account.collections
        require(known or not call.method.for_collection, call.account.settings["invalid_hash"])
        super().check_collection(call)
