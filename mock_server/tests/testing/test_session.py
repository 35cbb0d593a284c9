from collections.abc import Iterator

import pytest
import requests

from flipsnack_mock.testing import AdminClient, MockServer
from flipsnack_mock.testing.intercept import intercept


@pytest.fixture(scope="module")
def secure() -> Iterator[MockServer]:
    with MockServer(tls=True) as running:
        yield running


@pytest.fixture(autouse=True)
def empty(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_FILE", "NO_PROXY", "no_proxy"):
        monkeypatch.delenv(name, raising=False)


@pytest.mark.parametrize("name", ["REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_FILE"])
def test_the_authority_may_be_in_the_variable_of_any_usual_program(
    secure: MockServer, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    with pytest.raises(requests.exceptions.SSLError):
        AdminClient(secure.url).namespaces()
    monkeypatch.setenv(name, secure.ca_file)
    assert [] == AdminClient(secure.url).namespaces()
    with pytest.raises(requests.exceptions.SSLError):
        AdminClient(secure.url, trust_env=False).namespaces()


def test_a_proxy_is_for_other_machines(server: MockServer, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "https_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    for url in (server.url, server.url.replace("127.0.0.1", "localhost")):
        assert [] == AdminClient(url, namespace="proxied").faults()
    with pytest.raises(requests.exceptions.ProxyError):
        AdminClient("http://fake.invalid").namespaces()
    monkeypatch.setenv("NO_PROXY", "fake.invalid")
    with pytest.raises(requests.ConnectionError) as direct:
        AdminClient("http://fake.invalid").namespaces()
    assert not isinstance(direct.value, requests.exceptions.ProxyError)


def test_a_fake_of_this_process_is_steered_whatever_the_environment_says(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {"SSL_CERT_FILE": "/none.pem", "https_proxy": "socks5://127.0.0.1:9"}.items():
        monkeypatch.setenv(name, value)
    with intercept() as fake:
        assert [] == fake.admin.namespaces()


def test_no_password_of_a_file_takes_the_place_of_the_token(
    monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory
) -> None:
    netrc = tmp_path_factory.mktemp("home") / ".netrc"
    netrc.write_text("machine 127.0.0.1 login me password mine")
    monkeypatch.setenv("NETRC", str(netrc))
    with MockServer(admin_token="right") as guarded:
        assert [] == AdminClient(guarded.url, token="right").namespaces()
