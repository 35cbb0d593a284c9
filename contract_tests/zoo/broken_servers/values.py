"""Servers that take wrong values, hosts and parameters."""

import re
from datetime import date

from contract_tests.zoo.alt_server import AltServer
from contract_tests.zoo.alt_server.accounts import Collection
from contract_tests.zoo.alt_server.request import Call, Refusal, Upload, require
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


class StatusInAnyCase(AltServer, breaks="parameter.value"):
    """Accepts a status in any letter case."""

    types = {**TYPES, "status": lambda text: TYPES["status"](text.lower())}


class TrimsOrders(AltServer, breaks="parameter.value"):
    """Accepts an order with blanks around it."""

    types = {**TYPES, "order": lambda text: TYPES["order"](text.strip())}


class DirectionsByTheirBeginning(AltServer, breaks="parameter.value"):
    """Accepts ascending for asc."""

    types = {**TYPES, "direction": lambda text: text.startswith(("asc", "desc"))}


class BooleansByTheirBeginning(AltServer, breaks="parameter.value"):
    """Accepts t for true."""

    types = {**TYPES, "boolean": lambda text: text.lower() in ("true", "false", "tru", "t", "f", "0", "1")}


class AnyIsoDate(AltServer, breaks="parameter.value"):
    """Accepts whatever ISO 8601 calls a date, as a day of a week."""

    types = {**TYPES, "date": lambda text: _is_iso_date(text)}


class JulianLeapYears(AltServer, breaks="parameter.value"):
    """Accepts 29 February in 1900."""

    types = {**TYPES, "date": lambda text: text == "1900-02-29" or TYPES["date"](text)}


class TrimsAddresses(AltServer, breaks="parameter.value"):
    """Accepts a URL with a blank before it."""

    types = {**TYPES, "url": lambda text: TYPES["url"](text.strip())}


def _is_iso_date(text: str) -> bool:
    try:
        return bool(date.fromisoformat(text))
    except ValueError:
        return False


class OrderByInAnyCase(AltServer, breaks="parameter.unknown"):
    """Takes title in capitals for the title."""

    def check_values(self, call: Call) -> None:
        if "title" in call.method.types and "TITLE" in call.params:
            call.params.setdefault("title", call.params["TITLE"])
        super().check_values(call)


# --- lengths


class ShortTitles(AltServer, breaks="update.sets"):
    """Cuts a new title after 255 letters."""

    def change(self, call: Call, collection: Collection) -> None:
        super().change(call, collection)
        collection.title = collection.title[:255]


class WidthsIn16Bits(AltServer, breaks="update.sets"):
    """Keeps a new width in 16 bits."""

    def change(self, call: Call, collection: Collection) -> None:
        super().change(call, collection)
        collection.width %= 2**16


class ZeroIsNoTitle(AltServer, breaks="upload.answer"):
    """Takes the title 0 for none, as PHP's empty() does."""

    def title_of(self, call: Call) -> str:
        if call.get("title") == "0":
            del call.params["title"]
        return super().title_of(call)


class DraftsHaveOneHeight(AltServer, breaks="upload.answer"):
    """Ignores the height of an editable collection that has a title."""

    def make_collection(self, call: Call) -> Collection:
        made = super().make_collection(call)
        made.height = 385 if made.status == "editable" and "title" in call.params else made.height
        return made


class EightMegabytes(AltServer, breaks="code.34"):
    """Takes no file of more than eight megabytes, which is what its framework allows."""

    def size_of(self, file: Upload) -> int:
        size = super().size_of(file)
        return size if size <= 8 * 2**20 else 500_000_001
