"""Opens a client and holds it to the kit's duties. The only module that uses the kit's judge of clients.

A client of the zoo runs in a thread of this process; others run behind their adapters. Each has a fake of its own.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from contract_tests.zoo.broken_clients import BROKEN_CLIENTS
from contract_tests.zoo.client import Client
from contract_tests.zoo.in_process_adapter import InProcessAdapter
from contract_tests.zoo.judging import cell_of, plan_of
from contract_tests.zoo.mutant import Judge, Mutant, Suite, name_of

from flipsnack_contract.adapter.players import Manner, greeting_of, playing
from flipsnack_contract.adapter.session import Session
from flipsnack_contract.client.duties import DUTIES
from flipsnack_contract.client.judge import ADAPTER, Bench, judge
from flipsnack_contract.client.theatre import Theatre
from flipsnack_contract.fake import Fake, fake_at
from flipsnack_mock.testing import MockServer

ADAPTERS = Path(__file__).resolve().parents[1] / "adapters"
_BY_NAME = {one.name: one for one in DUTIES if one.rule.id != ADAPTER}
CLIENT_CHECKS = {name: one.rule.id for name, one in _BY_NAME.items()}
"""The rule of each duty of a client. A fault of an adapter proves nothing, so that duty is left out."""


@contextmanager
def bench_of(client: type[Client], fake: Fake) -> Iterator[Bench]:
    """The scenarios of a client of the zoo that runs in a thread, at `fake`."""
    with Session(lambda: InProcessAdapter(client), greeting_of("zoo")) as session:
        yield Bench(Theatre(session, fake, name=client.__name__))


@contextmanager
def _bench_of_program(manner: Manner, fake: Fake) -> Iterator[Bench]:
    with playing(manner, greeting_of("zoo"), say=lambda _text: None) as player:
        yield Bench(Theatre(player, fake, name=Path(manner.command[-1]).parent.name))


@contextmanager
def _open_client(mutant: Mutant) -> Iterator[Judge]:
    made = mutant.make()
    open_bench = _bench_of_program if isinstance(made, Manner) else bench_of
    with MockServer() as server, fake_at(server.url) as fake, open_bench(made, fake) as bench:
        yield lambda name, examples: cell_of(next(judge([_BY_NAME[name]], bench, plan_of(examples))))


def _mutant(client: type[Client]) -> Mutant:
    return Mutant(name_of(client), client.breaks, lambda: client)


def _program(interpreter: str, adapter: str) -> Manner:
    # A JVM starts slowly on a busy machine.
    return Manner((interpreter, str(ADAPTERS / adapter)), patience=60.0)


CORRECT = (
    Mutant("the plain client", "", lambda: Client),
    Mutant("the reference client", "", lambda: _program(sys.executable, "python/adapter.py")),
    Mutant("the client in Node", "", lambda: _program("node", "node/adapter.mjs")),
)
"""Clients that keep every rule and share no code."""

SUITE = Suite("client", tuple(map(_mutant, BROKEN_CLIENTS)), CLIENT_CHECKS, _open_client, CORRECT)
"""The broken clients."""
