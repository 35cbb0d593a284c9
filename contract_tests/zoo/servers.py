"""Broken servers, each a few lines over the fake, each named for its fault and for the rule that it breaks.

A rule of the ledger that has a check has a server here that only breaks that; a test sees to both.
"""

from __future__ import annotations

from contract_tests.zoo import codes, edits, requests, resources, signatures, twin
from contract_tests.zoo.judging import SERVER_CHECKS, open_server
from contract_tests.zoo.meddling import fake
from contract_tests.zoo.mutant import Mutant, Side

from flipsnack_mock.testing import MockServer

__all__ = ["BROKEN_SERVERS", "SIDE"]


def _by_setting(name: str, rule: str, **settings: object) -> Mutant:
    return Mutant(name, rule, lambda: fake(**settings))


BROKEN_SERVERS: tuple[Mutant, ...] = (
    _by_setting("takes a POST for a read", "request.get-for-reads", lenient_post=True),
    _by_setting("takes upper-case signatures", "signature.lower-case", uppercase_signatures=True),
    _by_setting("starts a failed package again", "job.never-goes-back", restart_failed=True),
    _by_setting("counts calendar windows", "limit.sliding-window", limit_window="fixed"),
    _by_setting("counts refused calls", "limit.refused-do-not-count", limit_counts_refused=True),
    _by_setting("allows six in a second", "limit.per-second", requests_per_second=6),
    _by_setting("allows four in a second", "limit.per-second", requests_per_second=4),
    _by_setting("allows 61 in a minute", "limit.per-minute", requests_per_minute=61),
    _by_setting("allows 59 in a minute", "limit.per-minute", requests_per_minute=59),
    _by_setting("serves for 61 seconds", "url.lives-60s", url_lifetime=61),
    _by_setting("serves for 59 seconds", "url.lives-60s", url_lifetime=59),
    _by_setting("answers 41 with HTTP 401", "answer.http-200", http_statuses={41: 401}),
    *(
        Mutant(*one)
        for one in (*requests.SERVERS, *codes.SERVERS, *signatures.SERVERS, *resources.SERVERS, *edits.SERVERS)
    ),
)
"""All of them."""

CORRECT = (
    Mutant("the fake", "", fake),
    Mutant("the twin", "", twin.create_app),
    Mutant("the fake over a socket", "", MockServer),
)
"""Servers that keep every rule: the fake, and one that shares nothing with it."""

SIDE = Side("server", BROKEN_SERVERS, SERVER_CHECKS, open_server, correct=CORRECT)
"""The zoo of broken servers."""
