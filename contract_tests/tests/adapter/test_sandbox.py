import zipfile
from io import BytesIO

import pytest

from flipsnack_contract.adapter.fake_server import Fake
from flipsnack_contract.adapter.sandbox import NoPackage, Sandbox
from flipsnack_contract.adapter.timeline import RealTimeline, VirtualTimeline
from flipsnack_contract.target.control import Refused
from flipsnack_mock.testing import MockServer

KEY, SECRET = "a-key", "ä secret"


def test_a_stage_is_an_account_of_its_own(server: MockServer) -> None:
    """In a namespace that is given back."""
    fake = Fake(server.url)
    with Sandbox(fake, "stage-1", key=KEY, secret=SECRET), pytest.raises(Refused, match="taken"):
        Sandbox(fake, "stage-1", key=KEY, secret=SECRET)
    with Sandbox(fake, "stage-1", key=KEY, secret=SECRET) as stage:
        assert 0 == stage.calls()
    fake.close()


def test_the_kit_can_fetch_the_package_itself(server: MockServer) -> None:
    """To compare what a client made; calls are counted, its own among them."""
    fake = Fake(server.url)
    with Sandbox(fake, "stage-2", key=KEY, secret=SECRET) as stage:
        content = stage.package(stage.account.create_collection(schedule="immediate"))
        assert "index.html" in zipfile.ZipFile(BytesIO(content)).namelist()
        assert 2 == stage.calls()
        with pytest.raises(NoPackage, match="PROCESSING"):
            stage.package(stage.account.create_collection(schedule="never"))
        with pytest.raises(NoPackage, match="43"):
            stage.package("nobody-has-this")
    fake.close()


def test_its_time_is_virtual_or_real(server: MockServer) -> None:
    """As the client can."""
    fake = Fake(server.url)
    with Sandbox(fake, "stage-3", key=KEY, secret=SECRET) as stage:
        assert isinstance(stage.timeline(virtual=True), VirtualTimeline)
        assert isinstance(stage.timeline(virtual=False), RealTimeline)
    fake.close()
