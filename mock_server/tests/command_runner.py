"""Runs `flipsnack-mock` in this process, and the journals that its commands read."""

from click.testing import CliRunner, Result
from mock_server.tests.conftest import Fake, make_fake

from flipsnack_mock.cli.main import command

PREFIX = "FLIPSNACK_MOCK_"


def run(*arguments: str, stdin: str | None = None, **variables: str) -> Result:
    """The result of the command line, with the settings in `variables` as its environment."""
    environment = {PREFIX + name.upper(): value for name, value in variables.items()}
    return CliRunner().invoke(command, arguments, obj=environment, input=stdin)


def trace_of(fake: Fake) -> str:
    return fake.client.get("/__admin/requests.ndjson").text


def clean_trace() -> str:
    fake = make_fake()
    fake.call()
    return trace_of(fake)


def trace_with_findings() -> str:
    fake = make_fake()
    fake.call(format="xml", token="secret-test-core")
    return trace_of(fake)
