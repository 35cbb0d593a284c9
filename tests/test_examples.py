"""The projects of `examples/`: the commands of their READMEs pass, and their clients keep the rules."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from flipsnack_mock.testing import AdminClient, MockServer

REPOSITORY = Path(__file__).resolve().parents[1]
EXAMPLES = REPOSITORY / "examples"
TOOLS = Path(sys.executable).parent
COMMANDS = re.compile(r"^```bash\n(.*?)^```$", re.MULTILINE | re.DOTALL)

# What each project needs beside Python: programs, or files of Debian's packages.
NEEDS = {
    "go": ["go"],
    "java": ["javac", "/usr/share/java/gson.jar", "/usr/share/java/junit-platform-console-standalone.jar"],
    "node": ["node"],
    "php": ["phpunit", "/etc/php/*/mods-available/curl.ini"],
    "python": [],
    "shell": ["curl", "md5sum"],
}


def _exists(need: str) -> bool:
    return bool(list(Path("/").glob(need[1:]))) if need.startswith("/") else shutil.which(need) is not None


def _done(commands: str, folder: Path, environment: dict[str, str] | None = None) -> None:
    shell = ["bash", "-euo", "pipefail", "-c", commands]
    run = subprocess.run(shell, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stdout + run.stderr


@pytest.fixture(scope="module")
def fake() -> Iterator[MockServer]:
    with MockServer() as server:
        yield server


@pytest.mark.parametrize("name", sorted(NEEDS))
def test_an_example_passes_and_breaks_no_rule(name: str, fake: MockServer) -> None:
    missing = [need for need in NEEDS[name] if not _exists(need)]
    if missing:
        pytest.skip(f"not installed: {', '.join(missing)}")
    folder, tenant = EXAMPLES / name, f"{fake.url}/t/{name}"
    (commands,) = COMMANDS.findall((folder / "README.md").read_text())
    environment = os.environ | {
        "PATH": f"{TOOLS}:{os.environ['PATH']}",
        "FLIPSNACK_BASE_URL": f"{tenant}/v1/",
        "GOCACHE": str(REPOSITORY / "build" / "go"),
        "JAVA_TOOL_OPTIONS": "-XX:TieredStopAtLevel=1",  # it starts faster
    }
    _done(commands, folder, environment)
    admin = AdminClient(tenant)
    assert [] == [finding for account in admin.accounts() for finding in admin.account(account["key"]).lint()]


# The tool of npm that runs the requests of a folder, with the word that its command line has for a variable.
TOOL_COMMANDS = {
    "bruno": ("@usebruno/cli@4.1.0", "bru run --env fake", "--env-var"),
    "http": ("httpyac@6.16.7", "httpyac send flipsnack.http --all --output none --env fake", "--var"),
}


@pytest.mark.soak  # each tool takes a minute to install
@pytest.mark.parametrize("name", sorted(TOOL_COMMANDS))
def test_the_requests_of_a_folder_pass_in_their_tool(name: str, fake: MockServer) -> None:
    if shutil.which("npm") is None:
        pytest.skip("not installed: npm")
    package, command, option = TOOL_COMMANDS[name]
    installed, tenant = REPOSITORY / "build" / name, f"{fake.url}/t/{name}"
    account = AdminClient(tenant).account(f"test-{name}")
    subprocess.run(["npm", "install", "--silent", "--no-audit", "--prefix", installed, package], check=True)
    api = f"{tenant}/v1/"
    addresses = {"apiUrl": api, "uploadUrl": api, "control": f"{tenant}/__admin/accounts/{account.key}"}
    variables = " ".join(f"{option} {variable}={address}" for variable, address in addresses.items())
    _done(f"{installed}/node_modules/.bin/{command} {variables}", EXAMPLES / name)
    assert (11, 2) == (account.requests.count(kind="api"), account.requests.count(kind="package"))
