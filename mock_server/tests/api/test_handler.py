from collections.abc import Callable
from typing import NamedTuple
from urllib.parse import urlencode

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from lxml import etree
from mock_server.tests.conftest import KEY, START, Door, decoded, make_door, signed
from mock_server.tests.faults.conftest import account
from mock_server.tests.formats import tree_of

from flipsnack_mock.api.checks import CHECKS
from flipsnack_mock.protocol.checks import STEPS
from flipsnack_mock.protocol.errors import CATALOGUE
from flipsnack_mock.protocol.messages import Response
from flipsnack_mock.protocol.methods import UNBUILT
from flipsnack_mock.state.account import Collection
from flipsnack_mock.state.behaviour import Behaviour
from flipsnack_mock.state.journal import Entry

FORM = "application/x-www-form-urlencoded"


def maintenance(door: Door) -> None:
    door.world.maintenance = True


def used_up(door: Door) -> None:
    account(door).counted, account(door).behaviour = [START], Behaviour(requests_per_second=1)


def deleted(door: Door) -> None:
    account(door).collections["mock-complete"] = Collection(hash="mock-complete", deleted=True)


class Spoilt(NamedTuple):
    """One thing that is wrong with a call: the check that must find it, and the code that it has."""

    check: str
    code: int
    name: str
    params: dict[str, str | None] = {}  # noqa: RUF012 - never changed
    method: str = "GET"
    path: str = "/v1/"
    tail: bytes = b""
    prepare: Callable[[Door], None] = lambda _door: None


SPOILT = (
    Spoilt("well-formed", 40, "a broken escape", tail=b"&x=%zz"),
    Spoilt("well-formed", 40, "a parameter twice", tail=b"&x=1&x=1"),
    Spoilt("well-formed", 40, "another path", path="/v1/collections"),
    Spoilt("well-formed", 40, "another verb", method="PUT"),
    Spoilt("format", 40, "an unknown format", {"format": "yaml"}),
    Spoilt("format", 30, "jsonp without callback", {"format": "jsonp"}),
    Spoilt("format", 40, "jsonp with code as callback", {"format": "jsonp", "callback": "alert(1)"}),
    Spoilt("maintenance", 22, "maintenance", prepare=maintenance),
    Spoilt("required", 30, "no apiKey", {"apiKey": None}),
    Spoilt("required", 30, "no signature", {"signature": None}),
    Spoilt("required", 30, "no action", {"action": None}),
    Spoilt("required", 30, "an empty action", {"action": ""}),
    Spoilt("key", 41, "an unknown key", {"apiKey": "nobody"}),
    Spoilt("limits", 31, "too many requests", prepare=used_up),
    Spoilt("action", 42, "an unknown action", {"action": "collection.downloadhtml"}),
    Spoilt("verb", 40, "a POST", method="POST"),
    Spoilt("signature", 44, "a wrong signature", {"signature": "0" * 32}),
    Spoilt("parameters", 30, "no collectionHash", {"collectionHash": None}),
    Spoilt("parameters", 30, "an empty collectionHash", {"collectionHash": ""}),
    Spoilt("collection", 43, "a foreign collection", {"collectionHash": "d3m0h45h"}),
    Spoilt("collection", 43, "an unknown collection", {"collectionHash": "nowhere"}),
    Spoilt("collection", 43, "a deleted collection", prepare=deleted),
)
PAIRS = [
    (first, second)
    for index, first in enumerate(SPOILT)
    for second in SPOILT[index + 1 :]
    if first.check != second.check
    and not first.params.keys() & second.params.keys()
    # A request can have one verb and one path, and a key nobody has is in nobody's window.
    and not (first.method != "GET" and second.method != "GET")
]


def answer(*spoilt: Spoilt, **changes: str | None) -> tuple[Response, Entry]:
    door = make_door()
    for one in spoilt:
        one.prepare(door)
    merged = changes | {name: value for one in spoilt for name, value in one.params.items()}
    response = door.send(
        urlencode(signed(**merged)).encode() + b"".join(one.tail for one in spoilt),
        method=next((one.method for one in spoilt if one.method != "GET"), "GET"),
        path=next((one.path for one in spoilt if one.path != "/v1/"), "/v1/"),
    )
    return response, door.entry


@pytest.mark.parametrize(("first", "second"), PAIRS, ids=lambda one: one.name)
def test_of_two_faults_the_earlier_check_finds_its_own(first: Spoilt, second: Spoilt) -> None:
    response, entry = answer(first, second)
    assert first.check == entry.failed
    assert first.code == decoded(response)["code"]


def test_the_checks_stand_in_the_order_of_the_ledger() -> None:
    assert list(STEPS) == list(dict.fromkeys(one.check for one in SPOILT))
    assert len(CHECKS) == len(STEPS)


@pytest.mark.parametrize(
    ("spoilt", "fmt"),
    [(one, fmt) for one in SPOILT for fmt in (None, "json", "jsonp", "xml") if fmt is None or one.check != "format"],
    ids=lambda value: getattr(value, "name", value),
)
def test_each_fault_of_a_call_has_its_code_in_the_format_that_was_asked_for(spoilt: Spoilt, fmt: str | None) -> None:
    """But a query that cannot be read asks for none, so it is JSON; as is the answer to a format that cannot be had."""
    response, entry = answer(spoilt, format=fmt, callback="my.callback" if fmt == "jsonp" else None)
    expected = {"code": str(spoilt.code), "status": CATALOGUE[spoilt.code].message}
    assert isinstance(response.body, bytes)
    said_in = "json" if spoilt.tail else fmt or "json"
    assert expected == tree_of(response.body, said_in, "my.callback")
    assert (said_in == "jsonp") == (("X-Content-Type-Options", "nosniff") in response.headers)
    assert (200, spoilt.check) == (response.http_status, entry.failed)
    assert CONTENT_TYPES[said_in] == response.content_type.partition(";")[0]


CONTENT_TYPES = {"json": "application/json", "xml": "application/xml", "jsonp": "application/javascript"}


@pytest.mark.parametrize("fmt", ["", "json", "jsonp", "xml"])
def test_a_call_is_carried_out_in_every_format(door: Door, fmt: str) -> None:
    response = door.send(urlencode(signed(format=fmt, callback="f", collectionHash="mock-processing")))
    assert isinstance(response.body, bytes)
    assert b"PROCESSING" in response.body
    assert (fmt or "json") == door.entry.fmt


@pytest.mark.parametrize(
    ("method", "path", "expected"),
    [
        *[("GET", path, 20) for path in ("/v1", "/v1/")],
        *[("GET", path, 40) for path in ("/v1/x", "/v1//", "/v1/v1/", "/v1/é", "/v1/\ufffd")],
        *[(method, "/v1/", 40) for method in ("HEAD", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "BREW")],
    ],
)
def test_any_other_path_and_any_other_verb_is_code_40(door: Door, method: str, path: str, expected: int) -> None:
    assert expected == decoded(door.send(urlencode(signed()), method=method, path=path))["code"]


@pytest.mark.parametrize(("in_body", "content_type"), [(True, FORM), (False, ""), (False, FORM)])
@pytest.mark.parametrize(("lenient", "expected"), [(False, 40), (True, 20)])
def test_a_post_is_refused_unless_a_setting_is_lenient(
    in_body: bool, content_type: str, lenient: bool, expected: int
) -> None:
    door, raw = make_door(lenient_post=lenient), urlencode(signed())
    query, body = ("", raw.encode()) if in_body else (raw, b"")
    response = door.send(query, method="POST", content_type=content_type, body=body)
    assert expected == decoded(response)["code"]


@pytest.mark.parametrize(
    ("changes", "expected"), [({"apiKey": "nobody"}, 41), ({"apiKey": None}, 30), ({"action": "x"}, 42), ({}, 40)]
)
def test_credentials_come_before_the_verb(door: Door, changes: dict[str, str | None], expected: int) -> None:
    """A form that is posted is parsed and judged first, as the one public client of the API saw it."""
    body = urlencode(signed(**changes)).encode()
    assert expected == decoded(door.send(method="POST", content_type=FORM, body=body))["code"]


def test_a_parameter_in_query_and_body_is_there_twice(door: Door) -> None:
    response = door.send("apiKey=a", method="POST", content_type=FORM, body=b"apiKey=a")
    assert (40, "request.duplicate-parameter") == (decoded(response)["code"], door.entry.rule)
    assert 20 == decoded(door.send(urlencode(signed()), content_type=FORM, body=b"apiKey=a&x=%zz"))["code"]


UPLOAD = signed(action="collection.create", signature="0")
API, UPLOADS = "API.flipsnack.com:443", "upload.flipsnack.com"


@pytest.mark.parametrize(
    ("host", "method", "call", "expected"),
    [
        ("", "GET", signed(), 20),
        ("localhost:3547", "GET", signed(), 20),
        (API, "GET", signed(), 20),
        (UPLOADS, "GET", signed(), 40),
        (UPLOADS, "POST", UPLOAD, 44),
        ("localhost", "POST", UPLOAD, 44),
        # The api host does not know the method.
        (API, "POST", UPLOAD, 42),
        (API, "GET", UPLOAD, 40),
        (UPLOADS, "GET", UPLOAD, 40),
    ],
)
def test_under_the_vendors_own_names_the_host_decides_and_under_others_the_verb(
    door: Door, host: str, method: str, call: dict[str, str], expected: int
) -> None:
    assert expected == decoded(door.send(urlencode(call), method=method, host=host))["code"]
    assert {20: "", 44: "signature"}.get(expected, "verb") == door.entry.failed


def test_a_setting_refuses_an_upload_to_the_api_host_as_malformed() -> None:
    response = make_door(upload_on_api_host=40).send(urlencode(UPLOAD), method="POST", host=API)
    assert 40 == decoded(response)["code"]


@pytest.mark.parametrize("action", sorted(UNBUILT))
def test_a_method_that_is_not_built_is_refused_loudly(door: Door, action: str) -> None:
    response = door.send(urlencode(signed(action=action, signature="0", format="xml")))
    message = f"this fake does not imitate {action}: {UNBUILT[action].why}"
    assert {"error": {"type": "not_built", "message": message, "action": action}} == decoded(response)
    assert 501 == response.http_status
    assert 41 == door.code(action=action, apiKey="nobody")
    retired = make_door(retired_methods=42).send(urlencode(signed(action=action)))
    assert (200 if UNBUILT[action].retired else 501) == retired.http_status


def test_a_setting_gives_codes_other_messages() -> None:
    assert "Invalid collection hash" == make_door(invalid_hash=46).call(collectionHash="no hash")["status"]
    renamed = make_door(invalid_hash=46, code_messages={46: "Invalid hash"})
    assert {"code": 46, "status": "Invalid hash"} == renamed.call(collectionHash="no hash")
    assert 43 == renamed.code(collectionHash="fxh4k89")


def test_a_setting_gives_codes_other_http_statuses() -> None:
    door = make_door(http_statuses={41: 401, 20: 202})
    calls = [signed(apiKey="nobody"), signed(), signed(signature="0")]
    assert [401, 202, 200] == [door.send(urlencode(call)).http_status for call in calls]


def test_maintenance_of_one_account_is_seen_by_no_other(door: Door) -> None:
    account(door).maintenance = True
    assert [22, 22] == [door.code(), door.code(action=None)]
    assert 41 == door.code(apiKey="nobody")
    assert 20 == door.call(signed("secret-test-other", apiKey="test-other"))["code"]


def test_limits_are_exact_on_the_accounts_clock() -> None:
    door = make_door(requests_per_second=1)
    for step, code in ((0, 20), (999_999, 31), (1, 20)):
        door.now += step
        assert code == door.code()


@pytest.mark.parametrize(
    ("changes", "codes"),
    [({"apiKey": "nobody"}, [41, 20]), ({"action": None}, [30, 20]), ({"signature": "0"}, [44, 31])],
)
def test_a_request_counts_when_it_comes_as_far_as_the_limits(changes: dict[str, str | None], codes: list[int]) -> None:
    door = make_door(requests_per_second=1)
    assert codes == [door.code(**changes), door.code()]


TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=10)


@given(extra=st.dictionaries(TEXT.filter(lambda name: name not in ("", "format", "callback")), TEXT, max_size=4))
@example(extra={"collectionHash": "mock-complete\ud7ff"})
def test_a_right_signature_is_never_refused(extra: dict[str, str]) -> None:
    params = signed(**extra) if "signature" not in extra else signed()
    assert 44 != make_door().call(params)["code"]


@given(data=st.data())
def test_another_secret_and_tampering_with_any_value_is_code_44(data: st.DataObject) -> None:
    assert 44 == make_door().call(signed("secret-test-other"))["code"]
    params = signed(note="x", Übung="1 2")
    name = data.draw(st.sampled_from([name for name in params if name not in ("action", "apiKey")]))
    params[name] += data.draw(TEXT.filter(bool))
    assert 44 == make_door().call(params)["code"]


@given(raw=st.binary(max_size=120), method=st.sampled_from(["GET", "POST", "PUT"]), body=st.binary(max_size=120))
@example(raw=b"apiKey=test-a&signature=x&action=flipbook.add", method="GET", body=b"")
def test_whatever_is_sent_is_answered(raw: bytes, method: str, body: bytes) -> None:
    response = make_door().send(raw, method=method, body=body, content_type=FORM)
    assert ("code" if response.http_status == 200 else "error") in decoded(response)
    assert response.http_status in (200, 501)


def resource_url(door: Door) -> str:
    return str(door.call()["data"]["resourceUrl"])


def test_a_resource_url_serves_the_package_for_a_minute_of_the_accounts_clock(door: Door) -> None:
    url = resource_url(door)
    for passed, status, content_type in ((60_000_000 - 1, 200, "application/zip"), (1, 403, "application/xml")):
        door.now += passed
        response = door.fetch(url)
        assert (status, content_type) == (response.http_status, response.content_type)
    assert isinstance(response.body, bytes)
    assert "AccessDenied" == etree.fromstring(response.body).findtext("Code")


def test_nothing_is_served_to_another_verb_of_a_deleted_collection_or_of_an_unknown_account(door: Door) -> None:
    url, nowhere = resource_url(door), "/packages/00000000000/h/x.zip?Expires=1&Signature=A&Key-Pair-Id=K"
    assert [403] * 4 == [door.fetch(url, method=method).http_status for method in ("POST", "PUT", "DELETE", "OPTIONS")]
    deleted(door)
    assert [403, 403] == [door.fetch(one).http_status for one in (url, nowhere)]


def test_a_link_from_before_a_reset_serves_nothing_even_when_the_package_is_built_again(door: Door) -> None:
    link = resource_url(door)
    door.world.reset_account(KEY)
    assert 403 == door.fetch(link).http_status
    resource_url(door)
    assert 403 == door.fetch(link).http_status


def test_a_download_counts_for_no_limit() -> None:
    door = make_door(requests_per_second=1)
    url = resource_url(door)
    assert [200] * 9 == [door.fetch(url).http_status for _ in range(9)]


@pytest.mark.parametrize(("action", "meant"), [("collection.downloadHtml", True), ("collection.delete", False)])
def test_the_journal_names_the_method_that_differs_only_in_its_letters(door: Door, action: str, meant: bool) -> None:
    assert 42 == door.code(action=action)
    assert meant is ("did you mean collection.downloadHTML?" in door.entry.detail)
