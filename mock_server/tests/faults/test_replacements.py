from typing import Any
from urllib.parse import urlencode

import pytest
from mock_server.tests.conftest import SECOND, Door, make_door, signed
from mock_server.tests.faults.conftest import account, answer, arrange

from flipsnack_mock.faults.replacements import Outage, Redirect, VendorCode, Verbatim
from flipsnack_mock.faults.rules import When


def test_a_code_is_answered_with_the_message_given_and_the_status_set(door: Door) -> None:
    arrange(door, VendorCode(code=99, message="Something new"))
    assert {"code": 99, "status": "Something new"} == door.call()
    with_statuses = make_door(http_statuses={31: 429})
    arrange(with_statuses, VendorCode(code=31))
    assert [429, 200] == [answer(each).http_status for each in (with_statuses, door)]


@pytest.mark.parametrize(
    "fault", [VendorCode(code=31), Verbatim(status=502), Redirect(), Outage(), Outage(answer="reset")]
)
def test_what_answers_instead_leaves_everything_as_it_was(fault: Any) -> None:
    door = make_door(requests_per_second=1)
    arrange(door, fault, count=3)
    for _ in range(3):
        answer(door, collectionHash="mock-after-1-polls")
    assert {} == account(door).collections
    assert [] == account(door).counted
    assert "PROCESSING" == door.call(collectionHash="mock-after-1-polls")["data"]["status"]


def test_a_status_is_answered_with_its_body_type_and_headers(door: Door) -> None:
    arrange(
        door, Verbatim(status=429, body="later\n", content_type="text/x-later", headers={"Retry-After": "3"}), count=1
    )
    response = answer(door)
    assert (429, "text/x-later", b"later\n") == (response.http_status, response.content_type, response.body)
    assert (("Retry-After", "3"),) == response.headers


def test_a_redirect_without_a_location_leads_back_to_the_request(door: Door) -> None:
    arrange(door, Redirect(), count=1)
    query = urlencode(signed())
    response = door.send(query)
    assert 302 == response.http_status
    assert (("Location", f"http://fake.test/v1/?{query}"),) == response.headers


def test_an_outage_lasts_its_span_of_virtual_time(door: Door) -> None:
    """For 30 s of the account's clock calls and downloads get 503; faults are checked before maintenance."""
    url = door.call()["data"]["resourceUrl"]
    account(door).maintenance = True
    arrange(door, Outage(), when=When(seconds=30))
    seen = []
    for _ in range(2):
        seen += [answer(door).http_status, door.fetch(url).http_status]
        door.now += 30 * SECOND
    assert [503, 503, 200, 200] == seen
    assert 22 == door.call()["code"]
