"""`flipsnack-mock doctor`: diagnoses the signature of a URL, without a server."""

import sys
from collections.abc import Mapping
from pathlib import Path

import click

from flipsnack_mock.cli.command import fail, print_json
from flipsnack_mock.cli.options import read_text, reason
from flipsnack_mock.state.settings import ENVIRONMENT_PREFIX, SettingsError, load_settings

_SEED = f"{ENVIRONMENT_PREFIX}SEED"
_EXITS = {"right": 0, "explained": 1, "unexplained": 1, "unsigned": 1}


@click.command("doctor")
@click.argument("url")
@click.option(
    "--secret-file", type=click.Path(path_type=Path, readable=False, dir_okay=False), help="file with the secret"
)
@click.option(
    "--secret-env",
    metavar="NAME",
    default="FLIPSNACK_SECRET",
    show_default=True,
    help="environment variable with the secret",
)
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
@click.pass_obj
def doctor_command(
    environ: Mapping[str, str] | None, /, *, url: str, secret_file: Path | None, secret_env: str, form: str
) -> None:
    """Explain why the signature in URL is wrong, and how to fix it.

    URL is the complete request or only its query, quoted for the shell; - reads it from standard input. The secret is
    read from --secret-file or from the environment variable. Without either, the secrets of the documented accounts, of
    keys that begin with test-, and of the accounts in FLIPSNACK_MOCK_SEED are known. Nothing is sent anywhere.

    Exit status: 0 the signature is right, 1 it is wrong or missing, 2 it cannot be judged.
    """
    from flipsnack_mock.doctor.cases import case_of_url
    from flipsnack_mock.doctor.diagnosis import diagnose
    from flipsnack_mock.doctor.text_report import text_report
    from flipsnack_mock.protocol.errors import BadRequest
    from flipsnack_mock.state.world import World

    known = environ or {}
    try:
        seed = {_SEED: known[_SEED]} if _SEED in known else {}
        settings, _ = load_settings(flags={}, environment=seed, file=None)
        text = sys.stdin.read().removeprefix("\ufeff").strip() if url == "-" else url
        if "=" not in text:
            fail(
                "URL is neither the URL of a request nor its query; expected one like action=…&apiKey=…&signature=…", 2
            )
        found = diagnose(case_of_url(World(settings), text, secret=_secret(known, secret_file, name=secret_env)))
    except SettingsError as problem:
        fail(str(problem), 2)
    except BadRequest as refusal:
        fail(f"the API would answer code 40, Bad request: {refusal.detail}", 2)
    print_json(found) if form == "json" else click.echo(text_report(found))
    if found.verdict == "no-secret":
        fail(f"missing secret: set {secret_env} or use --secret-file", 2)
    sys.exit(_EXITS[found.verdict])


def _secret(environ: Mapping[str, str], file: Path | None, *, name: str) -> str | None:
    if file is None:
        return environ.get(name, "").rstrip("\r\n") or None
    try:
        secret = read_text(file).strip()
    except (OSError, UnicodeDecodeError) as problem:
        fail(f"cannot read the secret from {file}: {reason(problem)}", 2)
    return secret or fail(f"{file} is empty: expected the secret", 2)
