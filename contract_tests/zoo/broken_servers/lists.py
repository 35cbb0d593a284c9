"""Servers that list wrongly, and that write lists and titles wrongly."""

from contract_tests.zoo.alt_server import AltServer
from contract_tests.zoo.alt_server.accounts import Account, Collection
from contract_tests.zoo.alt_server.answers import ILLEGAL, Fields
from contract_tests.zoo.alt_server.request import Call

Found = list[Collection]


class ListsOldTitles(AltServer, breaks="list.own"):
    """Lists the title that a collection began with."""

    first: dict[str, str] = {}

    def get_list(self, call: Call) -> Fields:
        data = super().get_list(call)
        entries = [
            {**one, "collectionTitle": self.first.setdefault(one["collectionHash"], one["collectionTitle"])}
            for one in data["collections"]
        ]
        return {**data, "collections": entries}


class ListsForeign(AltServer, breaks="list.own"):
    """Lists the collections of every key."""

    def own(self, account: Account) -> Found:
        return [found for one in self.accounts.values() for found in AltServer.own(self, one)]


class HidesTheUnconverted(AltServer, breaks="list.own"):
    """Lists only what is converted."""

    def own(self, account: Account) -> Found:
        return [one for one in super().own(account) if self.conversion_state(one, account.now) != "PROCESSING"]


class ListsThePublished(AltServer, breaks="list.own"):
    """Lists nothing editable unless it is asked for it."""

    def is_wanted(self, call: Call, collection: Collection) -> bool:
        is_hidden = collection.status == "editable" and not call.get("collectionStatus")
        return super().is_wanted(call, collection) and not is_hidden


class EditableIsUnlisted(AltServer, breaks="list.status"):
    """Counts editable collections as unlisted."""

    def is_wanted(self, call: Call, collection: Collection) -> bool:
        also = call.get("collectionStatus") == "unlisted" and collection.status == "editable"
        return (also and self.matches(call.get("query"), collection)) or super().is_wanted(call, collection)


class IgnoresTheStatus(AltServer, breaks="list.status"):
    """Lists every status."""

    def is_wanted(self, call: Call, collection: Collection) -> bool:
        return self.matches(call.get("query"), collection)


class UnlistedIsPublic(AltServer, breaks="list.status"):
    """Counts unlisted collections as public."""

    def is_wanted(self, call: Call, collection: Collection) -> bool:
        also = call.get("collectionStatus") == "public" and collection.status == "unlisted"
        return (also and self.matches(call.get("query"), collection)) or super().is_wanted(call, collection)


class SearchesTitles(AltServer, breaks="list.query"):
    """Searches titles only."""

    def matches(self, query: str, collection: Collection) -> bool:
        return query.casefold() in collection.title.casefold()


class MindsTheCase(AltServer, breaks="list.query"):
    """Searches with regard to letter case."""

    def matches(self, query: str, collection: Collection) -> bool:
        return query in collection.title or query in collection.description


class SearchesBeginnings(AltServer, breaks="list.query"):
    """Searches the first thousand letters."""

    def matches(self, query: str, collection: Collection) -> bool:
        return (
            query.casefold() in collection.title.casefold()
            or query.casefold() in collection.description[:1000].casefold()
        )


class WholeWords(AltServer, breaks="list.query"):
    """Finds whole words only."""

    def matches(self, query: str, collection: Collection) -> bool:
        texts = f" {collection.title} {collection.description} ".casefold()
        return not query or f" {query.casefold()} " in texts


class EmptyFindsNothing(AltServer, breaks="list.query"):
    """Finds nothing with an empty query."""

    def is_wanted(self, call: Call, collection: Collection) -> bool:
        return super().is_wanted(call, collection) and call.params.get("query") != ""


class EndIsNotIn(AltServer, breaks="list.range"):
    """Leaves out the end of the range."""

    def in_range(self, call: Call, found: Found) -> Found:
        part = super().in_range(call, found)
        return part[: int(call.get("to")) - int(call.get("from") or 0)] if call.get("to") else part


class CountsFromOne(AltServer, breaks="list.range"):
    """Counts the list from 1."""

    def in_range(self, call: Call, found: Found) -> Found:
        last = int(call.get("to")) if call.get("to") else None
        return found[max(0, int(call.get("from") or 1) - 1) : last]


class EndIsALength(AltServer, breaks="list.range"):
    """Takes the end for a length."""

    def in_range(self, call: Call, found: Found) -> Found:
        rest = found[int(call.get("from") or 0) :]
        return rest[: int(call.get("to"))] if call.get("to") else rest


class NeedsBothEnds(AltServer, breaks="list.range"):
    """Ignores one end alone."""

    def in_range(self, call: Call, found: Found) -> Found:
        return super().in_range(call, found) if {"from", "to"} <= call.params.keys() else found


class AtMostTwenty(AltServer, breaks="list.range"):
    """Lists twenty when no range is given."""

    def in_range(self, call: Call, found: Found) -> Found:
        part = super().in_range(call, found)
        return part if call.get("to") else part[:20]


class AtMostAHundred(AltServer, breaks="list.range"):
    """Lists a hundred at most."""

    def in_range(self, call: Call, found: Found) -> Found:
        return super().in_range(call, found)[:100]


class BeginsIn32Bits(AltServer, breaks="list.range"):
    """Keeps the beginning of a range in 32 bits."""

    def in_range(self, call: Call, found: Found) -> Found:
        part = super().in_range(call, found)
        return found[int(call.get("from")) % 2**32 :] if int(call.get("from") or 0) >= 2**32 else part


class EmptyRange(AltServer, breaks="list.range-order"):
    """Lists nothing when the range ends before it begins."""

    ranges = tuple(one for one in AltServer.ranges if one[0] != "from")

    def in_range(self, call: Call, found: Found) -> Found:
        is_wrong = int(call.get("to") or 10**9) < int(call.get("from") or 0)
        return [] if is_wrong else super().in_range(call, found)


class CountsThePart(AltServer, breaks="list.count"):
    """Counts what it lists."""

    def count(self, _found: Found, part: Found) -> int:
        return len(part)


class CountsAll(AltServer, breaks="list.count"):
    """Counts what does not fit the query, too."""

    def get_list(self, call: Call) -> Fields:
        return {**super().get_list(call), "collectionCount": len(self.own(call.account))}


class OldestFirst(AltServer, breaks="list.order"):
    """Lists the oldest first."""

    def ordered(self, call: Call, found: Found) -> Found:
        return super().ordered(call, found) if call.get("orderBy") else found[::-1]


class IgnoresTheDirection(AltServer, breaks="list.order"):
    """Orders upwards always."""

    def ordered(self, call: Call, found: Found) -> Found:
        call.params.pop("orderMode", None)
        return super().ordered(call, found)


class DateDownwards(AltServer, breaks="list.order"):
    """Orders by date with the newest first unless asc is asked for."""

    def ordered(self, call: Call, found: Found) -> Found:
        is_plain = call.get("orderBy") == "date" and not call.get("orderMode")
        return found if is_plain else super().ordered(call, found)


class CapitalsFirst(AltServer, breaks="list.order"):
    """Orders names by code point, capitals first."""

    def ordered(self, call: Call, found: Found) -> Found:
        if call.get("orderBy") != "name":
            return super().ordered(call, found)
        return sorted(found, key=lambda one: one.title, reverse=call.get("orderMode") == "desc")


class DirectionNeedsAnOrder(AltServer, breaks="list.order"):
    """Ignores a direction without an order."""

    def ordered(self, call: Call, found: Found) -> Found:
        return super().ordered(call, found) if call.get("orderBy") else found


class NameIsTheHash(AltServer, breaks="list.order"):
    """Orders by hash for name."""

    def ordered(self, call: Call, found: Found) -> Found:
        if call.get("orderBy") != "name":
            return super().ordered(call, found)
        return sorted(found, key=lambda one: one.hash, reverse=call.get("orderMode") == "desc")


# --- how lists and texts are written


class TenItems(AltServer, breaks="answer.xml-lists"):
    """Writes ten items of a list in XML at most."""

    def element(self, name: str, value: object) -> str:
        return super().element(name, value[:10] if isinstance(value, list) else value)


class NoEmptyLists(AltServer, breaks="answer.xml-lists"):
    """Leaves empty lists out of XML."""

    def element(self, name: str, value: object) -> str:
        return "" if value == [] else super().element(name, value)


class RepeatsElements(AltServer, breaks="answer.xml-lists"):
    """Writes a list in XML as one element after the other, without one around them."""

    def element(self, name: str, value: object) -> str:
        if isinstance(value, list):
            return "".join(self.element(name, one) for one in value)
        return super().element(name, value)


class OneIsNoList(AltServer, breaks="answer.xml-lists"):
    """Writes a list of one in XML without its item."""

    def element(self, name: str, value: object) -> str:
        return super().element(name, value[0] if isinstance(value, list) and len(value) == 1 else value)


class DropsCharacters(AltServer, breaks="answer.xml-illegal-characters"):
    """Drops what XML cannot hold."""

    def cleaned(self, value: object) -> object:
        return ILLEGAL.sub("", value) if isinstance(value, str) else super().cleaned(value)


class CleansOnlyXml(AltServer, breaks="answer.xml-illegal-characters"):
    """Replaces characters only where XML needs it."""

    def cleaned(self, value: object) -> object:
        return value

    def xml(self, said: Fields, call: Call) -> str:
        return super().xml(AltServer.cleaned(self, said), call)


class TrimsInXml(AltServer, breaks="answer.same-in-every-format"):
    """Trims texts in XML."""

    def xml_text(self, text: str) -> str:
        return super().xml_text(text.strip())


class ChangesLineEnds(AltServer, breaks="answer.same-in-every-format"):
    """Writes a carriage return in XML as it is, which a parser reads as the end of a line."""

    def xml_text(self, text: str) -> str:
        return super().xml_text(text).replace("&#13;", "\r")
