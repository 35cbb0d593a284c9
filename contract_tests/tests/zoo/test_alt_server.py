"""The life of a publication at the second correct server; the kit's checks hold it to every rule."""

import json
from collections.abc import Callable
from urllib.parse import urlencode

import pytest
from contract_tests.zoo.alt_server import AltServer

from flipsnack_contract.contract.documents import jpg, pdf, png
from flipsnack_contract.contract.signing import sign
from flipsnack_contract.target.control import AccountControl, Control
from flipsnack_contract.target.target import Reply, Request, WsgiTarget

BASE = "http://in-process.test/v1/"
MULTIPART = {"Content-Type": "multipart/form-data; boundary=the-boundary"}


class _Caller:
    """Calls methods of one key."""

    def __init__(self, application: AltServer) -> None:
        self.target = WsgiTarget(application)
        self.account: AccountControl = Control(self.target, "http://in-process.test/").create_account("k", "s")

    def __call__(self, action: str, base: str = BASE, **parameters: str) -> tuple[int, dict[str, object]]:
        return self._read(self.target.send(Request("GET", f"{base}?{urlencode(self._signed(action, parameters))}")))

    def upload(self, *files: tuple[str, bytes], base: str = BASE, **parameters: str) -> tuple[int, dict[str, object]]:
        said = self._signed("collection.create", parameters).items()
        parts = [_part(f'name="{name}"', value.encode()) for name, value in said]
        parts += [_part(f'name="file"; filename="{name}"', content) for name, content in files]
        return self._read(self.target.send(Request("POST", base, b"".join(parts) + b"--the-boundary--\r\n", MULTIPART)))

    def _signed(self, action: str, parameters: dict[str, str]) -> dict[str, str]:
        self.account.advance(1_000_000)
        named = {"apiKey": "k", "action": action, **parameters}
        return {**named, "signature": sign("s", named.items())}

    @staticmethod
    def _read(reply: Reply) -> tuple[int, dict[str, object]]:
        said = json.loads(reply.body)
        return said["code"], said.get("data", {})


def _part(about: str, content: bytes) -> bytes:
    return f"--the-boundary\r\nContent-Disposition: form-data; {about}\r\n\r\n".encode() + content + b"\r\n"


@pytest.fixture
def call() -> _Caller:
    return _Caller(AltServer())


def test_the_life_of_a_publication(call: _Caller) -> None:
    call.account.settings(conversion_schedule="after-2-polls")
    code, made = call.upload(("spring.pdf", pdf(3)), collectionStatus="editable")
    assert (20, "spring", "editable", 650) == (
        code,
        made["collectionTitle"],
        made["collectionStatus"],
        made["collectionWidth"],
    )
    draft = str(made["collectionHash"])
    assert 38 == call("collection.update", collectionHash=draft, title="No")[0]
    shown = [call("collection.getCollection", collectionHash=draft)[1]["flipbooks"] for _ in range(3)]
    assert ["processing", "processing", "complete"] == [one[0]["flipbookStatus"] for one in shown]  # type: ignore[index]
    _, published = call("collection.update", collectionHash=draft, collectionStatus="public", description="")
    final = str(published["collectionHash"])
    assert 43 == call("collection.getEmbed", collectionHash=draft)[0]
    assert f"hash={final}&amp;p=2" in str(call("collection.getEmbed", collectionHash=final, startPage="2")[1])
    assert "COMPLETE" == call("collection.downloadHTML", collectionHash=final)[1]["status"]
    day = {"date": "2024-01-31", "impressions": 3, "views": 2, "pages": [{"page": 2, "clicks": 1}]}
    call.account.call("PUT", f"/collections/{final}/statistics", [day])
    _, counted = call("collection.getStats", collectionHash=final, includePageStats="1", endDate="2024-01-31")
    assert (3, [0, 1, 0]) == (counted["impressions"], [page["clicks"] for page in counted["pages"]])  # type: ignore[attr-defined]
    assert 0 == call("collection.getStats", collectionHash=final, startDate="2024-02-01")[1]["views"]
    assert (20, {}) == call("collection.deleteCollection", collectionHash=final)
    assert (20, {"collectionCount": 0, "collections": []}) == call("collection.getList")
    assert {"impressions": 3, "views": 2, "time_spent": 0, "downloads": 0, "api_uploads_left": 999} == call(
        "user.getStats"
    )[1]


UPLOADS: dict[str, tuple[int, Callable[[_Caller], tuple[int, object]]]] = {
    "jpg": (20, lambda call: call.upload(("a.jpg", jpg()))),
    "png": (20, lambda call: call.upload(("a", png()))),
    "a URL": (20, lambda call: call.upload(fileUrl="https://example.com/a.pdf")),
    "no document": (30, lambda call: call.upload(("a.pdf", b""))),
    "a large file": (34, lambda call: call.upload(("a.pdf", pdf(60)))),
    "many pages": (35, lambda call: call.upload(("a.pdf", pdf(11)))),
    "two files": (36, lambda call: call.upload(("a.pdf", pdf()), ("b.pdf", pdf()))),
    "no picture": (45, lambda call: call.upload(("a.pdf", b"GIF89a"))),
    "no URL": (40, lambda call: call.upload(fileUrl="ftp://example.com/a.pdf")),
    "the other host": (42, lambda call: call.upload(("a.pdf", pdf()), base="http://api.flipsnack.com/v1/")),
    "a read there": (40, lambda call: call("user.getStats", base="https://upload.flipsnack.com/v1/")),
}


@pytest.mark.parametrize("case", UPLOADS)
def test_what_is_refused_does_not_count(call: _Caller, case: str) -> None:
    call.account.settings(upload_bytes=15_000, upload_pages=10, uploads_per_month=1)
    expected, upload = UPLOADS[case]
    assert expected == upload(call)[0]
    assert int(expected != 20) == call("user.getStats")[1]["api_uploads_left"]
    assert (20 if expected != 20 else 33) == call.upload(("a.pdf", pdf()))[0]
    call.account.advance(31 * 86_400_000_000)
    assert 1 == call("user.getStats")[1]["api_uploads_left"]


def test_a_list_has_order_range_and_filter(call: _Caller) -> None:
    for title, status in (("b", "public"), ("A b", "unlisted"), ("c", "public")):
        call.account.create_collection(hash=title, title=title, status=status)

    def listed(**parameters: str) -> tuple[object, list[str]]:
        data = call("collection.getList", **parameters)[1]
        return data["collectionCount"], [one["collectionHash"] for one in data["collections"]]  # type: ignore[attr-defined]

    assert (3, ["c", "A b", "b"]) == listed()
    assert (3, ["A b"]) == listed(**{"from": "1", "to": "1"})
    assert (2, ["A b", "b"]) == listed(query="B", orderBy="name")
    assert (2, ["c", "b"]) == listed(collectionStatus="public", orderBy="date", orderMode="desc")
    assert 40 == call("collection.getList", **{"from": "2", "to": "1"})[0]
