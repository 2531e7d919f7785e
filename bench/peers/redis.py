"""Redis, publish and subscribe, with nothing kept."""

from pathlib import Path

from bench.peers import installed
from bench.peers.peer import TEXT_BYTES, Dialect, Peer


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
            *("--save", "", "--appendonly", "no", "--dir", str(folder), "--maxclients", "100000"),
            *("--protected-mode", "no"),  # it would refuse loopback addresses other than 127.0.0.1
            *("--client-output-buffer-limit", "pubsub 0 0 0"),
        ]

    def say(self, room: str, text: bytes) -> bytes:
        return _bulk(b"PUBLISH", room.encode(), text)

    def reply_bytes(self, heard_by: int) -> int:
        return len(b":%d\r\n" % heard_by)
