"""Every code of the vendor's table can be had from every method, and every answer in every format."""

import datetime
from urllib.parse import urlencode

import msgspec
import pytest
from mock_server.tests.conftest import DOCUMENT, KEY, SECRET, Door, make_door, signed
from mock_server.tests.faults.conftest import arrange
from mock_server.tests.formats import tree_of

from flipsnack_mock.faults.replacements import VendorCode
from flipsnack_mock.faults.rules import When
from flipsnack_mock.protocol.errors import CATALOGUE
from flipsnack_mock.protocol.methods import METHODS
from flipsnack_mock.state.seeds import SeedAccount, SeedCollection
from flipsnack_mock.state.statistics import DayStatistics, PageStatistics

CALLBACK = "f"
FORMATS = ("json", "jsonp", "xml")
NEEDS_HASH = {
    name: any(one.name == "collectionHash" and one.required for one in method.parameters)
    for name, method in METHODS.items()
}
DAY = DayStatistics(day=datetime.date(2026, 1, 1), pages=(PageStatistics(page=1, views=3),))
COLLECTIONS = tuple(
    SeedCollection(hash=name, title=f"<{name}> & co", schedule="immediate", statistics=(DAY,))
    for name in ("one", "two")
)


def said(door: Door, action: str, fmt: str, collection_hash: str = "one", file_name: str = "a.pdf") -> object:
    """The answer of a method to a good call, in one of the formats."""
    method = METHODS[action]
    params = {"action": action, "format": fmt, "callback": CALLBACK if fmt == "jsonp" else None}
    call = signed(**params, collectionHash=collection_hash if NEEDS_HASH[action] else None, includePageStats="true")
    files = (msgspec.structs.replace(DOCUMENT, file_name=file_name),) if method.verb == "POST" else ()
    response = door.send(urlencode(call), method=method.verb, files=files)
    assert isinstance(response.body, bytes)
    return tree_of(response.body, fmt, CALLBACK)


@pytest.mark.parametrize("fmt", FORMATS)
@pytest.mark.parametrize("code", sorted(CATALOGUE))
def test_a_fault_and_a_magic_name_bring_every_code_in_every_format(code: int, fmt: str) -> None:
    expected = {"code": str(code), "status": CATALOGUE[code].message}
    faulty, magic = make_door(), make_door()
    for action in METHODS:
        arrange(faulty, VendorCode(code=code), when=When(action=action))
    assert dict.fromkeys(METHODS, expected) == {action: said(faulty, action, fmt) for action in METHODS}
    asking = [action for action, needs_hash in NEEDS_HASH.items() if needs_hash] + ["collection.create"]
    name = f"mock-error-{code}"
    assert dict.fromkeys(asking, expected) == {
        action: said(magic, action, fmt, name, f"{name}.pdf") for action in asking
    }


@pytest.mark.parametrize("action", METHODS)
def test_a_method_says_the_same_in_every_format_lists_too(action: str) -> None:
    seed = SeedAccount(KEY, SECRET, COLLECTIONS)
    json, jsonp, xml = (said(make_door(seed=(seed,)), action, fmt) for fmt in FORMATS)
    assert {"code": "20", "status": "OK"}.items() <= json.items()  # type: ignore[attr-defined]
    assert json == jsonp == xml
