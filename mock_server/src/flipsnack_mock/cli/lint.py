"""`flipsnack-mock lint`: finds violations of the vendor's rules in a running fake or in a trace."""

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import click

from flipsnack_mock.cli.command import fail
from flipsnack_mock.cli.options import read_text, reason
from flipsnack_mock.state.settings import ENVIRONMENT_PREFIX

_PATIENCE = 30
# Where requests, curl and OpenSSL look for authorities.
_AUTHORITIES = ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_FILE")


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
@click.pass_obj
def lint_command(
    environ: Mapping[str, str] | None,
    /,
    *,
    source: str,
    key: str | None,
    level: str,
    ignore: tuple[str, ...],
    form: str,
    token: str,
) -> None:
    """Find violations of the vendor's rules for clients.

    SOURCE is the URL of a running fake (http://127.0.0.1:3547, with /t/NAME for a namespace), or a file with the answer
    of GET /__admin/requests.ndjson (- for standard input).

    Exit status: 0 no findings, 1 findings, 2 SOURCE cannot be read.
    """
    from flipsnack_mock.inspect.ndjson import BadTrace, read_trace
    from flipsnack_mock.lint.findings import FORMATS, Report, lint

    is_url = source.startswith(("http://", "https://"))
    text = _fetched(source, token, environ or {}) if is_url else _read(source)
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
        fail(f"cannot read {source}: {reason(problem)}; expected a URL (http://…) or a file", 2)


def _fetched(url: str, token: str, environ: Mapping[str, str]) -> str:
    # Imported on use: `--help` and files need no network.
    import requests

    from flipsnack_mock.protocol.addresses import is_loopback

    def signed_in(request: requests.PreparedRequest) -> requests.PreparedRequest:
        # As `auth`: a header would give way to what ~/.netrc has for this host.
        if token.strip():
            request.headers["Authorization"] = f"Bearer {token.strip()}"
        return request

    session = requests.Session()
    session.mount("https://", _trusting([file for name in _AUTHORITIES if (file := environ.get(name, "").strip())]))
    try:
        host = urlsplit(url).hostname or ""
    except ValueError:
        fail(f"{url} is no address of a fake; expected one like http://host:port", 2)
    if is_loopback(host):
        # A proxy of the environment is for other machines.
        session.trust_env = False
    try:
        # The address of the API is what people have at hand.
        root = url.rstrip("/").removesuffix("/v1")
        answer = session.get(f"{root}/__admin/requests.ndjson", auth=signed_in, timeout=_PATIENCE)
        answer.raise_for_status()
    except (requests.RequestException, OSError, ValueError) as problem:
        fail(f"cannot fetch the journal of {url}{_by_proxy(session, url)}: {_why(problem)}", 2)
    return answer.content.decode("utf-8", "replace")


def _why(problem: Exception) -> str:
    """What an error of requests means, and how to mend it; its own words are those of three libraries."""
    import requests

    if isinstance(problem, requests.HTTPError):
        status = problem.response.status_code
        return "it wants its admin token; give --token" if status == 401 else f"HTTP {status}, expected a running fake"
    meanings = {
        requests.exceptions.SSLError: "its certificate is of no known authority; name that in SSL_CERT_FILE",
        requests.exceptions.ProxyError: "the proxy does not answer",
        requests.Timeout: f"no answer within {_PATIENCE} s",
        requests.ConnectionError: "no fake answers there; is it running, and by http or https?",
    }
    # What urllib3 says of an address may quote the proxy's password.
    unknown = "an address is not valid, expected like http://host:port"
    return next((words for kind, words in meanings.items() if isinstance(problem, kind)), unknown)


def _trusting(authorities: list[str]) -> Any:
    """An adapter that trusts the usual authorities and those in the files or folders `authorities`."""
    import ssl

    from requests.adapters import HTTPAdapter

    class Trusting(HTTPAdapter):
        def init_poolmanager(self, *arguments: Any, **options: Any) -> None:
            context = ssl.create_default_context()
            for place in authorities:
                is_folder = Path(place).is_dir()
                context.load_verify_locations(None if is_folder else place, place if is_folder else None)
            super().init_poolmanager(*arguments, **options, ssl_context=context)

    try:
        return Trusting()
    except (OSError, ssl.SSLError) as problem:
        fail(f"cannot read the authorities in {', '.join(authorities)}: {problem}", 2)


def _by_proxy(session: Any, url: str) -> str:
    import requests

    proxy = requests.utils.select_proxy(url, requests.utils.get_environ_proxies(url)) if session.trust_env else None
    # No URL is taken apart: a password may hold what ends a host.
    return f" by the proxy {proxy.rpartition('@')[2].removeprefix('http://')} of the environment" if proxy else ""
