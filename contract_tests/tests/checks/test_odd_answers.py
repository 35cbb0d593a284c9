"""Whatever a server answers, a check ends with a verdict on the server: it never fails itself."""

import io
import json
import struct
import zipfile
from collections.abc import Callable, Iterable
from typing import Any

from contract_tests.zoo.alt_server import AltServer
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from flipsnack_contract.checks import server_checks
from flipsnack_contract.checks.check import Check, Plan
from flipsnack_contract.checks.runner import run_check
from flipsnack_contract.target.outcome import Outcome
from flipsnack_contract.target.target import WsgiTarget
from flipsnack_contract.target.target_under_test import examine

CHECKS = tuple(one for one in server_checks() if "socket" not in one.needs)
ODD: tuple[Any, ...] = (
    *(None, True, 0, -1, 1.5, 10**400, "", "x", "\0", "http://[", "http://", "%", "data:,", "1" * 5000),
    *([], [1], [None], [[]], [{}], {}, {"1": {}}, {"item": 1}, [{"collectionHash": 1, "flipbookStatus": []}]),
)
BODIES = (b"", b"\xff", b"null", b"[]", b"{}", b"<Error/>", b"<html>", b"x" * 999)


def _zip(*, compression: int = 0, flags: int = 0, name: bytes = b"index.html", content: bytes = b"\xff") -> bytes:
    """A zip archive with one file, whatever its head says."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("index.html", content)
    made = bytearray(file.getvalue().replace(b"index.html", name))
    for mark, at in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        place = made.index(mark) + at
        made[place : place + 4] = struct.pack("<HH", flags, compression)
    return bytes(made)


PACKAGES = (
    *(b"PK\x03\x04", b"PK\x05\x06" + bytes(18), _zip()[:-30], _zip(flags=1), _zip(compression=99), _zip(compression=8)),
    *(
        _zip(compression=14),
        _zip(compression=12),
        _zip(name=b"index.\xff\xff\xff\xff", flags=0x800),
        _zip()[:40] + _zip()[60:],
    ),
)
FRAMES = (
    "",
    "<iframe>",
    "text",
    "<iframe src='http://['>",
    "<iframe src=''>",
    "<!--",
    "<iframe/><p>",
    "<iframe src='//x/?h=AAAA'>",
)


Spoil = Callable[[str, bytes], bytes]
"""Makes another body of that of an answer, by its path."""


class OddServer(AltServer):
    """Answers as the second server does, but from the call of number `after` on some of it is `spoil`ed."""

    def __init__(self, after: int, spoil: Spoil) -> None:
        super().__init__()
        self.after, self.spoil = after, spoil

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        made = b"".join(super().__call__(environ, start_response))
        self.after -= 0 if (path := environ["PATH_INFO"]).startswith("/__admin") else 1
        return [made if self.after >= 0 or path.startswith("/__admin") else self.spoil(path, made)]


def _replaced(names: Iterable[str], odd: Any) -> Spoil:
    """Puts `odd` in the place of each value that has one of these names."""

    def spoil(_path: str, body: bytes) -> bytes:
        try:
            return json.dumps(_with(json.loads(body), frozenset(names), odd)).encode()
        except (ValueError, RecursionError):
            return body

    return spoil


def _with(value: Any, names: frozenset[str], odd: Any) -> Any:
    if isinstance(value, list):
        return [_with(one, names, odd) for one in value]
    if isinstance(value, dict):
        return {name: odd if name in names else _with(one, names, odd) for name, one in value.items()}
    return value


def _served_as_package(body: bytes) -> Spoil:
    return lambda path, made: body if path.startswith("/packages") else made


NAMES = ("code", "status", "data", "collections", "collectionHash", "collectionCount", "flipbooks", "flipbookStatus")
MORE = (
    "collectionTitle",
    "collectionThumbnail",
    "embedCode",
    "pages",
    "page",
    "views",
    "resourceUrl",
    "api_uploads_left",
)
spoils = st.one_of(
    st.builds(_replaced, st.lists(st.sampled_from((*NAMES, *MORE)), min_size=1, max_size=2), st.sampled_from(ODD)),
    st.builds(_replaced, st.just(["embedCode"]), st.sampled_from(FRAMES)),
    st.sampled_from(BODIES).map(lambda body: lambda _path, _made: body),
    st.sampled_from((*BODIES, *PACKAGES)).map(_served_as_package),
    st.integers(1, 30).map(lambda cut: lambda _path, made: made[:cut]),
)


@settings(max_examples=150, suppress_health_check=[HealthCheck.nested_given])  # a check draws, too
@given(check=st.sampled_from(CHECKS), after=st.integers(0, 4), spoil=spoils)
def test_no_answer_of_a_server_fails_a_check(check: Check, after: int, spoil: Spoil) -> None:
    subject = examine(WsgiTarget(OddServer(after, spoil)))
    result = run_check(check, subject, Plan(examples=1, rows=3, seed=1, shrink=False))
    assert Outcome.INTERNAL is not result.outcome, result.message
