"""A transport without a socket, which notes what is asked of it."""

import asyncio
from typing import cast

from hubbub.server.sockets.receiving import AnyProtocol


class FakeTransport(asyncio.Transport):
    """`notes` has the calls in their order; `written` what was written."""

    def __init__(self, protocol: AnyProtocol, *, can_write_eof: bool = True) -> None:
        super().__init__()
        self._can_write_eof = can_write_eof
        self._closing = False
        self.protocol = protocol
        self.notes: list[str] = []
        self.written = b""
        protocol.connection_made(self)

    def receive(self, *pieces: bytes) -> None:
        """Let the peer send."""
        for piece in pieces:
            self.protocol.data_received(piece)

    def lose(self) -> None:
        """Let the connection be gone."""
        self._closing = True
        self.protocol.connection_lost(None)

    def set_protocol(self, protocol: asyncio.BaseProtocol) -> None:
        self.protocol = cast("AnyProtocol", protocol)

    def get_protocol(self) -> asyncio.BaseProtocol:
        return self.protocol

    def is_closing(self) -> bool:
        return self._closing

    def close(self) -> None:
        self._closing = True
        self.notes.append("close")

    def abort(self) -> None:
        self._closing = True
        self.notes.append("abort")

    def write(self, data: bytes | bytearray | memoryview) -> None:
        self.written += data

    def can_write_eof(self) -> bool:
        return self._can_write_eof

    def write_eof(self) -> None:
        self.notes.append("write_eof")

    def pause_reading(self) -> None:
        self.notes.append("pause_reading")

    def resume_reading(self) -> None:
        self.notes.append("resume_reading")


class Recorder(asyncio.Protocol):
    """Notes what a transport tells it. `eof`: what it answers to the peer's end."""

    def __init__(self, *, eof: bool = True) -> None:
        self._eof = eof
        self.heard: list[object] = []

    def connection_made(self, _transport: asyncio.BaseTransport) -> None:
        self.heard.append("connected")

    def data_received(self, data: bytes) -> None:
        self.heard.append(data)

    def eof_received(self) -> bool:
        self.heard.append("ended")
        return self._eof

    def pause_writing(self) -> None:
        self.heard.append("paused")

    def connection_lost(self, _exc: Exception | None) -> None:
        self.heard.append("lost")
