"""`make fuzz`: both OpenAPI documents are judged, and then Schemathesis tries what they describe on a running fake."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import urllib.request
from pathlib import Path
from typing import Any

import click

from bench.memory import NO_LIMITS
from bench.process import FAKE, Serving, serving
from bench.throughput import signed_target

DOCUMENTS = ("/__admin/openapi.json", "/__admin/openapi/vendor.json")
CHECKS = "not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance"
KEY = "test-fuzz"
# With the names of what exists, routes get further than "not found"; without, every name is tried.
KNOWN = f'[parameters]\n"path.key" = "{KEY}"\n"path.hash" = "mock-manual"\n'
# It would wait for what nobody sends.
WAITING = "/__admin/requests/wait"


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "--tools",
    type=click.Path(path_type=Path, exists=True, resolve_path=True),
    required=True,
    help="Where Schemathesis is.",
)
@click.option("--examples", default=25, show_default=True, help="How many are tried of each operation.")
def main(tools: Path, examples: int) -> None:
    """Fuzz the vendor's surface and the control plane; exit status 1 when something was found."""
    with serving(FAKE, {**NO_LIMITS, "FLIPSNACK_MOCK_HTTP_STATUSES": "{}"}) as server:
        for path in DOCUMENTS:
            _validate(tools, server, path)
        _prepare(server)
        before = server.megabytes()
        failed = [_fuzz(tools, server, path, config, examples) for path in DOCUMENTS for config in (KNOWN, "")]
        click.echo(f"the fake holds {server.megabytes():.0f} MB, {before:.0f} MB before")
        _prepare(server)
    sys.exit(any(failed))


def _validate(tools: Path, server: Serving, path: str) -> None:
    """Judge a document by the schema of OpenAPI; `subprocess.CalledProcessError` when it is not valid."""
    with tempfile.NamedTemporaryFile("wb", suffix=".json") as file, urllib.request.urlopen(server.url + path) as answer:
        file.write(answer.read())
        file.flush()
        subprocess.run([tools / "openapi-spec-validator", file.name], check=True)


def _prepare(server: Serving) -> None:
    """Something of everything, so that there is something to be found; and the fake must still be able to."""
    urllib.request.urlopen(server.url + signed_target(KEY, "mock-complete")).close()
    body: dict[str, Any] = {"preset": "jitter", "when": {"hash": "nosuch"}}
    request = urllib.request.Request(f"{server.url}/__admin/accounts/{KEY}/faults", json.dumps(body).encode())
    urllib.request.urlopen(request).close()


def _fuzz(tools: Path, server: Serving, path: str, config: str, examples: int) -> int:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "schemathesis.toml"
        file.write_text(config)
        command = [str(tools / "schemathesis"), "--config-file", str(file), "run", server.url + path]
        command += ["--max-examples", str(examples), "--checks", CHECKS, "--exclude-path", WAITING]
        command += ["--phases", "examples,coverage,fuzzing", "--generation-deterministic", "--request-timeout", "30"]
        return subprocess.run(command, cwd=folder, check=False).returncode


if __name__ == "__main__":
    main(prog_name="python -m bench.fuzz")
