"""A second correct server of all nine methods, written from the rules alone: the broken servers are made of it."""

from contract_tests.zoo.alt_server.server import AltServer

__all__ = ["AltServer"]
