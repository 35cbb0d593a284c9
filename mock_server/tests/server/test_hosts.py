"""The vendor's two host names on one port."""

from pathlib import Path
from typing import Any

import pytest
import requests
import urllib3
from mock_server.tests.raw_socket import query
from mock_server.tests.server.test_uploads import PNG, fields

from flipsnack_mock.testing import MockServer
from flipsnack_mock.testing.intercept import intercept

API, UPLOAD = "api.flipsnack.com", "upload.flipsnack.com"
KEY = "test-hosts"
READ = query(KEY, collectionHash="mock-complete")
CREATE = fields(KEY)


@pytest.mark.parametrize(
    ("host", "create", "read"),
    [(API, 42, 20), (UPLOAD, 20, 40), (f"{UPLOAD}:3547", 20, 40), ("localhost", 20, 20), ("fake.test", 20, 20)],
)
def test_under_the_vendors_names_each_method_has_its_host(
    server: MockServer, host: str, create: int, read: int
) -> None:
    """Under any other name both hosts are served."""
    with requests.Session() as session:
        session.headers["Host"] = host
        created = session.post(server.base_url, data=CREATE, files={"file": ("a.png", PNG)}, timeout=30).json()
        assert [create, read] == [created["code"], session.get(server.base_url, params=READ, timeout=10).json()["code"]]
        if create == 20:
            assert created["data"]["collectionThumbnail"].startswith(f"http://{host}/thumbnails/")


@pytest.mark.parametrize("settings", [{}, {"base_url": "https://public.test"}])
def test_a_base_url_covers_both_hosts(settings: dict[str, str]) -> None:
    origins = [settings.get("base_url", f"http://{host}") for host in (UPLOAD, API)]
    with MockServer(**settings) as server:
        files: Any = {"file": ("a.png", PNG)}
        created = requests.post(server.base_url, data=CREATE, files=files, headers={"Host": UPLOAD}, timeout=30).json()
        read = requests.get(server.base_url, params=READ, headers={"Host": API}, timeout=10).json()
    found = (created["data"]["collectionThumbnail"], read["data"]["resourceUrl"])
    assert [True, True] == [url.startswith(origin) for url, origin in zip(found, origins, strict=True)]


@pytest.mark.parametrize("host", [API, UPLOAD])
def test_the_certificate_is_for_both_hosts(host: str) -> None:
    with (
        MockServer(tls=True) as server,
        urllib3.HTTPSConnectionPool(
            "127.0.0.1",
            int(server.url.rpartition(":")[2]),
            server_hostname=host,
            assert_hostname=host,
            ca_certs=server.ca_file,
        ) as pool,
    ):
        assert 200 == pool.request("GET", "/v1/", fields=READ, headers={"Host": host}).status


def test_both_hosts_are_intercepted(tmp_path: Path) -> None:
    with intercept(spool=str(tmp_path)):
        created = requests.post(f"https://{UPLOAD}/v1/", data=CREATE, files={"file": ("a.png", PNG)}, timeout=30).json()
        read = query(KEY, action="collection.getCollection", collectionHash=created["data"]["collectionHash"])
        assert "a" == requests.get(f"https://{API}/v1/", params=read, timeout=10).json()["data"]["collectionTitle"]
        assert 200 == requests.get(created["data"]["collectionThumbnail"], timeout=30).status_code
        wrong = requests.post(f"https://{API}/v1/", data=CREATE, files={"file": ("a.png", PNG)}, timeout=30).json()
    assert 42 == wrong["code"]
    assert [] == list(tmp_path.iterdir())
