"""Other fakes of web APIs: how each is installed into a folder of its own, and started with one canned answer."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from bench.process import free_port

FOLDER = Path(__file__).resolve().parents[1] / "build" / "peers"
INSTALL_SECONDS = 900
TARGET = "/v1/?action=collection.downloadHTML"
ANSWER = {"code": 20, "status": "OK", "data": {"status": "COMPLETE", "resourceUrl": "https://example.com/p.zip"}}

# As its command does, which listens on all addresses of the machine.
_LOCALSTRIPE = """
import logging, sys
from aiohttp import web
from localstripe.server import app
log = logging.getLogger("aiohttp.access")
log.setLevel(logging.DEBUG)
log.addHandler(logging.StreamHandler())
web.run_app(app, host="127.0.0.1", port=int(sys.argv[1]), access_log=log)
"""


@dataclass(frozen=True)
class Peer:
    """One peer: `package` is what pip or npm installs, `command` its command line in its `folder` and on a port.

    `target` is asked for, with `authorization` where it wants one. `files` are written into its folder before it
    starts, `{port}` in them is its port. It is warmed up `warm_up` times as long as others.
    """

    name: str
    package: str
    command: Callable[[Path, int], list[str]]
    target: str = TARGET
    authorization: str = ""
    files: Mapping[str, object] = field(default_factory=dict)
    warm_up: int = 1

    @property
    def folder(self) -> Path:
        """Where it is installed."""
        return FOLDER / self.name

    def install(self) -> None:
        """Install it, unless it is; raises `RuntimeError` with the reason when it cannot be."""
        installed = self.folder / "installed"
        if installed.exists() and installed.read_text() == self.package:
            return
        self.folder.mkdir(parents=True, exist_ok=True)
        for step in _pip(self) if "==" in self.package else _npm(self):
            _run(step)
        installed.write_text(self.package)

    def argv(self, port: int) -> list[str]:
        """The command line that serves on `port`; writes its files."""
        for name, content in self.files.items():
            path = self.folder / name
            path.parent.mkdir(exist_ok=True)
            path.write_text(json.dumps(content).replace('"{port}"', str(port)))
        return self.command(self.folder, port)


def _pip(peer: Peer) -> list[list[str]]:
    python = str(peer.folder / "bin" / "python")
    pip = [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", peer.package]
    return [[sys.executable, "-m", "venv", str(peer.folder)], pip]


def _npm(peer: Peer) -> list[list[str]]:
    return [["npm", "install", "--prefix", str(peer.folder), "--no-fund", "--no-audit", peer.package]]


def _run(argv: list[str]) -> None:
    try:
        done = subprocess.run(argv, capture_output=True, text=True, timeout=INSTALL_SECONDS, check=False)
    except (OSError, subprocess.TimeoutExpired) as problem:
        raise RuntimeError(str(problem)) from None
    if done.returncode:
        raise RuntimeError((done.stderr or done.stdout).strip().rpartition("\n")[2])


def _node(script: str, *arguments: str) -> Callable[[Path, int], list[str]]:
    def command(folder: Path, port: int) -> list[str]:
        places = {"folder": str(folder), "port": str(port), "other_port": str(free_port())}
        return ["node", f"{folder}/node_modules/{script}", *(one.format_map(places) for one in arguments)]

    return command


def _wiremock(folder: Path, port: int) -> list[str]:
    jar = next(folder.glob("node_modules/wiremock/**/wiremock-standalone-*.jar"))
    options = ["--port", str(port), "--bind-address", "127.0.0.1", "--root-dir", str(folder), "--disable-banner"]
    return ["java", "-jar", str(jar), *options]


_OPENAPI = {
    "openapi": "3.0.3",
    "info": {"title": "Flipsnack", "version": "1"},
    "paths": {
        "/v1/": {
            "get": {
                "parameters": [{"name": "action", "in": "query", "required": True, "schema": {"type": "string"}}],
                "responses": {"200": {"description": "OK", "content": {"application/json": {"example": ANSWER}}}},
            }
        }
    },
}
_IMPOSTER = {
    "port": "{port}",
    "host": "127.0.0.1",
    "protocol": "http",
    "stubs": [
        {
            "predicates": [{"equals": {"path": "/v1/", "query": {"action": "collection.downloadHTML"}}}],
            "responses": [{"is": {"headers": {"Content-Type": "application/json"}, "body": ANSWER}}],
        }
    ],
}
_MAPPING = {
    "request": {
        "method": "GET",
        "urlPath": "/v1/",
        "queryParameters": {"action": {"equalTo": "collection.downloadHTML"}},
    },
    "response": {"status": 200, "jsonBody": ANSWER},
}

PEERS = (
    Peer(
        "localstripe",
        "localstripe==1.15.10",
        lambda folder, port: [str(folder / "bin" / "python"), "-c", _LOCALSTRIPE, str(port)],
        target="/v1/customers",
        authorization="Bearer sk_test_12345",
    ),
    Peer(
        "moto",
        "moto[server]==5.2.5",
        lambda folder, port: [str(folder / "bin" / "moto_server"), "-H", "127.0.0.1", "-p", str(port)],
        target="/",
    ),
    Peer(
        "Prism",
        "@stoplight/prism-cli@5.14.2",
        _node("@stoplight/prism-cli/dist/index.js", "mock", "-h", "127.0.0.1", "-p", "{port}", "{folder}/openapi.json"),
        files={"openapi.json": _OPENAPI},
    ),
    Peer(
        "mountebank",
        "mountebank@2.9.1",
        _node(
            "mountebank/bin/mb",
            *("start", "--port", "{other_port}", "--host", "127.0.0.1", "--nologfile"),
            *("--pidfile", "{folder}/mb.pid", "--noParse", "--configfile", "{folder}/imposters.json"),
        ),
        files={"imposters.json": {"imposters": [_IMPOSTER]}},
    ),
    # The Java machine compiles what is called often.
    Peer("WireMock", "wiremock@3.13.2", _wiremock, files={"mappings/answer.json": _MAPPING}, warm_up=5),
)
