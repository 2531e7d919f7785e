"""Honest people at two servers at once: one under attack, and one that is left alone.

At each server, one person says something at equal distances, and another one hears it; others come
and go one after the other; where there is a log, somebody asks for pages and searches. One process
plays all of them, so whatever else delays it or the machine, it delays both servers' people alike.
"""

import json
import re
import select
import socket
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import cycle
from typing import NamedTuple

from bench.attacks.target import LOG_ROOM, Attack
from bench.log import COMMON, RARE
from bench.peers.hubbub import (
    HEADER_BYTES,
    OPENING,
    command,
    frame,
    framed_command,
    websocket_frame,
)
from bench.peers.server import HOST, PATIENCE_SECONDS, Failed

SAY_SECONDS = 0.03
"""Not less: in a room of 300, the pair would use up its own budget, and wait for that."""
ASK_SECONDS = 0.1
TAIL_SECONDS = 1.0
"""The pair goes on for so long after the attack: the end of a connection may cost most."""

STAMP = re.compile(rb"\^(\d{19})")
READ_BYTES_MAX = 1 << 20

QUESTIONS: tuple[dict[str, object], ...] = (
    {"type": "history", "room": LOG_ROOM},
    {"type": "search", "room": LOG_ROOM, "query": RARE},
    {"type": "search", "room": LOG_ROOM, "query": COMMON, "limit": 1},
)


@dataclass(slots=True)
class Felt:
    """What people felt at one server, in seconds.

    `missing` messages or answers had not come when patience ended; their times are how long they
    were waited for.
    """

    heard: list[float] = field(default_factory=list)
    answered: list[float] = field(default_factory=list)
    let_in: list[float] = field(default_factory=list)
    missing: int = 0


class Door(NamedTuple):
    """Where people come in: a server, or with a `cookie` a side-car, as its page does."""

    port: int
    cookie: str = ""

    def command(self, **fields: object) -> bytes:
        """Return a command, as it is said there."""
        return websocket_frame(command(**fields)) if self.cookie else framed_command(**fields)


def introduction(door: Door, name: str, password: str) -> bytes:
    """Return what an event session says at first; the answer to it has the ref "in"."""
    if door.cookie:
        here = f"127.0.0.1:{door.port}"
        more = f"Host: {here}\r\nOrigin: http://{here}\r\nCookie: {door.cookie}".encode()
        hello = door.command(type="hello", name=name)
        opening = OPENING.replace(b"Host: 127.0.0.1", more)
        return opening + hello + door.command(type="ping", ref="in")
    said = framed_command(type="unlock", password=password) if password else b""
    return frame(name.encode(), b"+") + said + framed_command(type="ping", ref="in")


class Person:
    """An event session that is in a room."""

    def __init__(self, door: Door, name: str, room: str, password: str) -> None:
        self._door = door
        self.sock = socket.create_connection((HOST, door.port), PATIENCE_SECONDS)
        self.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._unsent = b""
        self.sock.sendall(
            introduction(door, name, password) + door.command(type="join", room=room, ref="here")
        )
        got = b""
        while b'"ref":"here"' not in got:
            if not (more := self.sock.recv(READ_BYTES_MAX)):
                raise Failed("The server hung up on an honest person.")
            got += more
        self.sock.setblocking(False)

    def send(self, **fields: object) -> None:
        """Send a command, or as much as the socket takes now; the rest with the next one."""
        self._unsent += self._door.command(**fields)
        try:
            self._unsent = self._unsent[self.sock.send(self._unsent) :]
        except BlockingIOError:
            pass
        except OSError as error:
            raise Failed(f"The server hung up on an honest person: {error.strerror}.") from None

    def receive(self) -> bytes:
        """Return what is there."""
        try:
            got = self.sock.recv(READ_BYTES_MAX)
        except BlockingIOError:
            return b""
        except OSError as error:
            raise Failed(f"The server hung up on an honest person: {error.strerror}.") from None
        if not got:
            raise Failed("The server hung up on an honest person.")
        return got


class Listener(Person):
    """Hears what the speaker says. Every text begins with the time at which it was due."""

    def __init__(self, door: Door, room: str, password: str, felt: Felt) -> None:
        super().__init__(door, "listener", room, password)
        self._felt = felt
        self._rest = b""

    def look(self) -> None:
        """Take the time of each message that is there."""
        got = self._rest + self.receive()
        now, end = time.monotonic_ns(), 0
        for found in STAMP.finditer(got):
            self._felt.heard.append((now - int(found[1])) / 1e9)
            end = found.end()
        self._rest = got[max(end, len(got) - len("^") - 19) :]


class Asker(Person):
    """Asks for pages and searches in turn, and waits for each answer before the next question."""

    def __init__(self, door: Door, room: str, password: str, felt: Felt) -> None:
        super().__init__(door, "asker", room, password)
        self._felt = felt
        self._got = bytearray()
        self._questions = cycle(QUESTIONS)
        self._number = 0
        self.asked_at: float | None = None
        self.next_at = 0.0

    def ask(self) -> None:
        """Ask the next question."""
        self._number += 1
        self.asked_at = time.monotonic()
        self.send(**next(self._questions), ref=str(self._number))

    def look(self) -> None:
        """Take the time of the answer if it is there."""
        self._got += self.receive()
        while len(self._got) >= HEADER_BYTES:
            end = HEADER_BYTES + int(self._got[:HEADER_BYTES])
            if len(self._got) < end:
                return
            event = json.loads(self._got[HEADER_BYTES:end])
            del self._got[:end]
            if event.get("ref") == str(self._number) and self.asked_at is not None:
                self._felt.answered.append(time.monotonic() - self.asked_at)
                self.asked_at = None
                self.next_at = time.monotonic() + ASK_SECONDS


class Newcomer:
    """Connects, says a name, is let in and leaves, and comes again as somebody else."""

    def __init__(self, door: Door, password: str, felt: Felt) -> None:
        self._door = door
        self._password = password
        self._felt = felt
        self._number = 0
        self._got = b""
        self.sock: socket.socket | None = None
        self.came_at = 0.0
        self.next_at = 0.0

    def come(self) -> None:
        """Connect, and say a name."""
        self._number += 1
        self._got = b""
        self.came_at = time.monotonic()
        self.sock = socket.create_connection((HOST, self._door.port), PATIENCE_SECONDS)
        self.sock.sendall(introduction(self._door, f"newcomer {self._number}", self._password))

    def look(self) -> None:
        """Take the time if the answer is there, and leave."""
        assert self.sock is not None
        got = self.sock.recv(READ_BYTES_MAX)
        if not got:
            raise Failed("The server hung up on an honest newcomer.")
        self._got += got
        if b'"ref":"in"' in self._got:
            self._felt.let_in.append(time.monotonic() - self.came_at)
            self.sock.close()
            self.sock = None
            self.next_at = time.monotonic() + ASK_SECONDS


class People:
    """Everybody honest at one server, while `attack` goes on."""

    def __init__(self, door: Door, attack: Attack) -> None:
        self.felt = Felt()
        self._room, password = attack.room, attack.password
        self.speaker = Person(door, "speaker", self._room, password)
        self.listener = Listener(door, self._room, password, self.felt)
        self.asker = Asker(door, self._room, password, self.felt) if attack.log else None
        self.newcomer = Newcomer(door, password, self.felt)
        self.said = 0
        """How many messages, the last of which was due at `due`, in monotonic seconds."""
        self.due = 0.0

    def looks(self) -> Iterator[tuple[int, Callable[[], object]]]:
        """Return for each descriptor what is to be called when something is there."""
        yield self.speaker.sock.fileno(), self.speaker.receive
        yield self.listener.sock.fileno(), self.listener.look
        if self.asker is not None:
            yield self.asker.sock.fileno(), self.asker.look
        if self.newcomer.sock is not None:
            yield self.newcomer.sock.fileno(), self.newcomer.look

    def say(self, due: float) -> None:
        """Say what is due at this moment, perhaps some time ago."""
        self.said += 1
        self.due = due
        self.speaker.send(type="say", room=self._room, text=f"^{int(due * 1e9):019}")

    def ask(self) -> None:
        """Ask, and come, if it is time."""
        asker, newcomer = self.asker, self.newcomer
        if newcomer.sock is None and time.monotonic() >= newcomer.next_at:
            newcomer.come()
        if asker and asker.asked_at is None and time.monotonic() >= asker.next_at:
            asker.ask()

    def waits(self) -> bool:
        """Return whether something has not come yet."""
        asking = self.asker is not None and self.asker.asked_at is not None
        return len(self.felt.heard) < self.said or asking or self.newcomer.sock is not None

    def give_up(self) -> None:
        """Count what has not come with the time for which it was waited for."""
        now = time.monotonic()
        missing = self.said - len(self.felt.heard)
        first = self.due - SAY_SECONDS * (missing - 1)
        self.felt.heard += [now - first - SAY_SECONDS * number for number in range(missing)]
        self.felt.missing += missing
        if self.asker is not None and self.asker.asked_at is not None:
            self.felt.answered.append(now - self.asker.asked_at)
            self.felt.missing += 1
        if self.newcomer.sock is not None:
            self.felt.let_in.append(now - self.newcomer.came_at)
            self.felt.missing += 1


def converse(everybody: list[People], seconds: float, patience_seconds: float) -> None:
    """Let all of them speak and ask for so long, and then wait for whatever is on its way."""
    started = time.monotonic()
    count = max(1, int(seconds / SAY_SECONDS))
    for number in range(count + 1):
        due = started + number * SAY_SECONDS
        while (ahead := due - time.monotonic()) > 0:
            for people in everybody:
                people.ask()
            _look(everybody, ahead)
        if number < count:
            for people in everybody:
                people.say(due)
    ends = time.monotonic() + patience_seconds
    while any(people.waits() for people in everybody) and time.monotonic() < ends:
        _look(everybody, SAY_SECONDS)
    for people in everybody:
        people.give_up()


def _look(everybody: list[People], patience_seconds: float) -> None:
    looks = {fd: look for people in everybody for fd, look in people.looks()}
    # Not epoll: it waits for whole milliseconds, and that is what is measured here.
    ready, _, _ = select.select(looks, [], [], patience_seconds)
    for fd in ready:
        looks[fd]()
