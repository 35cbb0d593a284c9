import pwd
from pathlib import Path

import pytest

from flipsnack_client import CredentialsError
from flipsnack_client.credentials import DEFAULT_FILE, load_credentials

BOTH = {"FLIPSNACK_API_KEY": "key", "FLIPSNACK_SECRET": "hush"}


def stored(path: Path, text: str = 'api_key = "stored"\nsecret = "whisper"\n', *, mode: int = 0o600) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    path.chmod(mode)
    return path


def test_key_and_secret_come_from_the_first_place_that_has_them(tmp_path: Path) -> None:
    """A named file goes before variables, a variable before the default file; *_FILE names a container's secret."""
    home = {"HOME": str(tmp_path)}
    secret = stored(tmp_path / "secret", "whisper\n")
    found = [load_credentials({**BOTH, **home}), load_credentials(BOTH, file=stored(tmp_path / "c.toml"))]
    found += [load_credentials({"FLIPSNACK_API_KEY": "key", "FLIPSNACK_SECRET_FILE": str(secret), **home})]
    stored(tmp_path / DEFAULT_FILE)
    found += [load_credentials(home), load_credentials({"FLIPSNACK_API_KEY": "key", **home})]
    expected = [("key", "hush"), ("stored", "whisper"), ("key", "whisper"), ("stored", "whisper"), ("key", "whisper")]
    assert expected == [(one.api_key, one.secret) for one in found]
    assert "hush" not in repr(found)


def test_a_file_that_everybody_can_read_is_warned_of(tmp_path: Path) -> None:
    assert load_credentials({}, file=stored(tmp_path / "private.toml")).warnings == ()
    (warning,) = load_credentials({}, file=stored(tmp_path / "open.toml", mode=0o644)).warnings
    assert f"chmod 600 {tmp_path / 'open.toml'}" in warning


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('api_key = "k"\n', "no secret"),
        ("", "no api_key and no secret"),
        ('api_key = "k"\nsecret = 7\n', "expected a string"),
        ('apikey = "k"\n', "unknown name 'apikey'"),
        ("= broken", "not TOML"),
    ],
)
def test_a_bad_file_says_what_is_wrong(tmp_path: Path, text: str, words: str) -> None:
    with pytest.raises(CredentialsError, match=words):
        load_credentials({}, file=stored(tmp_path / "c.toml", text))


def test_what_cannot_be_read_is_named(tmp_path: Path) -> None:
    with pytest.raises(CredentialsError, match="No such file"):
        load_credentials({}, file=tmp_path / "missing.toml")
    (tmp_path / "binary").write_bytes(b"\x80")
    with pytest.raises(CredentialsError, match="not UTF-8"):
        load_credentials({}, file=tmp_path / "binary")


def test_two_sources_for_one_value_are_refused(tmp_path: Path) -> None:
    """A variable and its _FILE twin together are a mistake, not a choice."""
    with pytest.raises(CredentialsError, match="unset one"):
        load_credentials({**BOTH, "FLIPSNACK_SECRET_FILE": str(tmp_path / "x"), "HOME": str(tmp_path)})
    with pytest.raises(CredentialsError, match="x, named by FLIPSNACK_SECRET_FILE: No such file"):
        load_credentials({"FLIPSNACK_API_KEY": "key", "FLIPSNACK_SECRET_FILE": str(tmp_path / "x")})


TEXT = 'api_key = "stored"\r\nsecret = "whisper"\r\n'


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_what_windows_writes_is_read(tmp_path: Path, encoding: str) -> None:
    """A mark in front of the text and CR at the ends of lines, in both kinds of file and around a variable."""
    (tmp_path / "c.toml").write_bytes(TEXT.encode(encoding))
    (tmp_path / "secret").write_bytes("whisper\r\n".encode(encoding))
    environ = {"FLIPSNACK_API_KEY": "\ufeffstored\r", "FLIPSNACK_SECRET_FILE": f"{tmp_path / 'secret'}\r"}
    found = [load_credentials({}, file=tmp_path / "c.toml"), load_credentials(environ)]
    assert [("stored", "whisper")] * 2 == [(one.api_key, one.secret) for one in found]


def test_no_home_is_needed_where_the_environment_has_both(monkeypatch: pytest.MonkeyPatch) -> None:
    """A container may run as a user without an entry in passwd."""

    def unknown(uid: int) -> None:
        raise KeyError(uid)

    monkeypatch.setattr(pwd, "getpwuid", unknown)
    monkeypatch.delenv("HOME", raising=False)
    assert "hush" == load_credentials(BOTH).secret
    for home in ({}, {"HOME": ""}):
        with pytest.raises(CredentialsError, match="there is no home folder"):
            load_credentials({"FLIPSNACK_API_KEY": "key", **home})


@pytest.mark.parametrize("text", ["a = " + "[" * 10_000, "a = " + "9" * 10_000, "a"])
def test_a_file_that_is_not_toml_is_refused_without_its_text(tmp_path: Path, text: str) -> None:
    (tmp_path / "c.toml").write_text(text)
    with pytest.raises(CredentialsError, match="is not TOML: ") as caught:
        load_credentials({}, file=tmp_path / "c.toml")
    assert len(str(caught.value)) < 300


def test_a_file_without_an_end_is_refused() -> None:
    with pytest.raises(CredentialsError, match="longer than"):
        load_credentials({}, file=Path("/dev/zero"))
