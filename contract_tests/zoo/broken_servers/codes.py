"""Servers that give the wrong code or the wrong message."""

import unicodedata
from typing import Any

from contract_tests.zoo.alt_server import AltServer
from contract_tests.zoo.alt_server.accounts import Account, Collection
from contract_tests.zoo.alt_server.answers import Fields
from contract_tests.zoo.alt_server.request import Call, Upload, require
from contract_tests.zoo.alt_server.table import UNKNOWN, Method

MESSAGES = {
    20: "Ok",
    22: "Maintenance",
    30: "Missing parameter",
    31: "Too many requests a second",
    32: "Too many requests a minute",
    33: "Too many uploads a month",
    34: "File too large",
    35: "Too many pages",
    36: "Too many files",
    38: "Collection is in processing State",
    40: "Bad Request",
    41: "Unknown key",
    42: "Unknown action",
    43: "No access",
    44: "Wrong signature",
    45: "Invalid format",
    46: "Invalid hash",
}
NUMBERS = {20: 200, 22: 23, 30: 40, 31: 429, 32: 31, 40: 30, 41: 44, 42: 40, 43: 44, 44: 41}
NUMBERS |= {33: 32, 34: 40, 35: 34, 36: 40, 38: 43, 45: 40, 46: 43}


def _with_message(code: int, text: str) -> type[AltServer]:
    class OtherMessage(AltServer, breaks=f"code.{code}"):
        __doc__ = f"Says {text}."
        messages = {**AltServer.messages, code: text}

    return OtherMessage


def _with_number(old: int, new: int) -> type[AltServer]:
    class OtherNumber(AltServer, breaks=f"code.{old}"):
        __doc__ = f"Says {new} for {old}."

        def envelope(self, call: Call, code: int, data: dict[str, Any] | None = None) -> Fields:
            said = super().envelope(call, code, data)
            return {**said, "code": new} if code == old else said

    return OtherNumber


OTHER_MESSAGES = tuple(_with_message(code, text) for code, text in MESSAGES.items())
OTHER_NUMBERS = tuple(_with_number(old, new) for old, new in NUMBERS.items())


class ForeignIsNoAccess(AltServer, breaks="code.43"):
    """Gives foreign collections another message."""

    def message(self, call: Call, code: int) -> str:
        is_foreign = code == 43 and any(call.get("collectionHash") in one.collections for one in self.accounts.values())
        return "No access" if is_foreign else super().message(call, code)


class TrimsNames(AltServer, breaks="code.30"):
    """Trims the names of parameters."""

    def parameters(self, pairs: list[tuple[str, str]]) -> dict[str, str]:
        return {name.strip(): value for name, value in pairs}


class NoCollectionIsForbidden(AltServer, breaks="code.30"):
    """Lets the collection be missing from a call for statistics."""

    def check_parameters(self, call: Call) -> None:
        require("collectionHash" in call.params or call.method.run != "get_stats", 43)
        super().check_parameters(call)


class TrimsKeys(AltServer, breaks="code.41"):
    """Trims keys."""

    def read(self, call: Call) -> None:
        super().read(call)
        call.found_account = self.accounts.get(call.get("apiKey").strip())


class ActionsInAnyCase(AltServer, breaks="code.42"):
    """Accepts actions in any case."""

    def find_method(self, action: str) -> Method:
        return next((one for name, one in self.methods.items() if name.lower() == action.lower()), UNKNOWN)


class UnknownIs46(AltServer, breaks="code.43-unknown"):
    """Tells unknown from foreign."""

    def check_collection(self, call: Call) -> None:
        known = any(call.get("collectionHash") in one.collections for one in self.accounts.values())
        require(known or not call.method.for_collection, 46)
        super().check_collection(call)


class UnknownIsBad(AltServer, breaks="code.43-unknown"):
    """Calls a hash that was never issued a bad request, where no other reading is set."""

    def check_collection(self, call: Call) -> None:
        known = any(call.get("collectionHash") in one.collections for one in self.accounts.values())
        issued = known or not call.method.for_collection or call.get("collectionHash") in self.temporary
        require(issued or call.account.settings["invalid_hash"] == 46, 40)
        super().check_collection(call)

    temporary: set[str] = set()

    def rename(self, account: Account, collection: Collection) -> None:
        self.temporary.add(collection.hash)
        super().rename(account, collection)


# --- nearly right ----------------------------------------------------------------------------------------------------


class KeysInAnyCase(AltServer, breaks="code.41"):
    """Compares keys without regard to letter case."""

    def read(self, call: Call) -> None:
        super().read(call)
        named = (one for key, one in self.accounts.items() if key.lower() == call.get("apiKey").lower())
        call.found_account = next(named, None)


class KeysByTheirBeginning(AltServer, breaks="code.41"):
    """Takes what begins with a key for the key."""

    def read(self, call: Call) -> None:
        super().read(call)
        named = (one for key, one in self.accounts.items() if call.get("apiKey").startswith(key))
        call.found_account = next(named, None)


class TrimsActions(AltServer, breaks="code.42"):
    """Trims actions."""

    def find_method(self, action: str) -> Method:
        return super().find_method(action.strip())


class LastPartOfActions(AltServer, breaks="code.42"):
    """Finds a method by its last part."""

    def find_method(self, action: str) -> Method:
        return next((one for name, one in self.methods.items() if name.endswith(action)), UNKNOWN)


class _FindsNearly(AltServer):
    """Finds collections by what is nearly their hash."""

    def check_collection(self, call: Call) -> None:
        wanted, known = call.get("collectionHash"), call.account.collections
        call.params["collectionHash"] = next((one for one in known if self.is_like(one, wanted)), wanted)
        super().check_collection(call)

    def is_like(self, known: str, wanted: str) -> bool:
        """Whether a hash is taken for another."""
        raise NotImplementedError


class HashesInAnyCase(_FindsNearly, breaks="code.43-unknown"):
    """Compares hashes without regard to letter case."""

    def is_like(self, known: str, wanted: str) -> bool:
        return known == wanted.lower()


class TrimsHashes(_FindsNearly, breaks="code.43-unknown"):
    """Trims hashes."""

    def is_like(self, known: str, wanted: str) -> bool:
        return known == wanted.strip()


class HashesByTheirBeginning(_FindsNearly, breaks="code.43-unknown"):
    """Finds a collection by the beginning of its hash."""

    def is_like(self, known: str, wanted: str) -> bool:
        return len(wanted) > 3 and known.startswith(wanted)


class HashesFoldedToLetters(_FindsNearly, breaks="code.43-unknown"):
    """Finds a collection by letters of another width."""

    def is_like(self, known: str, wanted: str) -> bool:
        return known == unicodedata.normalize("NFKC", wanted)


class TrimsSignatures(AltServer, breaks="code.44"):
    """Trims signatures."""

    def is_signed(self, call: Call) -> bool:
        return call.get("signature").strip() == self.signature(call, call.account.secret)


class SignaturesByTheirBeginning(AltServer, breaks="code.44"):
    """Compares as much of a signature as was sent."""

    def is_signed(self, call: Call) -> bool:
        return self.signature(call, call.account.secret).startswith(call.get("signature"))


class NamesInAnyCase(AltServer, breaks="code.30"):
    """Finds required parameters in any letter case."""

    def parameters(self, pairs: list[tuple[str, str]]) -> dict[str, str]:
        known = {name.lower(): name for name in ("apiKey", "action", "signature")}
        return {known.get(name.lower(), name): value for name, value in pairs}


class RefusesPhotographs(AltServer, breaks="code.45"):
    """Knows a JPG by its JFIF header, and refuses those of cameras, which begin with Exif."""

    def kind_of(self, file: Upload) -> str:
        kind = super().kind_of(file)
        return "" if kind == "jpg" and file.content[3:4] == b"\xe1" else kind


class IgnoresTheCaseOfHashes(AltServer, breaks="code.43-unknown"):
    """Finds a collection whatever the letter case of its hash, as a database does whose collation ignores it."""

    def check_collection(self, call: Call) -> None:
        sent = call.get("collectionHash")
        if call.method.for_collection and sent not in call.account.collections:
            known = {one.lower(): one for one in call.account.collections}
            call.params["collectionHash"] = known.get(sent.lower(), sent)
        super().check_collection(call)


class PadsKeys(AltServer, breaks="code.41"):
    """Ignores blanks at the end of a key, as a database does that pads what it compares."""

    def read(self, call: Call) -> None:
        super().read(call)
        call.found_account = self.accounts.get(call.get("apiKey").rstrip(" "))


class ComparesTheGivenLength(AltServer, breaks="code.44"):
    """Compares as many digits as the caller sent."""

    def is_signed(self, call: Call) -> bool:
        return self.signature(call, call.account.secret).startswith(call.get("signature"))


class UploadHostStaysUp(AltServer, breaks="code.22"):
    """Takes uploads during maintenance: the upload host has a switch of its own, which is forgotten."""

    def check_maintenance(self, call: Call) -> None:
        if call.method.host != "upload":
            super().check_maintenance(call)


class SameFileTwice(AltServer, breaks="code.36"):
    """Takes two files of the same content for one."""

    def documents(self, call: Call) -> list[Upload]:
        files = sorted(super().documents(call), key=lambda one: one.part == "file")
        return list({one.content: one for one in files}.values())


class SaysWhichValue(AltServer, breaks="code.40"):
    """Adds to the message of code 40 what was wrong, where that was a value."""

    def message(self, call: Call, code: int) -> str:
        is_value = code == 40 and call.method.types and not call.is_malformed
        return super().message(call, code) + (": a value" if is_value else "")
