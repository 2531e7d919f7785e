"""WebSockets: the handshake over HTTP, and the line that the connection is from then on.

Only the handshake is aiohttp's. The connection then becomes a line like any other: the same bytes
go to all members, and each costs hardly more memory than a member that speaks frames.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
from typing import TYPE_CHECKING

from hubbub.chat.commands import Hello
from hubbub.chat.errors import Refused
from hubbub.server.session import Introduction
from hubbub.server.stream import StreamLine
from hubbub.wire.codec import decode_command
from hubbub.wire.formats import WEBSOCKET
from hubbub.wire.frames import Frame
from hubbub.wire.websocket import (
    NORMAL,
    Ping,
    Text,
    WebSocketDecoder,
    WebSocketError,
    close_message,
    pong_message,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from hubbub.server.chatroom import Chatroom

_GUID = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
_KEY_BYTES = 16


def accept_handshake(headers: Mapping[str, str]) -> bytes:
    """Return the answer to a WebSocket's opening request (RFC 6455, section 4.2); raise Refused."""
    upgrades = headers.get("Upgrade", "").lower() == "websocket"
    if not upgrades or "upgrade" not in headers.get("Connection", "").lower():
        raise Refused("Connect to /ws with a WebSocket client.", code="upgrade_required")
    if headers.get("Sec-WebSocket-Version") != "13":
        raise Refused("This server speaks version 13 of WebSocket.", code="upgrade_required")
    key = headers.get("Sec-WebSocket-Key", "")
    try:
        is_key = len(base64.b64decode(key, validate=True)) == _KEY_BYTES
    except (binascii.Error, ValueError):
        is_key = False
    if not is_key:
        raise Refused("The Sec-WebSocket-Key must be 16 bytes in base64.", code="bad_request")
    # SHA-1 as the RFC wants it: proof of a WebSocket server, not a secret.
    digest = hashlib.sha1(key.encode() + _GUID, usedforsecurity=False).digest()
    return (
        b"HTTP/1.1 101 Switching Protocols\r\n"
        b"Upgrade: websocket\r\n"
        b"Connection: Upgrade\r\n"
        b"Sec-WebSocket-Accept: %b\r\n\r\n" % base64.b64encode(digest)
    )


class WebSocketLine(StreamLine):
    """A connection that speaks one JSON object per text message."""

    __slots__ = ("_close_code", "_decoder")

    opening = WEBSOCKET

    def __init__(self, chatroom: Chatroom, host: str, left: Callable[[], None]) -> None:
        super().__init__(chatroom, host, left)
        self._decoder = WebSocketDecoder(chatroom.limits.frame_bytes_max)
        self._close_code = NORMAL

    def receive(self, data: bytes) -> Iterator[Frame]:
        try:
            for message in self._decoder.receive(data):
                match message:
                    case Text(text):
                        yield Frame(text, event=True)
                    case Ping(payload):
                        self.write(pong_message(payload))
                    case _:
                        self.end()
        except WebSocketError as error:
            self._close_code = error.close_code
            raise

    def introduction(self, frame: Frame) -> Introduction:
        command = decode_command(frame.text)
        if not isinstance(command, Hello):
            raise Refused('Say who you are first: {"type":"hello","name":…}.')
        return Introduction(command.name, WEBSOCKET, command.ref)

    def say_farewell(self) -> None:
        self.write(close_message(self._close_code))
