import os
import zipfile
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import pytest

from flipsnack_contract.adapter.case import VirtualTimeline
from flipsnack_contract.adapter.fake_server import (
    Fake,
    NoFake,
    NoPackage,
    Sandbox,
    fake_at,
    started_fake,
)
from flipsnack_contract.adapter.left_files import MOST_FILES, MOST_LEFT
from flipsnack_contract.scenarios.preparation import leave_stale
from flipsnack_contract.target.control import Refused, find_control
from flipsnack_mock.testing import MockServer

KEY, SECRET = "a-key", "ä secret"


def test_a_fake_of_our_own_runs_as_long_as_it_is_needed() -> None:
    """It is a process, found by its address."""
    with started_fake() as fake:
        assert find_control(fake.target)
    assert not find_control(fake.target)


@pytest.mark.parametrize("form", ["{}", "{}/", "{}/v1/"])
def test_a_fake_that_runs_already_is_used(server: MockServer, form: str) -> None:
    """However its address is written."""
    with fake_at(form.format(server.url)) as fake:
        assert server.url == fake.url


def test_a_fake_may_be_below_a_path(server: MockServer) -> None:
    """As behind a proxy that serves several things."""
    with fake_at(f"{server.url}/t/team/v1/") as fake:
        assert f"{server.url}/t/team" == fake.url


@pytest.mark.parametrize("url", ["", "127.0.0.1:3547", "ftp://127.0.0.1", "http://"])
def test_what_is_no_address_is_refused(url: str) -> None:
    """With an example of one."""
    with pytest.raises(NoFake, match=r"something like http://127\.0\.0\.1:3547"), fake_at(url):
        pytest.fail("it must not get here")


def test_where_no_fake_is_there_is_none() -> None:
    """The error says how to start one."""
    with pytest.raises(NoFake, match="flipsnack-mock serve"), fake_at("http://127.0.0.1:9"):
        pytest.fail("it must not get here")


def test_the_token_of_a_fake_is_handed_on() -> None:
    """Without it there is no control plane."""
    with MockServer(admin_token="a token") as server:
        with pytest.raises(NoFake, match="--admin-token"), fake_at(server.url):
            pytest.fail("it must not get here")
        with fake_at(server.url, token="a token") as fake, Sandbox(fake, "one", key=KEY, secret=SECRET) as sandbox:
            assert 0 == sandbox.calls()


def test_a_sandbox_is_an_account_in_a_namespace_that_is_deleted_at_its_end(fake_server: Fake) -> None:
    """Another one has the same key; one of the same name begins again. Its time is virtual or real."""
    with (
        Sandbox(fake_server, "one", key=KEY, secret=SECRET),
        Sandbox(fake_server, "two", key=KEY, secret=SECRET),
        pytest.raises(Refused, match="taken"),
    ):
        Sandbox(fake_server, "one", key=KEY, secret=SECRET)
    with Sandbox(fake_server, "one", key=KEY, secret=SECRET) as sandbox:
        assert 0 == sandbox.calls()
        assert isinstance(sandbox.timeline(virtual=True), VirtualTimeline)
        assert not sandbox.timeline(virtual=False).is_virtual


def deep(_dest: Path) -> None:
    """Folders in folders, deeper than Python's recursion and than a path may be long."""
    for _ in range(1_100):
        os.mkdir("d" * 10)
        os.chdir("d" * 10)


def sparse(dest: Path) -> None:
    with dest.open("wb") as file:
        file.truncate(2**40)


def many(dest: Path) -> None:
    for number in range(MOST_FILES + 20):
        dest.with_name(str(number)).touch()


def elsewhere(dest: Path) -> None:
    dest.parent.rmdir()
    dest.parent.symlink_to("/usr")


DONE: dict[str, tuple[Callable[[Path], None], int | None, int]] = {
    "a file of a terabyte": (sparse, MOST_LEFT, 1),
    "a pipe": (os.mkfifo, None, 1),
    "a link to a device": (lambda dest: dest.symlink_to("/dev/zero"), None, 1),
    "a link to itself": (lambda dest: dest.symlink_to(dest), None, 1),
    "a folder": (Path.mkdir, None, 1),
    "no folder": (lambda dest: dest.parent.rmdir(), None, 0),
    "a link in place of the folder": (elsewhere, None, 0),
    "folders in folders": (deep, None, 300),
    "many files": (many, None, MOST_FILES),
}


@pytest.mark.parametrize("done", DONE)
def test_whatever_a_client_makes_of_the_folder_a_bounded_part_is_looked_at(
    done: str, fake_server: Fake, monkeypatch: pytest.MonkeyPatch
) -> None:
    act, length, count = DONE[done]
    with Sandbox(fake_server, "one", key=KEY, secret=SECRET) as sandbox:
        monkeypatch.chdir(sandbox.dest.parent)
        act(sandbox.dest)
        monkeypatch.undo()
        assert length == (None if (made := sandbox.made()) is None else len(made))
        assert min(count, len(sandbox.left())) == count <= MOST_FILES
        leave_stale(sandbox.dest)
    assert not os.path.lexists(sandbox.dest.parent)


def test_the_kit_can_fetch_the_package_itself(fake_server: Fake) -> None:
    """To compare what a client made; calls are counted, its own among them."""
    with Sandbox(fake_server, "package", key=KEY, secret=SECRET) as sandbox:
        content = sandbox.package(sandbox.account.create_collection(schedule="immediate"))
        assert "index.html" in zipfile.ZipFile(BytesIO(content)).namelist()
        assert 2 == sandbox.calls()
        with pytest.raises(NoPackage, match="PROCESSING"):
            sandbox.package(sandbox.account.create_collection(schedule="never"))
        with pytest.raises(NoPackage, match="43"):
            sandbox.package("no-such-collection")
