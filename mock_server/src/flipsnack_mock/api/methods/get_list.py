"""collection.getList: the collections of the account that match, in an order, or a range of them."""

from collections.abc import Iterator

from flipsnack_mock.api.call import Call
from flipsnack_mock.protocol.envelope import Tree
from flipsnack_mock.protocol.errors import BadRequest
from flipsnack_mock.state.account import Collection
from flipsnack_mock.state.magic import magic


def run(call: Call) -> Tree:
    """How many there are, and those of the range; magic ones are not listed, as every account has them all."""
    wanted = _range(call)
    found = _ordered(call, list(_matching(call)))
    part = found[wanted]
    count = len(part if call.behaviour.list_count == "listed" else found)
    return {"collectionCount": count, "collections": [_listed(one) for one in part]}


def _range(call: Call) -> slice:
    base = call.behaviour.list_base
    first = call.arguments.get("from", base)
    last = call.arguments.get("to")
    if first < base:
        raise BadRequest(f"from is {first}, the first index is {base}", rule="list.range")
    if last is not None and last < first:
        raise BadRequest(f"the range ends with {last}, before it begins with {first}", rule="list.range-order")
    return slice(first - base, None if last is None else last - base + 1)


def _matching(call: Call) -> Iterator[Collection]:
    status = call.arguments.get("collectionStatus")
    text = call.arguments.get("query", "").casefold()
    for one in call.account.collections.values():
        if one.deleted or magic(one.hash) is not None or status not in (None, one.status):
            continue
        if text in one.title.casefold() or text in one.description.casefold():
            yield one


def _ordered(call: Call, found: list[Collection]) -> list[Collection]:
    # An account keeps its collections in the order of their creation.
    by = call.arguments.get("orderBy")
    if by == "name":
        found.sort(key=lambda one: one.title.casefold())
    mode = call.arguments.get("orderMode", "desc" if by is None else "asc")
    return found if mode == "asc" else found[::-1]


def _listed(one: Collection) -> Tree:
    return {
        "collectionHash": one.hash,
        "collectionTitle": one.title,
        "collectionDescription": one.description,
        "collectionStatus": one.status,
    }
