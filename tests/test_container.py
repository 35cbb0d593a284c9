"""The image and the compose file, checked without a container engine.

Compose itself resolves the compose file and hadolint reads the Dockerfile. Then each step of the Dockerfile is carried
out as written, in an overlay over this machine's own root, and the fake runs as it would in the image: as the image's
user, on a root that cannot be written to.
"""

import io
import json
import os
import re
import shutil
import ssl
import subprocess
import sys
import tempfile
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import requests
from dockerfile_parse import DockerfileParser
from mock_server.tests.raw_socket import query

from flipsnack_mock.testing import make_pdf

REPOSITORY = Path(__file__).resolve().parents[1]
DOCKERFILE = REPOSITORY / "mock_server" / "Dockerfile"
TOOLS = Path(sys.executable).parent
NOBODY = "65532:65532"
SPOOL = "/var/spool/flipsnack-mock"

# Arguments: folder of the stage, "ro" or "rw", user, where a volume of this user is (empty: none); then the command.
ENTER = """
set -eu
stage=$1 mode=$2 user=$3 volume=$4; shift 4
mount -t overlay overlay -o "lowerdir=/,upperdir=$stage/upper,workdir=$stage/work" "$stage/root"
chmod 755 "$stage/root/root"  # this machine's interpreter may be there
mount --rbind /dev "$stage/root/dev"
mount --rbind /proc "$stage/root/proc"
if [ "$mode" = ro ]; then
    mount -o remount,ro "$stage/root"
fi
if [ -n "$volume" ]; then
    mount -t tmpfs -o "uid=${user%:*},gid=${user#*:},mode=700" tmpfs "$stage/root$volume"
fi
exec chroot --userspec "$user" "$stage/root" "$@"
"""


def _tool(name: str) -> str:
    path = TOOLS / name
    if not path.exists():
        pytest.skip(f"{name} is not installed (there is no wheel of it for this machine)")
    return str(path)


def _run(*command: str | Path) -> str:
    done = subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@cache
def _compose() -> dict[str, Any]:
    services: dict[str, Any] = json.loads(
        _run(_tool("docker-compose"), "--profile", "*", "config", "--format", "json")
    )["services"]
    return services


def test_compose_without_a_profile_is_the_fake_alone() -> None:
    assert ["flipsnack"] == _run(_tool("docker-compose"), "config", "--services").split()


def test_the_fake_answers_under_the_hosts_of_the_vendor() -> None:
    aliases = _compose()["flipsnack"]["networks"]["default"]["aliases"]
    assert ["api.flipsnack.com", "upload.flipsnack.com"] == aliases


def test_the_fake_is_published_to_this_machine_only() -> None:
    assert [("127.0.0.1", "3547", 3547)] == [
        (port["host_ip"], port["published"], port["target"]) for port in _compose()["flipsnack"]["ports"]
    ]


def test_the_fake_needs_no_writable_root_and_no_capability() -> None:
    fake = _compose()["flipsnack"]
    assert (True, ["ALL"]) == (fake["read_only"], fake["cap_drop"])


def test_the_kit_waits_until_the_fake_is_healthy() -> None:
    kit = _compose()["contract"]
    assert ["test"] == kit["profiles"]
    assert "service_healthy" == kit["depends_on"]["flipsnack"]["condition"]
    assert "http://flipsnack:3547/v1/" in kit["command"]


def _steps() -> list[tuple[str, str]]:
    parser = DockerfileParser(fileobj=io.BytesIO(DOCKERFILE.read_bytes()))
    return [(step["instruction"], step["value"]) for step in parser.structure if step["instruction"] != "COMMENT"]


def _values(instruction: str) -> list[str]:
    return [value for name, value in _steps() if name == instruction]


def test_hadolint_finds_nothing() -> None:
    assert "" == _run(_tool("hadolint"), "--no-color", DOCKERFILE)


def test_one_port_is_exposed_and_every_final_stage_runs_as_a_fixed_user() -> None:
    assert (["3547"], [NOBODY, NOBODY]) == (_values("EXPOSE"), _values("USER"))


def test_the_health_check_follows_the_settings() -> None:
    """The slim image has no curl, and only the fake's own command knows its port and whether it speaks https."""
    assert ["flipsnack-mock", "health"] == _argv("HEALTHCHECK", 0)


def test_the_build_context_holds_what_is_copied_and_nothing_else() -> None:
    copied = {source for value in _values("COPY") if not value.startswith("--from") for source in value.split()[:-1]}
    lines = (REPOSITORY / ".dockerignore").read_text().split("\n")
    assert "*" in lines
    assert copied == {line.removeprefix("!") for line in lines if line.startswith("!")}


@dataclass(frozen=True)
class Stage:
    """One stage of the Dockerfile: what its steps wrote, and the settings in force."""

    folder: Path
    env: dict[str, str] = field(default_factory=dict)
    workdir: str = "/"
    user: str = "0:0"

    @property
    def upper(self) -> Path:
        return self.folder / "upper"

    def command(self, argv: list[str], *, mode: str, env: dict[str, str] | None = None, volume: str = "") -> list[str]:
        """The command line that runs `argv` in this stage, where `volume` can be written to."""
        variables = [f"{name}={value}" for name, value in {**self.env, **(env or {})}.items()]
        entry = ["unshare", "--mount", "sh", "-c", ENTER, "sh", str(self.folder), mode, self.user, volume]
        return [*entry, "env", "--chdir", self.workdir, *variables, *argv]

    def run(self, argv: list[str], *, mode: str = "rw", env: dict[str, str] | None = None) -> str:
        """What `argv` prints in this stage; a failure fails the test."""
        return _run(*self.command(argv, mode=mode, env=env))


def _new_stage(folder: Path, parent: Stage | None, path: str) -> Stage:
    for name in ("upper", "work", "root"):
        (folder / name).mkdir(parents=True)
    if parent is None:
        # Most files of an environment are bytecode, and no step needs it.
        return Stage(folder, env={"PATH": path, "PIP_COMPILE": "0"})
    shutil.copytree(parent.upper, folder / "upper", symlinks=True, dirs_exist_ok=True, copy_function=os.link)
    return replace(parent, folder=folder)


def _copied(stage: Stage, value: str, stages: dict[str, Stage]) -> Stage:
    *words, target = value.split()
    origin: Path = REPOSITORY
    copy: Callable[[Any, Any], Any] = shutil.copy
    if words[0].startswith("--from="):
        # What a step changes it replaces, so stages may share the files.
        origin, copy = stages[words.pop(0).removeprefix("--from=")].upper, os.link
    for source in words:
        found = origin / source.lstrip("/")
        into = stage.upper / (stage.workdir if not target.startswith("/") else "").lstrip("/") / target.lstrip("/")
        if found.is_dir():
            shutil.copytree(found, into, symlinks=True, dirs_exist_ok=True, copy_function=copy)
        else:
            into.mkdir(parents=True, exist_ok=True)
            copy(found, into / found.name)
    return stage


def _with_env(stage: Stage, value: str) -> Stage:
    pairs = dict(pair.split("=", 1) for pair in value.split())
    pairs = {name: text.replace("$PATH", stage.env["PATH"]) for name, text in pairs.items()}
    return replace(stage, env={**stage.env, **pairs})


def _carried_out(stage: Stage, step: tuple[str, str], stages: dict[str, Stage]) -> Stage:
    match step:
        case ("WORKDIR", folder):
            (stage.upper / folder.lstrip("/")).mkdir(parents=True, exist_ok=True)
            return replace(stage, workdir=folder)
        case ("COPY", value):
            return _copied(stage, value, stages)
        case ("RUN", command):
            stage.run(["sh", "-c", command])
            return stage
        case ("ENV", value):
            return _with_env(stage, value)
        case ("USER", user):
            return replace(stage, user=user)
    assert step[0] in {"EXPOSE", "HEALTHCHECK", "STOPSIGNAL", "ENTRYPOINT", "CMD"}, f"an unknown step: {step}"
    return stage


@pytest.fixture(scope="module")
def stages() -> Iterator[dict[str, Stage]]:
    if os.geteuid() != 0 or subprocess.run(["unshare", "--mount", "true"], check=False).returncode != 0:
        pytest.skip("only root may mount the layers of an image")
    # pytest's own folder is closed to every other user, and the image has one.
    folder = Path(tempfile.mkdtemp(prefix="flipsnack-image-"))
    folder.chmod(0o755)
    (folder / "bin").mkdir()
    (folder / "bin" / "python").symlink_to(Path(sys.executable).resolve())
    path = f"{folder / 'bin'}:{os.environ['PATH']}"
    try:
        yield _built(folder, path)
    finally:
        shutil.rmtree(folder)


def _built(folder: Path, path: str) -> dict[str, Stage]:
    stages: dict[str, Stage] = {}
    name = ""
    for instruction, value in _steps():
        if instruction == "FROM":
            base, _, name = value.split()
            stages[name] = _new_stage(folder / name, stages.get(base), path)
        elif instruction != "ARG":
            stages[name] = _carried_out(stages[name], (instruction, value), stages)
    return stages


def _argv(instruction: str, position: int) -> list[str]:
    text = _values(instruction)[position]
    argv: list[str] = json.loads(text[text.index("[") :])
    return argv


@contextmanager
def _serving(stage: Stage, *, tls: str, volume: str = "") -> Iterator[str]:
    """The fake, started by ENTRYPOINT and CMD on a root that cannot be written to; yields its URL."""
    argv = [*_argv("ENTRYPOINT", -1), *_argv("CMD", -1)]
    env = {"FLIPSNACK_MOCK_PORT": "0", "FLIPSNACK_MOCK_HOST": "127.0.0.1", "FLIPSNACK_MOCK_TLS": tls}
    command = stage.command(argv, mode="ro", env=env, volume=volume)
    server = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    assert server.stdout is not None
    try:
        found = re.search(r"https?://127\.0\.0\.1:\d+", server.stdout.readline())
        assert found, "the fake did not say where it listens: " + server.stdout.read()
        yield found.group()
    finally:
        server.terminate()
        rest = server.communicate(timeout=10)[0]
    assert server.returncode == 0, rest


@pytest.mark.parametrize("tls", ["false", "true"])
def test_the_image_serves_and_is_healthy(stages: dict[str, Stage], tls: str) -> None:
    """As user 65532 on a read-only root the fake answers, and HEALTHCHECK agrees; SIGTERM ends it with 0."""
    server = stages["server"]
    anybody = ssl.create_default_context()
    anybody.check_hostname, anybody.verify_mode = False, ssl.CERT_NONE
    assert "0.0.0.0" == server.env["FLIPSNACK_MOCK_HOST"]
    with _serving(server, tls=tls) as url:
        env = {"FLIPSNACK_MOCK_PORT": url.rpartition(":")[2], "FLIPSNACK_MOCK_TLS": tls}
        server.run(_argv("HEALTHCHECK", 0), mode="ro", env=env)
        with urllib.request.urlopen(url + "/v1/?action=collection.downloadHTML", context=anybody) as answer:
            assert 30 == json.load(answer)["code"]


def test_the_volume_of_the_compose_file_is_where_documents_are_kept() -> None:
    assert [(SPOOL, "volume", "spool")] == [
        (volume["target"], volume["type"], volume["source"]) for volume in _compose()["flipsnack"]["volumes"]
    ]


@pytest.mark.parametrize(("volume", "expected"), [(SPOOL, (200, 20)), ("", (503, "not_kept"))])
def test_a_document_is_uploaded_where_there_is_a_volume_for_it(
    stages: dict[str, Stage], volume: str, expected: tuple[int, object]
) -> None:
    """As user 65532; without a volume the fake says what is missing. The document process works in the image too."""
    assert SPOOL == stages["server"].env["FLIPSNACK_MOCK_SPOOL"]
    with _serving(stages["server"], tls="false", volume=volume) as url:
        call = query("test-image", action="collection.create", collectionHash=None)
        document = {"file": ("a.pdf", make_pdf(3))}
        answer = requests.post(f"{url}/v1/", data=call, files=document, timeout=60)
        said = answer.json()
        assert expected == (answer.status_code, said["code"] if "code" in said else said["error"]["type"])
        if volume:
            cover = requests.get(said["data"]["collectionThumbnail"], timeout=60)
            assert (200, "image/jpeg") == (cover.status_code, cover.headers["Content-Type"])
        else:
            assert "the setting spool" in said["error"]["message"]


def test_an_image_with_no_server_is_unhealthy(stages: dict[str, Stage]) -> None:
    command = stages["server"].command(_argv("HEALTHCHECK", 0), mode="ro", env={"FLIPSNACK_MOCK_PORT": "1"})
    assert 0 != subprocess.run(command, capture_output=True, check=False).returncode


def test_the_image_holds_no_kit_and_the_kit_image_does(stages: dict[str, Stage]) -> None:
    assert not (stages["server"].upper / "opt/flipsnack/bin/pytest").exists()
    assert "server" in stages["contract"].run([*_argv("ENTRYPOINT", 0), *_argv("CMD", 0)], mode="ro")
