"""The suite of broken servers, and the servers that keep every rule."""

from contract_tests.zoo.alt_server import AltServer
from contract_tests.zoo.broken_servers import (
    accounts,
    answers,
    codes,
    collections,
    conversion,
    events,
    jobs,
    links,
    lists,
    months,
    order,
    packages,
    queries,
    requests,
    signing,
    statistics,
    uploads,
    values,
)
from contract_tests.zoo.judging import REPEATING_CHECKS, SERVER_CHECKS, open_server
from contract_tests.zoo.mutant import Mutant, Suite, members_in, name_of

_READING = (requests, values, answers, order, accounts, codes, signing)
_DOING = (uploads, months, conversion, collections, events, lists, queries, statistics, jobs, links, packages)
_MODULES = (*_READING, *_DOING)
BROKEN_SERVERS = tuple(Mutant(name_of(one), one.breaks, one) for one in members_in(_MODULES, AltServer))
CORRECT = (Mutant("the alternative server", "", AltServer),)
"""A server that keeps every rule. That the fake keeps them all is a test of its own."""

SUITE = Suite("server", BROKEN_SERVERS, SERVER_CHECKS, open_server, CORRECT, REPEATING_CHECKS)
