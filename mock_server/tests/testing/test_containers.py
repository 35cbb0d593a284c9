"""The container class against a stand-in for the container engine that starts the fake as a process.

It answers the few calls that `testcontainers` makes, so what is tested is what the class asks an engine for; that an
engine does it is the engine's part.
"""

import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
import requests
from testcontainers.core.config import ConnectionMode, testcontainers_config

from flipsnack_mock.state.settings import SettingsError
from flipsnack_mock.testing.containers import IMAGE, PORT, FlipsnackMockContainer

ENGINE_VARIABLES = ("DOCKER_HOST", "DOCKER_TLS_VERIFY", "DOCKER_CERT_PATH", "DOCKER_CONTEXT", "TC_HOST")


class Engine:
    """A container engine that knows one container: a `flipsnack-mock serve` with the variables it is given."""

    def __init__(self) -> None:
        self.created: dict[str, Any] = {}
        self.process: subprocess.Popen[str] | None = None
        self.port = ""

    def start(self) -> None:
        given = dict(variable.split("=", 1) for variable in self.created.get("Env") or [])
        environment = {**os.environ, **given, "FLIPSNACK_MOCK_PORT": "0"}  # noqa: TID251 - a process needs one
        command = [sys.executable, "-m", "flipsnack_mock", "serve"]
        self.process = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True)
        assert self.process.stdout is not None
        self.port = self.process.stdout.readline().strip().rpartition(":")[2]

    def stop(self) -> None:
        if self.process is not None:
            self.process.terminate()
            self.process.communicate(timeout=10)
            self.process = None

    def inspect(self) -> dict[str, Any]:
        ports = {
            name: [{"HostIp": "127.0.0.1", "HostPort": self.port}] for name in self.created.get("ExposedPorts", {})
        }
        running = self.process is not None
        return {
            "Id": "c" * 64,
            "Name": "/fake",
            "Image": "sha256:" + "0" * 64,
            "Config": {"Labels": {}, "Image": self.created.get("Image", "")},
            "State": {"Status": "running" if running else "created", "Running": running},
            "NetworkSettings": {"Ports": ports, "Networks": {}},
            "HostConfig": {"NetworkMode": "default"},
        }


class EngineHandler(BaseHTTPRequestHandler):
    """The calls that `testcontainers` makes."""

    engine = Engine()

    def log_message(self, *_: object) -> None:
        """Say nothing."""

    def answer(self, status: int, value: Any = None) -> None:
        body = b"" if value is None else json.dumps(value).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_GET(self) -> None:
        if self.path.endswith("/version"):
            self.answer(200, {"ApiVersion": "1.44", "Version": "28.0.0", "MinAPIVersion": "1.24"})
        elif self.path.partition("?")[0].endswith("/networks"):
            self.answer(200, [])
        elif "/containers/" in self.path:
            self.answer(200, self.engine.inspect())
        else:
            self.answer(200, {"Id": "sha256:" + "0" * 64, "RepoTags": []})

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        if "/containers/create" in self.path:
            self.engine.created = json.loads(body)
            self.answer(201, {"Id": "c" * 64, "Warnings": []})
        elif self.path.partition("?")[0].endswith("/start"):
            self.engine.start()
            self.answer(204)
        else:
            self.answer(200, {})

    def do_DELETE(self) -> None:
        self.engine.stop()
        self.answer(204)


@pytest.fixture(name="engine")
def engine_fixture(monkeypatch: pytest.MonkeyPatch) -> Iterator[Engine]:
    """An engine that `testcontainers` finds through its usual variable."""
    engine = EngineHandler.engine = Engine()
    server = ThreadingHTTPServer(("127.0.0.1", 0), EngineHandler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    for name in ENGINE_VARIABLES:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("DOCKER_HOST", f"tcp://127.0.0.1:{server.server_port}")
    monkeypatch.setenv("TESTCONTAINERS_RYUK_DISABLED", "true")
    monkeypatch.setattr(testcontainers_config, "ryuk_disabled", True)
    # Whether this test itself runs in a container must not matter.
    monkeypatch.setattr(testcontainers_config, "connection_mode_override", ConnectionMode.docker_host)
    yield engine
    engine.stop()
    server.shutdown()
    server.server_close()
    thread.join()


def test_a_started_container_answers_and_is_controlled(engine: Engine) -> None:
    with FlipsnackMockContainer(lenient_post=True, http_statuses={41: 401}, admin_token="s3cret") as container:
        assert (IMAGE, [f"{PORT}/tcp"]) == (engine.created["Image"], list(engine.created["ExposedPorts"]))
        refused = requests.get(container.base_url, params={"apiKey": "x", "signature": "x", "action": "x"}, timeout=5)
        settings = container.admin.account("test-container").show()["settings"]
    assert engine.process is None
    assert (401, True) == (refused.status_code, settings["lenient_post"])


def test_a_bad_setting_is_refused_before_anything_starts(engine: Engine) -> None:
    with pytest.raises(SettingsError, match="sometimes"):
        FlipsnackMockContainer(limit_window="sometimes")
    assert {} == engine.created
