"""Metrics for Prometheus, read from plain numbers when somebody asks: counting costs nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aiohttp import web
from prometheus_client import CollectorRegistry, PlatformCollector, ProcessCollector
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4, generate_latest
from prometheus_client.registry import Collector

from hubbub.wire.framed import CLASSIC, EVENTS
from hubbub.wire.web import WEBSOCKET

if TYPE_CHECKING:
    from collections.abc import Iterator

    from prometheus_client.core import Metric

    from hubbub.server.chatroom import Chatroom

_KINDS = {CLASSIC: "classic", EVENTS: "event", WEBSOCKET: "websocket"}


class Metrics:
    """The route of the metrics."""

    def __init__(self, chatroom: Chatroom) -> None:
        self._registry = CollectorRegistry()
        self._registry.register(_ChatroomCollector(chatroom))
        ProcessCollector(registry=self._registry)
        PlatformCollector(registry=self._registry)

    def routes(self) -> list[web.RouteDef]:
        """Return what is served at which path."""
        return [web.get("/metrics", self._metrics)]

    async def _metrics(self, _request: web.Request) -> web.Response:
        return web.Response(
            body=generate_latest(self._registry),
            headers={"Content-Type": CONTENT_TYPE_PLAIN_0_0_4},
        )


class _ChatroomCollector(Collector):
    def __init__(self, chatroom: Chatroom) -> None:
        self._chatroom = chatroom

    def collect(self) -> Iterator[Metric]:
        """Yield the figures of this moment."""
        hub, commits = self._chatroom.hub, self._chatroom.commits
        sessions = GaugeMetricFamily("hubbub_sessions", "Sessions by kind.", labels=["kind"])
        for format_, kind in _KINDS.items():
            count = sum(session.format is format_ for session in hub.sessions.values())
            sessions.add_metric([kind], count)
        yield sessions
        yield GaugeMetricFamily(
            "hubbub_lagging_memberships",
            "Rooms that sessions follow from the log, because they do not keep up.",
            value=sum(len(session.lagging) for session in hub.sessions.values()),
        )
        yield GaugeMetricFamily("hubbub_rooms", "Rooms.", value=len(hub.rooms))
        yield GaugeMetricFamily("hubbub_last_seq", "The newest seq of the log.", value=hub.last)
        yield CounterMetricFamily(
            "hubbub_events", "Events committed, repeats included.", commits.events
        )
        yield CounterMetricFamily("hubbub_commits", "Commits.", commits.commits)
        yield CounterMetricFamily(
            "hubbub_commit_seconds", "Seconds spent waiting for commits.", commits.seconds
        )
        yield CounterMetricFamily(
            "hubbub_writes", "Writes of committed events, one for each session.", hub.writes
        )
