import json
from pathlib import Path
from typing import Any

import msgspec
import pytest
from contract_tests import generate_schemas
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from flipsnack_contract.adapter.messages import (
    AdapterFault,
    Bye,
    Cancel,
    CaseCredentials,
    CaseOptions,
    FromKit,
    Greeting,
    RunCase,
    Wake,
    encode,
    read_from_adapter,
)

HELLO = {"type": "hello", "protocol": 1, "client": {"name": "a", "version": "1", "language": "b"}, "ops": ["poll"]}
OK = {"type": "result", "id": "1", "outcome": "ok"}
ERROR = {"type": "result", "id": "1", "outcome": "error", "error": {"class": "auth", "code": 41}}
FROM_ADAPTER = [HELLO, {"type": "sleep", "id": "1", "ms": 5}, {"type": "event", "id": "1", "kind": "poll"}, OK, ERROR]
NO_MESSAGES = [
    {},
    {"type": "log"},
    {"type": "sleep", "id": "1"},
    {"type": "sleep", "id": "1", "ms": -1},
    {"type": "sleep", "id": "1", "ms": 0.5},
    {"type": "sleep", "id": "1", "ms": 40_000_000_000},
    {"type": "sleep", "id": 1, "ms": 1},
    {"type": "result", "id": "1", "outcome": "fine"},
    {**ERROR, "error": {"class": "not-a-class"}},
    {**OK, "file": {"bytes": 1, "sha256": "ABC"}},
    {"type": "hello", "protocol": 1},
]


def _validator(name: str) -> Draft202012Validator:
    return Draft202012Validator(json.loads((generate_schemas.FOLDER / name).read_text()))


def _line(message: dict[str, Any]) -> bytes:
    return json.dumps(message).encode()


@pytest.mark.parametrize("name", sorted(generate_schemas.FILES))
def test_the_shipped_schemas_are_those_of_the_declarations(name: str, tmp_path: Path) -> None:
    """`make generate` was run."""
    generate_schemas.main(tmp_path)
    assert (tmp_path / name).read_text() == (generate_schemas.FOLDER / name).read_text(), "run `make generate`"


@pytest.mark.parametrize("message", FROM_ADAPTER, ids=str)
def test_a_message_is_read_and_fits_the_schema(message: dict[str, Any]) -> None:
    """What the kit takes is what the schema allows, and it comes out as it went in."""
    assert message == {**json.loads(encode(read_from_adapter(_line(message))))}
    _validator("from_adapter.schema.json").validate(message)


@pytest.mark.parametrize("message", NO_MESSAGES, ids=str)
def test_what_is_no_message_is_refused_and_does_not_fit_the_schema(message: dict[str, Any]) -> None:
    """What the kit refuses is what the schema refuses."""
    with pytest.raises(AdapterFault):
        read_from_adapter(_line(message))
    assert not _validator("from_adapter.schema.json").is_valid(message)


@pytest.mark.parametrize("line", [b"", b"[]", b"7", b"nonsense", b'{"type":"bye"', b"\xff\xfe", b"{} {}"])
def test_a_line_that_is_no_object_is_refused(line: bytes) -> None:
    """The error says what was expected, and shows the line."""
    with pytest.raises(AdapterFault, match="expected one JSON object"):
        read_from_adapter(line)


@pytest.mark.parametrize(
    ("field", "words"),
    [
        ({"outcome": "success"}, "expected ok, error, unsupported, got"),
        ({"error": {"class": "failed"}}, "expected auth, forbidden, .*"),
        ({"error": {"class": "auth"}}, "`error` is there with outcome error, and only then"),
        ({"outcome": "error"}, "`error` is there with outcome error, and only then"),
    ],
)
def test_a_wrong_result_is_refused_with_what_was_expected(field: dict[str, Any], words: str) -> None:
    """An unknown word with those that exist; an error belongs to the outcome error."""
    with pytest.raises(AdapterFault, match=words):
        read_from_adapter(_line({**OK, **field}))


def test_what_is_no_json_is_sent_to_stderr() -> None:
    """It is mostly a line that was printed to find a mistake; a message with a mistake in it is on the right way."""
    with pytest.raises(AdapterFault, match="everything else to stderr"):
        read_from_adapter(b"signing ...")
    with pytest.raises(AdapterFault) as caught:
        read_from_adapter(b"{}")
    assert "stderr" not in str(caught.value)


@given(extra=st.dictionaries(st.text(min_size=1).map(lambda name: "x-" + name), st.none() | st.integers() | st.text()))
def test_unknown_fields_are_ignored(extra: dict[str, Any]) -> None:
    """A newer side may say more."""
    assert read_from_adapter(_line({**OK, **extra})) == read_from_adapter(_line(OK))
    _validator("from_adapter.schema.json").validate({**OK, **extra})


@given(text=st.text(), number=st.integers(0, 2**53))
def test_what_the_kit_says_is_one_line_that_fits_the_schema(text: str, number: int) -> None:
    """Whatever a key, a secret or an argument holds, a message is one line of JSON."""
    run = RunCase(
        id=text,
        op="poll",
        base_url=text,
        credentials=CaseCredentials(key=text, secret=text),
        args={"collection": text, "params": {text: text}},
        now_ms=number,
        options=CaseOptions(),
    )
    greeting = Greeting(protocols=(1,), kit=text, run=text)
    for message in (greeting, run, Wake(id=text, now_ms=number), Cancel(id=text), Bye()):
        line = encode(message)
        assert [b""] == line.split(b"\n")[1:]
        assert message == msgspec.json.decode(line, type=FromKit)
        _validator("from_kit.schema.json").validate(json.loads(line))


def test_a_secret_is_in_no_repr() -> None:
    """A traceback of ours does not give it away."""
    assert "s3cret" not in repr(CaseCredentials(key="k", secret="s3cret"))
    assert "s3cret" in msgspec.json.encode(CaseCredentials(key="k", secret="s3cret")).decode()
