"""A peer that speaks events over a WebSocket, from RFC 6455 and the contract alone."""

import base64
import hashlib
import json
import struct
from typing import Any

from hubbub.testing import LocalServer
from tests.interop.raw import RawPeer
from tests.server.event_peer import JSON, EventPeer
from tests.wire.websocket_client import frame

KEY = base64.b64encode(b"sixteen bytes of").decode()
OPENING = {
    "Upgrade": "websocket",
    "Connection": "keep-alive, Upgrade",
    "Sec-WebSocket-Version": "13",
    "Sec-WebSocket-Key": KEY,
}
TEXT, CLOSE, PING, PONG = 0x1, 0x8, 0x9, 0xA


def opening(server: LocalServer, **headers: str | None) -> bytes:
    """Return a handshake; `headers` change it, None leaves one out, `_` stands for `-`."""
    changes = {name.replace("_", "-"): value for name, value in headers.items()}
    lines = {"Host": server.address, **OPENING, **changes}
    written = [f"{name}: {value}" for name, value in lines.items() if value is not None]
    return "\r\n".join(["GET /ws HTTP/1.1", *written, "", ""]).encode()


class WebSocketPeer(EventPeer):
    """A session over a WebSocket; unless it `enters` no room, it is in the lobby."""

    def __init__(
        self, server: LocalServer, name: str | None, *, room: str | None = "lobby"
    ) -> None:
        RawPeer.__init__(self, server.host, server.port)
        self.refs = 0
        self.send(opening(server))
        answer = self.head()
        proof = hashlib.sha1(f"{KEY}258EAFA5-E914-47DA-95CA-C5AB0DC85B11".encode()).digest()
        assert answer.startswith("HTTP/1.1 101 "), answer
        assert f"Sec-WebSocket-Accept: {base64.b64encode(proof).decode()}\r\n" in answer
        if name is not None:
            self.welcome = self.ask(type="hello", name=name)
        if room is not None and name is not None:
            self.room = self.ask(type="join", room=room)

    def head(self) -> str:
        """Return the head of an HTTP response."""
        head = b""
        while not head.endswith(b"\r\n\r\n"):
            head += self.exactly(1)
        return head.decode()

    def tell(self, **command: object) -> None:
        self.send(frame(json.dumps(command).encode()))

    def message(self) -> tuple[int, bytes]:
        """Return the next message of any kind: opcode and payload."""
        first, size = self.exactly(2)
        assert first & 0xF0 == 0x80, "a server sends whole messages, with no reserved bit"
        if size == 126:
            (size,) = struct.unpack(">H", self.exactly(2))
        elif size == 127:
            (size,) = struct.unpack(">Q", self.exactly(8))
        return first & 0x0F, self.exactly(size)

    def event(self) -> JSON:
        opcode, payload = self.message()
        assert opcode == TEXT, (opcode, payload)
        found: dict[str, Any] = json.loads(payload)
        return found

    def closed(self) -> int:
        """Return the code with which the server closes; it must send nothing after it."""
        opcode, payload = self.message()
        assert opcode == CLOSE, payload
        assert self.rest() == b""
        code: int = struct.unpack(">H", payload)[0]
        return code
