"""The trouble a download must survive, against the fake over a socket."""

import io
import threading
import zipfile
from pathlib import Path

import pytest
from client.tests.conftest import SECRET, ScriptedServer, Stage, VirtualClock, raw, reset, through, void

from flipsnack_client import (
    ApiError,
    Cancelled,
    DeadlineExceeded,
    Flipsnack,
    Forbidden,
    InvalidCredentials,
    InvalidSignature,
    JobFailed,
    MaintenanceMode,
    Progress,
    RetryPolicy,
)
from flipsnack_mock.testing import MockServer

FORMATS = ["json", "jsonp", "xml"]


def sound(path: Path) -> bool:
    """Whether the file is a zip with a page to open."""
    with zipfile.ZipFile(io.BytesIO(path.read_bytes())) as archive:
        return archive.testzip() is None and "index.html" in archive.namelist()


@pytest.mark.parametrize("answer_format", FORMATS)
def test_a_package_is_polled_for_and_saved(stage: Stage, tmp_path: Path, answer_format: str) -> None:
    """From the first poll to the file, in each format."""
    stage.account.collections.create(hash="book", schedule="after-30s")
    seen: list[str] = []
    poller = stage.client(format=answer_format).download_html("book")
    path = poller.save(tmp_path / "p.zip", on_poll=lambda update: seen.append(update.status))
    assert sound(path)
    assert ["PROCESSING", "COMPLETE"] == list(dict.fromkeys(seen))
    assert len(seen) == poller.attempts


@pytest.mark.parametrize("answer_format", FORMATS)
def test_a_failed_job_ends_the_wait(stage: Stage, tmp_path: Path, answer_format: str) -> None:
    """FAILED is final and leaves no file."""
    with pytest.raises(JobFailed):
        stage.client(format=answer_format).download_html("mock-failed").save(tmp_path / "p.zip")
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("answer_format", FORMATS)
def test_refusals_come_out_as_their_classes(stage: Stage, answer_format: str) -> None:
    """41, 43 and 44 are told apart in each format."""
    with pytest.raises(Forbidden):
        stage.client(format=answer_format).download_html("nobodys").poll_once()
    with pytest.raises(InvalidSignature):
        stage.client(format=answer_format, secret="wrong").download_html("mock-complete").poll_once()
    stranger = Flipsnack("stranger", SECRET, base_url=stage.base_url, format=answer_format)
    with pytest.raises(InvalidCredentials):
        stranger.download_html("mock-complete").poll_once()


def test_a_job_that_never_ends_runs_into_the_deadline(stage: Stage, tmp_path: Path) -> None:
    """PROCESSING for ever: the deadline ends it, the last poll lands just before it, and a token remains."""
    began = stage.clock.now()
    client = stage.client()
    with pytest.raises(DeadlineExceeded) as caught:
        client.download_html("mock-processing").save(tmp_path / "p.zip", deadline=120)
    assert 119.0 == pytest.approx(stage.clock.now() - began, abs=0.01)
    assert ("PROCESSING", len(stage.clock.sleeps) + 1) == (caught.value.last_status, caught.value.attempts)
    assert "mock-processing" == client.resume(str(caught.value.token)).collection_hash


def test_a_link_that_expired_before_the_download_is_replaced(stage: Stage, tmp_path: Path) -> None:
    """A minute after COMPLETE the link is dead; one more poll brings a fresh one."""
    stage.account.collections.create(hash="book", schedule="immediate")
    poller = stage.client().download_html("book")
    poller.wait()
    stage.account.clock.advance(61)
    assert sound(poller.save(tmp_path / "p.zip"))
    assert 2 == poller.attempts


def test_a_link_that_expires_during_the_download_is_replaced(
    stage: Stage, scripted: ScriptedServer, tmp_path: Path
) -> None:
    """The connection breaks, the link dies meanwhile: a fresh link, and only the rest is fetched."""
    stage.account.collections.create(hash="book", schedule="immediate", package_bytes=2_000_000)
    upstream = stage.base_url.removesuffix("/v1/")
    pass_on = through(upstream)
    scripted.plan = [pass_on, through(upstream, cut_after=1_000_000), pass_on]
    client = Flipsnack(stage.account.key, SECRET, base_url=f"{scripted.url}/v1/", clock=stage.clock)
    stage.clock.on_sleep = lambda _: void(stage.account.clock.advance(61))
    told: list[Progress] = []
    poller = client.download_html("book")
    assert sound(poller.save(tmp_path / "p.zip", on_progress=told.append))
    assert 2 == poller.attempts
    received = [one.received for one in told]
    assert received == sorted(received)
    assert b"Range: bytes=9" in scripted.requests[-1]


def test_an_interrupted_download_is_gone_on_with_after_expiry(stage: Stage, tmp_path: Path) -> None:
    """What another run received is kept, and the rest comes by a fresh link."""
    stage.account.collections.create(hash="book", schedule="immediate", package_bytes=2_000_000)
    poller, cancel = stage.client().download_html("book"), threading.Event()
    with pytest.raises(Cancelled):
        poller.save(tmp_path / "p.zip", cancel=cancel, on_progress=lambda _: cancel.set())
    received = (tmp_path / "p.zip.part").stat().st_size
    stage.account.clock.advance(61)
    told: list[Progress] = []
    assert sound(poller.save(tmp_path / "p.zip", on_progress=told.append))
    assert received == told[0].received > 0


@pytest.mark.parametrize(
    ("limits", "least"), [({"requests_per_second": 1}, 1.0), ({"requests_per_minute": 1}, 10.0)], ids=["31", "32"]
)
def test_a_limit_tighter_than_documented_is_lived_with(
    stage: Stage, tmp_path: Path, limits: dict[str, int], least: float
) -> None:
    """31 and 32 are waited out and the package arrives all the same."""
    stage.account.settings(**limits)
    stage.account.collections.create(hash="book", schedule="immediate")
    client = stage.client()
    assert "COMPLETE" == client.download_html("book").poll_once().status
    assert sound(client.download_html("book").save(tmp_path / "p.zip"))
    assert stage.clock.sleeps[0] >= least


def test_a_client_that_keeps_the_limits_is_never_refused(stage: Stage) -> None:
    """Seventy calls as fast as the limiter lets them: no 31, no 32."""
    stage.account.collections.create(hash="book", schedule="manual")
    client = stage.client(retry=RetryPolicy(attempts=1))
    codes = [client.call("collection.downloadHTML", {"collectionHash": "book"}).code for _ in range(70)]
    assert [20] * 70 == codes


def test_maintenance_for_a_while_is_waited_out(stage: Stage, tmp_path: Path) -> None:
    """22 until the servers are back."""
    stage.account.collections.create(hash="book", schedule="immediate")
    stage.account.maintenance(on=True)

    def pass_time(seconds: float) -> None:
        stage.account.clock.advance(seconds)
        stage.account.maintenance(on=len(stage.clock.sleeps) < 3)

    stage.clock.on_sleep = pass_time
    assert sound(stage.client().download_html("book").save(tmp_path / "p.zip"))
    assert 3 == len(stage.clock.sleeps)


def test_maintenance_that_stays_is_told(stage: Stage) -> None:
    """After the last attempt the vendor's code comes out."""
    stage.account.maintenance(on=True)
    with pytest.raises(MaintenanceMode):
        stage.client().download_html("mock-complete").poll_once()


def test_a_server_that_is_gone_for_a_while_is_waited_for(
    scripted: ScriptedServer, fake: MockServer, tmp_path: Path
) -> None:
    """Refused and reset connections before the poll and before the download: the package arrives."""
    pass_on = through(fake.url)
    scripted.plan = [reset, raw(b""), pass_on, reset, reset, pass_on]
    client = Flipsnack("test-gone", "secret-test-gone", base_url=f"{scripted.url}/v1/", clock=VirtualClock())
    assert sound(client.download_html("mock-complete").save(tmp_path / "p.zip"))


def test_nobody_listening_for_a_while_is_waited_out(tmp_path: Path) -> None:
    """The port is closed at first; the fake comes up there while the client pauses."""
    with MockServer() as first:
        port = int(first.url.rpartition(":")[2])
    late = MockServer(port=port)
    clock = VirtualClock()
    started: list[MockServer] = []
    clock.on_sleep = lambda _: None if started else started.append(late.__enter__())
    client = Flipsnack("test-late", "secret-test-late", base_url=f"http://127.0.0.1:{port}/v1/", clock=clock)
    try:
        assert sound(client.download_html("mock-complete").save(tmp_path / "p.zip"))
    finally:
        late.__exit__(None, None, None)


def test_an_action_the_fake_has_not_built_is_an_error_not_a_lie(stage: Stage) -> None:
    """A 501 without the vendor's envelope is told as an HTTP status."""
    with pytest.raises(Exception, match="HTTP 501"):
        stage.client().call("collection.getEmbed", {"collectionHash": "mock-complete"})


def test_an_unknown_action_is_the_vendors_42(stage: Stage) -> None:
    """The vendor's own refusal comes out with its message."""
    with pytest.raises(ApiError, match="42 Invalid action"):
        stage.client().call("collection.fold", {})
