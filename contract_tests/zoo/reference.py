"""Mutants of the reference client, made by machine: each a copy of it with one small fault in one module."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module

from contract_tests.zoo.clients import bench_of
from contract_tests.zoo.machine_made import mutants_of, mutated_copy
from contract_tests.zoo.mutant import Judge, Mutant, Side
from contract_tests.zoo.sweep import CHECKS, sweep_of
from contract_tests.zoo.understudy import understudy_of

from flipsnack_contract.adapter.fake_server import fake_at
from flipsnack_mock.testing import MockServer

__all__ = ["MODULES", "SIDE"]

PACKAGE = "flipsnack_client"
MODULES = (
    "signature",
    "caller",
    "client",
    "envelope",
    "exceptions",
    "poller",
    "deadline",
    "retry",
    "limiter",
    "transport",
    "deadline_adapter",
    "redaction",
    "resource_url",
    "download",
    "part",
    "package",
)
"""Which modules are mutated: those that decide what is sent, what is made of an answer, and what is written."""


@contextmanager
def _opened(mutant: Mutant) -> Iterator[Judge]:
    with mutated_copy(PACKAGE, mutant):
        client = understudy_of(import_module(PACKAGE))
        with MockServer() as server, fake_at(server.url) as fake, bench_of(client, fake) as bench:
            yield sweep_of(bench)


SIDE = Side("reference", mutants_of(PACKAGE, MODULES), CHECKS, _opened)
"""The mutants of the reference client."""
