"""nats-server with JetStream: a stream on disk, and members as consumers of it.

What a consumer delivers has a subject for the acknowledgment, in which numbers grow and shrink; so
the texts are counted that reach each member, and not bytes.
"""

import json
from pathlib import Path
from typing import Any

from bench.peers.api import Conversation
from bench.peers.nats import CONFIG, OPENING, Nats, Publisher
from bench.peers.peer import Dialect, Keeps

STREAM = "rooms"
STORE = 'jetstream {{ store_dir: "{folder}/jetstream"{always} }}\n'
ALWAYS = ", sync_interval: always"
CREATED = b"consumer_create_response"


def _request(subject: str, about: dict[str, Any]) -> bytes:
    body = json.dumps(about).encode()
    return b"PUB %b answers %d\r\n%b\r\n" % (f"$JS.API.{subject}".encode(), len(body), body)


class Consumer(Dialect):
    """A connection with a consumer of its own, to which the stream is pushed."""

    joined = CREATED
    is_sized = False

    def join(self, name: str, room: str) -> bytes:
        config = {
            "deliver_subject": f"to.{name}",
            "deliver_policy": "new",
            "ack_policy": "none",
            "filter_subject": f"room.{room}",
            "mem_storage": True,
        }
        request = _request(f"CONSUMER.CREATE.{STREAM}", {"stream_name": STREAM, "config": config})
        return OPENING + b"SUB to.%b 1\r\nSUB answers 2\r\n" % name.encode() + request


class JetStream(Nats):
    """nats-server with a stream; `always`: each message is synced before it is stored."""

    members = (Consumer(),)
    speaker = Publisher()

    def __init__(self, name: str, keeps: Keeps, *, always: bool = False) -> None:
        self.name = name
        self.keeps = keeps
        self._always = ALWAYS if always else ""

    def command(self, folder: Path, port: int) -> list[str]:
        command = super().command(folder, port)
        store = STORE.format(folder=folder, always=self._always)
        (folder / "nats.conf").write_text(CONFIG.format(port=port, folder=folder) + store)
        return command

    def say(self, room: str, text: bytes) -> bytes:
        return super().say(f"room.{room}", text)

    def prepare(self, port: int) -> None:
        config = {"name": STREAM, "subjects": ["room.*"], "storage": "file", "num_replicas": 1}
        self._ask(port, f"STREAM.CREATE.{STREAM}", config, b"stream_create_response")

    def stored(self, port: int, room: str) -> int:
        del room  # there is one
        said = self._ask(port, f"STREAM.INFO.{STREAM}", {}, b"stream_info_response")
        count: int = json.loads(said[said.index(b"{") :].splitlines()[0])["state"]["messages"]
        return count

    def _ask(self, port: int, subject: str, about: dict[str, Any], answer: bytes) -> bytes:
        with Conversation(port) as server:
            server.read_until(b"\r\n")  # who it is, as JSON
            server.say(OPENING + b"SUB answers 1\r\n" + _request(subject, about))
            return server.read_until(answer, b"\r\n")
