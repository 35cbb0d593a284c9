"""Broken servers: each a few lines over the second correct one, named for its fault, with the rule that it breaks."""

from __future__ import annotations

from contract_tests.zoo.alt_server import AltServer
from contract_tests.zoo.broken_servers import accounts, answers, codes, downloads, jobs, order, requests, signing
from contract_tests.zoo.mutant import Mutant, members_in, name_of

__all__ = ["BROKEN_SERVERS"]

_MODULES = (requests, answers, order, codes, signing, jobs, downloads, accounts)

BROKEN_SERVERS = tuple(Mutant(name_of(one), one.breaks, one) for one in members_in(_MODULES, AltServer))
"""All of them; each makes a WSGI application."""
