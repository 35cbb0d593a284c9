import json
import os
import ssl
import tempfile
from collections.abc import Iterator
from urllib.parse import urlencode

import pytest
import requests
from mock_server.tests.raw_socket import curl, query

from flipsnack_mock.server.tls import certificates_for
from flipsnack_mock.state.settings import Settings, SettingsError
from flipsnack_mock.testing import MockServer


@pytest.fixture(name="server", scope="module")
def server_fixture() -> Iterator[MockServer]:
    with MockServer(tls=True) as server:
        yield server


def test_a_client_with_the_vendors_address_works_unchanged(server: MockServer) -> None:
    """https://api.flipsnack.com, led to the fake as a network's aliases do and trusting its authority, is real TLS."""
    options = ("--connect-to", f"::127.0.0.1:{server.url.rpartition(':')[2]}", "--cacert", server.ca_file)
    answer = curl(*options, f"https://api.flipsnack.com/v1/?{urlencode(query('test-tls'))}")
    url = json.loads(answer.stdout)["data"]["resourceUrl"]
    assert url.startswith("https://api.flipsnack.com/packages/")
    assert curl(*options, url).stdout.startswith(b"PK")


def test_the_authority_is_served(server: MockServer) -> None:
    pem = requests.get(f"{server.url}/__admin/ca.pem", verify=server.ca_file, timeout=5)
    assert "application/x-pem-file" == pem.headers["Content-Type"]
    with open(server.ca_file, "rb") as file:
        assert file.read() == pem.content


def test_nobody_else_trusts_the_authority(server: MockServer) -> None:
    """Without the authority a client refuses the fake: it can impersonate the vendor only where that was asked for."""
    with pytest.raises(requests.exceptions.SSLError):
        requests.get(f"{server.url}/health", timeout=5)


def test_without_tls_there_is_no_authority() -> None:
    with MockServer() as server:
        answer = requests.get(f"{server.url}/__admin/ca.pem", timeout=5)
    assert 404 == answer.status_code
    assert "start it with --tls" in answer.json()["error"]["message"]


def test_each_start_has_an_authority_of_its_own() -> None:
    first, second = certificates_for(Settings(tls=True)), certificates_for(Settings(tls=True))
    assert first is not None
    assert second is not None
    assert first.authority_pem != second.authority_pem
    assert isinstance(first.context, ssl.SSLContext)


def test_a_bad_name_is_refused() -> None:
    with pytest.raises(SettingsError, match="tls_names"):
        certificates_for(Settings(tls=True, tls_names="not a name!"))


def test_nothing_is_written_where_the_system_has_files_in_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    """A container with a read-only root has no folder for a certificate."""
    if not hasattr(os, "memfd_create"):
        pytest.skip("this system has no files in memory")
    monkeypatch.setattr(tempfile, "tempdir", "/nowhere")
    assert certificates_for(Settings(tls=True)) is not None
