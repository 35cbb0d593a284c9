import zipfile
from pathlib import Path

import certifi
import pytest
import requests
from client.tests.conftest import KEY, SECRET, ScriptedApi, VirtualClock, raw

from flipsnack_client import CertificateRefused, ConnectionFailed, Flipsnack
from flipsnack_client.transport import _translated
from flipsnack_mock.testing import MockServer

HOST = "api.example"


def test_a_certificate_of_an_unknown_authority_is_refused_once(secure: MockServer) -> None:
    """A refused certificate is not retried, and the text says what is wrong with it."""
    clock = VirtualClock()
    client = Flipsnack(KEY, SECRET, base_url=secure.base_url, clock=clock)
    with pytest.raises(CertificateRefused, match=r"^the certificate of 127\.0\.0\.1 is refused: unable"):
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
    """A trusted authority is not enough: the certificate must be for the requested name."""
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
        (requests.exceptions.TooManyRedirects("x"), "too many redirects"),
        (requests.exceptions.ContentDecodingError("x"), "could not be decompressed"),
        (requests.exceptions.ChunkedEncodingError("x"), "was cut off"),
        (ConnectionResetError(104, "Connection reset by peer"), "Connection reset by peer"),
        (requests.exceptions.InvalidURL("http://[bad/?signature=s"), "the address is not valid"),
    ],
    ids=lambda value: value if isinstance(value, str) else type(value).__name__,
)
def test_the_text_of_a_fault_has_no_url(error: Exception, words: str) -> None:
    """Each kind of fault has its words; none of them comes from a text with a URL in it."""
    translated = _translated(error, HOST)
    assert ConnectionFailed is type(translated)
    assert words in str(translated)
    assert "signature" not in str(translated)


def test_plain_http_on_a_tls_port_is_a_connection_failure(api: ScriptedApi) -> None:
    """A server that does not speak TLS raises ConnectionFailed, not CertificateRefused."""
    api.server.plan = [raw(b"HTTP/1.1 400 Bad Request\r\n\r\n")]
    url = api.server.url.replace("http", "https")
    with pytest.raises(ConnectionFailed, match=r"cannot reach 127\.0\.0\.1"):
        Flipsnack(KEY, SECRET, base_url=f"{url}/v1/", clock=api.clock).call("a", {})
