import io
import json
import zipfile
from typing import Any
from urllib.parse import urlencode

import pytest
import requests
from mock_server.tests.raw_socket import curl, link, query

from flipsnack_mock.testing import MockServer


def test_a_wrong_byte_reaches_the_client(server: MockServer) -> None:
    url = link(server, "test-wrong-byte")
    server.admin.account("test-wrong-byte").faults.add("wrong-byte")
    assert zipfile.ZipFile(io.BytesIO(requests.get(url, timeout=10).content)).testzip() is not None


def test_a_part_with_the_wrong_byte_has_it(server: MockServer) -> None:
    """Of a range, the byte is wrong where it would be in the whole."""
    url = link(server, "test-wrong-range")
    true = requests.get(url, timeout=10).content
    server.admin.account("test-wrong-range").faults.add("wrong-byte", offset=105)
    part = requests.get(url, headers={"Range": "bytes=100-199"}, timeout=10)
    assert 206 == part.status_code
    assert [5] == [index for index in range(100) if part.content[index] != true[100 + index]]


@pytest.mark.parametrize(
    ("key", "kind", "fields", "headers"),
    [
        ("test-no-range", "wrong-byte", {"offset": 50}, {"Range": "bytes=100-199"}),
        ("test-no-cut", "truncate", {"keep": 100}, {"Range": "bytes=0-99"}),
        ("test-no-drip", "drip", {"bytes": 100, "seconds": 0}, {"Range": "bytes=0-99"}),
    ],
)
def test_what_only_the_edge_can_see_is_an_error_too(
    server: MockServer, key: str, kind: str, fields: dict[str, Any], headers: dict[str, str]
) -> None:
    """A fault that would not show in the part that was asked for is HTTP 500, and a failure in the list."""
    url = link(server, key)
    account = server.admin.account(key)
    account.faults.add(kind, **fields, when={"action": "package"} if kind != "wrong-byte" else None)
    answer = requests.get(url, headers=headers, timeout=10)
    assert (500, "fault_could_not_act") == (answer.status_code, answer.json()["error"]["type"])
    assert (0, 1) == (account.faults.list()[0]["hits"], account.faults.list()[0]["failures"])


def test_a_head_request_is_not_dripped(server: MockServer) -> None:
    """What has no body cannot lose or drip one: the rule waits for a request that has."""
    url = link(server, "test-head")
    account = server.admin.account("test-head")
    account.faults.add("truncate", when={"action": "package"})
    assert 200 == requests.head(url, timeout=10).status_code
    assert 0 == account.faults.list()[0]["seen"]


def test_a_link_to_a_closed_port_is_refused(server: MockServer) -> None:
    server.admin.account("test-closed").faults.add(preset="link-to-closed-port")
    with pytest.raises(requests.ConnectionError):
        requests.get(link(server, "test-closed"), timeout=10)


def test_a_redirect_is_followed_back_to_the_true_answer(server: MockServer) -> None:
    """With one hit the default redirect costs one round trip; curl and requests follow it."""
    server.admin.account("test-redirect").faults.add(preset="redirect")
    answer = requests.get(server.base_url, params=query("test-redirect"), timeout=10)
    assert ([302], 20) == ([each.status_code for each in answer.history], answer.json()["code"])
    server.admin.account("test-redirect").faults.add(preset="redirect")
    done = curl("-L", f"{server.base_url}?{urlencode(query('test-redirect'))}")
    assert 20 == json.loads(done.stdout)["code"]
