"""A line over TCP: what frames and WebSockets have in common."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, cast

from hubbub.server.session import Conversation

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from hubbub.hub import Format
    from hubbub.server.chatroom import Chatroom
    from hubbub.server.session import Introduction
    from hubbub.wire.frames import Frame

LINGER_SECONDS = 3
"""How long a peer may take to read the last words and hang up, before it is cut off."""


class StreamLine(asyncio.Protocol):
    """One TCP connection from `host`; `left` is called when it is gone."""

    __slots__ = ("_chatroom", "_conversation", "_left", "_transport", "ended", "host")

    opening: Format
    """What is said in, until the peer has told who it is."""

    def __init__(self, chatroom: Chatroom, host: str, left: Callable[[], None]) -> None:
        self._chatroom = chatroom
        self._left = left
        self._conversation = Conversation(chatroom, self)
        self.host = host
        self.ended = False

    # What each kind does in its own way.

    def receive(self, data: bytes) -> Iterator[Frame]:
        """Yield what the peer said, as it is asked for; raise ProtocolError if it is garbled."""
        raise NotImplementedError

    def introduction(self, frame: Frame) -> Introduction:
        """Read who the peer is in the first thing it said; raise Refused if it does not say so."""
        raise NotImplementedError

    def say_farewell(self) -> None:
        """Write what the peer must hear before the connection is closed, if anything."""

    # What asyncio tells us.

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)
        self._transport.set_write_buffer_limits(high=self._chatroom.limits.unsent_bytes_max)
        self._chatroom.arrived(self, self._conversation)

    def data_received(self, data: bytes) -> None:
        if self.ended:
            self._conversation.heard_nothing()
        else:
            self._conversation.hear(self.receive(data))

    def eof_received(self) -> bool:
        if not self.ended:
            self._conversation.hear_end()
        # What is open still is a peer that said all and waits for an answer.
        return not self.ended

    def pause_writing(self) -> None:
        self._conversation.fell_behind()

    def resume_writing(self) -> None:
        self._conversation.caught_breath()

    def connection_lost(self, _exc: Exception | None) -> None:
        self._conversation.finish()
        self.ended = True
        self._conversation.depart()
        self._chatroom.departed(self)
        self._left()

    # What the conversation and the hub want.

    def write(self, payload: bytes) -> None:
        if not self.ended:
            self._transport.write(payload)

    def end(self) -> None:
        """Send the rest, say so to TCP, and give the peer a moment to read it and hang up.

        Closing at once with bytes unread would reset the connection, and the peer might lose the
        sentence that says why.
        """
        if self.ended or self._transport.is_closing():
            return
        self.say_farewell()
        self.ended = True
        try:
            self._transport.write_eof()
        except OSError:  # the peer has just reset the connection
            self.cut()
            return
        self._transport.resume_reading()
        self._chatroom.loop.call_later(LINGER_SECONDS, self.cut)

    def cut(self) -> None:
        self._transport.abort()

    def unsent_bytes(self) -> int:
        return self._transport.get_write_buffer_size()

    def pause(self) -> None:
        self._transport.pause_reading()

    def proceed(self) -> None:
        self._transport.resume_reading()
