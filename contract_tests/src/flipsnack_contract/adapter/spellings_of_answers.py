"""The same answer of the API in another spelling: in JSON, in JSONP and in XML."""

import json
import re
from collections.abc import Callable, Mapping

LETTER = re.compile(r'(?<=")[a-zA-Z](?=[^"\\]*")')
BEGINNING = re.compile(r"(?<=>)[A-Za-z0-9](?=[^<>]*<)")
CALL = re.compile(r"(?P<before>(?:/\*.*?\*/)?\s*[\w.$]+\s*\()(?P<value>.*)(?P<after>\)\s*;?\s*)", re.DOTALL)


def json_otherwise(body: str) -> str:
    """Members in the opposite order, with blanks, and the first letter of each text as a number; else as it is."""
    try:
        value = json.loads(body, object_pairs_hook=_reversed)
    except ValueError:
        return body
    return LETTER.sub(lambda one: f"\\u{ord(one[0]):04x}", json.dumps(value, indent=1))


def _reversed(members: list[tuple[str, object]]) -> dict[str, object]:
    return dict(reversed(members))


def jsonp_otherwise(body: str) -> str:
    """The value of the call as `json_otherwise` writes it."""
    called = CALL.fullmatch(body)
    return f"{called['before']} {json_otherwise(called['value'])} {called['after']}" if called else body


def xml_otherwise(body: str) -> str:
    """The first letter or digit of each text as a number."""
    return BEGINNING.sub(lambda one: f"&#{ord(one[0])};", body)


BY_TYPE: Mapping[str, Callable[[str], str]] = {
    "application/json": json_otherwise,
    "application/javascript": jsonp_otherwise,
    "xml": xml_otherwise,
}
"""How a body is written otherwise, by what is in its media type."""
