"""A package that is mutated by machine: its mutants, and how each comes to life."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import cache

from contract_tests.zoo.mutant import Mutant
from contract_tests.zoo.mutation import Mutation, mutated, mutations
from contract_tests.zoo.rewriting import private_copy, source_of

__all__ = ["mutants_of", "mutated_copy"]


def mutants_of(package: str, modules: Iterable[str]) -> tuple[Mutant, ...]:
    """Every mutant of these modules. The `rule` of each is its module: no rule of the ledger is meant to catch it."""
    return tuple(_mutant(one) for module in modules for one in mutations(module, _source(f"{package}.{module}")))


@contextmanager
def mutated_copy(package: str, mutant: Mutant) -> Iterator[None]:
    """Within, imports of `package` give a copy of it with the fault of `mutant`, one of `mutants_of`."""
    mutation: Mutation = mutant.make()
    name = f"{package}.{mutation.module}"
    with private_copy(package, {name: mutated(mutation, _source(name))}):
        yield


def _mutant(mutation: Mutation) -> Mutant:
    return Mutant(mutation.name, mutation.module, lambda: mutation)


@cache
def _source(module: str) -> str:
    return source_of(module)
