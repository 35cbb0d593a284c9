import threading

import pytest
from flask import url_for
from lxml import etree
from mock_server.tests.conftest import DOWNLOAD, KEY, SECRET, START, Fake, make_fake, signed
from werkzeug.exceptions import NotFound
from werkzeug.middleware.dispatcher import DispatcherMiddleware
from werkzeug.test import Client

from flipsnack_mock.protocol.parameters import MAX_QUERY_BYTES
from flipsnack_mock.server.app import create_app
from flipsnack_mock.server.vendor import REQUEST_ID_HEADER
from flipsnack_mock.state.journal import Entry

ZIP = "mock-complete"


def resource_url(fake: Fake, collection_hash: str = ZIP, *, prefix: str = "") -> str:
    answer = fake.call(prefix=prefix, collectionHash=collection_hash).get_json()
    return str(answer["data"]["resourceUrl"])


def test_a_call_is_answered_over_wsgi(fake: Fake) -> None:
    answer = fake.call(collectionHash="mock-processing")
    assert (200, "application/json; charset=utf-8") == (answer.status_code, answer.content_type)
    assert b'{"code":20,"status":"OK","data":{"status":"PROCESSING"}}' == answer.data
    assert "r1" == answer.headers[REQUEST_ID_HEADER]


@pytest.mark.parametrize(
    ("fmt", "content_type"),
    [
        ("json", "application/json; charset=utf-8"),
        ("jsonp", "application/javascript; charset=utf-8"),
        ("xml", "application/xml; charset=utf-8"),
    ],
)
def test_each_format_has_its_content_type(fake: Fake, fmt: str, content_type: str) -> None:
    """And JSONP may not be taken for anything else."""
    answer = fake.call(format=fmt, callback="f")
    assert content_type == answer.content_type
    assert ("nosniff" if fmt == "jsonp" else None) == answer.headers.get("X-Content-Type-Options")


@pytest.mark.parametrize("content_type", ["application/x-www-form-urlencoded", "multipart/form-data"])
def test_a_form_and_a_multipart_body_are_read(content_type: str) -> None:
    """Credentials are judged before the verb is refused; a setting lets the vendor's `curl -F` through."""
    for lenient, key, code in ((False, "nobody", 41), (False, KEY, 40), (True, KEY, 20)):
        fake = make_fake(lenient_post=lenient)
        assert code == fake.client.post("/v1/", data=signed(apiKey=key), content_type=content_type).get_json()["code"]


@pytest.mark.parametrize(
    "path", ["/v1/x", "/v1//", "/v1/%ff", "/v1/%00", "/v1/../v1/x", "/v1/%2e%2e/", "/t/one/v1/x", "/packages/../v1/"]
)
@pytest.mark.parametrize("method", ["GET", "POST", "HEAD", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "PROPFIND"])
def test_no_path_and_no_verb_of_the_vendors_surface_is_a_server_error(fake: Fake, path: str, method: str) -> None:
    """Below /v1 it is code 40 with HTTP 200; below /packages it is denied."""
    answer = fake.client.open(path, method=method)
    if path.startswith("/packages"):
        assert 403 == answer.status_code
    else:
        assert 200 == answer.status_code
        assert method == "HEAD" or 40 == answer.get_json()["code"]


NO_PATHS = ("/v2/", "/v1x", "/t/one", "/t//v1/", "/t/a%20b/v1/", "/t/" + "x" * 101 + "/v1/", "/t/../v1/", "/t/./v1/")


@pytest.mark.parametrize("path", [*NO_PATHS, "/t/a//v1/", "/t/a//packages/x/y/z.zip"])
def test_any_other_path_is_not_the_api(fake: Fake, path: str) -> None:
    answer = fake.client.get(path)
    assert (404, "not_found") == (answer.status_code, answer.get_json()["error"]["type"])
    assert "the API is at http://localhost/" in answer.get_json()["error"]["message"]


HTML = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}


@pytest.mark.parametrize("mount", ["", "/t/one"])
def test_the_root_leads_a_browser_to_the_page_and_tells_a_program_the_addresses(fake: Fake, mount: str) -> None:
    for path in (f"{mount}/", f"{mount}/__admin/"):
        assert f"{mount}/__admin/ui" == fake.client.get(path, headers=HTML).headers["Location"]
        assert f"http://localhost{mount}/v1/" == fake.client.get(path).get_json()["api"]
    without = make_fake(admin=False)
    assert {"service", "version", "api"} == set(without.client.get("/", headers=HTML).get_json())
    assert 404 == without.client.get("/__admin/").status_code


def test_a_call_at_the_root_is_told_where_the_api_is(fake: Fake) -> None:
    """The base URL without /v1/ is a common mistake, and a line of the log."""
    for answer in (fake.client.get("/", query_string=signed()), fake.client.post("/", data=signed())):
        assert answer.status_code in (404, 405)
        assert "the API is at http://localhost/" in answer.get_json()["error"]["message"]


def test_probes_and_icons_are_answered_without_a_line_in_the_log() -> None:
    logged: list[Entry] = []
    client = Client(create_app(on_exchange=logged.append))
    health = client.get("/health").get_json()
    assert [health] * 3 == [client.get(path).get_json() for path in ("/healthz", "/livez", "/readyz")]
    assert (200, "image/svg+xml") == ((icon := client.get("/favicon.ico")).status_code, icon.mimetype)
    assert (302, []) == (client.get("/", headers=HTML).status_code, logged)


def test_an_unbuilt_method_is_a_refusal_of_our_own(fake: Fake) -> None:
    answer = fake.call(action="flipbook.delete")
    assert (501, "flipbook.delete") == (answer.status_code, answer.get_json()["error"]["action"])


@pytest.mark.parametrize(
    "query",
    [
        "a=" + "1" * 1_000_000,
        "&".join(f"a{number}=1" for number in range(10_000)),
        "a=%ff",
        "a=%00",
        "%zz",
        "a=\xff",
        "a=1&a=2",
    ],
    ids=lambda query: query[:8],
)
def test_a_hostile_query_is_code_40(fake: Fake, query: str) -> None:
    answer = fake.client.get("/v1/", environ_overrides={"QUERY_STRING": query})
    assert (200, 40) == (answer.status_code, answer.get_json()["code"])


@pytest.mark.parametrize("host", ["a b<>", "", "evil.test/path", "user@host", "a\tb", "x" * 300, "[::1", "h:999999"])
def test_a_host_header_that_is_no_host_is_not_repeated(fake: Fake, host: str) -> None:
    """The resource URL then begins with the server's own address."""
    answer = fake.client.get("/v1/", query_string=signed(), headers={"Host": host})
    url = answer.get_json()["data"]["resourceUrl"]
    assert url.startswith("http://localhost:80/packages/")


@pytest.mark.parametrize("host", ["localhost", "fake.test:3547", "127.0.0.1:1", "[::1]:80", "api.flipsnack.com"])
@pytest.mark.parametrize("base_url", ["", "https://cdn.test", "https://ci.test/sales"])
@pytest.mark.parametrize("prefix", ["", "/t/one"])
def test_a_resource_url_begins_as_the_caller_reached_the_fake(host: str, base_url: str, prefix: str) -> None:
    """Or as a setting says, as behind a proxy."""
    client = make_fake(base_url=base_url).client
    answer = client.get(f"{prefix}/v1/", query_string=signed(), headers={"Host": host}).get_json()
    assert answer["data"]["resourceUrl"].startswith(f"{base_url or f'http://{host}'}{prefix}/packages/")


@pytest.mark.parametrize("prefix", ["", "/t/one"])
def test_below_a_mount_point_links_documents_cookies_and_the_page_work(prefix: str) -> None:
    """WSGI's SCRIPT_NAME (PEP 3333): what the fake hands out leads back below it."""
    mounted = DispatcherMiddleware(NotFound(), {"/a b/fake": create_app()})
    client = Client(mounted)
    url = client.get(f"/a b/fake{prefix}/v1/", query_string=signed()).get_json()["data"]["resourceUrl"]
    assert url.startswith(f"http://localhost/a%20b/fake{prefix}/packages/")
    assert b"PK" == client.get(url.removeprefix("http://localhost")).data[:2]
    servers = client.get(f"/a b/fake{prefix}/__admin/openapi.json").get_json()["servers"]
    assert ["/a%20b/fake/", "/a%20b/fake/t/{namespace}"] == [one["url"] for one in servers]
    done = client.post(f"/a b/fake{prefix}/__admin/ui", data={"do": "reset", "key": KEY})
    assert (303, "ui?did=reset") == (done.status_code, done.headers["Location"])


def test_the_package_is_a_download_with_length_and_etag(fake: Fake) -> None:
    answer = fake.resource(resource_url(fake))
    assert (200, "application/zip") == (answer.status_code, answer.content_type)
    assert len(answer.data) == answer.content_length
    assert answer.data.startswith(b"PK\x03\x04")
    assert answer.headers["ETag"].startswith('"')
    assert "bytes" == answer.headers["Accept-Ranges"]


def test_head_has_the_headers_and_no_body(fake: Fake) -> None:
    url = resource_url(fake).removeprefix("http://localhost")
    get, head = fake.client.get(url), fake.client.head(url)
    assert b"" == head.data
    for name in ("Content-Length", "ETag", "Content-Type", "Accept-Ranges"):
        assert get.headers[name] == head.headers[name]


@pytest.mark.parametrize(
    ("text", "start", "stop"), [("bytes=0-0", 0, 1), ("bytes=9-", 9, None), ("bytes=-9", -9, None)]
)
def test_one_range_is_answered_with_that_part(fake: Fake, text: str, start: int, stop: int | None) -> None:
    url = resource_url(fake)
    part, whole = fake.resource(url, Range=text), fake.resource(url).data
    assert (206, whole[start:stop]) == (part.status_code, part.data)
    first = start % len(whole)
    assert f"bytes {first}-{first + len(part.data) - 1}/{len(whole)}" == part.headers["Content-Range"]


@pytest.mark.parametrize(
    "text", ["bytes=5-2", "bytes=a-b", "bytes=-", "pages=1-2", "bytes 0-1", "bytes=0-1,3-4", "0-1", "bytes=\u0661-"]
)
def test_a_range_that_is_none_is_ignored(fake: Fake, text: str) -> None:
    """Other units, nonsense, and several at once: the whole package comes."""
    url = resource_url(fake)
    answer = fake.resource(url, Range=text.encode().decode("latin-1"))
    assert (200, None, fake.resource(url).data) == (
        answer.status_code,
        answer.headers.get("Content-Range"),
        answer.data,
    )


@pytest.mark.parametrize(
    ("status", "header", "value"),
    [(206, "If-Range", None), (200, "If-Range", '"other"'), (304, "If-None-Match", None), (412, "If-Match", '"other"')],
)
def test_conditions_reach_the_package(fake: Fake, status: int, header: str, value: str | None) -> None:
    """None stands for the package's own ETag; 304 and 412 have no body."""
    url = resource_url(fake)
    etag = value or fake.resource(url).headers["ETag"]
    answer = fake.resource(url, Range="bytes=1-", **{header: etag})
    assert (status, status < 300) == (answer.status_code, bool(answer.data))


@pytest.mark.parametrize(("seconds", "status", "code"), [(0, 416, "InvalidRange"), (60, 403, "AccessDenied")])
def test_what_is_refused_of_a_package_is_refused_in_xml(fake: Fake, seconds: int, status: int, code: str) -> None:
    """A range outside of it; and, once the URL is dead, whatever part is asked for."""
    url = resource_url(fake)
    fake.pass_seconds(seconds)
    answer = fake.resource(url, Range="bytes=999999999-9999999999")
    assert (status, "application/xml") == (answer.status_code, answer.content_type)
    assert code == etree.fromstring(answer.data).findtext("Code")


def test_namespaces_see_nothing_of_each_other(fake: Fake) -> None:
    fake.admin("POST", f"/t/one/__admin/accounts/{KEY}/clock/freeze")
    fake.admin("PUT", "/t/one/__admin/maintenance", {"on": True})
    assert [22, 20, 20] == [fake.call(prefix=prefix).get_json()["code"] for prefix in ("/t/one", "/t/two", "")]
    assert fake.admin("GET", f"/t/one/__admin/accounts/{KEY}/clock").get_json()["frozen"]
    assert not fake.admin("GET", f"/t/two/__admin/accounts/{KEY}/clock").get_json()["frozen"]
    url = resource_url(fake, prefix="/t/two")
    assert url.startswith("http://localhost/t/two/packages/")
    assert 200 == fake.resource(url).status_code
    assert 403 == fake.resource(url.replace("/t/two/", "/t/three/")).status_code
    assert 403 == fake.resource(url.replace("/t/two/", "/")).status_code
    fake.admin("POST", "/t/one/__admin/reset")
    accounts = [fake.admin("GET", f"/t/{name}/__admin/accounts").get_json()["accounts"] for name in ("one", "two")]
    assert [2, 3] == [len(of_namespace) for of_namespace in accounts]


def test_a_defect_is_http_500_in_our_own_shape_and_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    """Here in what waits for a delay; the next request is answered."""
    client = create_app(sleep=lambda _seconds: 1 // 0).test_client()  # type: ignore[arg-type]
    client.post(f"/__admin/accounts/{KEY}/faults", json={"fault": {"kind": "delay", "seconds": 1}})
    answer = client.get("/v1/", query_string=signed())
    assert (500, "broken") == (answer.status_code, answer.get_json()["error"]["type"])
    assert "ZeroDivisionError" in caplog.text
    assert 41 == client.get("/v1/", query_string=signed(apiKey="nobody")).get_json()["code"]


def test_without_settings_it_reads_no_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """`create_app()` is a factory for any WSGI server, and always the same."""
    monkeypatch.setenv("FLIPSNACK_MOCK_ADMIN", "false")
    assert 200 == create_app().test_client().get("/__admin").status_code


def test_a_program_around_it_can_build_the_url_of_a_route() -> None:
    app = create_app()
    rule = next(rule for rule in app.url_map.iter_rules() if rule.rule == "/__admin/accounts/<key>")
    with app.test_request_context():
        assert "/__admin/accounts/a%20b?more=1" == url_for(rule.endpoint, key="a b", more="1")


def test_threads_share_one_account_without_loss() -> None:
    fake = make_fake(requests_per_second=5)
    codes: list[int] = []

    def call() -> None:
        for _ in range(10):
            codes.append(fake.client.application.test_client().get("/v1/", query_string=signed()).get_json()["code"])

    threads = [threading.Thread(target=call) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (5, 55) == (codes.count(20), codes.count(31))


def test_the_secret_is_never_in_an_answer(fake: Fake) -> None:
    assert SECRET.encode() not in fake.call(signature="0" * 32).data
    assert {"code", "status"} == fake.call(signature="0" * 32).get_json().keys()


def test_the_log_gets_every_request_with_the_time_that_it_took() -> None:
    """Of an overlong query only a part; and one for nothing here, which no journal keeps."""
    times = iter(range(START, START + 100, 7))
    entries: list[Entry] = []
    client = create_app(now=lambda: next(times), on_exchange=entries.append).test_client()
    client.get("/v1/", query_string=signed())
    client.get("/v1/nowhere", environ_overrides={"QUERY_STRING": "a" * 1_000_000})
    client.get("/api/v2/?action=x")
    assert [(DOWNLOAD, 20, 7), ("", 40, 7)] == [(entry.action, entry.code, entry.duration) for entry in entries[:2]]
    assert MAX_QUERY_BYTES + 1 >= len(entries[1].request.query)
    unrouted = entries[2]
    assert ("GET", "/api/v2/", "") == (unrouted.request.method, unrouted.request.path, unrouted.key)
    assert "nothing is served at /api/v2/" in unrouted.detail
    assert 2 == len(client.get("/__admin/requests").get_json()["requests"])
