"""A peer that speaks events over a real socket, from the contract alone."""

import json
from typing import Any

from hubbub.testing import LocalServer
from tests.interop.raw import HEADER_BYTES, RawPeer

JSON = dict[str, Any]


def event_frame(payload: str | JSON) -> bytes:
    """Return a `+` frame."""
    body = (payload if isinstance(payload, str) else json.dumps(payload)).encode()
    return f"+{len(body)}".encode().ljust(HEADER_BYTES) + body


class EventPeer(RawPeer):
    """A session that speaks events; unless it `enters` no room, it is in the lobby."""

    def __init__(self, server: LocalServer, name: str, *, room: str | None = "lobby") -> None:
        super().__init__(server.host, server.port)
        self.refs = 0
        self.send(event_frame(name))
        self.welcome = self.event()
        if room is not None:
            self.room = self.ask(type="join", room=room)

    def tell(self, **command: object) -> None:
        """Send a command."""
        self.send(event_frame(command))

    def event(self) -> JSON:
        """Return the next event, whatever it is."""
        header = self.exactly(HEADER_BYTES)
        assert header.startswith(b"+"), header
        found: JSON = json.loads(self.exactly(int(header)))
        return found

    def next(self, kind: str, **fields: object) -> JSON:
        """Return the next event of a kind with these fields, passing over all before it."""
        while True:
            event = self.event()
            if event["type"] == kind and all(event.get(key) == fields[key] for key in fields):
                return event

    def ask(self, **command: object) -> JSON:
        """Send a command with a ref and return its answer."""
        self.refs += 1
        ref = f"ref {self.refs}"
        self.tell(**command, ref=ref)
        while True:
            event = self.event()
            if event.get("ref") == ref:
                return event

    def say_and_wait(self, text: str, **fields: object) -> int:
        """Say something, in the lobby if no room is named; return its seq once it is committed."""
        answer = self.ask(**{"type": "say", "room": "lobby", "text": text, **fields})
        assert answer["type"] == "ok", answer
        seq: int = answer["seq"]
        return seq

    def messages(self, count: int) -> list[JSON]:
        """Return the next messages."""
        return [self.next("message") for _ in range(count)]
