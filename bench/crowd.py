"""Connections to one server: people who listen in rooms, and people who speak there.

What they receive is not parsed: deliveries have a known size, so bytes are what is counted, for
each connection by itself. Only a few watched members look for the mark and the time in each text.
"""

import resource
import select
import socket
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import cycle

from bench.peers.peer import TEXT_BYTES, Dialect, Peer
from bench.peers.server import HOST, PATIENCE_SECONDS, Failed, HungUp, Server

MARK = b"^"
"""Begins every text of a measurement, and stands nowhere else in what any peer sends."""

STAMP_DIGITS = 19
SETTLING = b"settled".ljust(TEXT_BYTES, b".")
TAIL_BYTES = 256
READ_BYTES_MAX = 1 << 20
JOINING_MAX = 256
"""So many join at a time: servers then tell the others of all of them at once."""

FROM_ADDRESS_MAX = 10_000
"""With more connections from one address, Linux searches long for the next free port."""

IP_BIND_ADDRESS_NO_PORT = 24
QUIET_SECONDS = 0.1


@dataclass(slots=True, eq=False)
class Room:
    """A room and who is in it; `said` counts the messages of the measurement."""

    name: str
    members: list["Seat"] = field(default_factory=list)
    speakers: list["Seat"] = field(default_factory=list)
    watches: list["Watch"] = field(default_factory=list)
    said: int = 0

    def heard(self) -> int:
        """Return how many messages have reached all watched members."""
        return min(watch.heard for watch in self.watches)


@dataclass(slots=True, eq=False)
class Seat:
    """One connection."""

    sock: socket.socket
    name: str
    dialect: Dialect
    room: Room
    said: int = 0
    tail: bytes = b""
    unsent: bytes = b""

    def say(self, data: bytes) -> None:
        """Send what the socket takes now; the rest with the next call."""
        self.unsent += data
        try:
            self.unsent = self.unsent[self.sock.send(self.unsent) :]
        except BlockingIOError:
            pass
        except OSError as error:
            raise HungUp(f"The server hung up on a speaker: {error.strerror}.") from None


@dataclass(slots=True, eq=False)
class Watch:
    """A member whose deliveries are counted as they come, and timed."""

    room: Room
    heard: int = 0
    latencies: list[float] = field(default_factory=list)

    def look(self, chunk: bytes) -> None:
        """Count the texts that begin in `chunk`; the oldest of them is a sample of latency."""
        now = time.monotonic_ns()
        if count := chunk.count(MARK):
            self.heard += count
            at = chunk.find(MARK) + 1
            stamp = chunk[at : at + STAMP_DIGITS]
            if len(stamp) == STAMP_DIGITS and stamp.isdigit():  # whole, not cut by the read
                self.latencies.append((now - int(stamp)) / 1e9)


def allow_descriptors(count: int) -> int:
    """Raise the limit of open files to `count` if it may be; return what it is then.

    Servers inherit it.
    """
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft < count:
        try:
            resource.setrlimit(resource.RLIMIT_NOFILE, (count, max(hard, count)))
        except (OSError, ValueError):  # only the superuser may go beyond the hard limit
            resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    return resource.getrlimit(resource.RLIMIT_NOFILE)[0]


class Crowd:
    """Everybody who is connected to one server, or to several of one chatroom at their `ports`.

    Every method raises Failed if the server hangs up or does not keep up.
    """

    def __init__(self, peer: Peer, server: Server, ports: Sequence[int] = ()) -> None:
        self.peer = peer
        self.server = server
        self._ports = cycle(ports or [server.port])
        self.rooms: list[Room] = []
        self.seats: dict[int, Seat] = {}
        self.watched: dict[int, Watch] = {}
        self.epoll = select.epoll()
        self.buffer = memoryview(bytearray(READ_BYTES_MAX))

    def close(self) -> None:
        """Hang up."""
        for seat in self.seats.values():
            seat.sock.close()
        self.epoll.close()

    def fill(self, rooms: int, members: int, speakers: int) -> None:
        """Open `rooms` rooms, and let so many people into each."""
        if rooms > 1 and not self.peer.has_rooms:
            raise Failed("It has no rooms.")
        people = rooms * (members + speakers)
        if people > self.peer.connections_max:
            raise Failed(f"It takes {self.peer.connections_max} connections at the most.")
        self.rooms = [Room(f"r{number:05}") for number in range(rooms)]
        kinds = self.peer.members
        arriving: list[Seat] = []
        outside: list[Seat] = []
        for number in range(people):
            room = self.rooms[number % rooms]
            listens = number < rooms * members
            dialect = kinds[number // rooms % len(kinds)] if listens else self.peer.speaker
            seat = self._connect(dialect, room, f"{'m' if listens else 's'}{number:05}")
            (room.members if listens else room.speakers).append(seat)
            arriving.append(seat)
            if len(arriving) == self.peer.backlog or number == people - 1:
                outside += self._open(arriving)
                arriving.clear()
            if len(outside) >= JOINING_MAX or number == people - 1:
                self._join(outside)
                outside.clear()

    def _connect(self, dialect: Dialect, room: Room, name: str) -> Seat:
        try:
            sock = socket.socket()
        except OSError as error:
            raise Failed(f"Connection {len(self.seats) + 1} is too much: {error}.") from None
        try:
            sock.setsockopt(socket.IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, 1)
            sock.bind((f"127.0.0.{1 + len(self.seats) // FROM_ADDRESS_MAX}", 0))
            sock.settimeout(PATIENCE_SECONDS)
            sock.connect((HOST, next(self._ports)))
        except OSError as error:
            sock.close()
            raise Failed(f"Connection {len(self.seats) + 1} failed: {error}.") from None
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        sock.setblocking(False)
        seat = self.seats[sock.fileno()] = Seat(sock, name, dialect, room)
        self.epoll.register(sock.fileno(), select.EPOLLIN)
        return seat

    def _open(self, seats: list[Seat]) -> list[Seat]:
        """Wait until the server has accepted these; return who has still to join."""
        opening = [seat for seat in seats if seat.dialect.opened]
        for seat in opening:
            seat.say(seat.dialect.opening(seat.name))
        self._await(opening, lambda seat, got: seat.dialect.opened in got)
        self._join([seat for seat in seats if not seat.dialect.opened])
        self.peer.await_joined(self.server, len(self.seats))
        return opening

    def _join(self, seats: list[Seat]) -> None:
        for seat in seats:
            seat.say(seat.dialect.join(seat.name, seat.room.name))
        answered = [seat for seat in seats if seat.dialect.joined]
        self._await(answered, lambda seat, got: seat.dialect.joined in got)

    def settle(self, watched: int) -> None:
        """Let each room hear a message that does not count, and count from there on.

        Whatever the server tells of who came lies before it. `watched` members of each room,
        among them the first and the last, are watched from now on, and all whose bytes are not
        counted.
        """
        for room in self.rooms:
            room.speakers[0].say(self.peer.say(room.name, SETTLING))
        members = [seat for room in self.rooms for seat in room.members]
        self._await(members, lambda _seat, got: SETTLING in got)
        unasked = time.monotonic() + self.peer.unasked_seconds
        while self._read(QUIET_SECONDS) or time.monotonic() < unasked:
            pass  # the rest of a delivery, or that speakers are told of each other
        for room in self.rooms:
            last = len(room.members) - 1
            positions = {last * part // max(1, watched - 1) for part in range(watched)}
            positions |= {at for at in range(last + 1) if not room.members[at].dialect.is_sized}
            for position in positions:
                watch = Watch(room)
                room.watches.append(watch)
                self.watched[room.members[position].sock.fileno()] = watch

    def _await(self, seats: list[Seat], is_there: Callable[[Seat, bytes], bool]) -> None:
        """Read until it is there for every one of the seats."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        missing = {seat.sock.fileno() for seat in seats}
        while missing:
            missing -= {fd for fd, got in self._read(1.0).items() if is_there(self.seats[fd], got)}
            if time.monotonic() > deadline:
                raise Failed(f"{len(missing)} connections got no answer.")

    def _read(self, patience_seconds: float) -> dict[int, bytes]:
        """Return what is there for each connection, after the end of what came before."""
        got: dict[int, bytes] = {}
        for fd, _ in self.epoll.poll(patience_seconds):
            seat = self.seats[fd]
            got[fd] = seat.tail + self._receive(seat)
            seat.tail = got[fd][-TAIL_BYTES:]
        return got

    def _receive(self, seat: Seat) -> bytes:
        """Return what is there for a connection."""
        try:
            size = seat.sock.recv_into(self.buffer)
        except OSError as error:
            raise HungUp(f"The server broke a connection: {error.strerror}.") from None
        if not size:
            raise HungUp(f"The server hung up. Its last words were {seat.tail[-80:]!r}.")
        return bytes(self.buffer[:size])
