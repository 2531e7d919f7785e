"""Metrics for Prometheus, read from plain numbers when somebody asks: counting costs nothing."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from aiohttp import web
from prometheus_client import CollectorRegistry, PlatformCollector, ProcessCollector
from prometheus_client.core import (
    CounterMetricFamily,
    GaugeMetricFamily,
    HistogramMetricFamily,
)
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4, generate_latest
from prometheus_client.registry import Collector

from hubbub import __version__
from hubbub.chat.events import Status
from hubbub.chat.queries import StatusQuery
from hubbub.faults import faults
from hubbub.hub.cost import METRICS
from hubbub.server.http.guard import visit_of
from hubbub.server.http.relay_figures import RelayCollector, figures_of_all, own_figures
from hubbub.server.readiness import complaints
from hubbub.wire.framed import EVENTS
from hubbub.wire.web import WEBSOCKET

if TYPE_CHECKING:
    from collections.abc import Iterator

    from prometheus_client.core import Metric

    from hubbub.chat.format import Format
    from hubbub.server.sessions.chatroom import Chatroom

_KINDS: dict[Format, str] = {EVENTS: "event", WEBSOCKET: "websocket"}


class Metrics:
    """The route of the metrics. Through a relay they are that relay's."""

    def __init__(self, chatroom: Chatroom) -> None:
        self._chatroom = chatroom
        self._registry = CollectorRegistry()
        self._registry.register(_ChatroomCollector(chatroom))
        ProcessCollector(registry=self._registry)
        PlatformCollector(registry=self._registry)

    def routes(self) -> list[web.RouteDef]:
        """Return what is served at which path."""
        return [web.get("/metrics", self._metrics)]

    async def _metrics(self, request: web.Request) -> web.Response:
        visit, registry = visit_of(request), self._registry
        await visit.may_spend(METRICS)
        relay = self._chatroom.relay_of(visit.link)
        if relay is not None and relay.linked:
            registry = CollectorRegistry()
            registry.register(RelayCollector(relay))
        return web.Response(
            body=generate_latest(registry),
            headers={"Content-Type": CONTENT_TYPE_PLAIN_0_0_4},
        )


class _ChatroomCollector(Collector):
    def __init__(self, chatroom: Chatroom) -> None:
        self._chatroom = chatroom

    def collect(self) -> Iterator[Metric]:
        """Yield the figures of this moment."""
        hub, commits = self._chatroom.hub, self._chatroom.commits
        sessions = GaugeMetricFamily("hubbub_sessions", "Sessions by kind.", labels=["kind"])
        kinds = Counter(_KINDS.get(session.format, "classic") for session in hub.here.all_local)
        for kind in ("classic", *_KINDS.values()):
            sessions.add_metric([kind], kinds[kind])
        yield sessions
        yield GaugeMetricFamily(
            "hubbub_lagging_memberships",
            "Rooms that sessions follow from the log, because they do not keep up.",
            value=sum(len(session.lagging) for session in hub.here.all_local),
        )
        yield GaugeMetricFamily("hubbub_rooms", "Rooms.", value=len(hub.rooms))
        yield GaugeMetricFamily("hubbub_last_seq", "The newest seq of the log.", value=hub.last)
        if (free_bytes := self._chatroom.free_bytes()) is not None:
            yield GaugeMetricFamily(
                "hubbub_log_free_bytes",
                "Bytes that the log may still take of its disk; below 0 nothing can be posted.",
                value=free_bytes,
            )
        yield CounterMetricFamily(
            "hubbub_events", "Events committed, repeats included.", commits.events
        )
        yield CounterMetricFamily("hubbub_commits", "Commits.", commits.commits)
        yield CounterMetricFamily(
            "hubbub_commit_seconds", "Seconds spent waiting for commits.", commits.seconds
        )
        yield CounterMetricFamily("hubbub_commits_failed", "Commits that failed.", commits.failures)
        yield GaugeMetricFamily(
            "hubbub_posting_fails",
            "1 if nothing can be posted, because the log cannot be written.",
            value=commits.is_blocked,
        )
        yield GaugeMetricFamily(
            "hubbub_commit_waiting_seconds",
            "For how long the commit that is under way has been.",
            value=commits.waiting_seconds,
        )
        yield CounterMetricFamily(
            "hubbub_writes", "Writes of committed events, one for each session.", hub.writes
        )
        yield GaugeMetricFamily(
            "hubbub_ready",
            "1 if /readyz has no complaint.",
            value=not any(complaints(self._chatroom)),
        )
        yield from _faults()
        for part in (
            *(self._damage, self._node, self._relays, self._files, self._durations, self._sizes),
            *(self._turned_away, self._protection, self._reading, self._stalls, self._work),
        ):
            yield from part()

    def _damage(self) -> Iterator[Metric]:
        damage = self._chatroom.damage
        yield GaugeMetricFamily(
            "hubbub_log_damaged_places",
            "Places of the log found damaged since the server started, and not repaired.",
            value=len(damage),
        )
        yield CounterMetricFamily(
            "hubbub_log_mended",
            "How often what was damaged was made anew while the server ran: the search index.",
            damage.times_mended,
        )

    def _node(self) -> Iterator[Metric]:
        if (node := self._chatroom.node) is not None:
            behind = GaugeMetricFamily(
                "hubbub_node_behind",
                "Messages of the stream that this node is still to apply.",
                labels=["node"],
            )
            behind.add_metric([node.name], node.behind)
            yield behind
            yield GaugeMetricFamily(
                "hubbub_other_nodes", "Other nodes that are heard.", value=len(node.others)
            )

    def _relays(self) -> Iterator[Metric]:
        if (relay := self._chatroom.relay_of(None)) is not None:
            yield from own_figures(relay)
        yield from figures_of_all(self._chatroom.relays)

    def _durations(self) -> Iterator[Metric]:
        commits = self._chatroom.commits
        for name, said, histogram in (
            ("commit_duration", "How long commits took.", commits.durations),
            ("fan_out_duration", "How long it took to bring a commit to all.", commits.fan_outs),
            (
                "loop_lag",
                "How late the event loop was for its beat.",
                self._chatroom.heartbeat.lags,
            ),
            (
                "tls_handshake_duration",
                "How long TLS handshakes took from the client's hello on.",
                self._chatroom.tls_counts.durations,
            ),
        ):
            yield HistogramMetricFamily(
                f"hubbub_{name}_seconds",
                said,
                buckets=list(histogram.buckets()),
                sum_value=histogram.seconds,
            )

    def _sizes(self) -> Iterator[Metric]:
        running = self._chatroom.running
        assert running is not None, "whoever asks is served by a server that runs"
        status = running.answer(StatusQuery())
        assert isinstance(status, Status)
        build = GaugeMetricFamily("hubbub_build_info", "The version that runs.", labels=["version"])
        build.add_metric([__version__], 1)
        yield build
        is_failing = self._chatroom.copies.is_failing
        for name, said, value in (
            (
                "backup_failing",
                "1 if the last copy by the clock is not there, or not whole.",
                is_failing,
            ),
            ("people", "People who are here.", status.people),
            ("connections", "Connections whose peers converse.", status.connections),
            ("log_bytes", "Bytes of the log's files.", status.log_bytes),
            (
                "log_wal_bytes",
                "Bytes of hubbub.db-wal, which grows while another program reads hubbub.db.",
                status.wal_bytes,
            ),
            ("disk_free_bytes", "Bytes that are free on the log's disk.", status.disk_free_bytes),
            ("backup_seconds", "When the newest copy was made; 0 is never.", status.backup / 1000),
        ):
            if value is not None:
                yield GaugeMetricFamily(f"hubbub_{name}", said, value=value)

    def _turned_away(self) -> Iterator[Metric]:
        family = CounterMetricFamily(
            "hubbub_peers_turned_away", "Peers that were turned away.", labels=["reason"]
        )
        for reason, count in self._chatroom.turns.unwelcome.total.items():
            family.add_metric([reason], count)
        yield family

    def _protection(self) -> Iterator[Metric]:
        counts = self._chatroom.tls_counts
        for name, said, counted in (
            ("tls_handshakes", "TLS handshakes, by how they ended.", counts.handshakes),
            ("password_proofs", "Proofs of the password, by how they ended.", counts.proofs),
        ):
            family = CounterMetricFamily(f"hubbub_{name}", said, labels=["outcome"])
            for outcome, count in counted.items():
                family.add_metric([outcome.value], count)
            yield family

    def _work(self) -> Iterator[Metric]:
        turns = self._chatroom.turns
        everybody, strangers = turns.accounts.everybody.used, turns.accounts.strangers.used
        units = CounterMetricFamily(
            "hubbub_work_units",
            "Work that was charged, in units of about 10 microseconds, by whom it was for.",
            labels=["whose"],
        )
        units.add_metric(["members"], everybody - strangers)
        units.add_metric(["strangers"], strangers)
        yield units
        yield CounterMetricFamily(
            "hubbub_work_pauses",
            "How often somebody had to wait because a budget was used up.",
            turns.delays.pauses,
        )

    def _files(self) -> Iterator[Metric]:
        files, uploads = self._chatroom.files, self._chatroom.hub.files.uploads
        counts = files.counts
        yield CounterMetricFamily("hubbub_files", "Files that came whole.", counts.uploads)
        yield CounterMetricFamily(
            "hubbub_files_received_bytes", "Bytes of files that came.", counts.received_bytes
        )
        yield CounterMetricFamily(
            "hubbub_files_previews", "Pictures that got a smaller one.", counts.previews
        )
        yield CounterMetricFamily(
            "hubbub_files_cleaned",
            "Files out of which was taken what tells of people, such as places.",
            counts.cleaned,
        )
        failures = CounterMetricFamily(
            "hubbub_files_failures", "What went wrong with files.", labels=["what"]
        )
        failures.add_metric(["write"], counts.unwritten)
        failures.add_metric(["examine"], counts.not_looked_at)
        failures.add_metric(["share"], counts.unshared)
        yield failures
        yield GaugeMetricFamily(
            "hubbub_files_uploads", "Uploads that are in no message yet.", value=len(uploads)
        )
        yield GaugeMetricFamily(
            "hubbub_files_bytes",
            "Bytes of files that messages and uploads hold.",
            value=uploads.bytes_in_all,
        )
        if files.store is not None:
            yield GaugeMetricFamily(
                "hubbub_files_free_bytes",
                "Bytes of files that the disk still takes; below 1 none can be sent.",
                value=files.free_bytes() - uploads.awaited_bytes,
            )

    def _stalls(self) -> Iterator[Metric]:
        heartbeat = self._chatroom.heartbeat
        stalls = CounterMetricFamily(
            "hubbub_loop_stalls",
            "How often the event loop stood still, by the function in which it did.",
            labels=["place"],
        )
        for place, count in heartbeat.stalls.items():
            stalls.add_metric([place], count)
        yield stalls
        yield CounterMetricFamily(
            "hubbub_loop_stalled_seconds", "For how long it did.", heartbeat.stalled_seconds
        )

    def _reading(self) -> Iterator[Metric]:
        reading = self._chatroom.reading
        lanes = {"pages": reading.pages, "searches": reading.searches}
        waiting = GaugeMetricFamily(
            "hubbub_reads_waiting", "Reads that wait for their turn.", labels=["lane"]
        )
        waited = GaugeMetricFamily(
            "hubbub_reads_waiting_seconds", "How long the oldest of them waits.", labels=["lane"]
        )
        turns = CounterMetricFamily("hubbub_reads", "Reads of the log.", labels=["lane"])
        seconds = CounterMetricFamily("hubbub_read_seconds", "What they took.", labels=["lane"])
        for name, lane in lanes.items():
            waiting.add_metric([name], lane.waiting)
            waited.add_metric([name], lane.waiting_seconds)
            turns.add_metric([name], lane.turns)
            seconds.add_metric([name], lane.seconds)
        yield from (waiting, waited, turns, seconds)


def _faults() -> Iterator[Metric]:
    counted = CounterMetricFamily(
        "hubbub_faults",
        "Faults of the server: exceptions that nobody foresaw, by what was raised and where.",
        labels=["place"],
    )
    for place, count in faults.counts.items():
        counted.add_metric([place], count)
    yield counted
    failing = GaugeMetricFamily(
        "hubbub_failing",
        "1 for background work that a fault has broken off, and that is tried again.",
        labels=["work"],
    )
    for work in faults.failing:
        failing.add_metric([work], 1)
    yield failing
