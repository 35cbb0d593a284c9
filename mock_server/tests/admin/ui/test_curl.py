import shlex
import shutil
import subprocess
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
import requests
from hypothesis import given
from hypothesis import strategies as st
from mock_server.tests.conftest import KEY, SECRET, Door, make_door, signature_of, signed

from flipsnack_mock.admin.ui.curl import curl, download_call
from flipsnack_mock.inspect.records import Record, records_of
from flipsnack_mock.testing import MockServer

BASE = "http://fake.test/v1/"
# What contains the word is masked in the journal, so that a command cannot repeat it.
TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1, max_size=20).filter(
    lambda text: "secret" not in text.lower()
)


def latest(door: Door) -> Record:
    return records_of(door.world, list(door.world.journal.entries())[-1:])[0]


def sent(command: str) -> dict[str, str]:
    (url,) = (word for word in shlex.split(command) if word.startswith("http"))
    return {name: values[0] for name, values in parse_qs(urlsplit(url).query, keep_blank_values=True).items()}


@given(value=TEXTS, name=TEXTS)
def test_a_command_sends_the_same_and_is_signed_anew(name: str, value: str) -> None:
    door = make_door()
    params = signed(**({"x" + name: value} | {"signature": "0" * 32}))
    door.send(urlencode(params))
    again = sent(curl(latest(door), secret=SECRET, base_url=BASE))
    assert params | {"signature": signature_of(SECRET, params)} == again


@pytest.mark.parametrize(
    ("method", "words"), [("POST", ["curl", BASE, "--data"]), ("PUT", ["curl", "-X", "PUT"]), ("HEAD", ["curl", "-I"])]
)
def test_another_verb_or_path_is_kept(door: Door, method: str, words: list[str]) -> None:
    body = urlencode(signed()).encode() if method == "POST" else b""
    query = "" if body else urlencode(signed())
    door.send(query, method=method, body=body, content_type="application/x-www-form-urlencoded" if body else "")
    assert words == shlex.split(curl(latest(door), secret=SECRET, base_url=BASE))[: len(words)]
    door.send(urlencode(signed()), path="/v1/x y")
    assert "http://fake.test/v1/x%20y?" in curl(latest(door), secret=SECRET, base_url=BASE)


def test_a_download_is_repeated_by_asking_for_a_new_url(door: Door) -> None:
    door.fetch(door.call()["data"]["resourceUrl"])
    expected = download_call(KEY, "mock-complete", secret=SECRET, base_url=BASE)
    assert expected == curl(latest(door), secret=SECRET, base_url=BASE)


@pytest.mark.parametrize(
    ("changes", "name", "value", "secret"),
    [
        ({"apiKey": "nobody"}, "signature", "***", None),
        ({"signature": None}, "signature", None, SECRET),
        ({"password": SECRET}, "password", "***", SECRET),
    ],
)
def test_nothing_is_shown_that_the_journal_masks(
    door: Door, changes: dict[str, str | None], name: str, value: str | None, secret: str | None
) -> None:
    door.call(**changes)
    assert value == sent(curl(latest(door), secret=secret, base_url=BASE)).get(name)


@pytest.mark.parametrize("query", ["", "a=" + "1" * 70_000])
def test_what_is_not_kept_whole_cannot_be_repeated(door: Door, query: str) -> None:
    door.send(query)
    assert "" == curl(latest(door), secret=SECRET, base_url=BASE)


def test_the_command_works(server: MockServer) -> None:
    if shutil.which("curl") is None:
        pytest.skip("curl is not installed")
    account = server.admin.account("test-curl")
    params = signed(account.secret, apiKey=account.key, signature="0" * 32, note='it\'s $(hostname) `id` "q" *')
    assert 44 == requests.get(server.base_url, params=params, timeout=10).json()["code"]
    command = curl(account.requests.list()[-1], secret=account.secret, base_url=server.base_url)
    run = subprocess.run(["bash", "-c", f"{command} -sS --noproxy '*'"], capture_output=True, check=True, timeout=30)
    assert run.stdout.startswith(b'{"code":20,')
