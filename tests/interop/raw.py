"""A peer that knows nothing of hubbub but bytes."""

import socket
import time
from typing import Self

HEADER_BYTES = 10
PATIENCE_SECONDS = 30
READ_BYTES = 1_048_576
POLL_SECONDS = 0.02


def frame(payload: str | bytes) -> bytes:
    """Return the frame of a payload: 10 bytes of left-justified header, then the payload."""
    body = payload.encode() if isinstance(payload, str) else payload
    return str(len(body)).encode().ljust(HEADER_BYTES) + body


def frames(stream: bytes) -> tuple[list[bytes], int]:
    """Return the payloads in `stream`, and how many bytes of an unfinished frame follow."""
    payloads = []
    at = 0
    while at + HEADER_BYTES <= len(stream):
        end = at + HEADER_BYTES + int(stream[at : at + HEADER_BYTES])
        if end > len(stream):
            break
        payloads.append(stream[at + HEADER_BYTES : end])
        at = end
    return payloads, len(stream) - at


class RawPeer:
    """A blocking TCP connection; frames in both directions must be exactly the contract's."""

    def __init__(self, host: str, port: int, name: str | None = None) -> None:
        self.sock = socket.create_connection((host, port), PATIENCE_SECONDS)
        self.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._unread = b""
        if name is not None:
            self.say(name)
            self.who()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.sock.close()

    def send(self, stream: bytes) -> None:
        """Send bytes as they are."""
        self.sock.sendall(stream)

    def say(self, text: str) -> None:
        """Send a text frame."""
        self.send(frame(text))

    def who(self) -> str:
        """Ask who is in the room: once this is answered, what came before it was dealt with."""
        self.say("/who")
        sender, text = self.pair()
        assert sender == "hubbub", (sender, text)
        return text

    def wait_for(self, *names: str) -> None:
        """Wait until all these are in the room; nobody may speak meanwhile."""
        while not set(names) <= set(self.who().partition(": ")[2].split(", ")):
            time.sleep(POLL_SECONDS)

    def exactly(self, count: int) -> bytes:
        """Return the next `count` bytes."""
        while len(self._unread) < count:
            chunk = self.sock.recv(READ_BYTES)
            assert chunk, f"the connection ended after {self._unread!r}"
            self._unread += chunk
        wanted, self._unread = self._unread[:count], self._unread[count:]
        return wanted

    def payload(self) -> str:
        """Return the next frame's payload; its header must be the canonical one."""
        header = self.exactly(HEADER_BYTES)
        body = self.exactly(int(header))
        assert header == str(len(body)).encode().ljust(HEADER_BYTES)
        return body.decode()

    def pair(self) -> tuple[str, str]:
        """Return the next message: name and text."""
        return self.payload(), self.payload()

    def leave(self) -> None:
        """Say goodbye: a connection that is closed with something unread is reset, and so lost."""
        self.sock.shutdown(socket.SHUT_WR)
        self.rest()
        self.sock.close()

    def rest(self) -> bytes:
        """Return everything up to the end of the connection."""
        while chunk := self.sock.recv(READ_BYTES):
            self._unread += chunk
        return self._unread
