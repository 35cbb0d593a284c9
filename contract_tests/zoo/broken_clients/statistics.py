"""Clients that ask for statistics again and again."""

from collections.abc import Mapping
from typing import Any

from contract_tests.zoo.client import Client
from contract_tests.zoo.task import ClientError

FORM = {"Content-Type": "application/x-www-form-urlencoded"}
Object = dict[str, Any]
Params = Mapping[str, str]


class AsksForStatisticsEachTime(Client, breaks="client.statistics-cached"):
    """Keeps no statistics."""

    keep_ms = 0


class KeepsStatisticsASecond(Client, breaks="client.statistics-cached"):
    """Keeps statistics for two seconds."""

    keep_ms = 2_000


class SwallowsStatistics(Client, breaks="client.final-error"):
    """Ignores a refusal of statistics until it needs them for the last time, and asks again."""

    def statistics_thrice(self, params: Params) -> dict[str, Any]:
        for _ in range(2):
            try:
                self.statistics(params)
            except ClientError as error:
                self.runtime.log(f"no statistics yet: {error}")
            self.wait(10_000)
        return self.statistics(params)
