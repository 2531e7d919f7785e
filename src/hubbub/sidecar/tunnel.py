"""Carries a WebSocket: after the handshake, bytes pass as they are, in both directions.

A tunnel has two ends, each a connection. What comes at one goes out at the other, and while one
takes nothing more, nothing is read at the other: so no more is held than the system asks for. When
one is gone, the other is closed once it has taken what came before.
"""

from __future__ import annotations

import asyncio
import re
from typing import TYPE_CHECKING, Final, cast

from hubbub.client.errors import Disconnected

if TYPE_CHECKING:
    from collections.abc import Callable

HEAD_BYTES_MAX: Final = 32_768
HANDSHAKE_SECONDS: Final = 20.0

Answered = tuple[int, list[bytes], bytes]
"""The status of an answer, the lines of its head, and what came behind it."""

_STATUS = re.compile(rb"HTTP/1\.1 (\d{3})(?: |$)", re.MULTILINE)
_END = b"\r\n\r\n"


class _End(asyncio.Protocol):
    """One end of a tunnel, which takes over a connection, and `keeps` what that needs."""

    def __init__(
        self, transport: asyncio.Transport, left: Callable[[], None], keeps: object = None
    ) -> None:
        self.transport = transport
        self.other: _End | None = None
        self._left = left
        self._keeps = keeps
        self._is_full = False
        transport.set_protocol(self)

    def begin(self) -> None:
        """Read from now on, unless the other end is full already."""
        if self.other is not None and self.other._is_full:  # noqa: SLF001 (its like)
            self.transport.pause_reading()
        else:
            self.transport.resume_reading()

    def data_received(self, data: bytes) -> None:
        if self.other is not None:
            self.other.transport.write(data)

    def pause_writing(self) -> None:
        self._is_full = True
        if self.other is not None:
            self.other.transport.pause_reading()

    def resume_writing(self) -> None:
        self._is_full = False
        if self.other is not None:
            self.other.transport.resume_reading()

    def connection_lost(self, _exc: Exception | None) -> None:
        other, self.other = self.other, None
        if other is not None:
            other.transport.close()
        self._left()


def join(
    near: asyncio.Transport,
    far: Handshake,
    to_near: bytes,
    to_far: bytes,
    left: Callable[[], None],
) -> None:
    """Make a connection, and one after its handshake, a tunnel.

    `left` is called when the near one is gone.

    `to_near`, `to_far`: what goes out there first. It is written after the ends have taken over, so
    that these hear of it if a connection takes no more.
    """
    ends = near_end, far_end = _End(near, left), _End(far.transport, _unheard, far.streams)
    near_end.other, far_end.other = far_end, near_end
    near.write(to_near)
    far.transport.write(to_far)
    for end in ends:
        end.begin()


def _unheard() -> None:
    """Do nothing: when one end of a tunnel is gone, so is the other."""


class Handshake(asyncio.Protocol):
    """Asks a server to open a WebSocket, and reads the head of its answer."""

    streams: object = None

    def __init__(self, asked: bytes) -> None:
        self._asked = asked
        self._received = bytearray()
        self._answered: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.is_lost = False
        """Whether the connection is gone: whoever takes it over is not told any more."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast("asyncio.Transport", transport)
        self.transport.write(self._asked)

    def data_received(self, data: bytes) -> None:
        self._received += data
        if _END in self._received or len(self._received) > HEAD_BYTES_MAX:
            self.transport.pause_reading()
            self._settle()

    def connection_lost(self, _exc: Exception | None) -> None:
        self.is_lost = True
        self._settle()

    def _settle(self) -> None:
        if not self._answered.done():
            self._answered.set_result(None)

    async def answer(self) -> Answered:
        """Return the status, the lines of the head, and what came behind it; nothing is read on.

        Raises Disconnected if there is no such answer.
        """
        try:
            async with asyncio.timeout(HANDSHAKE_SECONDS):
                await self._answered
        except TimeoutError:
            raise Disconnected("the server does not answer") from None
        head, _, rest = bytes(self._received).partition(_END)
        found = _STATUS.match(head)
        if self.is_lost:
            raise Disconnected("the server hangs up")
        if found is None or _END not in self._received:
            raise Disconnected("the server does not speak HTTP")
        return int(found[1]), head.split(b"\r\n"), rest


def question(path: str, headers: dict[str, str]) -> bytes:
    """Return the head of a request."""
    lines = [f"GET {path} HTTP/1.1", *(f"{name}: {value}" for name, value in headers.items())]
    return "\r\n".join([*lines, "", ""]).encode("utf-8", "surrogateescape")
