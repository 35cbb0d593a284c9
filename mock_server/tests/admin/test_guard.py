import shutil
import subprocess
from typing import Any

import pytest
from mock_server.tests.conftest import Fake, make_fake

from flipsnack_mock.admin.guard import exposure
from flipsnack_mock.state.settings import load_settings
from flipsnack_mock.testing import MockServer

HOST = "localhost:3547"
TOKEN = "sesame"


def status(fake: Fake, path: str = "/__admin", method: str = "GET", **headers: str) -> int:
    """The HTTP status of a request with these headers, whose names have underscores here."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return fake.admin(method, path, **({"Host": HOST} | named)).status_code


PRIVATE = [
    "localhost",
    "127.0.0.1:3547",
    "[::1]:3547",
    "192.168.0.7:3547",
    "flipsnack:3547",
    "FLIPSNACK",
    "flipsnack.default.svc",
    "flipsnack.default.svc.cluster.local:3547",
    "fake.my_project_default",
    "host.docker.internal:3547",
    "fake.localhost.",
    "api.flipsnack.com",
    "upload.flipsnack.com:443",
]
"""Addresses, labels of containers, names of clusters; and the vendor's, which a container network lends."""


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Sec_Fetch_Site": "same-origin"},
        {"Sec_Fetch_Site": "none"},
        {"Origin": f"http://{HOST}"},
        {"Sec_Fetch_Site": "same-origin", "Origin": "https://in-front-of-a-proxy.test"},
        {"Sec_Fetch_Mode": "cors", "Accept_Language": "*", "User_Agent": "node"},
        *({"Host": host} for host in PRIVATE),
    ],
)
def test_programs_the_own_page_and_names_that_none_can_register_are_answered(
    fake: Fake, headers: dict[str, str]
) -> None:
    assert 200 == status(fake, **headers)


@pytest.mark.parametrize("method", ["GET", "DELETE"])
@pytest.mark.parametrize("path", ["/__admin/requests", "/t/one/__admin/requests"])
@pytest.mark.parametrize(
    "headers",
    [
        {"Sec_Fetch_Site": "cross-site"},
        {"Sec_Fetch_Site": "same-site"},
        {"Sec_Fetch_Site": "cross-site", "Sec_Fetch_Mode": "navigate", "Sec_Fetch_Dest": "document"},
        {"Sec_Fetch_Site": "cross-site", "Origin": f"http://{HOST}"},
        {"Origin": "http://evil.test"},
        {"Origin": "http://localhost:9999"},
        {"Origin": "http://[::1"},
        {"Origin": "null"},
        {"Origin": ""},
    ],
)
def test_a_page_of_another_site_may_not(fake: Fake, path: str, method: str, headers: dict[str, str]) -> None:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    answer = fake.admin(method, path, Host=HOST, **named)
    assert (403, "forbidden") == (answer.status_code, answer.get_json()["error"]["type"])


def test_another_page_may_link_to_the_page_and_no_more(fake: Fake) -> None:
    link = {"Sec_Fetch_Site": "cross-site", "Sec_Fetch_Mode": "navigate", "Sec_Fetch_Dest": "document"}
    assert 200 == status(fake, "/__admin/ui", **link)
    assert 403 == status(fake, "/__admin/ui", **(link | {"Sec_Fetch_Dest": "iframe"}))
    assert 403 == status(fake, "/__admin/ui", **(link | {"Sec_Fetch_Mode": "no-cors"}))
    assert 403 == status(fake, "/__admin/ui", "POST", **link)


def test_the_api_itself_takes_requests_of_any_page(fake: Fake) -> None:
    headers = {"Origin": "http://evil.test", "Sec-Fetch-Site": "cross-site"}
    assert 200 == fake.client.get("/v1/", headers=headers).status_code
    assert 200 == fake.client.get("/health", headers=headers).status_code


@pytest.mark.parametrize("host", ["evil.com", "localhost.evil.com:3547", "xn--e1awd7f.xn--p1ai", "127.0.0.1.nip.io."])
def test_a_public_name_is_refused(fake: Fake, host: str) -> None:
    message = fake.admin("GET", "/__admin", Host=host).get_json()["error"]["message"]
    assert all(words in message for words in (host.partition(":")[0].removesuffix("."), "admin_hosts", "admin_token"))
    assert 403 == status(fake, Host=host)
    assert 403 == status(fake, Host=host, Origin=f"http://{host}")
    assert 403 == status(fake, "/__admin/ui", Host=host)


@pytest.mark.parametrize("settings", [{"admin_hosts": "a.test.com, Fake.Example.com"}, {"admin_token": TOKEN}])
def test_a_public_name_is_answered_when_it_is_listed_or_a_token_is_set(settings: dict[str, str]) -> None:
    assert 200 == status(make_fake(**settings), Host="fake.example.com", Authorization=f"Bearer {TOKEN}")


def test_fetch_of_node_may_use_it(server: MockServer) -> None:
    if shutil.which("node") is None:
        pytest.skip("node is not installed")
    script = f"fetch('{server.url}/__admin/accounts/test-node').then(answer => console.log(answer.status))"
    run = subprocess.run(["node", "-e", script], capture_output=True, text=True, check=True, timeout=30)
    assert "200" == run.stdout.strip()


@pytest.mark.parametrize(
    ("address", "settings", "warns"),
    [
        ("127.0.0.1", {}, False),
        ("::1", {}, False),
        ("0.0.0.0", {}, True),
        ("::", {}, True),
        ("192.168.0.7", {}, True),
        ("0.0.0.0", {"admin_token": TOKEN}, False),
        ("0.0.0.0", {"admin": False}, False),
    ],
)
def test_it_warns_where_others_can_steer_it(address: str, settings: dict[str, Any], warns: bool) -> None:
    loaded, _ = load_settings(flags=settings, environment={}, file=None)
    assert warns == ("admin_token" in exposure(loaded, address))
