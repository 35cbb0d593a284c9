from contextlib import nullcontext
from urllib.parse import parse_qsl, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st
from mock_server.tests.conftest import SECOND, START

from flipsnack_mock.api.resource_urls import Denied, locate, make, verify
from flipsnack_mock.state.account import Account, Collection, account_id, new_account
from flipsnack_mock.state.behaviour import Behaviour
from flipsnack_mock.state.seeds import SeedAccount

ORIGIN = "http://fake.test"
COLLECTION = Collection(hash="d3m0h45h", title="My collection")


def new(key: str = "LK12NS-0-IOBW3S89VVJH12Z", *, secret: str = "s", **behaviour: float) -> Account:
    return new_account(SeedAccount(key=key, secret=secret), Behaviour(**behaviour))  # type: ignore[arg-type]


def url_of(account: Account, collection: Collection = COLLECTION, *, origin: str = ORIGIN, now: int = START) -> str:
    return make(account, collection, origin=origin, now=now)


def visit(account: Account, url: str, *, now: int = START, origin: str = ORIGIN) -> None:
    parts = urlsplit(url.removeprefix(origin))
    verify(account, parts.path, origin=origin, query=parts.query.encode(), now=now)


@pytest.mark.parametrize("lifetime", [0.000001, 1, 59.5, 60, 86_400])
def test_a_url_lives_exactly_as_long_as_the_setting_says(lifetime: float) -> None:
    account = new(url_lifetime=lifetime)
    url, end = url_of(account), START + round(lifetime * SECOND)
    visit(account, url, now=end - 1)
    with pytest.raises(Denied, match=r"expired 0\.000000 s ago"):
        visit(account, url, now=end)


def test_it_looks_like_a_signed_url_of_a_cdn() -> None:
    parts = urlsplit(url_of(new()))
    query = dict(parse_qsl(parts.query))
    assert ["Expires", "Signature", "Key-Pair-Id"] == list(query)
    assert str((START + 60 * SECOND) // SECOND) == query["Expires"]
    assert parts.path.endswith("/d3m0h45h/my-collection.zip")


@pytest.mark.parametrize(
    ("title", "expected"),
    [("Été & co.", "t-co"), ("", "collection"), ("日本語", "collection"), ("../../x", "x"), ("a" * 200, "a" * 80)],
)
def test_any_title_makes_a_harmless_file_name(title: str, expected: str) -> None:
    account = new()
    url = url_of(account, Collection(hash="h", title=title))
    assert url.partition("?")[0].endswith(f"/h/{expected}.zip")
    visit(account, url)


@given(data=st.data())
def test_a_changed_character_anywhere_denies_it(data: st.DataObject) -> None:
    account = new()
    tail = url_of(account).removeprefix(ORIGIN)
    index = data.draw(st.integers(0, len(tail) - 1))
    other = data.draw(st.sampled_from("0Aa_-./?&=%~").filter(lambda character: character != tail[index]))
    with pytest.raises(Denied):
        visit(account, ORIGIN + tail[:index] + other + tail[index + 1 :])


def test_each_url_is_its_own_and_no_other_spelling_of_its_signature_is_valid() -> None:
    account = new()
    urls = {url_of(account) for _ in range(20)}
    assert 20 == len(urls)
    for url in urls:
        visit(account, url)
        token = dict(parse_qsl(urlsplit(url).query))["Signature"]
        for spelt in {token + "=", token.replace("-", "%2B"), token.replace("_", "%2F")} - {token}:
            with pytest.raises(Denied):
                visit(account, url.replace(token, spelt))


@pytest.mark.parametrize(
    "query", ["", "Expires=1", "Signature=AAAA", "%zz", "a=1&a=2", "Expires=%ff", "Expires=1&Signature=*&Key-Pair-Id=K"]
)
def test_a_damaged_query_denies_it(query: str) -> None:
    account = new()
    with pytest.raises(Denied):
        visit(account, f"{url_of(account).partition('?')[0]}?{query}")
    with pytest.raises(Denied, match="the query is not Expires, Signature and Key-Pair-Id"):
        visit(account, f"{url_of(account)}&x=1")


@pytest.mark.parametrize(
    ("allowed", "account", "origin"),
    [
        (True, new(), "http://localhost:1/t/one"),
        (False, new(), f"{ORIGIN}/t/two"),
        (False, new(), ORIGIN),
        (False, new("45FD-267-7SG7832"), f"{ORIGIN}/t/one"),
        (False, new(secret="t"), f"{ORIGIN}/t/one"),
    ],
    ids=["another host", "another namespace", "no namespace", "another key", "another secret"],
)
def test_a_url_is_for_one_account_and_one_namespace_under_any_host(
    allowed: bool, account: Account, origin: str
) -> None:
    url = url_of(new(), origin=f"{ORIGIN}/t/one").replace(f"{ORIGIN}/t/one", origin)
    with nullcontext() if allowed else pytest.raises(Denied):
        visit(account, url, origin=origin)


@pytest.mark.parametrize("collection_hash", ["d3m0h45h", "mock-after-0.5s", "A_b-9", "x" * 64])
def test_the_path_names_account_and_collection(collection_hash: str) -> None:
    path = urlsplit(url_of(new("K"), Collection(hash=collection_hash))).path
    assert (account_id("K"), collection_hash) == locate(path)


@pytest.mark.parametrize("path", ["/packages/", "/packages/A/b/c.zip", "/packages/../x", "/v1/", "/packages/x.zip"])
def test_another_path_is_denied(path: str) -> None:
    with pytest.raises(Denied, match="the path is not one of a package"):
        locate(path)
