"""Messages through a crowd, counted exactly: as fast as they go, or at a steady rate."""

import time
from contextlib import suppress
from dataclasses import dataclass

from bench.crowd import MARK, STAMP_DIGITS, Crowd, Room, Seat
from bench.measuring import share
from bench.peers.peer import TEXT_BYTES
from bench.peers.server import Failed, HungUp

STALLED_SECONDS = 10.0
SURPLUS_SECONDS = 0.05


@dataclass(frozen=True, slots=True)
class Flow:
    """What one run measured. Times in seconds; CPU times of the server and of this process."""

    messages: int
    deliveries: int
    seconds: float
    server_seconds: float
    load_seconds: float
    latencies: list[float]

    def figures(self) -> dict[str, float]:
        """Return the figures under their names, units last."""
        ordered = sorted(self.latencies)
        return {
            "server_us_per_delivery": self.server_seconds / self.deliveries * 1e6,
            "server_us_per_message": self.server_seconds / self.messages * 1e6,
            "deliveries_per_second": self.deliveries / self.seconds,
            "messages_per_second": self.messages / self.seconds,
            "p50_ms": share(ordered, 0.50) * 1e3,
            "p99_ms": share(ordered, 0.99) * 1e3,
            "server_busy": self.server_seconds / self.seconds,
            "load_busy": self.load_seconds / self.seconds,
        }


class Load:
    """Messages through a settled crowd, for one measurement. Raises Failed if a count is wrong."""

    def __init__(self, crowd: Crowd) -> None:
        self._crowd = crowd
        self._got = [0] * (max(crowd.seats) + 1)
        self._receive_into = {fd: seat.sock.recv_into for fd, seat in crowd.seats.items()}
        self._total = 0
        self._blocked: list[Seat] = []

    def flat_out(self, seconds: float, window: int) -> Flow:
        """Keep about `window` messages of each room in flight for so long."""
        started = self._clocks()
        least = max(1, window // 16)  # several in one packet, as from people who write ahead
        for room in self._crowd.rooms:
            self._say(room, window)
        while time.monotonic() - started[0] < seconds:
            for room in self._read(STALLED_SECONDS):
                due = room.heard() + window - room.said
                if due >= least:
                    self._say(room, due)
        return self._finish(started)

    def steady(self, seconds: float, per_second: int) -> Flow:
        """Say one message after the other in the first room, at equal distances."""
        started = self._clocks()
        room = self._crowd.rooms[0]
        for number in range(max(1, int(seconds * per_second))):
            due = started[0] + number / per_second
            while (ahead := due - time.monotonic()) > 0:
                self._read(ahead)
            self._say(room, 1)
        return self._finish(started)

    def read_rest(self) -> int:
        """Read what a server that is gone had sent; return what one member heard at the most."""
        for fd, watch in self._crowd.watched.items():
            sock = self._crowd.seats[fd].sock
            sock.settimeout(STALLED_SECONDS)
            with suppress(ConnectionResetError):
                while size := sock.recv_into(self._crowd.buffer):
                    watch.look(bytes(self._crowd.buffer[:size]))
        return max(watch.heard for watch in self._crowd.watched.values())

    def _say(self, room: Room, count: int) -> None:
        """Let the speakers share in `count` messages."""
        text = (MARK + b"%0*d" % (STAMP_DIGITS, time.monotonic_ns())).ljust(TEXT_BYTES, b"x")
        message = self._crowd.peer.say(room.name, text)
        speakers = room.speakers
        first = room.said % len(speakers)
        shared, left = divmod(count, len(speakers))
        for number in range(len(speakers)):
            speaker = speakers[(first + number) % len(speakers)]
            if mine := shared + (number < left):
                speaker.said += mine
                self._send(speaker, message * mine)
        room.said += count

    def _send(self, speaker: Seat, data: bytes) -> None:
        speaker.say(data)
        if speaker.unsent and speaker not in self._blocked:
            self._blocked.append(speaker)

    def _read(self, patience_seconds: float) -> set[Room]:
        """Read what is there; return the rooms of which a watched member got something."""
        if self._blocked:
            blocked, self._blocked = self._blocked, []
            for speaker in blocked:
                self._send(speaker, b"")
            patience_seconds = min(patience_seconds, 0.001)
        got, buffer, watched = self._got, self._crowd.buffer, self._crowd.watched
        heard: set[Room] = set()
        for fd, _ in self._crowd.epoll.poll(patience_seconds):
            try:
                size = self._receive_into[fd](buffer)
            except ConnectionResetError:
                size = 0
            if not size:
                raise HungUp(f"The server hung up on a connection that had {got[fd]} bytes.")
            got[fd] += size
            self._total += size
            if watch := watched.get(fd):
                watch.look(bytes(buffer[:size]))
                heard.add(watch.room)
        return heard

    def _clocks(self) -> tuple[float, float, float]:
        return time.monotonic(), self._crowd.server.cpu_seconds(), time.process_time()

    def _finish(self, started: tuple[float, float, float]) -> Flow:
        """Wait for what is under way, and check that everybody has everything once."""
        crowd = self._crowd
        sized = {fd: seat for fd, seat in crowd.seats.items() if seat.dialect.is_sized}
        expected = {fd: self._expected_bytes(seat) for fd, seat in sized.items()}
        progress = time.monotonic(), self._total
        while self._lacks(expected):
            self._read(1.0)
            if self._total > progress[1]:
                progress = time.monotonic(), self._total
            elif time.monotonic() - progress[0] > STALLED_SECONDS:
                break
        ended = self._clocks()
        while self._read(SURPLUS_SECONDS):
            pass
        self._check(expected)
        return Flow(
            messages=sum(room.said for room in crowd.rooms),
            deliveries=sum(room.said * self._hearers(room) for room in crowd.rooms),
            seconds=ended[0] - started[0],
            server_seconds=ended[1] - started[1],
            load_seconds=ended[2] - started[2],
            latencies=[one for watch in crowd.watched.values() for one in watch.latencies],
        )

    def _lacks(self, expected: dict[int, int]) -> bool:
        """Return whether something has still to come."""
        if len(expected) == len(self._crowd.seats):
            return self._total < sum(expected.values())
        return any(watch.heard < watch.room.said for watch in self._crowd.watched.values())

    def _check(self, expected: dict[int, int]) -> None:
        wrong = [fd for fd, size in expected.items() if self._got[fd] != size]
        if wrong:
            fd = wrong[0]
            raise Failed(
                f"{len(wrong)} of {len(expected)} connections did not get exactly what was said: "
                f"one got {self._got[fd]} bytes instead of {expected[fd]}."
            )
        miscounted = [w for w in self._crowd.watched.values() if w.heard != w.room.said]
        if miscounted:
            watch = miscounted[0]
            raise Failed(f"A member heard {watch.heard} messages instead of {watch.room.said}.")

    def _hearers(self, room: Room) -> int:
        """Return how many connections receive a message of `room`."""
        peer, speakers = self._crowd.peer, len(room.speakers)
        heard_by_speakers = peer.hears_others * (speakers - 1) + peer.hears_itself
        return len(room.members) + heard_by_speakers

    def _expected_bytes(self, seat: Seat) -> int:
        room, peer = seat.room, self._crowd.peer
        if seat in room.speakers:
            heard = peer.hears_others * (room.said - seat.said) + peer.hears_itself * seat.said
            replies = seat.said * peer.reply_bytes(len(room.members))
        else:
            heard, replies = room.said, 0
        # The settling message was the first.
        return seat.dialect.heard_bytes(room.name, 2, heard) + replies
