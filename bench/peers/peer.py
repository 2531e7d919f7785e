"""What the bench must know of a server: how it is started, and what it is told in its own bytes."""

from abc import ABC, abstractmethod
from enum import StrEnum
from pathlib import Path

from bench.peers.server import Server

TEXT_BYTES = 64
"""The length of every message that the bench says."""

NAME_BYTES = 6
"""The length of every name, so that every delivery of a kind has the same size."""


class Keeps(StrEnum):
    """What a message survives once a member has seen it."""

    NOTHING = "nothing"
    KILL = "kill -9"
    POWER = "a power cut"


class Dialect(ABC):
    """How one kind of connection enters a room, and what it receives there.

    `opened` is in the answer to `opening`, if there is one, and `joined` in the answer to `join`;
    it is empty if there is none. Where a delivery `is_sized`, bytes are counted, else texts.
    """

    opened = b""
    joined = b""
    is_sized = True

    def opening(self, name: str) -> bytes:
        """Return what a new connection sends before it may join."""
        del name
        return b""

    @abstractmethod
    def join(self, name: str, room: str) -> bytes:
        """Return what a connection sends to be `name`, if it is not yet, and to hear `room`."""

    def heard_bytes(self, room: str, first: int, count: int) -> int:
        """Return the size of `count` deliveries; `first` numbers them from 1, from the start."""
        raise NotImplementedError("only what is sized")


class Peer(ABC):
    """A server that takes part, and how one speaks to it.

    `members` are the dialects of those who listen, taken in turn, `speaker` that of those who
    speak. Where `hears_others`, a speaker is a member of the room too, and where `hears_itself`,
    it receives its own messages as well. So many connections wait in its `backlog` to be accepted,
    and `unasked_seconds` after a connection the server may send something by itself.
    """

    name = ""
    members: tuple[Dialect, ...]
    speaker: Dialect
    hears_others = False
    hears_itself = False
    has_rooms = True
    connections_max = 1_000_000
    backlog = 64
    unasked_seconds = 0.0
    keeps = Keeps.NOTHING

    @abstractmethod
    def absence(self) -> str | None:
        """Return why it cannot take part, in a sentence; None if it can."""

    def version(self) -> str:
        """Return what the program says of its version, in a line."""
        return ""

    @abstractmethod
    def command(self, folder: Path, port: int) -> list[str]:
        """Return the command that serves at `port` of loopback; `folder` is empty and its own."""

    @abstractmethod
    def say(self, room: str, text: bytes) -> bytes:
        """Return what a speaker sends to say `text`."""

    def saying(self, port: int, room: str, name: str, text: str) -> list[str] | None:
        """Return the command by which `name` says something from a shell, if it comes with one."""
        del port, room, name, text
        return None

    def prepare(self, port: int) -> None:
        """Do what is to be done once on a fresh server, before members come."""
        del port

    def stored(self, port: int, room: str) -> int:
        """Return how many messages of `room` are stored, by one that keeps any."""
        raise NotImplementedError("nothing is kept")

    def reply_bytes(self, heard_by: int) -> int:
        """Return the size of what a speaker receives for each message that so many members hear."""
        del heard_by
        return 0

    def await_joined(self, server: Server, count: int) -> None:
        """Wait until `count` connections are in, for a server that does not answer `join`."""
        del server, count
