"""Every code of the vendor's table can be had from every method, and every answer in every format."""

import datetime
from urllib.parse import urlencode

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from mock_server.tests.conftest import DOCUMENT, KEY, SECRET, Door, decoded, make_door, signed
from mock_server.tests.faults.conftest import account, arrange
from mock_server.tests.formats import tree_of

from flipsnack_mock.faults.replacements import VendorCode
from flipsnack_mock.faults.rules import When
from flipsnack_mock.protocol.errors import CATALOGUE
from flipsnack_mock.protocol.methods import METHODS
from flipsnack_mock.state.account import Account
from flipsnack_mock.state.seeds import SeedAccount, SeedCollection
from flipsnack_mock.state.statistics import DayStatistics, PageStatistics

CALLBACK = "f"
FORMATS = ("json", "jsonp", "xml")
NEEDS_HASH = {
    name: any(one.name == "collectionHash" and one.required for one in method.parameters)
    for name, method in METHODS.items()
}
DAY = DayStatistics(date=datetime.date(2026, 1, 1), pages=(PageStatistics(page=1, views=3),))
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


COMMON = {20, 22, 30, 31, 32, 40, 41, 42, 44}
TEXTS = st.sampled_from(
    ["", "0", "1", "-1", "true", "x", "2024-01-31", "2024-02-30", "public", "editable", "name", "asc"]
)
TEXTS |= st.sampled_from(["https://a.test/b.pdf", "one", "being-converted", "nowhere", "no hash", "mock-failed"])
FILES = st.sampled_from(
    [
        (),
        (DOCUMENT,),
        (DOCUMENT, DOCUMENT),
        *[(msgspec.structs.replace(DOCUMENT, **one),) for one in ({"size": 0}, {"kind": ""}, {"pages": 1001})],
    ]
)


def _kept(of: Account) -> bytes:
    # Every request moves the clock on.
    return msgspec.json.encode(msgspec.structs.replace(of, latest=0))


@given(action=st.sampled_from(sorted(METHODS)), data=st.data())
def test_a_method_answers_with_the_codes_of_the_table_only_and_changes_nothing_when_it_refuses(
    action: str, data: st.DataObject
) -> None:
    busy = SeedCollection(hash="being-converted", conversion_schedule="never")
    door = make_door(seed=(SeedAccount(KEY, SECRET, (*COLLECTIONS, busy), {"2026-09": 999}),), invalid_hash=46)
    method = METHODS[action]
    for _ in range(3):
        names = st.sampled_from([one.name for one in method.parameters] or ["unknown"])
        params = data.draw(st.dictionaries(names, TEXTS, max_size=4))
        before = _kept(account(door))
        raw = urlencode(signed(action=action, **({"collectionHash": None} | params)))
        files = data.draw(FILES) if method.verb == "POST" else ()
        code = decoded(door.send(raw, method=method.verb, files=files))["code"]
        assert code in COMMON | {one.code for one in method.codes}
        if code not in (20, 38):
            assert before == _kept(account(door))
