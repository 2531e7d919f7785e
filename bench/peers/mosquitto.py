"""mosquitto: an MQTT broker in C, at QoS 0, with nothing kept."""

from pathlib import Path

from bench.peers import installed
from bench.peers.peer import TEXT_BYTES, Dialect, Peer

CONFIG = """
listener {port} 127.0.0.1
allow_anonymous true
max_connections -1
max_queued_messages 0
max_queued_bytes 0
persistence false
log_type error
user root
"""
CONNECT, PUBLISH, SUBSCRIBE = 0x10, 0x30, 0x82
CLEAN_SESSION, NO_KEEPALIVE = b"\x02", b"\x00\x00"


def _packet(kind: int, body: bytes) -> bytes:
    return bytes((kind, len(body))) + body  # one byte for the length: all are below 128


def _string(text: str) -> bytes:
    return len(text).to_bytes(2, "big") + text.encode()


def _connect(name: str) -> bytes:
    return _packet(
        CONNECT, _string("MQTT") + b"\x04" + CLEAN_SESSION + NO_KEEPALIVE + _string(name)
    )


class Subscriber(Dialect):
    """A connection that only listens."""

    joined = b"\x90\x03\x00\x01\x00"  # SUBACK: packet 1 is granted QoS 0

    def join(self, name: str, room: str) -> bytes:
        return _connect(name) + _packet(SUBSCRIBE, b"\x00\x01" + _string(room) + b"\x00")

    def heard_bytes(self, room: str, first: int, count: int) -> int:
        del first
        return count * len(_packet(PUBLISH, _string(room) + bytes(TEXT_BYTES)))


class Publisher(Subscriber):
    """A connection that only speaks."""

    joined = b"\x20\x02\x00\x00"  # CONNACK: accepted

    def join(self, name: str, room: str) -> bytes:
        del room
        return _connect(name)


class Mosquitto(Peer):
    """mosquitto."""

    name = "mosquitto"
    members = (Subscriber(),)
    speaker = Publisher()

    def absence(self) -> str | None:
        return installed.absence("mosquitto", "apt install mosquitto")

    def version(self) -> str:
        return installed.version("mosquitto", "-h")

    def command(self, folder: Path, port: int) -> list[str]:
        config = folder / "mosquitto.conf"
        config.write_text(CONFIG.format(port=port))
        return [installed.program("mosquitto") or "", "-c", str(config)]

    def say(self, room: str, text: bytes) -> bytes:
        return _packet(PUBLISH, _string(room) + text)
