"""A second correct server, that shares nothing with the fake: the kit's naive model, spoken to over HTTP.

It is the second witness against false alarms: a check that passes on the fake only by an accident of the fake fails
here. Just what the checks need, and no more: resource URLs are looked up, not computed.
"""

from __future__ import annotations

import email
import email.message
import hashlib
import html
import io
import itertools
import json
import re
import zipfile
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote, unquote_to_bytes
from xml.sax.saxutils import escape

from flipsnack_contract.contract.clock import SECOND
from flipsnack_contract.contract.codes import messages
from flipsnack_contract.contract.methods import package_method
from flipsnack_contract.contract.oracle import AccountModel, JobModel
from flipsnack_contract.contract.signing import sign

__all__ = ["create_app"]

Headers = list[tuple[str, str]]
HttpAnswer = tuple[int, Headers, bytes]
Serve = Callable[[dict[str, Any], bytes], HttpAnswer]
FINAL = ("COMPLETE", "FAILED")
DENIED = b"<Error><Code>AccessDenied</Code></Error>"
IDENTIFIER = re.compile(r"[A-Za-z_$][A-Za-z0-9_$]*")
RESERVED = frozenset(
    re.findall(
        r"\w+",
        """break case catch class const continue debugger default delete do else enum export extends false finally for
        function if import in instanceof new null return super switch this throw true try typeof var void while with""",
    )
)
KINDS = {"json": "application/json", "jsonp": "application/javascript", "xml": "application/xml"}
LARGEST = 64 * 1024


class Code(Exception):
    """An answer that is no 20."""

    def __init__(self, code: int) -> None:
        super().__init__(code)
        self.code = code


@dataclass
class Key:
    """One key: its secret, its model, and the titles of its collections."""

    secret: str
    model: AccountModel = field(default_factory=lambda: AccountModel(now=1_700_000_000 * SECOND))
    titles: dict[str, str] = field(default_factory=dict)


@dataclass
class Twin:
    """All keys, and every resource URL that was handed out: whose, for which collection, and when."""

    keys: dict[str, Key] = field(default_factory=dict)
    urls: dict[str, tuple[str, str, int]] = field(default_factory=dict)
    maintenance: bool = False
    serial: Callable[[], int] = field(default_factory=lambda: itertools.count(1).__next__)

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        """Answer as a WSGI app does."""
        path = environ["PATH_INFO"]
        served = (serve for prefix, serve in self._surfaces() if path.startswith(prefix))
        status, headers, body = next(served, _nothing)(environ, environ["wsgi.input"].read())
        start_response(f"{status} -", [*headers, ("Content-Length", str(len(body)))])
        return [b"" if environ["REQUEST_METHOD"] == "HEAD" else body]

    def _surfaces(self) -> Iterable[tuple[str, Serve]]:
        return (("/__admin", self._admin), ("/packages/", self._package), ("/v1", self._api))

    # --- the API

    def _api(self, environ: dict[str, Any], body: bytes) -> HttpAnswer:
        asked: dict[str, str] = {}
        try:
            asked.update(_parameters(environ, body))
            said: dict[str, Any] = {"code": 20, "status": "OK", "data": self._data(environ, asked)}
        except Code as no:
            said = {"code": no.code, "status": messages()[no.code]}
        form = asked.get("format") or "json"
        if form not in KINDS or (form == "jsonp" and not _is_callback(asked.get("callback", ""))):
            form = "json"
        headers = [("Content-Type", f"{KINDS[form]}; charset=utf-8"), ("X-Content-Type-Options", "nosniff")]
        return 200, headers, _written(said, form, asked.get("callback", ""))

    def _data(self, environ: dict[str, Any], asked: dict[str, str]) -> dict[str, str]:
        _looked_at_format(environ, asked)
        key = self.keys.get(asked.get("apiKey", ""))
        _unless(not (self.maintenance or (key and key.model.maintenance)), 22)
        _unless(all(asked.get(name) for name in ("apiKey", "signature", "action")), 30)
        if key is None:
            raise Code(41)
        refusal = key.model.limits.ask(key.model.now)
        _unless(refusal == 20, refusal)
        _unless(asked["action"] == package_method().name, 42)
        _unless(environ["REQUEST_METHOD"] == "GET", 40)
        _unless(asked["signature"] == sign(key.secret, asked.items()), 44)
        wanted = asked.get("collectionHash", "")
        _unless(bool(wanted), 30)
        _unless(wanted in key.model.jobs and wanted not in key.model.deleted, 43)
        state = key.model.jobs[wanted].call(key.model.now)
        return {"status": state, **({"resourceUrl": self._url(environ, asked)} if state == "COMPLETE" else {})}

    def _url(self, environ: dict[str, Any], asked: dict[str, str]) -> str:
        now = self.keys[asked["apiKey"]].model.now
        token = hashlib.sha256(f"{self.serial()}".encode()).hexdigest()
        address = f"/packages/{token[:8]}.zip?Expires={now // SECOND + 60}&Signature={token}"
        self.urls[address] = (asked["apiKey"], asked["collectionHash"], now)
        return f"{environ['wsgi.url_scheme']}://{environ['HTTP_HOST']}{address}"

    # --- packages

    def _package(self, environ: dict[str, Any], _body: bytes) -> HttpAnswer:
        name, wanted, issued = self.urls.get(f"{environ['PATH_INFO']}?{environ['QUERY_STRING']}", ("", "", 0))
        key = self.keys.get(name)
        if key is None or wanted in key.model.deleted or not key.model.serves(issued):
            return 403, [("Content-Type", "application/xml")], DENIED
        whole = _zipped(key.titles[wanted])
        tag = f'"{hashlib.sha256(whole).hexdigest()}"'
        headers = [("Content-Type", "application/zip"), ("ETag", tag), ("Accept-Ranges", "bytes")]
        wished = re.fullmatch(r"bytes=(\d*)-(\d*)", environ.get("HTTP_RANGE", ""))
        if wished is None or environ.get("HTTP_IF_RANGE", tag) != tag:
            return 200, headers, whole
        size = len(whole)
        first = int(wished[1]) if wished[1] else max(0, size - int(wished[2]))
        last = min(int(wished[2]), size - 1) if wished[1] and wished[2] else size - 1
        if first >= size:
            return 416, [("Content-Range", f"bytes */{size}")], b""
        return 206, [*headers, ("Content-Range", f"bytes {first}-{last}/{size}")], whole[first : last + 1]

    # --- the control plane

    def _admin(self, environ: dict[str, Any], body: bytes) -> HttpAnswer:
        sent = json.loads(body) if body else {}
        parts = [unquote(part) for part in environ["PATH_INFO"].split("/")[2:]]
        status, said = self._steered(environ["REQUEST_METHOD"], parts, sent)
        return status, [("Content-Type", "application/json")], json.dumps(said).encode()

    def _steered(self, method: str, parts: list[str], sent: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        match parts:
            case []:
                return 200, {"routes": []}
            case ["", "maintenance"] | ["maintenance"]:
                self.maintenance = sent["on"]
            case ["accounts"]:
                if sent["key"] in self.keys:
                    return 409, {"error": {"message": "there is one"}}
                self.keys[sent["key"]] = Key(sent["secret"])
            case ["accounts", name] if method == "DELETE":
                del self.keys[name]
            case ["accounts", name, *what]:
                return self._account(self.keys[name], what, sent)
        return 200, {}

    def _account(self, key: Key, what: list[str], sent: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        match what:
            case ["clock", "freeze"]:
                return 200, {"now_us": key.model.now}
            case ["clock", "advance"]:
                key.model.now += round(sent["seconds"] * SECOND)
            case ["maintenance"]:
                key.model.maintenance = sent["on"]
            case ["collections"]:
                made = sent.get("hash") or f"c{self.serial()}"
                key.model.jobs[made] = JobModel(sent["schedule"])
                key.titles[made] = sent.get("title", "A collection")
                return 201, {"hash": made}
            case ["collections", wanted]:
                key.model.deleted.add(wanted)
            case ["jobs", wanted]:
                return _job(key, wanted, sent)
        return 200, {}


def create_app() -> Twin:
    """A twin with nothing in it."""
    return Twin()


def _nothing(_environ: dict[str, Any], _body: bytes) -> HttpAnswer:
    return 404, [("Content-Type", "text/plain")], b"nothing is here"


def _job(key: Key, wanted: str, sent: dict[str, Any]) -> tuple[int, dict[str, Any]]:
    state = key.model.look(wanted)
    if sent and state in FINAL:
        return 409, {"error": {"message": f"it is {state} for good"}}
    if sent:
        key.model.jobs[wanted].force(sent["state"])
    return 200, {"state": key.model.look(wanted)}


def _unless(fine: bool, code: int) -> None:  # one condition and its code, in the order of checks
    if not fine:
        raise Code(code)


def _looked_at_format(environ: dict[str, Any], asked: dict[str, str]) -> None:
    _unless(environ["PATH_INFO"] in ("/v1", "/v1/"), 40)
    _unless(environ["REQUEST_METHOD"] in ("GET", "POST"), 40)
    form = asked.get("format") or "json"
    _unless(form in KINDS, 40)
    if form == "jsonp":
        _unless(bool(asked.get("callback")), 30)
        _unless(_is_callback(asked["callback"]), 40)


def _parameters(environ: dict[str, Any], body: bytes) -> dict[str, str]:
    texts = [environ["QUERY_STRING"].encode("latin-1")]
    kind = environ.get("CONTENT_TYPE", "") if environ["REQUEST_METHOD"] == "POST" and body else ""
    parts = _parts(kind, body) if kind.startswith("multipart/form-data") else []
    if kind and not parts:
        _unless(kind.startswith("application/x-www-form-urlencoded"), 40)
        texts.append(body)
    _unless(all(len(text) <= LARGEST and text.count(b"&") < 1000 for text in texts), 40)
    pairs = [*parts, *(_pair(piece) for text in texts for piece in text.split(b"&") if piece)]
    found = dict(pairs)
    _unless(len(found) == len(pairs) and "" not in found, 40)
    return found


def _parts(kind: str, body: bytes) -> list[tuple[str, str]]:
    message = email.message_from_bytes(f"Content-Type: {kind}\r\n\r\n".encode() + body)
    parts = message.get_payload()
    _unless(isinstance(parts, list) and not message.defects and len(parts) <= 1000, 40)
    return [
        (str(part.get_param("name", header="content-disposition")), str(part.get_payload()))
        for part in parts
        if isinstance(part, email.message.Message)
    ]


def _pair(piece: bytes) -> tuple[str, str]:
    name, _, value = piece.replace(b"+", b" ").partition(b"=")
    return _decoded(name), _decoded(value)


def _decoded(raw: bytes) -> str:
    _unless(re.search(rb"%(?![0-9A-Fa-f]{2})", raw) is None, 40)
    try:
        text = unquote_to_bytes(raw).decode()
    except UnicodeDecodeError:
        raise Code(40) from None
    _unless("\0" not in text, 40)
    return text


def _is_callback(text: str) -> bool:
    return all(IDENTIFIER.fullmatch(part) and part not in RESERVED for part in text.split("."))


def _written(said: dict[str, Any], form: str, callback: str) -> bytes:
    if form == "xml":
        return f"<response>{_elements(said)}</response>".encode()
    text = json.dumps(said)
    return (f"/**/{callback}({text.replace('<', chr(92) + 'u003c')});" if form == "jsonp" else text).encode()


def _elements(said: dict[str, Any]) -> str:
    return "".join(
        f"<{name}>{_elements(value) if isinstance(value, dict) else escape(str(value))}</{name}>"
        for name, value in said.items()
    )


def _zipped(title: str) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        page = f"<!doctype html><title>{html.escape(title)}</title>".encode()
        archive.writestr(zipfile.ZipInfo("index.html"), page + b"\n" * 700)
    return file.getvalue()
