import ssl
from pathlib import Path

import pytest
import requests
import urllib3
from client.tests.conftest import KEY, SECRET, Talk, complete, raw

from flipsnack_client import CertificateRefused, ConnectionFailed, Flipsnack
from flipsnack_client.transport import _translated

HOST = "api.example"


def certificate_error() -> requests.RequestException:
    """What requests raises for a certificate that nobody vouches for."""
    verification = ssl.SSLCertVerificationError(1, "certificate verify failed")
    verification.verify_message = "self-signed certificate"
    reason = urllib3.exceptions.SSLError(verification)
    pool = urllib3.HTTPSConnectionPool(HOST)
    return requests.exceptions.SSLError(urllib3.exceptions.MaxRetryError(pool, "/v1/?signature=s", reason))


def test_a_refused_certificate_is_told_apart_and_named() -> None:
    """TLS trouble that will not pass is no connection failure, and says what is wrong with the certificate."""
    error = _translated(certificate_error(), HOST)
    assert CertificateRefused is type(error)
    assert f"the certificate of {HOST} is refused: self-signed certificate" == str(error)


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
def test_a_fault_is_told_in_words_that_hold_no_url(error: Exception, words: str) -> None:
    """Each kind of fault has its words; none of them comes from a text with a URL in it."""
    translated = _translated(error, HOST)
    assert ConnectionFailed is type(translated)
    assert words in str(translated)
    assert "signature" not in str(translated)


def test_plain_http_on_a_tls_port_is_a_connection_failure(talk: Talk) -> None:
    """A server that does not speak TLS is told as such, not as a refused certificate."""
    talk.server.plan = [raw(b"HTTP/1.1 400 Bad Request\r\n\r\n")]
    url = talk.server.url.replace("http", "https")
    with pytest.raises(ConnectionFailed, match=r"cannot reach 127\.0\.0\.1"):
        Flipsnack(KEY, SECRET, base_url=f"{url}/v1/", clock=talk.clock).call("a", {})


def test_a_link_without_a_scheme_is_fetched_by_https(talk: Talk, tmp_path: Path) -> None:
    """The vendor's JSON example has none: what reaches the server is a TLS greeting."""
    talk.server.plan = [complete(talk.server.url.removeprefix("http://") + "/p.zip"), raw(b"")]
    poller = talk.client().download_html("h")
    update = poller.wait()
    assert str(update.resource_url).startswith("https://127.0.0.1:")
    with pytest.raises(ConnectionFailed):
        poller.save(tmp_path / "p.zip")
    assert talk.server.requests[1].startswith(b"\x16\x03")
