"""Broken clients, each a few lines over the correct one, each with the rule that it breaks.

A rule of a client that has a duty has a client here that only breaks that; a test sees to both.
"""

from __future__ import annotations

from types import ModuleType

from contract_tests.zoo.client import Client
from contract_tests.zoo.troupe import askers, fetchers, keepers, readers, signers, tellers, waiters

__all__ = ["BROKEN_CLIENTS", "client_named", "name_of"]

_MODULES = (signers, askers, readers, waiters, fetchers, keepers, tellers)


def _in(module: ModuleType) -> list[type[Client]]:
    return [
        found
        for found in vars(module).values()
        if isinstance(found, type) and issubclass(found, Client) and found.__module__ == module.__name__
    ]


def name_of(client: type[Client]) -> str:
    """What it does wrong, as a name: its docstring without the full stop."""
    sentence = " ".join((client.__doc__ or "").split()).removesuffix(".")
    return sentence[:1].lower() + sentence[1:]


BROKEN_CLIENTS: tuple[type[Client], ...] = tuple(client for module in _MODULES for client in _in(module))
"""All of them."""


def client_named(name: str) -> type[Client]:
    """The broken client of that class name; raises `LookupError`."""
    known = {client.__name__: client for client in BROKEN_CLIENTS}
    if name not in known:
        raise LookupError(f"there is no client {name!r}; there are {', '.join(known)}")
    return known[name]
