"""What is told of relays over HTTP: of the one through which somebody asks, and of all others."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from prometheus_client.core import Metric

    from hubbub.chat.listed import RelaySummary


def sentence(relay: RelaySummary) -> str:
    """Return what a relay is, as everybody may know."""
    since = datetime.fromtimestamp(relay.since / 1000, UTC)
    how = "linked to it" if relay.linked else "alone"
    return f"This is a relay of {relay.of}, {how} since {since:%Y-%m-%d %H:%M:%S} UTC.\n"


class RelayCollector(Collector):
    """The figures of one relay, and of nothing else."""

    def __init__(self, relay: RelaySummary) -> None:
        self._relay = relay

    def collect(self) -> Iterator[Metric]:
        """Yield the figures of this moment."""
        build = GaugeMetricFamily("hubbub_build_info", "The version that runs.", labels=["version"])
        build.add_metric([self._relay.version], 1)
        yield build
        yield from own_figures(self._relay)


def own_figures(relay: RelaySummary) -> Iterator[Metric]:
    """Yield what a relay tells of itself."""
    for name, said, value in (
        ("linked", "1 if the server is reached; 0 while the relay is alone.", relay.linked),
        ("since_seconds", "When the relay was linked, or left alone.", relay.since / 1000),
        ("connections", "Connections that the relay holds.", relay.connections),
        ("last_seq", "Up to where the copy of the log goes.", relay.last),
        ("behind_bytes", "Bytes of the log that the copy lacks, if known.", relay.behind),
        ("copy_failing", "1 if something keeps the copy from going on.", bool(relay.complaint)),
    ):
        if value is not None:
            yield GaugeMetricFamily(f"hubbub_relay_{name}", said, value=value)


def figures_of_all(relays: Iterable[RelaySummary]) -> Iterator[Metric]:
    """Yield what a server tells of the relays that are linked to it, if there are any."""
    connections = GaugeMetricFamily(
        "hubbub_linked_relay_connections", "Connections that a relay holds.", labels=["relay"]
    )
    behind = GaugeMetricFamily(
        "hubbub_linked_relay_behind_bytes",
        "Bytes of the log that a relay's copy lacks, where that is known.",
        labels=["relay"],
    )
    for relay in relays:
        connections.add_metric([relay.address], relay.connections)
        if relay.behind is not None:
            behind.add_metric([relay.address], relay.behind)
    yield connections
    yield behind
