"""The fixtures come from the plugin of the fake: an account for each test, its clock and its faults."""

from pathlib import Path

import pytest
import requests
from flipsnack import ApiError, Flipsnack, JobFailed, sign

from flipsnack_mock.pytest_plugin import FlipsnackServer
from flipsnack_mock.testing import AccountAdmin, Clock
from flipsnack_mock.testing.faults import Faults

DOCUMENT = Path(__file__).parent / "../document.pdf"


@pytest.fixture
def slept() -> list[float]:
    return []


@pytest.fixture
def flipsnack(
    flipsnack_server: FlipsnackServer, flipsnack_account: AccountAdmin, flipsnack_clock: Clock, slept: list[float]
) -> Flipsnack:
    """Waiting moves the clock of the account, so a test takes no time."""

    def sleep(seconds: float) -> None:
        slept.append(seconds)
        flipsnack_clock.advance(seconds)

    flipsnack_clock.freeze()
    return Flipsnack(flipsnack_account.key, flipsnack_account.secret, flipsnack_server.base_url, sleep=sleep)


def test_the_example_of_the_vendor_has_its_signature() -> None:
    params = {"apiKey": "45FD-267-7SG7832", "action": "collection.getCollection", "collectionHash": "fxh4k89"}
    assert sign(params, "123ABCDE-456-7890-FGH") == "26e781d3d1751d82ec284acf4a019def"


def test_a_document_is_uploaded_converted_packaged_and_downloaded(flipsnack: Flipsnack, tmp_path: Path) -> None:
    made = flipsnack.create(DOCUMENT, title="Spring & summer")
    assert made["collectionTitle"] == "Spring & summer"
    flipsnack.wait_converted(made["collectionHash"])
    flipsnack.download(flipsnack.package_url(made["collectionHash"]), tmp_path / "package.zip")
    assert (tmp_path / "package.zip").read_bytes().startswith(b"PK")


def test_a_link_expires_after_a_minute_and_a_new_call_gives_a_new_one(
    flipsnack: Flipsnack, flipsnack_clock: Clock, tmp_path: Path
) -> None:
    link = flipsnack.package_url("mock-complete")
    flipsnack_clock.advance(60)
    with pytest.raises(requests.HTTPError, match="403"):
        flipsnack.download(link, tmp_path / "package.zip")
    flipsnack.download(flipsnack.package_url("mock-complete"), tmp_path / "package.zip")


def test_a_wrong_secret_is_code_44_and_not_repeated(
    flipsnack_server: FlipsnackServer, flipsnack_account: AccountAdmin
) -> None:
    other = Flipsnack(flipsnack_account.key, "another secret", flipsnack_server.base_url)
    with pytest.raises(ApiError, match="code 44"):
        other.call("user.getStats")
    flipsnack_account.requests.verify(exactly=1, signature="wrong")


def test_the_sixth_call_in_a_second_is_code_31_and_repeated_a_second_later(
    flipsnack: Flipsnack, slept: list[float]
) -> None:
    for start in range(6):
        flipsnack.call("collection.getList", **{"from": str(start)})
    assert slept == [1]


def test_a_failed_job_is_an_error_and_not_an_endless_wait(flipsnack: Flipsnack) -> None:
    with pytest.raises(JobFailed):
        flipsnack.package_url("mock-failed")


def test_a_call_that_meets_http_503_is_repeated(
    flipsnack: Flipsnack, flipsnack_faults: Faults, slept: list[float]
) -> None:
    flipsnack_faults.add("status", status=503, count=1)
    flipsnack.call("user.getStats")
    assert slept == [5]


def test_a_package_that_is_cut_off_leaves_no_file(flipsnack: Flipsnack, tmp_path: Path) -> None:
    link = flipsnack.package_url("mock-truncated")
    with pytest.raises(requests.exceptions.ChunkedEncodingError):
        flipsnack.download(link, tmp_path / "package.zip")
    assert list(tmp_path.iterdir()) == []
