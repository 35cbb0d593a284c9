"""Mutants of the reference client, made by machine: each a copy of it with one small fault in one module."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from importlib import import_module

from contract_tests.zoo.clients import bench_of
from contract_tests.zoo.mutant import Judge, Mutant, Side
from contract_tests.zoo.mutation import Mutation, mutated, mutations
from contract_tests.zoo.rewriting import private_copy, source_of
from contract_tests.zoo.sweep import CHECKS, sweep_of
from contract_tests.zoo.understudy import understudy_of

from flipsnack_contract.fake import fake_at
from flipsnack_mock.testing import MockServer

__all__ = ["MODULES", "SIDE"]

PACKAGE = "flipsnack_client"
MODULES = (
    "signature",
    "client",
    "envelope",
    "exceptions",
    "poller",
    "deadline",
    "retry",
    "limiter",
    "transport",
    "adapter",
    "redaction",
    "resource_url",
    "download",
    "part",
    "package",
)
"""Which modules are mutated: those that decide what is sent, what is made of an answer, and what is written."""


@cache
def _source(module: str) -> str:
    return source_of(f"{PACKAGE}.{module}")


@contextmanager
def _opened(mutant: Mutant) -> Iterator[Judge]:
    mutation: Mutation = mutant.make()
    tree = mutated(mutation, _source(mutation.module))
    with private_copy(PACKAGE, {f"{PACKAGE}.{mutation.module}": tree}):
        client = understudy_of(import_module(PACKAGE))
        with MockServer() as server, fake_at(server.url) as fake, bench_of(client, fake) as bench:
            yield sweep_of(bench)


def _mutant(mutation: Mutation) -> Mutant:
    return Mutant(mutation.name, mutation.module, _made(mutation))


def _made(mutation: Mutation) -> Callable[[], Mutation]:
    return lambda: mutation


SIDE = Side(
    "reference",
    tuple(_mutant(one) for module in MODULES for one in mutations(module, _source(module))),
    CHECKS,
    _opened,
)
"""The mutants of the reference client. Their `rule` is the module that each is in."""
