"""What is measured: each workload drives one fresh server of a peer, and returns its figures."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from bench import durable, log, people, start
from bench.crowd import Crowd, allow_descriptors
from bench.load import Flow, Load
from bench.peers import (
    DURABLE,
    EVENTS,
    HUBBUB,
    IRC,
    MIXED,
    ONE_WORKER,
    OTHERS,
    TWO_WORKERS,
    WEBSOCKETS,
)
from bench.peers.hubbub import Event, Hubbub
from bench.peers.peer import Peer
from bench.peers.server import Server
from bench.ports import free_port

SPEAKERS = 4
SMALL_ROOM_MEMBERS = 4
IN_FLIGHT = 256
STEADY_PER_SECOND = 200
IDLE_CONNECTIONS = 20_000
IDLE_ROOM = 20
SPARE_DESCRIPTORS = 100

Figures = dict[str, float]


@dataclass(frozen=True, slots=True)
class Scale:
    """How long each measurement takes, and by what every number is divided."""

    seconds: float
    divisor: int = 1

    def of(self, count: int) -> int:
        """Return a number of members, rooms or messages at this scale."""
        return max(2, count // self.divisor)


@dataclass(frozen=True, slots=True)
class Workload:
    """One table of the report: figures as columns; those of `compared` as ratios to row one too."""

    name: str
    title: str
    run: Callable[[Peer, Scale], Figures]
    peers: tuple[Peer, ...]
    columns: tuple[str, ...]
    compared: tuple[str, ...]


@contextmanager
def crowd_at(peer: Peer) -> Iterator[Crowd]:
    """Return an empty crowd at a fresh server of the peer."""
    with TemporaryDirectory(prefix="hubbub-bench-") as name:
        folder, port = Path(name), free_port()
        with Server(peer.command(folder, port), port, folder) as server:
            peer.prepare(port)
            crowd = Crowd(peer, server)
            try:
                yield crowd
            finally:
                crowd.close()


def one_room(members: int) -> Callable[[Peer, Scale], Figures]:
    """Return the workload of one room with so many members, flat out."""

    def run(peer: Peer, scale: Scale) -> Figures:
        with crowd_at(peer) as crowd:
            crowd.fill(rooms=1, members=scale.of(members), speakers=SPEAKERS)
            crowd.settle(watched=3)
            return Load(crowd).flat_out(scale.seconds, IN_FLIGHT).figures()

    return run


def durable_room(members: int) -> Callable[[Peer, Scale], Figures]:
    """Return the same for servers that keep what they deliver, once it is seen that they do."""

    def run(peer: Peer, scale: Scale) -> Figures:
        durable.check(peer, scale.of(members), IN_FLIGHT)
        return one_room(members)(peer, scale)

    return run


def many_rooms(peer: Peer, scale: Scale) -> Figures:
    """Rooms of five: four listen, and one speaks again when it was heard."""
    with crowd_at(peer) as crowd:
        crowd.fill(rooms=scale.of(1000), members=SMALL_ROOM_MEMBERS, speakers=1)
        crowd.settle(watched=1)
        return Load(crowd).flat_out(scale.seconds, window=1).figures()


def durable_rooms(peer: Peer, scale: Scale) -> Figures:
    """Return the same for servers that keep what they deliver, once it is seen that they do."""
    durable.check(peer, SMALL_ROOM_MEMBERS, IN_FLIGHT)
    return many_rooms(peer, scale)


def steady(peer: Peer, scale: Scale) -> Figures:
    """A conversation at a rate that everybody should keep up with."""
    with crowd_at(peer) as crowd:
        crowd.fill(rooms=1, members=scale.of(1000), speakers=SPEAKERS)
        crowd.settle(watched=20)
        return Load(crowd).steady(scale.seconds, STEADY_PER_SECOND).figures()


def divided(flow: Callable[[Load, Scale], Flow]) -> Callable[[Peer, Scale], Figures]:
    """Return the workload of one room of 1,000, with what the server's own process has to do.

    That bounds how far workers help, however many cores they have.
    """

    def run(peer: Peer, scale: Scale) -> Figures:
        with crowd_at(peer) as crowd:
            crowd.fill(rooms=1, members=scale.of(1000), speakers=SPEAKERS)
            crowd.settle(watched=20)
            before = crowd.server.own_cpu_seconds()
            flowed = flow(Load(crowd), scale)
            own = crowd.server.own_cpu_seconds() - before
            return {**flowed.figures(), "own_us_per_delivery": own / flowed.deliveries * 1e6}

    return run


def idle(peer: Peer, scale: Scale) -> Figures:
    """People who only sit there. The memory is that of the server, not what the kernel holds."""
    wanted = min(scale.of(IDLE_CONNECTIONS), peer.connections_max)
    allowed = allow_descriptors(wanted + SPARE_DESCRIPTORS) - SPARE_DESCRIPTORS
    rooms = max(1, min(wanted, allowed) // IDLE_ROOM) if peer.has_rooms else 1
    members = min(wanted, allowed) // rooms
    count = rooms * members
    with crowd_at(peer) as crowd:
        server = crowd.server
        memory, cpu = server.resident_bytes(), server.cpu_seconds()
        started, load_started = time.monotonic(), time.process_time()
        crowd.fill(rooms=rooms, members=members, speakers=0)
        seconds = time.monotonic() - started
        load_seconds = time.process_time() - load_started
        return {
            "bytes_per_connection": (server.resident_bytes() - memory) / count,
            "connections": count,
            "accepted_per_second": count / seconds,
            "server_us_per_accept": (server.cpu_seconds() - cpu) / count * 1e6,
            "load_busy": load_seconds / seconds,
        }


def long_log(peer: Peer, scale: Scale) -> Figures:
    """What reading a log costs; the peers are a hubbub with a short one and one with a long one."""
    return log.run(peer, scale.of(log.LENGTHS[peer.name]))


def known(peer: Peer, scale: Scale) -> Figures:
    """What coming in costs; the peers are a hubbub that knows hardly anybody and one of many."""
    return people.run(peer, *map(scale.of, people.COUNTS[peer.name]))


def first_message(peer: Peer, scale: Scale) -> Figures:
    """What it takes from nothing to the first message; there is nothing to scale."""
    del scale
    return start.run(peer)


FLAT_OUT = (
    "server_us_per_delivery",
    "deliveries_per_second",
    "messages_per_second",
    "p50_ms",
    "p99_ms",
    "server_busy",
    "load_busy",
)
STEADY = ("p50_ms", "p99_ms", "server_us_per_delivery", "server_busy", "load_busy")
IDLE = (
    "bytes_per_connection",
    "connections",
    "accepted_per_second",
    "server_us_per_accept",
    "load_busy",
)
PER_DELIVERY = ("server_us_per_delivery",)
EVERYBODY = (HUBBUB, EVENTS, WEBSOCKETS, IRC, MIXED, *OTHERS)

WORKLOADS = (
    *(
        Workload(
            f"room-{members}",
            f"One room of {members:,} members, flat out",
            one_room(members),
            EVERYBODY,
            FLAT_OUT,
            PER_DELIVERY,
        )
        for members in (10, 100, 1000, 5000)
    ),
    *(
        Workload(
            f"durable-{members}",
            f"One room of {members:,} members, flat out, where all that is seen is kept",
            durable_room(members),
            DURABLE,
            FLAT_OUT,
            PER_DELIVERY,
        )
        for members in (10, 100)
    ),
    Workload(
        "rooms",
        "1,000 rooms of 5, flat out",
        many_rooms,
        (HUBBUB, *(peer for peer in OTHERS if peer.has_rooms)),
        FLAT_OUT,
        PER_DELIVERY,
    ),
    Workload(
        "durable-rooms",
        "1,000 rooms of 5, flat out, where all that is seen is kept",
        durable_rooms,
        DURABLE,
        FLAT_OUT,
        PER_DELIVERY,
    ),
    Workload(
        "steady",
        f"{STEADY_PER_SECOND} messages/s to one room of 1,000 members",
        steady,
        EVERYBODY,
        STEADY,
        ("p99_ms", *PER_DELIVERY),
    ),
    Workload(
        "workers",
        "One room of 1,000 members, flat out, with and without workers",
        divided(lambda load, scale: load.flat_out(scale.seconds, IN_FLIGHT)),
        (HUBBUB, ONE_WORKER, TWO_WORKERS),
        ("own_us_per_delivery", *FLAT_OUT),
        ("own_us_per_delivery", *PER_DELIVERY),
    ),
    Workload(
        "workers-steady",
        f"{STEADY_PER_SECOND} messages/s to one room of 1,000 members, with and without workers",
        divided(lambda load, scale: load.steady(scale.seconds, STEADY_PER_SECOND)),
        (HUBBUB, ONE_WORKER, TWO_WORKERS),
        ("own_us_per_delivery", *STEADY),
        ("own_us_per_delivery", *PER_DELIVERY),
    ),
    Workload(
        "idle",
        f"{IDLE_CONNECTIONS:,} idle connections, in rooms of {IDLE_ROOM}",
        idle,
        (HUBBUB, EVENTS, WEBSOCKETS, IRC, *OTHERS),
        IDLE,
        ("bytes_per_connection",),
    ),
    Workload(
        "start",
        "From nothing to the first message, and another one from a shell",
        first_message,
        (HUBBUB, EVENTS, WEBSOCKETS, IRC, *(peer for peer in OTHERS if peer.name != "limit")),
        start.COLUMNS,
        start.COMPARED,
    ),
    Workload(
        "log",
        "hubbub on a short log and on a long one",
        long_log,
        tuple(Hubbub(name, Event()) for name in log.LENGTHS),
        log.COLUMNS,
        log.COMPARED,
    ),
    Workload(
        "people",
        "hubbub that knows two people and 100,000, with 10,000 rooms",
        known,
        tuple(Hubbub(name, Event()) for name in people.COUNTS),
        people.COLUMNS,
        people.COMPARED,
    ),
)
