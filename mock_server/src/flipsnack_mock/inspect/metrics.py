"""Metrics for Prometheus, read from the counters of the worlds when they are requested."""

from collections.abc import Callable, Iterator
from typing import Any

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric

from flipsnack_mock.state.world import World, Worlds

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"


_OF_EACH_WORLD: tuple[tuple[Any, str, str, Callable[[World], int]], ...] = (
    (GaugeMetricFamily, "accounts", "Accounts that exist", lambda world: len(list(world.accounts))),
    (GaugeMetricFamily, "maintenance", "Whether maintenance is on for all accounts", lambda world: world.maintenance),
    (GaugeMetricFamily, "journal_entries", "Requests that the journal keeps", lambda world: world.journal.count),
    (
        CounterMetricFamily,
        "journal_dropped",
        "Requests that the journal dropped",
        lambda world: world.journal.dropped(),
    ),
)


def exposition(worlds: Worlds) -> bytes:
    """The metrics of all worlds in Prometheus's text format."""
    registry = CollectorRegistry()
    registry.register(_Collector(worlds))
    return generate_latest(registry)


class _Collector:
    def __init__(self, worlds: Worlds) -> None:
        self._worlds = [worlds.main, *(worlds.world(name) for name in worlds.names())]

    def collect(self) -> Iterator[Metric]:
        """Yield all metric families, labelled with the namespace (empty for the main world)."""
        yield self._requests()
        for kind, name, does, value in _OF_EACH_WORLD:
            family = kind(f"flipsnack_mock_{name}", does, labels=["namespace"])
            for world in self._worlds:
                family.add_metric([world.name], value(world))
            yield family

    def _requests(self) -> Metric:
        labels = ["namespace", "action", "code", "http_status"]
        family = CounterMetricFamily("flipsnack_mock_requests", "Requests that were answered", labels=labels)
        for world in self._worlds:
            for (action, code, http_status), count in world.counters.counts.items():
                shown = "" if code is None else str(code)
                family.add_metric([world.name, action, shown, str(http_status)], count)
        return family
