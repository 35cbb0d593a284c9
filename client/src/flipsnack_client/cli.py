"""The commands of `flipsnack`; each is a few lines over the client."""

import logging
import os
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

import click

from flipsnack_client import __version__
from flipsnack_client.client import BASE_URL, Flipsnack
from flipsnack_client.clock import SystemClock
from flipsnack_client.credentials import BLANKS, Credentials, load_credentials
from flipsnack_client.deadline import DEFAULT_SECONDS, Deadline
from flipsnack_client.display import Display, LogToDisplay, new_display, say, state
from flipsnack_client.envelope import DECODERS
from flipsnack_client.exceptions import ApiError, CredentialsError, FlipsnackError, JobFailed
from flipsnack_client.interrupt import INTERRUPTED
from flipsnack_client.log import log
from flipsnack_client.output import writing
from flipsnack_client.package import MAX_BYTES
from flipsnack_client.poller import JobStatus, Poller
from flipsnack_client.readable import printable
from flipsnack_client.signature import MASK, UNSIGNED, canonical, sign

T = TypeVar("T")

FAILED = 3
"""The exit code for transport, deadline, damaged answers, and output that cannot be written."""

EXIT_CODES: tuple[tuple[type[FlipsnackError], int], ...] = (
    (ApiError, 1),
    (JobFailed, 1),
    (CredentialsError, 2),
    (FlipsnackError, FAILED),
)
"""The exit code of an error is that of the first class that fits."""

HINTS = {
    41: "check FLIPSNACK_API_KEY",
    43: "the collection is deleted, or belongs to another account",
    44: "check FLIPSNACK_SECRET; `flipsnack sign` shows what is signed",
}

_EPILOG = """
\b
Exit codes: 0 success; 1 the API refused the call, or the job FAILED; 2 wrong
usage or no credentials; 3 transport, deadline, damaged answer, or a file that
cannot be written; 130 interrupted.

\b
Credentials come from FLIPSNACK_API_KEY and FLIPSNACK_SECRET (or the same names
with _FILE, naming a file that holds the value), or from a TOML file with
api_key and secret; the default file is ~/.config/flipsnack/credentials.toml.
"""


def run(arguments: Sequence[str], environ: Mapping[str, str]) -> int:
    """Run one command and return its exit code. Errors are printed to stderr."""
    try:
        result = flipsnack.main(list(arguments), prog_name="flipsnack", obj=environ, standalone_mode=False)
        return result if isinstance(result, int) else 0
    except click.ClickException as error:
        _show(error)
        return error.exit_code
    except (click.Abort, KeyboardInterrupt):
        say("interrupted")
        return INTERRUPTED
    except FlipsnackError as error:
        say(f"error: {_message(error)}")
        return next(code for kind, code in EXIT_CODES if isinstance(error, kind))
    except OSError as error:
        return _unwritten(error)


def _unwritten(error: OSError) -> int:
    # The client raises FlipsnackErrors; an OSError of a command comes from writing to stdout.
    say(f"error: cannot write the output: {error.strerror or type(error).__name__}")
    # Python flushes stdout at exit, which would fail again and replace the exit code.
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return FAILED


def _show(error: click.ClickException) -> None:
    """Print one line, or click's help if no command is named."""
    message = error.format_message()
    if "\n" in message:
        error.show()
        return
    context = getattr(error, "ctx", None)
    path = context.command_path if context else "flipsnack"
    say(f"error: {message.rstrip('.')} (see {path} --help)")


def _message(error: FlipsnackError) -> str:
    if not isinstance(error, ApiError):
        return str(error)
    hint = HINTS.get(error.code)
    return f"the API refused the call: {error}" + (f" ({hint})" if hint else "")


class _Commands(click.Group):
    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except BrokenPipeError as gone:
            # click would end with 1, which means that the API refused the call.
            return _unwritten(gone)


@click.group(cls=_Commands, epilog=_EPILOG, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__)
def flipsnack() -> None:
    """Use the Flipsnack API v1."""


_credentials_option = click.option(
    "--credentials", "file", type=click.Path(path_type=Path, dir_okay=False), help="TOML file with api_key and secret."
)


def _api_options(command: Callable[..., Any]) -> Callable[..., Any]:
    for option in (
        click.option("-v", "--verbose", is_flag=True, help="Show every call."),
        click.option("-q", "--quiet", is_flag=True, help="Show errors only."),
        _credentials_option,
        click.option("--base-url", help=f"Also FLIPSNACK_BASE_URL.  [default: {BASE_URL}]"),
        click.option("--format", "answer_format", type=click.Choice(list(DECODERS)), default="json", show_default=True),
        click.option(
            "--deadline",
            type=click.FloatRange(min=0, min_open=True),
            default=DEFAULT_SECONDS,
            show_default=True,
            help="Seconds that the whole command may take.",
        ),
    ):
        command = option(command)
    return command


@flipsnack.command(epilog=_EPILOG)
@click.argument("collection_hash", metavar="HASH")
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path, dir_okay=False, allow_dash=True),
    required=True,
    help="Path of the zip to write; - is stdout.",
)
@click.option("--resume/--no-resume", default=True, show_default=True, help="Resume from FILE.part.")
@click.option(
    "--max-bytes",
    type=click.IntRange(min=1),
    default=MAX_BYTES,
    show_default=True,
    help="Refuse a package that is larger, packed or unpacked.",
)
@_api_options
@click.pass_obj
def download(
    environ: Mapping[str, str],
    /,
    collection_hash: str,
    *,
    output: Path,
    resume: bool,
    max_bytes: int,
    deadline: float,
    **options: Any,
) -> None:
    """Download the package of collection HASH.

    Starts the job, waits for it, downloads the zip, checks it, and only then renames it to FILE.
    """
    with _client(environ, **options) as client, _showing(**options) as display:
        poller, limit = _poller(client, collection_hash, deadline)
        with writing(output) as target:
            path = poller.save(
                target,
                on_poll=display.poll,
                on_progress=display.progress,
                deadline=limit,
                resume=resume,
                max_bytes=max_bytes,
            )
            size = path.stat().st_size
        display.done(f"saved {output} ({size:,} bytes)")


@flipsnack.command(epilog=_EPILOG)
@click.argument("collection_hash", metavar="HASH")
@_api_options
@click.pass_obj
def status(environ: Mapping[str, str], /, collection_hash: str, *, deadline: float, **options: Any) -> int:
    """Poll the job of collection HASH once and print its status.

    A poll starts the job if there is none: the vendor has one method for both. Exits with 1 if the job FAILED.
    """
    with _client(environ, **options) as client, _showing(plain=True, **options):
        poller, limit = _poller(client, collection_hash, deadline)
        update = poller.poll_once(deadline=limit)
        log.debug("%s", state(update))
    click.echo(update.status.value)
    return 1 if update.status is JobStatus.FAILED else 0


@flipsnack.command("sign", epilog=_EPILOG)
@click.argument("parameters", nargs=-1, required=True, metavar="NAME=VALUE...")
@_credentials_option
@click.pass_obj
def sign_command(environ: Mapping[str, str], /, parameters: tuple[str, ...], *, file: Path | None) -> None:
    """Print the string that is signed, with the secret masked, and the signature.

    Give every parameter of the call; none is added, and `signature` and `file` are never signed. Values are as
    they are before URL encoding. `flipsnack-mock doctor` explains why a signature is refused.
    """
    params = _parameters(parameters)
    found = _credentials(environ, file)
    for name in sorted(UNSIGNED & params.keys()):
        say(f"note: {name} is never signed")
    # A secret that was put among the parameters by mistake is masked too.
    shown = canonical(params).replace(found.secret, MASK)
    click.echo(f"canonical  {MASK}{printable(shown)}")
    click.echo(f"signature  {_usage(lambda: sign(params, found.secret))}")


def _parameters(arguments: tuple[str, ...]) -> dict[str, str]:
    params: dict[str, str] = {}
    for place, argument in enumerate(arguments, start=1):
        name, equals, value = argument.partition("=")
        if not equals or not name:
            # Not quoted: it may be a secret in the wrong place.
            raise click.UsageError(f"parameter {place} is not NAME=VALUE")
        if name in params:
            raise click.UsageError(f"the name of parameter {place} is given twice, expected each name once")
        params[name] = value
    return params


@contextmanager
def _showing(*, quiet: bool, verbose: bool, plain: bool = False, **_: Any) -> Iterator[Display]:
    display = new_display(SystemClock(), quiet=quiet, plain=plain)
    handler = LogToDisplay(display)
    log.setLevel(logging.DEBUG if verbose else logging.INFO)
    log.addHandler(handler)
    try:
        yield display
    finally:
        log.removeHandler(handler)
        display.close()


def _client(
    environ: Mapping[str, str],
    *,
    file: Path | None,
    base_url: str | None,
    answer_format: str,
    **_: Any,
) -> Flipsnack:
    found = _credentials(environ, file)
    url = base_url or environ.get("FLIPSNACK_BASE_URL", "").strip(BLANKS) or BASE_URL
    return _usage(lambda: Flipsnack(found.api_key, found.secret, base_url=url, format=answer_format))


def _poller(client: Flipsnack, collection_hash: str, seconds: float) -> tuple[Poller, Deadline]:
    return _usage(
        lambda: (client.download_html(collection_hash), Deadline.after(seconds, clock=client.clock)),
    )


def _credentials(environ: Mapping[str, str], file: Path | None) -> Credentials:
    found = load_credentials(environ, file=file)
    for warning in found.warnings:
        say(f"warning: {warning}")
    return found


def _usage(make: Callable[[], T]) -> T:
    try:
        return make()
    except ValueError as error:
        reason = str(error)
    raise click.UsageError(reason)
