"""hubbub alone: what a long log costs. Each run fills one, starts anew on it, and reads."""

import json
import socket
import statistics
import time
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Self

from bench.peers.hubbub import HEADER_BYTES, Classic, Event, frame, framed_command
from bench.peers.peer import TEXT_BYTES, Peer
from bench.peers.server import HOST, PATIENCE_SECONDS, Failed, Server
from bench.ports import free_port

LENGTHS = {"log-1000": 1000, "log-1000000": 1_000_000}
"""How many messages the log has for each row of the table."""

ROOM = "long"
COMMON, RARE = "everywhere", "needle"
RARE_COUNT = 10
PAGES = 100
SEND_BYTES = 1 << 16
READ_BYTES_MAX = 1 << 20

COLUMNS = (
    "start_ms",
    "history_ms",
    "history_middle_ms",
    "search_rare_ms",
    "search_common_ms",
    "join_first_ms",
    "catch_up_per_second",
    "server_us_per_caught_up",
    "fill_per_second",
)
COMPARED = ("start_ms", "history_ms", "search_rare_ms", "search_common_ms", "join_first_ms")


class Asker:
    """An event session that asks one thing at a time."""

    def __init__(self, port: int, name: str) -> None:
        self._sock = socket.create_connection((HOST, port), PATIENCE_SECONDS)
        self._sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._got = b""
        self._asked = 0
        self._sock.sendall(frame(name.encode(), b"+"))
        self._next()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._sock.close()

    def ask(self, **fields: object) -> dict[str, Any]:
        """Return the answer to a command; raise Failed if it is an error."""
        self._asked += 1
        ref = str(self._asked)
        self._sock.sendall(framed_command(**fields, ref=ref))
        while (event := self._next()).get("ref") != ref:
            pass
        if event["type"] == "error":
            raise Failed(f"hubbub refused to {fields['type']}: {event['message']}")
        return event

    def median_ms(self, **fields: object) -> float:
        """Ask the same many times; return the median of the times."""
        times = []
        for _ in range(PAGES):
            started = time.monotonic()
            self.ask(**fields)
            times.append(time.monotonic() - started)
        return statistics.median(times) * 1e3

    def take(self, size: int) -> float:
        """Read so many bytes; return the time at which the first of them was there."""
        left = size - len(self._got)
        first = time.monotonic() if self._got else 0.0
        self._got = b""
        buffer = bytearray(READ_BYTES_MAX)
        while left > 0:
            got = self._sock.recv_into(buffer, min(left, READ_BYTES_MAX))
            if not got:
                raise Failed("hubbub hung up while it told the backlog.")
            first = first or time.monotonic()
            left -= got
        return first

    def _next(self) -> dict[str, Any]:
        """Return the next event."""
        header = self._exactly(HEADER_BYTES)
        event: dict[str, Any] = json.loads(self._exactly(int(header)))
        return event

    def _exactly(self, size: int) -> bytes:
        while len(self._got) < size:
            got = self._sock.recv(READ_BYTES_MAX)
            if not got:
                raise Failed("hubbub hung up.")
            self._got += got
        taken, self._got = self._got[:size], self._got[size:]
        return taken


def run(peer: Peer, messages: int) -> dict[str, float]:
    """Fill a log with so many messages, start on it again, and return what reading costs."""
    with TemporaryDirectory(prefix="hubbub-bench-") as name:
        folder = Path(name)
        port = free_port()
        with Server(peer.command(folder, port), port, folder) as server:
            seconds = fill(port, messages)
        with Server(peer.command(folder, port), port, folder) as server:
            return {
                "start_ms": server.start_seconds * 1e3,
                "fill_per_second": messages / seconds,
                **reading(server, messages),
            }


def fill(port: int, messages: int) -> float:
    """Say the messages, wait until they are committed and found; return how long saying took."""
    every = max(1, messages // RARE_COUNT)
    started = time.monotonic()
    with socket.create_connection((HOST, port), PATIENCE_SECONDS) as sock:
        sock.sendall(Classic().join("filler", ROOM))
        waiting = bytearray()
        for number in range(messages):
            word = RARE if number % every == 0 else "hay"
            text = f"message {number:07} {COMMON} {word}".ljust(TEXT_BYTES, ".")
            waiting += frame(text.encode())
            if len(waiting) >= SEND_BYTES or number == messages - 1:
                sock.sendall(waiting)
                waiting.clear()
        with Asker(port, "reader") as asker:
            _await(asker, messages, type="history", room=ROOM, limit=1)
            seconds = time.monotonic() - started
            _await(asker, messages, type="search", room=ROOM, query=COMMON, limit=1)
    return seconds


def _await(asker: Asker, seq: int, **fields: object) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    newest = 0
    while time.monotonic() < deadline:
        before, newest = newest, max((m["seq"] for m in asker.ask(**fields)["messages"]), default=0)
        if newest == seq:
            return
        if newest > before:  # it goes on
            deadline = time.monotonic() + PATIENCE_SECONDS
    raise Failed(f"{fields['type']} shows message {newest} as the newest instead of {seq}.")


def reading(server: Server, messages: int) -> dict[str, float]:
    """Return what pages, searches and a join from the beginning cost."""
    where = {"room": ROOM}
    with Asker(server.port, "reader") as asker:
        pages = {
            "history_ms": asker.median_ms(type="history", **where),
            "history_middle_ms": asker.median_ms(type="history", before=messages // 2, **where),
            "search_rare_ms": asker.median_ms(type="search", query=RARE, **where),
            "search_common_ms": asker.median_ms(type="search", query=COMMON, **where),
        }
        cpu_before, started = server.cpu_seconds(), time.monotonic()
        asker.ask(type="join", after=0, **where)
        first = asker.take(Event().heard_bytes(ROOM, 1, messages))
        seconds = time.monotonic() - started
        cpu = server.cpu_seconds() - cpu_before
        # What comes next must be the answer, in a frame of its own: the count was exact.
        asker.ask(type="ping")
    return {
        **pages,
        "join_first_ms": (first - started) * 1e3,
        "catch_up_per_second": messages / seconds,
        "server_us_per_caught_up": cpu / messages * 1e6,
    }
