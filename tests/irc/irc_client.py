"""A bare IRC client for tests: lines in, lines out."""

from __future__ import annotations

import socket
import struct
import time
from typing import TYPE_CHECKING, ClassVar, Self

from hubbub.wire.irc.line import BODY_BYTES_MAX, Line, parse

if TYPE_CHECKING:
    import ssl

PATIENCE_SECONDS = 20.0


class IrcClient:
    """One connection to a server. `ask` sends lines, `until` returns what came up to a line.

    When a test is over, those that it `opened` are closed (conftest.py).
    """

    opened: ClassVar[list[IrcClient]] = []

    def __init__(self, address: str, *lines: str, context: ssl.SSLContext | None = None) -> None:
        host, _, port = address.rpartition(":")
        self._sock = socket.create_connection((host, int(port)), PATIENCE_SECONDS)
        if context is not None:
            self._sock = context.wrap_socket(self._sock, server_hostname="localhost")
        self.opened.append(self)
        self._rest = b""
        self._heard: list[Line] = []
        self.ask(*lines)

    def close(self) -> None:
        """Hang up."""
        self._sock.close()

    def break_off(self) -> None:
        """Reset the connection, as a network does that is gone."""
        self._sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self._sock.close()

    @classmethod
    def named(cls, address: str, nick: str, *, caps: str = "", rooms: str = "") -> Self:
        """Return a client that is welcomed, has asked for `caps`, and is in `rooms`."""
        asked = (f"CAP REQ :{caps}",) if caps else ()
        client = cls(address, *asked, f"NICK {nick}", f"USER {nick} 0 * :{nick}", "CAP END")
        client.until("376")
        if rooms:
            client.ask(f"JOIN {rooms}")
            for _ in rooms.split(","):
                client.until("366")
        return client

    def ask(self, *lines: str) -> None:
        """Send lines."""
        self._sock.sendall("".join(f"{line}\r\n" for line in lines).encode())

    def send(self, data: bytes) -> None:
        """Send bytes as they are."""
        self._sock.sendall(data)

    def until(self, command: str, *params: str) -> list[Line]:
        """Return what came up to a line with this command, whose parameters begin with `params`."""
        ends = time.monotonic() + PATIENCE_SECONDS
        heard: list[Line] = []
        while True:
            while self._heard:
                line = self._heard.pop(0)
                heard.append(line)
                if line.command == command and line.params[: len(params)] == params:
                    return heard
            assert time.monotonic() < ends, f"no {command} {params} came, but {heard}"
            self._receive()

    def _receive(self) -> None:
        data = self._sock.recv(65536)
        assert data, "the server hung up"
        *came, self._rest = (self._rest + data).split(b"\r\n")
        for raw in came:
            body = raw.partition(b" ")[2] if raw.startswith(b"@") else raw
            assert len(body) + 2 <= BODY_BYTES_MAX, "a line may have 512 bytes"
            self._heard += filter(None, [parse(raw.decode())])

    def until_any(self, *commands: str) -> Line:
        """Return the first line that comes with one of these commands."""
        ends = time.monotonic() + PATIENCE_SECONDS
        while True:
            while self._heard:
                if (line := self._heard.pop(0)).command in commands:
                    return line
            assert time.monotonic() < ends, f"none of {commands} came"
            self._receive()

    def said(self, command: str, *params: str) -> Line:
        """Return the line for which `until` waits."""
        return self.until(command, *params)[-1]

    def drain(self) -> list[Line]:
        """Return all that comes up to the answer to a ping."""
        mark = f"mark{time.monotonic_ns()}"
        self.ask(f"PING {mark}")
        heard: list[Line] = []
        while not heard or heard[-1].params[-1] != mark:
            heard += self.until("PONG")
        return [line for line in heard if line.command != "PONG"]

    def ended(self) -> str:
        """Return all that comes until the server hangs up."""
        pieces = []
        while data := self._sock.recv(65536):
            pieces.append(data)
        return b"".join(pieces).decode()
