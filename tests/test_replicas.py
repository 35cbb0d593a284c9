"""Replicas of the fake behind the nginx of `deploy/`, with Debian's nginx and processes as they are deployed."""

import json
import os
import re
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import requests
from bench.process import free_port
from ruamel.yaml import YAML

from flipsnack_mock.protocol.signature import sign
from flipsnack_mock.state.settings import ENVIRONMENT_PREFIX

REPOSITORY = Path(__file__).resolve().parents[1]
DEPLOY = REPOSITORY / "deploy"
CONFIGURATION = (DEPLOY / "nginx.conf").read_text()
TOOLS = Path(sys.executable).parent
NAMES = ("fake-1", "fake-2", "fake-3")
REPLICA = "X-Flipsnack-Mock-Replica"
TENANTS = [f"tenant-{number}" for number in range(24)]

SUITE = """
import pytest

@pytest.mark.parametrize("number", range(20))
def test_a_package_is_built(flipsnack_call, number):
    answers = [flipsnack_call("collection.downloadHTML", collectionHash="mock-after-1-polls") for _ in range(2)]
    assert ["PROCESSING", "COMPLETE"] == [answer["data"]["status"] for answer in answers]
"""


@dataclass(frozen=True)
class Fleet:
    """The replicas by name, and the `url` of the proxy in front of them."""

    url: str
    replicas: dict[str, subprocess.Popen[str]]

    def of(self, tenant: str) -> str:
        """The replica that answers for `tenant`."""
        return requests.get(f"{self.url}/t/{tenant}/health", timeout=30).headers[REPLICA]

    def admin(self, tenant: str, path: str, body: object = None) -> Any:
        """What the control plane of a tenant answers, to a POST when there is a body."""
        url = f"{self.url}/t/{tenant}/__admin/{path}"
        answer = requests.request("GET" if body is None else "POST", url, json=body, timeout=60)
        answer.raise_for_status()
        return answer.json()


@contextmanager
def process(*argv: str | Path, **environment: str) -> Iterator[subprocess.Popen[str]]:
    running = subprocess.Popen(argv, env={**os.environ, **environment}, stdout=subprocess.PIPE, text=True)
    with running:
        try:
            yield running
        finally:
            running.kill()


def _serve(stack: ExitStack, name: str) -> subprocess.Popen[str]:
    settings = {"REPLICA": name, "PORT": "0", "LOG": "off"}
    environment = {ENVIRONMENT_PREFIX + setting: value for setting, value in settings.items()}
    return stack.enter_context(process(TOOLS / "flipsnack-mock", "serve", **environment))


def _port(fake: subprocess.Popen[str]) -> str:
    assert fake.stdout is not None
    return fake.stdout.readline().strip().rpartition(":")[2]


@pytest.fixture(scope="module")
def fleet(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Fleet]:
    nginx = shutil.which("nginx", path=f"{os.environ['PATH']}:/usr/sbin")
    if nginx is None:
        pytest.skip("nginx is not installed")
    folder, port = tmp_path_factory.mktemp("nginx"), free_port()
    with ExitStack() as stack:
        replicas = {name: _serve(stack, name) for name in NAMES}
        text = CONFIGURATION.replace("/tmp/", f"{folder}/").replace("listen 8080", f"listen 127.0.0.1:{port}")
        for name, fake in replicas.items():
            text = text.replace(f"{name}:3547", f"127.0.0.1:{_port(fake)}")
        (folder / "nginx.conf").write_text(text)
        # It goes to the background when it listens.
        subprocess.run([nginx, "-p", folder, "-c", folder / "nginx.conf", "-e", folder / "errors"], check=True)
        stack.callback(os.kill, int((folder / "nginx.pid").read_text()), 15)
        yield Fleet(f"http://127.0.0.1:{port}", replicas)


@pytest.fixture(scope="module")
def homes(fleet: Fleet) -> dict[str, str]:
    """The replica of each tenant, which has an account of its own there."""
    for tenant in TENANTS:
        fleet.admin(tenant, "accounts", {"key": f"key-of-{tenant}", "secret": "secret"})
    return {tenant: fleet.of(tenant) for tenant in TENANTS}


def accounts(fleet: Fleet, tenant: str) -> list[str]:
    """The keys of a tenant's accounts, but for the documented ones."""
    return [one["key"] for one in fleet.admin(tenant, "accounts")["accounts"] if one["key"].startswith("key-of-")]


def signed(tenant: str, collection_hash: str = "mock-complete") -> dict[str, str]:
    params = {"action": "collection.downloadHTML", "apiKey": f"key-of-{tenant}", "collectionHash": collection_hash}
    return {**params, "signature": sign("secret", params)}


def test_tenants_are_spread_over_all_replicas(homes: dict[str, str]) -> None:
    shares = Counter(homes.values())
    assert set(NAMES) == shares.keys()


def test_everything_of_a_tenant_is_answered_by_one_replica(fleet: Fleet, homes: dict[str, str]) -> None:
    """Created, polled, downloaded and reset through the proxy; the link leads through it too."""
    with requests.Session() as session:
        for tenant, home in homes.items():
            root = f"{fleet.url}/t/{tenant}"
            answer = session.get(f"{root}/v1/", params=signed(tenant), timeout=30)
            link = answer.json()["data"]["resourceUrl"]
            package = session.get(link, timeout=30)
            reset = session.post(f"{root}/__admin/accounts/key-of-{tenant}/reset", timeout=30)
            again = session.get(link, timeout=30)
            assert {home} == {one.headers[REPLICA] for one in (answer, package, reset, again)}
            assert link.startswith(f"{root}/packages/")
            assert (b"PK", 200, 403) == (package.content[:2], reset.status_code, again.status_code)
            assert [f"key-of-{tenant}"] == accounts(fleet, tenant)


@pytest.mark.parametrize(
    "path", ["/v1/", "/t/", "/t/a", "/t/a/../b/v1/", "/t/%61/v1/", "/t/a/b/../../c/v1/", "/t//v1/"]
)
def test_a_path_that_names_no_tenant_is_refused(fleet: Fleet, path: str) -> None:
    request = requests.Request("GET", fleet.url).prepare()
    request.url = fleet.url + path
    with requests.Session() as session:
        answer = session.send(request, timeout=30)
    assert (404, None) == (answer.status_code, answer.headers.get(REPLICA))


def test_a_fault_that_breaks_the_connection_is_not_answered_by_another_replica(
    fleet: Fleet, homes: dict[str, str]
) -> None:
    """The proxy says 502 where the fake breaks a connection, and the tenant stays where it is."""
    tenant = TENANTS[0]
    fleet.admin(tenant, f"accounts/key-of-{tenant}/faults", {"fault": {"kind": "reset"}, "count": 3})
    url = f"{fleet.url}/t/{tenant}/v1/"
    broken = [requests.get(url, params=signed(tenant), timeout=30) for _ in range(3)]
    assert [502] * 3 == [answer.status_code for answer in broken]
    whole = requests.get(url, params=signed(tenant), timeout=30)
    assert (20, homes[tenant]) == (whole.json()["code"], whole.headers[REPLICA])


@contextmanager
def _suite(folder: Path, fleet: Fleet, tenant: str) -> Iterator[subprocess.Popen[str]]:
    """Somebody's test suite, spread over two workers, which has begun to call."""
    file = folder / f"test_{tenant.replace('-', '_')}.py"
    file.write_text(SUITE)
    plugins = ["-p", "flipsnack_mock.pytest_plugin", "-p", "xdist", "-p", "no:cacheprovider", "-n", "2"]
    options = ["-c", os.devnull, f"--rootdir={folder}", f"--flipsnack-url={fleet.url}/t/{tenant}"]
    command = [sys.executable, "-m", "pytest", "-q", *plugins, *options, str(file)]
    with process(*command, PYTEST_DISABLE_PLUGIN_AUTOLOAD="1") as suite:
        yield suite


def test_a_dead_replica_is_noticed_by_its_own_tenants_only(fleet: Fleet, homes: dict[str, str], tmp_path: Path) -> None:
    """Two suites run on while the third replica dies; its tenants begin afresh elsewhere, all others notice nothing."""
    tenants = {home: tenant for tenant, home in homes.items()}
    dead = homes[TENANTS[0]]
    with ExitStack() as stack:
        alive = [tenant for home, tenant in tenants.items() if home != dead]
        pool = stack.enter_context(ThreadPoolExecutor())
        # A suite that has ended takes its requests with it: what waits for them begins before it.
        begun = [pool.submit(fleet.admin, tenant, "requests/wait?count=2") for tenant in alive]
        suites = [stack.enter_context(_suite(tmp_path, fleet, tenant)) for tenant in alive]
        assert all(wait.result()["complete"] for wait in begun)
        fleet.replicas[dead].kill()
        fleet.replicas[dead].wait()

        for tenant, home in homes.items():
            assert ([] if home == dead else [f"key-of-{tenant}"]) == accounts(fleet, tenant)
            assert fleet.of(tenant) in ({home} if home != dead else {*NAMES} - {dead})
        for suite in suites:
            output, _ = suite.communicate(timeout=60)
            assert (0, ["20 passed"]) == (suite.returncode, re.findall("[0-9]+ passed", output)), output


SERVERS = set(re.findall(r"server (\S+):3547", CONFIGURATION))
OBJECTS = list(YAML(typ="safe").load_all(DEPLOY / "kubernetes.yaml"))
SERVICES = [one["metadata"]["name"] for one in OBJECTS if one["kind"] == "Service"]


def test_compose_starts_the_replicas_that_the_proxy_knows() -> None:
    compose = TOOLS / "docker-compose"
    if not compose.exists():
        pytest.skip("docker-compose is not installed (there is no wheel of it for this machine)")
    command = [str(compose), "-f", str(DEPLOY / "compose.replicas.yml"), "config", "--format", "json"]
    services = json.loads(subprocess.run(command, capture_output=True, check=True).stdout)["services"]
    assert SERVERS | {"proxy"} == services.keys()
    assert SERVERS == {services[name]["environment"]["FLIPSNACK_MOCK_REPLICA"] for name in SERVERS}


def test_no_service_of_kubernetes_is_taken_for_a_setting() -> None:
    """Kubernetes puts the address of each Service into the environment of the pods, under the name of the Service."""
    assert SERVERS | {"flipsnack-proxy"} == set(SERVICES)
    variables = [name.upper().replace("-", "_") + "_" for name in SERVICES]
    assert [] == [name for name in variables if name.startswith(ENVIRONMENT_PREFIX)]


def test_each_pod_is_probed_limited_and_cannot_write_to_its_root() -> None:
    pods = [one["spec"]["template"]["spec"] for one in OBJECTS if "template" in one["spec"]]
    assert 2 == len(pods)
    for pod in pods:
        (container,) = pod["containers"]
        assert {"readinessProbe", "livenessProbe"} <= container.keys()
        assert {"cpu", "memory"} == container["resources"]["limits"].keys()
        assert (True, False) == (container["securityContext"]["readOnlyRootFilesystem"], pod["enableServiceLinks"])
