import shlex
import shutil
import subprocess
import sys
from pathlib import Path
from urllib.parse import parse_qs, urlencode, urlsplit

import msgspec
import pytest
import requests
from hypothesis import given
from hypothesis import strategies as st
from mock_server.tests.conftest import DOCUMENT, KEY, SECRET, Door, make_door, signature_of, signed

from flipsnack_mock.admin.ui.repeat import download_call, repeat_of
from flipsnack_mock.admin.ui.snippets import LANGUAGES, curl, snippets
from flipsnack_mock.testing import MockServer

BASE = "http://fake.test/v1/"
# What contains the word is masked in the journal, so that a command cannot repeat it.
TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1, max_size=20).filter(
    lambda text: "secret" not in text.lower()
)
HOSTILE = 'it\'s $(hostname) `id` "q" * \\ \u2028 {{ 1 }} <?php ?> $x ${x}'
RUNS = {"curl": ["bash"], "python": [sys.executable], "node": ["node"], "php": ["php"]}
ENDINGS = {"curl": "sh", "python": "py", "node": "mjs", "php": "php"}


def command(door: Door, secret: str | None = SECRET) -> str:
    """The command that repeats the latest request, or nothing."""
    call = repeat_of(door.record, secret=secret, base_url=BASE)
    return curl(call) if call else ""


def sent(text: str) -> dict[str, str]:
    (url,) = (word for word in shlex.split(text) if word.startswith("http"))
    return {name: values[0] for name, values in parse_qs(urlsplit(url).query, keep_blank_values=True).items()}


@given(value=TEXTS, name=TEXTS)
def test_a_command_sends_the_same_and_is_signed_again(name: str, value: str) -> None:
    door = make_door()
    params = signed(**({"x" + name: value} | {"signature": "0" * 32}))
    door.send(urlencode(params))
    assert params | {"signature": signature_of(SECRET, params)} == sent(command(door))


@pytest.mark.parametrize(
    ("method", "words"), [("POST", ["curl", BASE, "--data"]), ("PUT", ["curl", "-X", "PUT"]), ("HEAD", ["curl", "-I"])]
)
def test_another_verb_or_path_is_kept(door: Door, method: str, words: list[str]) -> None:
    body = urlencode(signed()).encode() if method == "POST" else b""
    query = "" if body else urlencode(signed())
    door.send(query, method=method, body=body, content_type="application/x-www-form-urlencoded" if body else "")
    assert words == shlex.split(command(door))[: len(words)]
    door.send(urlencode(signed()), path="/v1/x y")
    assert "http://fake.test/v1/x%20y?" in command(door)


def test_a_download_is_repeated_by_asking_for_a_new_url(door: Door) -> None:
    door.fetch(door.call()["data"]["resourceUrl"])
    assert curl(download_call(KEY, "mock-complete", SECRET, BASE)) == command(door)


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
    assert value == sent(command(door, secret)).get(name)


@pytest.mark.parametrize("query", ["", "a=" + "1" * 70_000])
def test_what_is_not_kept_whole_cannot_be_repeated(door: Door, query: str) -> None:
    door.send(query)
    assert "" == command(door)


@pytest.mark.parametrize("language", RUNS)
def test_each_program_makes_the_call_that_it_repeats(server: MockServer, tmp_path: Path, language: str) -> None:
    """Whatever the parameters contain, by GET and by a form; a wrong signature is right the second time."""
    if shutil.which(RUNS[language][0]) is None:
        pytest.skip(f"{RUNS[language][0]} is not installed")
    account = server.admin.account(f"test-{language}")
    params = signed(account.secret, apiKey=account.key, signature="0" * 32, note=HOSTILE)
    assert 44 == requests.get(server.base_url, params=params, timeout=10).json()["code"]
    requests.post(server.base_url, data=params, timeout=10)
    for wrong in account.requests.list():
        call = repeat_of(wrong, secret=account.secret, base_url=server.base_url)
        assert call is not None
        (text,) = (snippet.text for snippet in snippets(call) if snippet.name == language)
        program = tmp_path / f"{wrong.id}.{ENDINGS[language]}"
        program.write_text(f"{text} -sS" if language == "curl" else text, "utf-8")
        done = subprocess.run([*RUNS[language], program], capture_output=True, text=True, check=True, timeout=30)
        code = 20 if wrong.method == "GET" else 40
        assert f'{{"code":{code},' in done.stdout
    assert [44, 40, 20, 40] == [one.code for one in account.requests.list()]
    assert {HOSTILE} == {one.params["note"] for one in account.requests.list()}


def test_an_upload_is_repeated_with_its_files(door: Door) -> None:
    """The programs name the file; PHP needs its curl extension for one."""
    door.upload(DOCUMENT)
    record = door.record
    call = repeat_of(msgspec.structs.replace(record, content_type="multipart/form-data"), secret=SECRET, base_url=BASE)
    assert call is not None
    texts = {snippet.name: snippet.text for snippet in snippets(call)}
    assert {"curl", *LANGUAGES} == texts.keys()
    assert {True} == {DOCUMENT.file_name in text for text in texts.values()}
