"""WebSocket messages (RFC 6455) as a server reads and writes them, without extensions.

A sans-I/O codec like `frames`: the decoder takes what the network brought, and the owner of the
socket answers pings and closes.
"""

from __future__ import annotations

import struct
from enum import IntEnum
from typing import TYPE_CHECKING, Final

import msgspec

from hubbub.chat.errors import ProtocolError

if TYPE_CHECKING:
    from collections.abc import Iterator

_FINAL, _RESERVED, _OPCODE, _CONTROL, _MASKED, _LENGTH = 0x80, 0x70, 0x0F, 0x08, 0x80, 0x7F
_CONTROL_BYTES_MAX = 125
_MASK_BYTES = 4

NORMAL, PROTOCOL_ERROR, UNSUPPORTED, NOT_UTF8, TOO_BIG = 1000, 1002, 1003, 1007, 1009
"""Codes of the closing message (RFC 6455, section 7.4.1)."""


class Opcode(IntEnum):
    """What a frame is."""

    CONTINUATION = 0x0
    TEXT = 0x1
    BINARY = 0x2
    CLOSE = 0x8
    PING = 0x9
    PONG = 0xA


_KNOWN = frozenset(Opcode)


class Text(msgspec.Struct, frozen=True):
    """A whole text message."""

    text: str


class Binary(msgspec.Struct, frozen=True):
    """A whole binary message."""

    payload: bytes


class Ping(msgspec.Struct, frozen=True):
    """To be answered by `pong_message` with the same payload."""

    payload: bytes


class Close(msgspec.Struct, frozen=True):
    """The peer sends nothing more; to be answered by `close_message`."""


class Unheard(msgspec.Struct, frozen=True):
    """A frame that says nothing by itself: a pong, or a part of a message that goes on."""


_UNHEARD = Unheard()

Heard = Text | Binary | Ping | Close | Unheard
"""All that can come."""


class WebSocketError(ProtocolError):
    """The peer broke the wire format; `close_code` tells its WebSocket why the connection ends."""

    def __init__(self, sentence: str, close_code: int = PROTOCOL_ERROR) -> None:
        super().__init__(sentence)
        self.close_code = close_code


_EMPTY: Final = bytearray()
"""One for all of whom nothing is unfinished."""


class WebSocketDecoder:
    """Turns a stream of bytes from a client into messages. Holds at most one unfinished message.

    `payload_bytes_max` bounds a message, in however many frames it comes. `takes_binary`: it need
    not be text.
    """

    __slots__ = ("_begun", "_is_binary", "_payload_bytes_max", "_takes_binary", "_unfinished")

    def __init__(self, payload_bytes_max: int, *, takes_binary: bool = False) -> None:
        self._payload_bytes_max = payload_bytes_max
        self._takes_binary = takes_binary
        self._is_binary = False  # the message that came last
        self._unfinished = _EMPTY
        # The message whose last frame has not come; None: there is none.
        self._begun: bytearray | None = None

    @property
    def unfinished_bytes(self) -> int:
        """How many bytes of an incomplete message wait for the rest."""
        return len(self._unfinished) + len(self._begun or b"")

    def receive(self, chunk: bytes) -> Iterator[Heard]:
        """Yield one item for each frame that `chunk` completes; exhaust them before the next.

        Raises WebSocketError when the stream stops being WebSocket frames; it is unusable then.
        """
        self._unfinished = self._unfinished or bytearray()
        self._unfinished += chunk
        while (frame := self._frame()) is not None:
            yield self._message(*frame)
        if not self._unfinished:
            self._unfinished = _EMPTY

    def _frame(self) -> tuple[int, bool, bytes] | None:
        """Take the next frame's opcode, whether it is final, and its payload; None if not whole."""
        unfinished = self._unfinished
        if len(unfinished) < 2:
            return None
        first, second = unfinished[0], unfinished[1]
        opcode, final, length, at = first & _OPCODE, bool(first & _FINAL), second & _LENGTH, 2
        if first & _RESERVED or opcode not in _KNOWN:
            raise WebSocketError("This WebSocket frame is of an unknown kind; use no extensions.")
        if not second & _MASKED:
            raise WebSocketError("The frames of a WebSocket client must be masked.")
        if opcode & _CONTROL and (length > _CONTROL_BYTES_MAX or not final):
            raise WebSocketError("A WebSocket ping, pong or close must be short and in one frame.")
        if length > _CONTROL_BYTES_MAX:
            size, form = (2, ">H") if length == 126 else (8, ">Q")
            if len(unfinished) < at + size:
                return None
            (length,) = struct.unpack_from(form, unfinished, at)
            at += size
        if length + len(self._begun or b"") > self._payload_bytes_max:
            raise WebSocketError(
                f"A message may have {self._payload_bytes_max} bytes. Send it in shorter pieces.",
                TOO_BIG,
            )
        start = at + _MASK_BYTES
        end = start + length
        if len(unfinished) < end:
            return None
        payload = _unmasked(bytes(unfinished[start:end]), bytes(unfinished[at:start]))
        del unfinished[:end]
        return opcode, final, payload

    def _message(self, opcode: int, final: bool, payload: bytes) -> Heard:
        match opcode:
            case Opcode.CLOSE:
                return Close()
            case Opcode.PING:
                return Ping(payload)
            case Opcode.PONG:
                return _UNHEARD
            case Opcode.BINARY if not self._takes_binary:
                raise WebSocketError("Send JSON as text messages, not as binary.", UNSUPPORTED)
            case Opcode.TEXT | Opcode.BINARY if self._begun is not None:
                raise WebSocketError("A message began before the one before it was complete.")
            case Opcode.CONTINUATION if self._begun is None:
                raise WebSocketError("A continuation frame came, but no message had begun.")
        if opcode != Opcode.CONTINUATION:
            self._is_binary = opcode == Opcode.BINARY
        if self._begun is not None:
            self._begun += payload
            payload = bytes(self._begun) if final else b""
        elif not final:
            self._begun = bytearray(payload)
        if not final:
            return _UNHEARD
        self._begun = None
        return Binary(payload) if self._is_binary else Text(_decoded(payload))


def _unmasked(payload: bytes, mask: bytes) -> bytes:
    # As two long integers: many times faster than byte by byte.
    size = len(payload)
    repeated = (mask * (size // _MASK_BYTES + 1))[:size]
    mixed = int.from_bytes(payload, "little") ^ int.from_bytes(repeated, "little")
    return mixed.to_bytes(size, "little")


def _decoded(payload: bytes) -> str:
    try:
        return payload.decode()
    except UnicodeDecodeError:
        raise WebSocketError("A text message must be UTF-8.", NOT_UTF8) from None


def text_message(payload: bytes) -> bytes:
    """Return a text message from a server, in one frame."""
    size = len(payload)
    header = _TEXT_HEADERS[size] if size < _SHORT_BYTES else _header(Opcode.TEXT, size)
    return header + payload


def binary_message(payload: bytes) -> bytes:
    """Return a binary message from a server, in one frame."""
    return _encoded(Opcode.BINARY, payload)


def pong_message(payload: bytes) -> bytes:
    """Return the answer to a ping."""
    return _encoded(Opcode.PONG, payload)


def close_message(code: int = NORMAL) -> bytes:
    """Return the last message of a connection."""
    return _encoded(Opcode.CLOSE, struct.pack(">H", code))


def _encoded(opcode: Opcode, payload: bytes) -> bytes:
    return _header(opcode, len(payload)) + payload


def _header(opcode: Opcode, size: int) -> bytes:
    if size <= _CONTROL_BYTES_MAX:
        return struct.pack(">BB", _FINAL | opcode, size)
    if size < 2**16:
        return struct.pack(">BBH", _FINAL | opcode, 126, size)
    return struct.pack(">BBQ", _FINAL | opcode, 127, size)


_SHORT_BYTES: Final = 512  # as in `frames`
_TEXT_HEADERS: Final = [_header(Opcode.TEXT, size) for size in range(_SHORT_BYTES)]
