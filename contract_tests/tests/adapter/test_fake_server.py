import pytest

from flipsnack_contract.adapter.fake_server import Fake, NoFake, fake_at, started_fake
from flipsnack_contract.target.control import Refused
from flipsnack_mock.testing import MockServer


def test_a_fake_of_our_own_runs_as_long_as_it_is_needed() -> None:
    """It is a process, found by nothing but its address."""
    with started_fake() as fake:
        fake.check()
    with pytest.raises(NoFake):
        fake.check()


@pytest.mark.parametrize("form", ["{}", "{}/", "{}/v1/"])
def test_a_fake_that_runs_already_is_used(server: MockServer, form: str) -> None:
    """However its address is written."""
    with fake_at(form.format(server.url)) as fake:
        assert f"{server.url}/t/one/v1/" == fake.base_url("one")


@pytest.mark.parametrize("url", ["", "127.0.0.1:3547", "ftp://127.0.0.1", "http://"])
def test_what_is_no_address_is_refused(url: str) -> None:
    """With an example of one."""
    with pytest.raises(NoFake, match=r"something like http://127\.0\.0\.1:3547"), fake_at(url):
        pytest.fail("it must not get here")


def test_where_no_fake_is_there_is_none() -> None:
    """And how to start one is said."""
    with pytest.raises(NoFake, match="flipsnack-mock serve"), fake_at("http://127.0.0.1:9"):
        pytest.fail("it must not get here")


def test_namespaces_know_nothing_of_each_other(server: MockServer) -> None:
    """One that was given back begins anew."""
    fake = Fake(server.url)
    fake.control("fake-one").create_account("a-key", "a secret")
    fake.control("fake-two").create_account("a-key", "a secret")
    with pytest.raises(Refused, match="taken"):
        fake.control("fake-one").create_account("a-key", "a secret")
    fake.forget("fake-one")
    fake.control("fake-one").create_account("a-key", "a secret")
    fake.close()


def test_the_token_of_a_fake_is_handed_on() -> None:
    """Without it there is no control plane."""
    with MockServer(admin_token="a token") as server:
        with pytest.raises(NoFake, match="--admin-token"), fake_at(server.url):
            pytest.fail("it must not get here")
        with fake_at(server.url, token="a token") as fake:
            fake.control("one").create_account("a-key", "a secret")
