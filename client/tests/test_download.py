import json
import socket
from pathlib import Path

import pytest
from client.tests.conftest import Action, ScriptedApi, answer, complete, http, package, raw, reset

from flipsnack_client import ConnectionFailed, DamagedPackage, DeadlineExceeded, Progress
from flipsnack_client.part import Entity, Part

BODY = package(150_000)
HALF = len(BODY) // 2
TAG = 'ETag: "v1"\r\n'
DATE = "Mon, 23 Nov 2026 10:00:00 GMT"


def whole(*, headers: str = TAG) -> Action:
    return http(BODY, headers=headers)


def cut(*, length: bool = True, headers: str = TAG) -> Action:
    """Half of the package, announced as a whole or not at all."""
    return http(BODY[:HALF], length=len(BODY) if length else None, headers=headers)


def rest(*, begin: int = HALF, total: int = len(BODY), tag: str = TAG) -> Action:
    """The other half, as a 206 that says where it begins, and of how many bytes."""
    return http(BODY[HALF:], status=206, headers=f"{tag}Content-Range: bytes {begin}-{len(BODY) - 1}/{total}\r\n")


def plan(api: ScriptedApi, *actions: Action) -> None:
    """COMPLETE first, then these answers."""
    api.server.plan = [complete(f"{api.server.url}/p.zip?Signature=one"), *actions]


def save(api: ScriptedApi, target: Path) -> Path:
    return api.client().download_html("h").save(target)


def again(api: ScriptedApi) -> Action:
    """The API's answer with a second link."""
    return complete(f"{api.server.url}/p.zip?Signature=two")


SPAN = f"{HALF}-{len(BODY) - 1}/{len(BODY)}"
CHUNKS = b"%x\r\n%b\r\n0\r\n\r\n" % (len(BODY), BODY)
CASES: dict[str, list[Action]] = {
    "cut twice": [cut(), reset, rest()],
    "cut without a length or validator": [cut(length=False, headers=""), whole()],
    "cut without a validator": [cut(headers=""), whole(headers="")],
    "a validator that no header can hold": [cut(headers='ETag: "a\r\n b"\r\n'), whole()],
    "weak validator": [cut(headers='ETag: W/"v1"\r\n'), whole()],
    "changed in between": [cut(), whole(headers='ETag: "v2"\r\n')],
    "ranges unknown to the server": [cut(), whole()],
    "another part than asked for": [cut(), rest(begin=0), whole()],
    "another length than before": [cut(), rest(total=7), whole()],
    "a part of another file": [cut(), rest(tag='ETag: "v2"\r\n'), whole()],
    "a part of a later day": [
        cut(headers=f"Last-Modified: {DATE}\r\n"),
        rest(tag="Last-Modified: Sat, 01 Jan 2028 00:00:00 GMT\r\n"),
        whole(),
    ],
    "a part without a validator": [cut(), rest(tag="")],
    "a unit in other letters": [cut(), http(BODY[HALF:], status=206, headers=f"{TAG}Content-Range: Bytes {SPAN}\r\n")],
    "a length beside chunks": [
        raw(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n" + CHUNKS)
    ],
    "a part without a range": [cut(), http(BODY[HALF:], status=206, headers=TAG), whole()],
    "more here than there": [cut(), http(b"", status=416, headers="Content-Range: bytes */5\r\n"), whole()],
}


@pytest.mark.parametrize("name", CASES)
def test_the_package_arrives_whole_whatever_happens_on_the_way(api: ScriptedApi, tmp_path: Path, name: str) -> None:
    plan(api, *CASES[name])
    assert tmp_path / "p.zip" == save(api, tmp_path / "p.zip")
    assert BODY == (tmp_path / "p.zip").read_bytes()
    assert [tmp_path / "p.zip"] == list(tmp_path.iterdir())
    assert 1 + len(CASES[name]) == len(api.server.requests)


@pytest.mark.parametrize("validator", [TAG, f"Last-Modified: {DATE}\r\n"], ids=["ETag", "date"])
def test_a_resumed_download_asks_for_the_rest_of_the_same_file(
    api: ScriptedApi, tmp_path: Path, validator: str
) -> None:
    reports: list[Progress] = []
    plan(api, cut(headers=validator), rest())
    api.client().download_html("h").save(tmp_path / "p.zip", on_progress=reports.append)
    assert f"Range: bytes={HALF}-".encode() in api.server.requests[2]
    assert f"If-Range: {validator.partition(': ')[2]}".encode() in api.server.requests[2]
    received = [one.received for one in reports]
    assert received == sorted(received)
    assert (0, len(BODY), {len(BODY)}) == (received[0], received[-1], {one.total for one in reports})


def test_a_complete_part_of_an_earlier_run_is_published(api: ScriptedApi, tmp_path: Path) -> None:
    part = Part.claim(tmp_path / "p.zip", "h", resume=True)
    part.begin(Entity('"v1"', len(BODY)))
    with part.appending() as file:
        part.write(file, BODY)
    plan(api, http(b"", status=416, headers=f"Content-Range: bytes */{len(BODY)}\r\n"))
    assert BODY == save(api, tmp_path / "p.zip").read_bytes()


def test_a_link_that_ages_while_the_server_is_gone_is_replaced_again(api: ScriptedApi, tmp_path: Path) -> None:
    """A refusal after a pause is an expiry, not a refusal of the fresh link."""
    plan(api, http(b"", status=403), again(api), reset, http(b"", status=403), again(api), whole())
    assert BODY == save(api, tmp_path / "p.zip").read_bytes()
    assert b"Signature=two" in api.server.requests[-1]


# Whether the part is kept for the next run: bytes that are known to be wrong are not.
BROKEN: dict[str, tuple[Action, type[Exception], bool]] = {
    "garbage": (http(b"x" * 1000, headers=TAG), DamagedPackage, False),
    "garbage without a length": (http(b"sorry", length=None), DamagedPackage, False),
    "always cut without a length": (cut(length=False, headers=""), DamagedPackage, True),
    "always cut": (cut(headers=""), ConnectionFailed, True),
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_package_that_stays_broken_never_gets_its_name(api: ScriptedApi, tmp_path: Path, name: str) -> None:
    action, expected, kept = BROKEN[name]
    plan(api, action)
    with pytest.raises(expected):
        save(api, tmp_path / "p.zip")
    assert (False, kept) == ((tmp_path / "p.zip").exists(), (tmp_path / "p.zip.part").exists())


def test_the_deadline_covers_the_download(api: ScriptedApi, tmp_path: Path) -> None:
    plan(api, whole())

    def dawdle(_: Progress) -> None:
        api.clock.time += 20

    with pytest.raises(DeadlineExceeded, match=r"gave up after .* of a deadline of 30 s") as caught:
        api.client().download_html("h").save(tmp_path / "p.zip", deadline=30, on_progress=dawdle)
    assert "COMPLETE" == caught.value.last_status
    assert not (tmp_path / "p.zip").exists()


def test_the_job_may_fail_while_a_link_is_replaced(api: ScriptedApi, tmp_path: Path) -> None:
    """The fresh link comes from a poll, so an error of the poll is raised."""
    failed = answer(code=43, status="Forbidden")
    plan(api, http(b"", status=403), failed)
    with pytest.raises(Exception, match="43 Forbidden"):
        save(api, tmp_path / "p.zip")


def test_a_link_gets_neither_cookies_nor_a_password_of_a_file(
    api: ScriptedApi, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither those of the API's answer nor of a redirect: a link is all that its server needs."""
    (tmp_path / "netrc").write_text("default login me password mine")
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    given = "Set-Cookie: session=1; Path=/\r\n"
    data = {"status": "COMPLETE", "resourceUrl": f"{api.server.url}/p.zip?Signature=one"}
    first = http(json.dumps({"code": 20, "status": "OK", "data": data}).encode(), headers=given)
    api.server.plan = [first, http(b"", status=302, headers=f"{given}Location: /q.zip\r\n"), whole()]
    save(api, tmp_path / "p.zip")
    heads = b"".join(api.server.requests).lower()
    assert [3, 0, 0] == [heads.count(word) for word in (b"\r\nhost:", b"\r\ncookie:", b"\r\nauthorization:")]


def test_the_body_of_a_redirect_is_not_read(api: ScriptedApi, tmp_path: Path) -> None:
    """requests reads it whole before it goes on: an endless one would fill the memory, a slow one take the time."""

    def endless(connection: socket.socket) -> None:
        connection.sendall(b"HTTP/1.1 302 Found\r\nLocation: /there.zip\r\nContent-Length: 9999999999\r\n\r\nx")
        connection.recv(1)  # until the client has closed

    plan(api, endless, whole())
    assert BODY == save(api, tmp_path / "p.zip").read_bytes()
    assert api.server.requests[-1].startswith(b"GET /there.zip ")


@pytest.mark.parametrize("announced", [True, False])
def test_a_package_above_the_bound_is_not_kept(api: ScriptedApi, tmp_path: Path, *, announced: bool) -> None:
    plan(api, http(BODY, length=len(BODY) if announced else None))
    with pytest.raises(DamagedPackage, match="more than the 100000 bytes that are allowed"):
        api.client().download_html("h").save(tmp_path / "p.zip", max_bytes=100_000)
    assert [] == list(tmp_path.iterdir())
