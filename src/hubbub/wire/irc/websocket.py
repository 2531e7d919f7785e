"""IRC inside WebSockets, as ircv3.net has it: each message is one line, without its end."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from hubbub.chat.heard import FILLER, Goodbye, Reply
from hubbub.wire.irc.dialect import IrcDialect
from hubbub.wire.websocket import (
    NORMAL,
    Binary,
    Ping,
    Text,
    Unheard,
    WebSocketDecoder,
    WebSocketError,
    binary_message,
    close_message,
    pong_message,
    text_message,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from hubbub.chat.heard import Heard
    from hubbub.wire.irc.figures import Figures
    from hubbub.wire.irc.format import Pack
    from hubbub.wire.irc.voice import Voice

MESSAGE_BYTES_MAX: Final = 16_384
"""Of a message from a client: lines that are too long, but not by much, are refused as such."""


def text_lines(payload: bytes) -> bytes:
    """Return lines as text messages, one for each."""
    return b"".join([text_message(line) for line in payload.split(b"\r\n") if line])


def binary_lines(payload: bytes) -> bytes:
    """Return lines as binary messages, one for each."""
    return b"".join([binary_message(line) for line in payload.split(b"\r\n") if line])


DEFAULT: Final = "text.ircv3.net"
"""For clients that do not say."""

SUBPROTOCOLS: Final[dict[str, Pack]] = {
    "text.ircv3.net": text_lines,
    "binary.ircv3.net": binary_lines,
}
"""How lines are packed, by what client and server agree upon."""


class IrcWebSocketDialect:
    """Implements `hubbub.wire.dialect.Dialect`. `pack` is one of `SUBPROTOCOLS`."""

    __slots__ = ("_close_code", "_decoder", "_inner", "_pack")

    def __init__(self, figures: Figures, clock: Callable[[], int], pack: Pack) -> None:
        self._inner = IrcDialect(figures, clock, pack)
        self._pack = pack
        self._decoder = WebSocketDecoder(MESSAGE_BYTES_MAX, takes_binary=True)
        self._close_code = NORMAL

    @property
    def opening(self) -> Voice:
        """How the peer is spoken to, from the first word on."""
        return self._inner.opening

    def reached_at(self, server: str, certificate: str = "", /) -> None:
        """Take in at which `http://host:port` the peer would find files, and what it showed."""
        self._inner.reached_at(server, certificate)

    @property
    def unfinished_bytes(self) -> int:
        """How many bytes of a message wait for the rest."""
        return self._decoder.unfinished_bytes

    def farewell(self) -> bytes:
        """Return the closing message, with the code of what broke the connection, if anything."""
        return close_message(self._close_code)

    def receive(self, data: bytes) -> Iterator[Heard]:
        """Yield what the peer said in `data`."""
        try:
            for message in self._decoder.receive(data):
                match message:
                    case Text(text):
                        yield from self._hear(text.encode())
                    case Binary(payload):
                        yield from self._hear(payload)
                    case Ping(payload):
                        yield Reply(pong_message(payload))
                    case Unheard():
                        yield FILLER
                    case _:
                        yield Goodbye()
        except WebSocketError as error:
            self._close_code = error.close_code
            raise

    def _hear(self, line: bytes) -> Iterator[Heard]:
        for heard in self._inner.receive(line.rstrip(b"\r\n") + b"\r\n"):
            yield Reply(self._pack(heard.payload)) if isinstance(heard, Reply) else heard
