"""The suite of broken servers, and the servers that keep every rule."""

from __future__ import annotations

from contract_tests.zoo.alt_server import AltServer
from contract_tests.zoo.broken_servers import BROKEN_SERVERS
from contract_tests.zoo.judging import SERVER_CHECKS, open_server
from contract_tests.zoo.mutant import Mutant, Suite

from flipsnack_mock.app import create_app
from flipsnack_mock.testing import MockServer

CORRECT = (
    Mutant("the alternative server", "", AltServer),
    Mutant("the fake", "", create_app),
    Mutant("the fake over a socket", "", MockServer),
)
"""The second correct server, which shares no code with the fake, and the fake in this process and behind a socket."""

SUITE = Suite("server", BROKEN_SERVERS, SERVER_CHECKS, open_server, CORRECT)
"""The broken servers."""
