"""A question or two to a server, before members come or after they went."""

import socket
from typing import Self

from bench.peers.server import HOST, PATIENCE_SECONDS, Failed

READ_BYTES = 1 << 16


class Conversation:
    """One connection that waits for each answer."""

    def __init__(self, port: int) -> None:
        self._sock = socket.create_connection((HOST, port), PATIENCE_SECONDS)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._sock.close()

    def say(self, data: bytes) -> None:
        """Send it."""
        self._sock.sendall(data)

    def read_until(self, *marks: bytes) -> bytes:
        """Return what comes, up to the piece in which the last mark follows those before it."""
        got = b""
        while True:
            try:
                piece = self._sock.recv(READ_BYTES)
            except OSError as error:
                raise Failed(f"It does not answer: {error}. It said: {got[-200:]!r}") from None
            if not piece:
                raise Failed(f"It hung up on a question, and said: {got[-200:]!r}")
            got += piece
            at = 0
            for mark in marks:
                at = got.find(mark, at)
                if at < 0:
                    break
            else:
                return got
