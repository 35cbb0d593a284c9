"""`flipsnack-mock lint`: finds violations of the vendor's rules in a running fake or in a trace."""

import sys
from pathlib import Path

import click

from flipsnack_mock.cli.options import fail, read_text
from flipsnack_mock.state.settings import ENVIRONMENT_PREFIX


@click.command("lint")
@click.argument("source")
@click.option("--key", help="lint only the client with this API key")
@click.option(
    "--level",
    type=click.Choice(["MUST", "SHOULD"], case_sensitive=False),
    default="SHOULD",
    show_default=True,
    help="MUST leaves out SHOULD rules",
)
@click.option("--ignore", multiple=True, metavar="RULE", help="rule to leave out; can be repeated")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
@click.option("--token", envvar=f"{ENVIRONMENT_PREFIX}ADMIN_TOKEN", default="", help="admin token of a running fake",
              show_envvar=True)  # fmt: skip
def lint_command(source: str, key: str | None, level: str, ignore: tuple[str, ...], form: str, token: str) -> None:
    """Find violations of the vendor's rules for clients.

    SOURCE is the URL of a running fake (http://127.0.0.1:3547, with /t/NAME for a namespace), or a file with the answer
    of GET /__admin/requests.ndjson (- for standard input).

    Exit status: 0 no findings, 1 findings, 2 SOURCE cannot be read.
    """
    from flipsnack_mock.inspect.ndjson import BadTrace, read_trace
    from flipsnack_mock.lint.findings import FORMATS, Report, lint

    is_url = source.startswith(("http://", "https://"))
    text = _fetched(source, token) if is_url else _read(source)
    try:
        trace = read_trace(text)
        records = [record for record in trace.records if key in (None, record.key, record.params.get("apiKey"))]
        findings = lint(records, level=level, ignore=ignore)
    except (BadTrace, ValueError) as problem:
        fail(f"{source}: {problem}" if isinstance(problem, BadTrace) else str(problem), 2)
    click.echo(FORMATS[form](Report(findings=findings, checked=len(records), dropped=trace.header.dropped)))
    sys.exit(1 if findings else 0)


def _read(source: str) -> str:
    try:
        return sys.stdin.read().removeprefix("\ufeff") if source == "-" else read_text(Path(source))
    except (OSError, UnicodeDecodeError) as problem:
        fail(f"cannot read {source}: {problem}; expected a URL (http://…) or a file", 2)


def _fetched(url: str, token: str) -> str:
    # Imported on use: `--help` and files need no network.
    import requests

    headers = {"Authorization": f"Bearer {token}"} if token else {}
    try:
        answer = requests.get(f"{url.rstrip('/')}/__admin/requests.ndjson", headers=headers, timeout=30)
        answer.raise_for_status()
    except requests.RequestException as problem:
        fail(f"cannot fetch the journal of {url}: {problem}", 2)
    return answer.content.decode("utf-8", "replace")
