"""Mutants of the fake's core, made by machine: each a copy of the fake with one small fault in one module."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module

from contract_tests.zoo.judging import SERVER_CHECKS, judge_of
from contract_tests.zoo.machine_made import mutants_of, mutated_copy
from contract_tests.zoo.mutant import Judge, Mutant, Side

from flipsnack_contract.target.target import WsgiTarget
from flipsnack_contract.target.target_under_test import examine

__all__ = ["MODULES", "SIDE"]

PACKAGE = "flipsnack_mock"
MODULES: dict[str, tuple[str, ...]] = {
    "signature": ("signature",),
    "params": ("request", "code.40"),
    "limiter": ("limit",),
    "jobs": ("job", "history"),
    "schedules": ("job", "history"),
    "resource_urls": ("url", "job.fresh"),
    "envelope": ("answer", "callback"),
    "api": ("order", "request", "url"),
    "virtual_clock": ("limit", "url"),
    "operations": ("job", "code"),
}
"""Which modules are mutated, and what the rules are called that should know best of each: these are tried first."""


def _order(mutant: Mutant) -> tuple[str, ...]:
    own = MODULES[mutant.rule]
    return tuple(sorted(SERVER_CHECKS, key=lambda check: not SERVER_CHECKS[check].startswith(own)))


@contextmanager
def _opened(mutant: Mutant) -> Iterator[Judge]:
    with mutated_copy(PACKAGE, mutant):
        subject = examine(WsgiTarget(import_module(f"{PACKAGE}.app").create_app()))
        if subject.control is None:
            raise RuntimeError("the mutant has no control plane any more, so nothing can be tried")
        yield judge_of(subject)


SIDE = Side(
    "core",
    mutants_of(PACKAGE, MODULES),
    SERVER_CHECKS,
    _opened,
    _order,
)
"""The mutants of the core."""
