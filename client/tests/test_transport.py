import shutil
import subprocess
import zipfile
from pathlib import Path

import certifi
import pytest
import requests
import urllib3
from client.tests.conftest import KEY, SECRET, ScriptedApi, VirtualClock, http, raw

from flipsnack_client import (
    CertificateRefused,
    ConnectionFailed,
    Flipsnack,
    FlipsnackError,
    RetryPolicy,
    TransportError,
)
from flipsnack_client.translation import translated
from flipsnack_mock.testing import MockServer

HOST = "api.example"


def test_a_certificate_of_an_unknown_authority_is_refused_once(secure: MockServer) -> None:
    clock = VirtualClock()
    client = Flipsnack(KEY, SECRET, base_url=secure.base_url, clock=clock)
    with pytest.raises(CertificateRefused, match=r"^the certificate of 127\.0\.0\.1:\d+ is refused: unable"):
        client.download_html("mock-complete").poll_once()
    assert not clock.sleeps


def test_a_certificate_that_the_session_vouches_for_is_accepted(
    secure: MockServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A session of the caller's own brings its own trust, whatever the environment trusts."""
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", certifi.where())
    with requests.Session() as session:
        session.verify = secure.ca_file
        client = Flipsnack(KEY, SECRET, base_url=secure.base_url, session=session)
        assert zipfile.is_zipfile(client.download_html("mock-complete").save(tmp_path / "p.zip"))


def test_a_certificate_for_another_name_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    with MockServer(tls=True, tls_names="api.example") as elsewhere:
        monkeypatch.setenv("REQUESTS_CA_BUNDLE", elsewhere.ca_file)
        url = elsewhere.base_url.replace("127.0.0.1", "localhost")
        with pytest.raises(CertificateRefused, match="'localhost'"):
            Flipsnack(KEY, SECRET, base_url=url).call("a", {})


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (requests.exceptions.ProxyError("http://u:p@proxy"), "the proxy failed"),
        (requests.exceptions.ConnectTimeout("/?signature=s"), "no connection in time"),
        (requests.exceptions.ReadTimeout("/?signature=s"), "no answer in time"),
        (TimeoutError("timed out"), "no answer in time"),
        (requests.exceptions.ContentDecodingError("x"), "could not be decompressed"),
        (urllib3.exceptions.DecodeError("x"), "could not be decompressed"),
        (urllib3.exceptions.InvalidHeader("x"), "is not HTTP"),
        (requests.exceptions.ChunkedEncodingError("x"), "was cut off"),
        (ConnectionResetError(104, "Connection reset by peer"), "Connection reset by peer"),
    ],
    ids=lambda value: value if isinstance(value, str) else type(value).__name__,
)
def test_the_text_of_a_fault_has_no_url(error: Exception, words: str) -> None:
    ours = translated(error, HOST)
    assert ConnectionFailed is type(ours)
    assert words in str(ours)
    assert "signature" not in str(ours)


@pytest.mark.parametrize("variable", ["REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_FILE", "SSL_CERT_DIR"])
def test_an_authority_may_be_named_in_any_of_the_usual_variables(
    secure: MockServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, variable: str
) -> None:
    for name in ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_FILE", "SSL_CERT_DIR"):
        monkeypatch.delenv(name, raising=False)
    named = str(secure.ca_file)
    if variable == "SSL_CERT_DIR":
        named = f"{tmp_path / 'none'}:{hashed(secure.ca_file, tmp_path)}"
    monkeypatch.setenv(variable, named)
    assert 20 == Flipsnack(KEY, SECRET, base_url=secure.base_url).download_html("mock-complete").poll_once().answer.code


def hashed(ca_file: str, folder: Path) -> Path:
    """Copy the certificate into `folder` under the name by which OpenSSL finds it."""
    command = ["openssl", "x509", "-hash", "-noout", "-in", ca_file]
    digest = subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()
    shutil.copy(ca_file, folder / f"{digest}.0")
    return folder


# The variable, its value, and what is said.
LASTING: dict[str, tuple[str, str, str]] = {
    "no such file": ("SSL_CERT_FILE", "{tmp}/none.pem", "none.pem does not exist"),
    "a broken certificate": ("SSL_CERT_FILE", "{tmp}/broken.pem", "has no certificate in it"),
    "no certificate": ("REQUESTS_CA_BUNDLE", "{tmp}/empty.pem", "has no certificate in it"),
    "unknown scheme": ("ALL_PROXY", "ftp://me:Zq7@proxy.example", "the proxy ftp://proxy.example: the address of the"),
    "no host": ("ALL_PROXY", "http://", "the proxy http://: the address of the proxy is not valid"),
    "no port": ("HTTPS_PROXY", "http://me:Z@q7@127.0.0.1:port", "the proxy http://127.0.0.1:port: the address of the"),
    "no label": ("https_proxy", "me:Zq7/@a..b", "the proxy a..b: the address of the proxy is not valid"),
}


@pytest.mark.parametrize("name", LASTING)
def test_what_no_retry_can_mend_is_said_once_and_without_a_password(
    api: ScriptedApi, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    variable, value, words = LASTING[name]
    (tmp_path / "empty.pem").touch()
    (tmp_path / "broken.pem").write_text("-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n")
    for other in ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_FILE", "NO_PROXY", "no_proxy"):
        monkeypatch.delenv(other, raising=False)
    monkeypatch.setenv(variable, value.format(tmp=tmp_path))
    url = api.server.url.replace("http", "https")
    api.server.plan = [raw(b"")]
    with pytest.raises(TransportError) as caught:
        Flipsnack(KEY, SECRET, base_url=f"{url}/v1/", clock=api.clock).call("a", {})
    assert words in str(caught.value)
    assert not api.clock.sleeps
    assert "q7" not in str(caught.value)


@pytest.mark.parametrize("scheme", ["http", "https"])
@pytest.mark.parametrize(("status", "attempts"), [(407, 1), (502, 2)])
def test_a_proxy_that_refuses_is_named_and_a_lasting_refusal_is_not_retried(
    api: ScriptedApi, monkeypatch: pytest.MonkeyPatch, scheme: str, status: int, attempts: int
) -> None:
    for name in ("NO_PROXY", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("ALL_PROXY", api.server.url.replace("//", "//me:Zq7@"))
    api.server.plan = [http(b"", status=status)]
    client = Flipsnack(
        KEY, SECRET, base_url=f"{scheme}://api.example/v1/", clock=api.clock, retry=RetryPolicy(attempts=2)
    )
    with pytest.raises(FlipsnackError) as caught:
        client.call("a", {})
    assert attempts == len(api.server.requests)
    # A 502 over HTTP may be the server's own, so it is not taken for the proxy's.
    assert (status == 407 or scheme == "https") is (f"the proxy {api.server.url}" in str(caught.value))
    assert "Zq7" not in str(caught.value)


REDIRECTS: dict[str, tuple[str, str]] = {
    "to http": ("http://127.0.0.1:9/p.zip", "redirects from https to http, which is not followed"),
    "to nowhere": ("https://127.0.0.1:0/p.zip", "redirects to an address that is not valid"),
    "to no host": ("https:///p.zip", "redirects to an address that is not valid"),
    "to another scheme": ("file:///etc/passwd", "redirects to an address that is not valid"),
}


@pytest.mark.parametrize("name", REDIRECTS)
def test_a_redirect_that_must_not_be_followed_is_not(secure: MockServer, tmp_path: Path, name: str) -> None:
    location, words = REDIRECTS[name]
    account = secure.admin.account("test-redirects")
    account.show()
    account.reset()
    account.faults.add("redirect", location=location, when={"action": "package"})
    with requests.Session() as session:
        session.verify = secure.ca_file
        client = Flipsnack(account.key, f"secret-{account.key}", base_url=secure.base_url, session=session)
        with pytest.raises(TransportError, match=words):
            client.download_html("mock-complete").save(tmp_path / "p.zip")
    assert 1 == len(list(account.requests.list(kind="package")))
