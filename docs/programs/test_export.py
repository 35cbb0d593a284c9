import os

import pytest
from flipsnack_client import Flipsnack, JobFailed


def export(collection):
    """Your code, in place of this; it finds its address and credentials in the environment."""
    key, secret, base_url = (os.environ[f"FLIPSNACK_{name}"] for name in ("API_KEY", "SECRET", "BASE_URL"))
    return Flipsnack(key, secret, base_url=base_url).download_html(collection).save("package.zip")


def test_a_failed_package_is_reported(flipsnack_account, flipsnack_environment):
    with pytest.raises(JobFailed):
        export("mock-failed")
    flipsnack_account.requests.verify(exactly=1, hash="mock-failed")


def test_a_server_that_is_down_for_a_moment_is_asked_again(flipsnack_account, flipsnack_environment, flipsnack_faults):
    flipsnack_faults.add("status", status=503, count=1)
    assert export("mock-complete").exists()
    flipsnack_account.requests.verify(exactly=2, action="collection.downloadHTML")
