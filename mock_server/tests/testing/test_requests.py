import json

import pytest
import requests
from mock_server.tests.conftest import signed

from flipsnack_mock.testing import AccountAdmin, MockServer, Unmet, assert_clean


@pytest.fixture
def account(server: MockServer, request: pytest.FixtureRequest) -> AccountAdmin:
    return server.admin.account(f"test-journal-{request.node.name}")


def call(server: MockServer, account: AccountAdmin, **changes: str) -> requests.Response:
    params = signed(f"secret-{account.key}", apiKey=account.key, **changes)
    return requests.get(server.base_url, params=params, timeout=10)


def test_requests_are_typed(server: MockServer, account: AccountAdmin) -> None:
    answer = call(server, account, collectionHash="mock-complete")
    call(server, account, collectionHash="nope")
    assert [20, 43] == [record.code for record in account.requests.list()]
    assert [43] == [record.code for record in account.requests.list(limit=1)]
    assert ["nope"] == [record.hash for record in account.requests.list(code=43)]
    assert 1 == account.requests.count(status="COMPLETE")
    shown = account.requests.show(answer.headers["X-Flipsnack-Mock-Request"])
    assert ("COMPLETE", "right") == (shown.status, shown.signature)
    assert shown.answer is not None
    assert 200 == shown.answer.http_status


def test_what_was_expected_is_verified(server: MockServer, account: AccountAdmin) -> None:
    """An expectation that holds says nothing; one that does not is an `AssertionError` with counts and near misses."""
    call(server, account, collectionHash="mock-complete")
    account.requests.verify(exactly=1, hash="mock-complete")
    account.requests.verify(exactly=0, after={"status": "COMPLETE"})
    with pytest.raises(Unmet, match=r"expected at least 1, found 0\n  nearly r\d+: hash is 'mock-complete'"):
        account.requests.verify(hash="mock-complet")
    with pytest.raises(Unmet, match=r"expected at most 0, found 1: r\d+$"):
        account.requests.verify(at_most=0)
    with pytest.raises(AssertionError):
        account.requests.verify(at_least=2)


def test_other_accounts_are_not_seen(server: MockServer, account: AccountAdmin) -> None:
    other = server.admin.account(account.key + "-other")
    call(server, other)
    assert ([], 0) == (account.requests.list(), account.requests.count())
    account.requests.verify(exactly=0)


def test_assert_clean_raises_with_every_finding(server: MockServer, account: AccountAdmin) -> None:
    call(server, account)
    assert_clean(account)
    call(server, account, format="xml")
    assert ["client.final-state", "client.no-xml"] == [finding.rule for finding in account.lint()]
    with pytest.raises(AssertionError, match=r"(?s)broke rules of the vendor:.*client.final-state.*client.no-xml"):
        assert_clean(account)
    assert_clean(account, ignore=["client.no-xml", "client.final-state"])
    assert ["client.final-state"] == [finding.rule for finding in account.lint(level="MUST")]


def test_exports_are_of_this_account(server: MockServer, account: AccountAdmin) -> None:
    call(server, account)
    header, line = map(json.loads, account.requests.trace().splitlines())
    assert (account.key, account.key) == (header["key"], line["request"]["key"])
    assert 1 == len(json.loads(account.requests.har())["log"]["entries"])
    account.requests.clear()
    assert [] == account.requests.list()
