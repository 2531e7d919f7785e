"""Redis: publish and subscribe with nothing kept, and beside a stream in an append-only file."""

import time
from pathlib import Path

from bench.peers import installed
from bench.peers.api import Conversation
from bench.peers.peer import TEXT_BYTES, Dialect, Keeps, Peer

LOADING_SECONDS = 0.05

KEEP_AND_PUBLISH = (
    "redis.call('XADD', KEYS[1], '*', 't', ARGV[1]) return redis.call('PUBLISH', KEYS[1], ARGV[1])"
)


def _bulk(*words: bytes) -> bytes:
    return b"*%d\r\n" % len(words) + b"".join(b"$%d\r\n%b\r\n" % (len(w), w) for w in words)


class Subscriber(Dialect):
    """A connection that only listens."""

    joined = b"$9\r\nsubscribe\r\n"

    def join(self, name: str, room: str) -> bytes:
        del name
        return _bulk(b"SUBSCRIBE", room.encode())

    def heard_bytes(self, room: str, first: int, count: int) -> int:
        del first
        return count * len(_bulk(b"message", room.encode(), bytes(TEXT_BYTES)))


class Publisher(Subscriber):
    """A connection that only speaks: one that has subscribed may not."""

    joined = b"+PONG"

    def join(self, name: str, room: str) -> bytes:
        del name, room
        return b"PING\r\n"


class Redis(Peer):
    """redis-server."""

    name = "redis"
    members = (Subscriber(),)
    speaker = Publisher()

    def absence(self) -> str | None:
        return installed.absence("redis-server", "apt install redis-server")

    def version(self) -> str:
        return installed.version("redis-server")

    def command(self, folder: Path, port: int) -> list[str]:
        return [
            *(installed.program("redis-server") or "", "--port", str(port), "--bind", "127.0.0.1"),
            *("--save", "", "--dir", str(folder), "--maxclients", "100000"),
            *("--protected-mode", "no"),  # it would refuse loopback addresses other than 127.0.0.1
            *("--client-output-buffer-limit", "pubsub 0 0 0"),
        ]

    def say(self, room: str, text: bytes) -> bytes:
        return _bulk(b"PUBLISH", room.encode(), text)

    def saying(self, port: int, room: str, name: str, text: str) -> list[str]:
        del name
        return ["redis-cli", "-p", str(port), "PUBLISH", room, text]

    def reply_bytes(self, heard_by: int) -> int:
        return len(b":%d\r\n" % heard_by)


class DurableRedis(Redis):
    """redis-server that appends each message to a stream and publishes it, in one script.

    Members hear it when the loop has written, and with `always` synced, what it appended.
    """

    def __init__(self, name: str, keeps: Keeps, fsync: str) -> None:
        self.name = name
        self.keeps = keeps
        self._fsync = fsync
        self._script = b""

    def command(self, folder: Path, port: int) -> list[str]:
        return [*super().command(folder, port), "--appendonly", "yes", "--appendfsync", self._fsync]

    def prepare(self, port: int) -> None:
        with Conversation(port) as server:
            server.say(_bulk(b"SCRIPT", b"LOAD", KEEP_AND_PUBLISH.encode()))
            self._script = server.read_until(b"\r\n", b"\r\n").splitlines()[1]

    def say(self, room: str, text: bytes) -> bytes:
        return _bulk(b"EVALSHA", self._script, b"1", room.encode(), text)

    def stored(self, port: int, room: str) -> int:
        with Conversation(port) as server:
            while True:
                server.say(_bulk(b"XLEN", room.encode()))
                if (said := server.read_until(b"\r\n")).startswith(b":"):
                    return int(said[1:])
                time.sleep(LOADING_SECONDS)  # it reads its file
