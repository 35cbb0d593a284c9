"""The commands of a collection's life, against the fake."""

import json
import re
import shlex
import subprocess
import zipfile
from collections.abc import Callable
from typing import Any

import click
import pytest
from client.tests.command_runner import COMMAND, CommandRunner
from client.tests.test_display import drawn

from flipsnack_client.cli import COMMANDS, flipsnack, run
from flipsnack_mock.testing.pdf import make_pdf

Command = Callable[..., tuple[int, str, str]]


@pytest.fixture
def command(runner: CommandRunner, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Command:
    """Runs a command in this process, in a folder with documents; its exit code, stdout and stderr."""
    monkeypatch.chdir(runner.folder)
    # Each command has a limiter of its own, and there are many in a second.
    runner.account.settings(default_schedule="immediate", requests_per_second=0, requests_per_minute=0)
    for name in ("mock-immediate.pdf", "mock-failed.pdf", "mock-error-35.pdf", "mock-never.pdf"):
        (runner.folder / name).write_bytes(make_pdf())

    def ran(*arguments: str, **environ: str) -> tuple[int, str, str]:
        code = run(arguments, runner.environment(**environ))
        printed = capsys.readouterr()
        return code, printed.out, printed.err

    return ran


def test_the_life_of_a_collection_from_the_upload_to_the_end(command: Command, runner: CommandRunner) -> None:
    code, made, told = command(
        "create", "mock-immediate.pdf", "--title", "Spring", "--set", "x=y", "--wait", "-o", "p.zip"
    )
    assert 0 == code, told
    for words in ("created collection", "conversion: complete", "COMPLETE (1 poll", "saved p.zip"):
        assert words in told
    assert zipfile.is_zipfile(runner.folder / "p.zip")
    assert told.startswith("sent ")
    book = made.strip()
    assert f"{book}  public  Spring\n" == command("list", "--query", "spring")[1]
    assert "" == command("list", "--query", "winter")[1]
    assert re.search(r"^conversion +complete$", command("show", book)[1], re.MULTILINE)
    assert re.search(r"^title +Autumn$", command("update", book, "--title", "Autumn")[1], re.MULTILINE)
    assert 'width="100%"' in command("embed", book, "--responsive")[1]
    counted = command("stats", book, "--start", "2026-01-01", "--end", "2026-01-31", "--pages")[1]
    assert ["impressions  0", "page  views  clicks  time_spent"] == [counted.splitlines()[n] for n in (0, 5)]
    assert "uploads_left  999" in command("user-stats")[1]
    assert (2, "", True) == (*command("delete", book)[:2], "give --yes" in command("delete", book)[2])
    assert (0, "", f"deleted {book}\n") == command("delete", book, "--yes")
    assert (1, "error: the API refused the call: 43 Forbidden (the collection is deleted") == (
        (shown := command("show", book))[0],
        shown[2].partition(",")[0],
    )


def test_a_published_collection_is_shown_with_its_new_hash(command: Command) -> None:
    old = command("create", "mock-immediate.pdf", "--status", "editable", "--wait")[1].strip()
    code, shown, told = command("update", old, "--status", "public")
    new = dict(line.split(None, 1) for line in shown.splitlines() if " " in line)["hash"]
    assert (0, f"the collection has a new hash: {new}\n") == (code, told)
    assert old != new


# Each command with --json, and what its document has.
JSON: dict[str, tuple[list[str], str]] = {
    "create": (["create", "mock-immediate.pdf", "-o", "p.zip"], "package"),
    "show": (["show", "HASH"], "conversion"),
    "update": (["update", "HASH", "--width", "700"], "width"),
    "embed": (["embed", "HASH"], "embedCode"),
    "stats": (["stats", "HASH"], "impressions"),
    "user-stats": (["user-stats"], "uploads_left"),
    "call": (["call", "collection.getCollection", "collectionHash=HASH"], "data"),
    "upload": (["call", "collection.create", "title=x", "--file", "mock-never.pdf"], "data"),
    "status": (["status", "HASH"], "status"),
    "download": (["download", "HASH", "-o", "q.zip"], "bytes"),
    "delete": (["delete", "HASH", "--yes"], "deleted"),
}


@pytest.mark.parametrize("answer_format", ["json", "xml"])
def test_every_command_prints_json_on_demand(command: Command, answer_format: str) -> None:
    book = command("create", "mock-immediate.pdf")[1].strip()
    assert [book] == [one["hash"] for one in json.loads(command("list", "--json", "--format", answer_format)[1])]
    for arguments, name in JSON.values():
        named = [one.replace("HASH", book) for one in arguments]
        code, printed, told = command(*named, "--json", "-q", "--format", answer_format)
        assert (0, "") == (code, told)
        assert name in json.loads(printed)


FAILURES: dict[str, tuple[list[str], int, str]] = {
    "refused": (["create", "mock-error-35.pdf"], 1, "error: the API refused the call: 35 "),
    "not converted": (["create", "mock-failed.pdf", "--wait"], 1, "error: failed: the document of collection"),
    "never converted": (["create", "mock-never.pdf", "--wait", "--deadline", "0.5"], 3, "error: gave up after "),
    "no such file": (["create", "a/none.pdf"], 3, "error: cannot read a/none.pdf: No such file or directory"),
    "no such folder": (["download", "mock-complete", "-o", "a/b.zip"], 3, "error: cannot write a/b.zip: there is no"),
    "a value that is not taken": (["list", "--order-by", "x"], 1, "error: the API refused the call: 40 Bad request (a"),
    "unknown method": (["call", "collection.unknown"], 1, "error: the API refused the call: 42 "),
}


@pytest.mark.parametrize("name", FAILURES)
def test_a_command_that_fails_says_why_in_its_last_line(command: Command, name: str) -> None:
    arguments, expected, words = FAILURES[name]
    code, printed, told = command(*arguments)
    assert (expected, True) == (code, told.splitlines()[-1].startswith(words)), told
    assert (name in ("not converted", "never converted")) == bool(printed)


WRONG = {
    "unknown": "unknown is not a command; expected one of call, ",
    "download a/b": "the hash is no name of a file; give a path with -o",
    "status": "HASH is missing",
    "status a\udcff": "parameter 'collectionHash' contains a lone surrogate",
    "status ''": "the collection's hash must not be empty",
    "show ''": "the collection's hash must not be empty",
    "status h --format yaml": "--format is 'yaml': expected json, jsonp or xml",
    "status h --deadline 0": "--deadline is '0': expected a number above 0",
    "status h --deadline nan": "above 0",
    "status h --base-url example": "expected something like",
    "status h --credentials none.toml": "No such file",
    "stats h --start 2026-13-01": "--start is '2026-13-01': expected a date as in 2026-11-28",
    "sign action": "is not NAME=VALUE",
    "sign a=1 a=2": "given twice",
    "update h": "nothing to change",
    "download h -o p.zip --colour": "--colour is not an option",
    "download h -o .": "--output is '.': expected a file",
}


@pytest.mark.parametrize("words", WRONG)
def test_wrong_usage_exits_with_2_and_says_why(command: Command, words: str) -> None:
    code, printed, told = command(*shlex.split(words))
    assert (2, "", 1) == (code, printed, len(told.splitlines()))
    assert told.startswith("error: ")
    assert WRONG[words] in told


@pytest.mark.parametrize(
    "call",
    [
        ["action=collection.getList", 'query=Spring & "more" \'ä', "from=0"],
        ["action=collection.create", "title=@x;y", "file=mock-never.pdf"],
    ],
)
def test_sign_prints_a_curl_command_that_makes_the_call(
    command: Command, runner: CommandRunner, call: list[str]
) -> None:
    line = command("sign", "--curl", *call)[1]
    done = subprocess.run(["sh", "-c", line], cwd=runner.folder, capture_output=True, text=True, timeout=20, check=True)
    assert 20 == json.loads(done.stdout)["code"], done.stdout
    assert "secret-test-cli" not in line


def test_without_a_base_url_curl_goes_to_the_vendors_hosts(command: Command) -> None:
    hosts = [
        command("sign", "--curl", *call, FLIPSNACK_BASE_URL="")[1].split()[-1]
        for call in (["action=user.getStats"], ["action=collection.create", "file=x.pdf"])
    ]
    assert ["https://api.flipsnack.com/v1/", "https://upload.flipsnack.com/v1/"] == hosts
    assert "never sent" in command("sign", "--curl", "action=a", "b=secret-test-cli")[2]


def test_a_document_may_come_through_a_pipe(command: Command, runner: CommandRunner) -> None:
    del command
    done = subprocess.run(
        [*COMMAND, "create", "-", "--title", "mock-immediate", "--wait", "-q"],
        cwd=runner.folder,
        env=runner.environment(),
        input=make_pdf(),
        capture_output=True,
        timeout=30,
        check=False,
    )
    assert (0, b"") == (done.returncode, done.stderr)


def test_a_terminal_gets_a_bar_for_an_upload(command: Command, runner: CommandRunner) -> None:
    del command
    (runner.folder / "mock-never.pdf").write_bytes(make_pdf() + bytes(5_000_000))
    code, sent = drawn(runner, "create", "mock-never.pdf")
    assert 0 == code, sent
    assert "uploading" in sent
    assert sent.rindex("5.0/5.0 MB") < sent.rindex("created collection ")


def helps() -> list[Any]:
    """Each command with its name."""
    return [pytest.param(one, id=name) for name, one in sorted(flipsnack.commands.items())]


@pytest.mark.parametrize("one", helps())
def test_the_help_of_a_command_has_groups_an_example_and_eighty_columns(one: click.Command) -> None:
    context = click.Context(one, info_name=f"flipsnack {one.name}", terminal_width=80)
    text = one.get_help(context)
    assert f"flipsnack {one.name}" in text.partition("Example")[2]
    assert "\nConnection:\n" in text
    assert [] == [line for line in text.splitlines() if len(line) > 80]
    assert COMMANDS[str(one.name)][2] == one.get_short_help_str(80)
