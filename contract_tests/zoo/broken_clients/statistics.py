"""Clients that ask for statistics again and again."""

from collections.abc import Mapping
from typing import Any

from contract_tests.zoo.client import Client

FORM = {"Content-Type": "application/x-www-form-urlencoded"}
Object = dict[str, Any]
Params = Mapping[str, str]


class AsksForStatisticsEachTime(Client, breaks="client.statistics-cached"):
    """Keeps no statistics."""

    keep_ms = 0


class KeepsStatisticsASecond(Client, breaks="client.statistics-cached"):
    """Keeps statistics for two seconds."""

    keep_ms = 2_000
