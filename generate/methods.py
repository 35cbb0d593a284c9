"""The pages about the methods, from the method table and the rules ledger: `docs/methods/`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from urllib.parse import quote, urlencode

import msgspec

from flipsnack_mock import api
from flipsnack_mock.inspect.ledger import rules
from flipsnack_mock.inspect.provenance import METHOD_RULES
from flipsnack_mock.protocol.errors import CATALOGUE
from flipsnack_mock.protocol.messages import Request, UploadedFile
from flipsnack_mock.protocol.methods import (
    CERTAINTIES,
    COMMON_CODES,
    METHODS,
    OBJECTS,
    Field,
    Method,
    Parameter,
)
from flipsnack_mock.protocol.signature import sign
from flipsnack_mock.state.seeds import DOCUMENTED_ACCOUNTS
from flipsnack_mock.state.settings import Settings
from flipsnack_mock.state.world import World
from generate.markdown import table
from generate.sources import sources

ORIGIN = "http://localhost:3547"
_AT = 1_790_000_000_000_000
_DOCUMENT = UploadedFile("file", "document.pdf", 12_345, "0" * 64, "pdf", pages=12)
_OWN = {"collection.getStats": {"includePageStats": "true"}, "collection.create": {"title": "Spring catalogue"}}


def _index_table() -> str:
    """What each method does, how it is called, and how many of its parameters, fields and codes have each class."""
    rows = (
        (f"[`{name}`]({name}.md)", one.does, f"{one.verb}, {one.host} host", *_counts(one))
        for name, one in METHODS.items()
    )
    return table(("method", "what it does", "call", *CERTAINTIES), rows)


def _counts(method: Method) -> Iterator[str]:
    classes = [one.certainty for one in method.parameters] + [one.certainty for one in method.codes]
    classes += [field.certainty for _, fields in _objects(method) for field in fields]
    return (str(classes.count(certainty)) for certainty in CERTAINTIES)


def _objects(method: Method) -> Iterator[tuple[str, tuple[Field, ...]]]:
    """The fields of the answer's data, then those of each object in its lists."""
    yield "data", method.fields
    for field in method.fields:
        if field.items is not None:
            yield f"{field.name}[]", OBJECTS[field.items].fields


def pages() -> dict[str, str]:
    """The text of each page by its file name; `index.md` is the list of all."""
    return {"index.md": _index(), **{f"{name}.md": _page(method) for name, method in METHODS.items()}}


def _index() -> str:
    return f"""# The methods

The fake, the client and the judge know nine methods of v1. The table counts the parameters, the fields of the answer
and the codes of each method by [how well they are known](../fidelity.md).

{_index_table()}

The fake refuses [some other methods](../fidelity.md#not-imitated) with the reason.

{_GENERATED}
"""


def _listed(codes: Iterable[int]) -> str:
    *most, last = map(str, codes)
    return f"{', '.join(most)} and {last}"


_GENERATED = "`make generate` writes this page from `methods.toml` and `rules.toml`, the data of the judge."


def _page(method: Method) -> str:
    parts = [
        f"# {method.name}",
        f"{method.does[0].upper()}{method.does[1:]}: **{method.verb}** on the {method.host} host; "
        f"{method.certainty} ({sources(method.source)}).",
        "It is safe to repeat a call." if method.idempotent else "Each call repeats the effect.",
        "## Parameters",
        "Every call has `apiKey`, `action` and `signature`, and for other formats than JSON `format` and `callback`.",
        _parameters(method),
        "## Answer",
        _answer(method),
        "## Codes",
        _codes(method),
        "## Rules",
        "What the fake does, and the [setting](../reference/settings.md) that switches to a second plausible reading.",
        _rules(method),
        "## Example",
        _example(method),
        _GENERATED,
    ]
    return "\n\n".join(parts) + "\n"


def _parameters(method: Method) -> str:
    if not method.parameters:
        return "It takes no others."
    return table(("name", "what it is", "value", "known", "source"), (_parameter(one) for one in method.parameters))


def _parameter(one: Parameter) -> tuple[str, ...]:
    signed = "" if one.signed else "; not signed"
    required = "; required" if one.required else ""
    default = f"; `{one.default}` if absent" if one.default is not None else ""
    return f"`{one.name}`", one.does + signed, one.expected + required + default, one.certainty, sources(one.source)


def _answer(method: Method) -> str:
    if not method.fields:
        return "Code 20 without `data`."
    head = ("field", "what it is", "type", "present", "known", "source")
    return "\n\n".join(
        f"`{place}`:\n\n{table(head, (_field(one) for one in fields))}" for place, fields in _objects(method)
    )


def _field(one: Field) -> tuple[str, ...]:
    kind = ", ".join(f"`{word}`" for word in one.allowed) or one.type
    return f"`{one.name}`", one.does, kind, one.present, one.certainty, sources(one.source)


def _codes(method: Method) -> str:
    every = f"Every method can answer {_listed(COMMON_CODES)}; this one"
    if not method.codes:
        return f"{every} has no others."
    rows = ((str(one.code), CATALOGUE[one.code].message, one.certainty, sources(one.source)) for one in method.codes)
    return f"{every} also these:\n\n{table(('code', 'message', 'known', 'source'), rows)}"


def _rules(method: Method) -> str:
    known = [rules()[name] for name in METHOD_RULES[method.name]]
    rows = (
        (f"`{one['id']}`", one["statement"], one["class"], f"`{one['setting']}`" if "setting" in one else "")
        for one in known
    )
    return table(("rule", "statement", "known", "setting"), rows)


def _example(method: Method) -> str:
    account = next(one for one in DOCUMENTED_ACCOUNTS if method.name != "collection.getStats" or one.key[0] == "4")
    params = {"action": method.name, "apiKey": account.key, **_OWN.get(method.name, {})}
    if any(one.required and one.name == "collectionHash" for one in method.parameters):
        params["collectionHash"] = account.collections[0].hash
    params["signature"] = sign(account.secret, params)
    query, files = urlencode(params, quote_via=quote), (_DOCUMENT,) if method.verb == "POST" else ()
    request = Request(method.verb, "/v1/", query.encode(), _AT, ORIGIN, files=files)
    response, _ = api.handle(request, World(Settings()))
    assert isinstance(response.body, bytes)
    answer = msgspec.json.format(response.body).decode()
    return f"```console\n$ {_command(method, params, query)}\n```\n\n```json\n{answer}\n```"


def _command(method: Method, params: dict[str, str], query: str) -> str:
    if method.verb == "GET":
        return f"curl '{ORIGIN}/v1/?{query}'"
    fields = " \\\n    ".join(f"-F '{name}={value}'" for name, value in params.items())
    return f"curl {ORIGIN}/v1/ \\\n    {fields} \\\n    -F 'file=@document.pdf'"
