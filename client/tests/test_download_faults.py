"""The trouble a download must survive, against the fake over a socket, with faults of its packages and links."""

import threading
from pathlib import Path

import pytest
from client.tests.conftest import Sandbox
from client.tests.fake_faults import CALLS, FORMATS, PACKAGES, PASSING, SIZE, Fault, book, envelope, packages, sound

from flipsnack_client import (
    Cancelled,
    ConnectionFailed,
    DamagedPackage,
    Flipsnack,
    FlipsnackError,
    HttpError,
    LinkRefused,
    NotConnected,
    Progress,
    RetryPolicy,
    TransportError,
)
from flipsnack_mock.testing import MockServer


def test_a_link_that_expires_during_the_download_is_replaced(sandbox: Sandbox, tmp_path: Path) -> None:
    sandbox.account.faults.add("truncate", keep=SIZE // 2, when=PACKAGES, count=1)
    sandbox.clock.on_sleep = lambda _: sandbox.account.clock.advance(61)
    reports: list[Progress] = []
    poller = sandbox.client().download_html(book(sandbox))
    assert sound(poller.save(tmp_path / "p.zip", on_progress=reports.append))
    assert 2 == poller.attempts
    received = [one.received for one in reports]
    assert received == sorted(received)
    rest = f"bytes={SIZE // 2}-"
    assert ["", rest, rest] == [one.range for one in packages(sandbox)]
    assert ["", "resource-url", ""] == [one.failed for one in packages(sandbox)]


def test_a_cancelled_download_is_resumed_after_expiry(sandbox: Sandbox, tmp_path: Path) -> None:
    sandbox.account.collections.create(hash="book", schedule="immediate", package_bytes=2_000_000)
    poller, cancel = sandbox.client().download_html("book"), threading.Event()
    with pytest.raises(Cancelled) as caught:
        poller.save(tmp_path / "p.zip", cancel=cancel, on_progress=lambda _: cancel.set())
    assert (poller.token, False) == (caught.value.token, (tmp_path / "p.zip").exists())
    received = (tmp_path / "p.zip.part").stat().st_size
    sandbox.account.clock.advance(61)
    reports: list[Progress] = []
    assert sound(poller.save(tmp_path / "p.zip", on_progress=reports.append))
    assert received == reports[0].received > 0
    assert 2 == poller.attempts


def test_a_link_that_is_always_dead_on_arrival_ends_it(sandbox: Sandbox, tmp_path: Path) -> None:
    sandbox.account.faults.add(preset="expired-link")
    poller = sandbox.client().download_html(book(sandbox))
    with pytest.raises(LinkRefused, match="only just returned it"):
        poller.save(tmp_path / "p.zip")
    assert (2, 2) == (poller.attempts, len(packages(sandbox)))
    assert not list(tmp_path.iterdir())


PASSING_DOWNLOADS = PASSING | {"redirect": (1, {"preset": "redirect"})}


@pytest.mark.parametrize("name", PASSING_DOWNLOADS)
def test_a_download_that_may_succeed_later_is_tried_again(sandbox: Sandbox, tmp_path: Path, name: str) -> None:
    times, fault = PASSING_DOWNLOADS[name]
    rule = sandbox.account.faults.add(**fault, when=PACKAGES, count=times)["id"]
    path = sandbox.client().download_html(book(sandbox)).save(tmp_path / "p.zip")
    assert sound(path)
    assert (SIZE, [path]) == (path.stat().st_size, list(tmp_path.iterdir()))
    assert times == sandbox.account.faults.show(rule)["hits"]
    assert times + 1 == len(packages(sandbox))


def test_a_package_that_only_comes_in_pieces_arrives(sandbox: Sandbox, tmp_path: Path) -> None:
    """As long as each attempt brings something, there is no last one."""
    sandbox.account.faults.add("truncate", keep=SIZE // 16, when=PACKAGES, count=15)
    path = sandbox.client(retry=RetryPolicy(attempts=2)).download_html(book(sandbox)).save(tmp_path / "p.zip")
    assert sound(path)
    assert 16 == len(packages(sandbox))


@pytest.mark.parametrize("answer_format", FORMATS)
def test_a_link_without_a_scheme_is_read_as_https(
    secure: MockServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, answer_format: str
) -> None:
    """The vendor's JSON example has none: the package comes over TLS all the same."""
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", secure.ca_file)
    account = secure.admin.account(f"test-bare-{answer_format}")
    client = Flipsnack(account.key, account.secret, base_url=secure.base_url, format=answer_format)
    link = client.download_html("mock-complete").wait().resource_url or ""
    bare = link.removeprefix("https://").replace("&", "&amp;" if answer_format == "xml" else "&")
    body = envelope(answer_format, {"status": "COMPLETE", "resourceUrl": bare})
    account.faults.add("status", status=200, body=body, when=CALLS)
    assert sound(client.download_html("mock-complete").save(tmp_path / "p.zip"))


REFUSED_DOWNLOADS: dict[str, tuple[int, Fault, type[FlipsnackError]]] = {
    "one bit turned": (1, {"preset": "corrupt-zip"}, DamagedPackage),
    "no zip": (1, {"preset": "invalid-zip"}, DamagedPackage),
    "somebody's page": (1, {"preset": "login-page", "when": PACKAGES}, DamagedPackage),
    "nothing": (1, {"preset": "empty-body", "when": PACKAGES}, DamagedPackage),
    "HTTP 404": (1, {"kind": "status", "status": 404, "when": PACKAGES}, HttpError),
    "always HTTP 503": (3, {"kind": "outage", "when": PACKAGES}, HttpError),
    "always reset": (3, {"preset": "connection-reset", "when": PACKAGES}, ConnectionFailed),
    "always cut at once": (3, {"kind": "truncate", "keep": 0, "when": PACKAGES}, ConnectionFailed),
    "never HTTP": (3, {"preset": "garbage", "when": PACKAGES}, ConnectionFailed),
    "nobody there": (0, {"preset": "link-to-closed-port"}, NotConnected),
}


@pytest.mark.parametrize("name", REFUSED_DOWNLOADS)
def test_a_package_that_stays_broken_never_gets_its_name(sandbox: Sandbox, tmp_path: Path, name: str) -> None:
    attempts, fault, expected = REFUSED_DOWNLOADS[name]
    (tmp_path / "p.zip").write_bytes(b"old")
    sandbox.account.faults.add(**fault)
    with pytest.raises(expected) as caught:
        sandbox.client(retry=RetryPolicy(attempts=3)).download_html(book(sandbox)).save(tmp_path / "p.zip")
    assert expected is type(caught.value)
    assert attempts == len(packages(sandbox))
    assert [b"old"] == [path.read_bytes() for path in tmp_path.iterdir()]


def test_redirects_in_a_circle_are_left(sandbox: Sandbox, tmp_path: Path) -> None:
    sandbox.account.faults.add(preset="redirect-loop", when=PACKAGES)
    with pytest.raises(TransportError, match="redirects more than 30 times"):
        sandbox.client().download_html(book(sandbox)).save(tmp_path / "p.zip")
    assert not list(tmp_path.iterdir())
