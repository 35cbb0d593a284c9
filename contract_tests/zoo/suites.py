"""The suites of mutants by name."""

from collections.abc import Mapping

from contract_tests.zoo import clients, servers
from contract_tests.zoo.mutant import Suite

SUITES: Mapping[str, Suite] = {"server": servers.SUITE, "client": clients.SUITE}
