"""Frames (protocol section 1): a 10-byte header that says how many bytes of UTF-8 follow.

A sans-I/O codec: the decoder takes what the network brought, and the owner of the socket acts.
"""

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Final

import msgspec

from hubbub.chat.errors import ProtocolError

HEADER_BYTES = 10
_HEADER = re.compile(rb" *(\+?)([0-9]+) *")


class Frame(msgspec.Struct, frozen=True):
    """One frame's payload; `event` tells that its header began with `+`."""

    text: str
    event: bool = False


class FrameDecoder:
    """Turns a stream of bytes into frames. Holds at most one unfinished frame.

    `payload_bytes_max` bounds a payload. Frames of length 0 are yielded like others: a server
    ignores them, but one that a tutorial server relays is half of a pair.
    """

    __slots__ = ("_failed", "_needed", "_payload_bytes_max", "_started", "_unfinished")

    def __init__(self, payload_bytes_max: int) -> None:
        self._payload_bytes_max = payload_bytes_max
        self._unfinished: bytes | bytearray = b""
        self._needed = HEADER_BYTES
        self._started = False
        self._failed = False

    @property
    def unfinished_bytes(self) -> int:
        """How many bytes of an incomplete frame wait for the rest."""
        return len(self._unfinished)

    def receive(self, chunk: bytes) -> Iterator[Frame]:
        """Yield the frames that `chunk` completes; exhaust them before the next chunk.

        Raises ProtocolError once, when the stream stops being frames; after that it yields nothing.
        """
        if self._failed:
            return
        if self._unfinished:
            # A bytearray grows in place: a frame that comes byte by byte costs no copy per byte.
            if not isinstance(self._unfinished, bytearray):
                self._unfinished = bytearray(self._unfinished)
            self._unfinished += chunk
            if len(self._unfinished) < self._needed:
                return
            chunk = bytes(self._unfinished)
            self._unfinished = b""
        at, end, length_max = 0, len(chunk), self._payload_bytes_max
        # For each frame of a stream: what is wrong with one is told elsewhere, as calls take time.
        while (start := at + HEADER_BYTES) <= end:
            parsed = _parse_header(chunk[at:start])
            if parsed is None or parsed[0] > length_max:
                raise self._bad_header(chunk[at:start], parsed)
            self._started = True
            length, event = parsed
            if (stop := start + length) > end:
                self._needed = HEADER_BYTES + length
                break
            try:
                text = chunk[start:stop].decode()
            except UnicodeDecodeError as error:
                raise self._bad_text(error) from None
            at = stop
            yield Frame(text, event)
        else:
            self._needed = HEADER_BYTES
        self._unfinished = chunk[at:]

    def _bad_header(self, header: bytes, parsed: tuple[int, bool] | None) -> ProtocolError:
        self._failed = True
        if parsed is None:
            shown = repr(header).removeprefix("b")
            sentence = (
                f"A frame must begin with a {HEADER_BYTES}-byte header that gives the payload's "
                f"length in decimal digits, padded with spaces; these came instead: {shown}."
            )
            if self._started:
                sentence += (
                    " The usual cause is a length counted in characters: count the bytes of the "
                    "encoded text instead, len(text.encode('utf-8'))."
                )
            return ProtocolError(sentence)
        return ProtocolError(
            f"A frame of {parsed[0]} bytes is too long: the limit is "
            f"{self._payload_bytes_max} bytes. Send it in shorter pieces."
        )

    def _bad_text(self, error: UnicodeDecodeError) -> ProtocolError:
        self._failed = True
        return ProtocolError(
            f"A frame's payload must be UTF-8 text; byte {error.start} of this one is not. "
            "Encode text with UTF-8, and count its length in bytes, not in characters."
        )


# The same few lengths come again and again; a look-up is several times cheaper than the pattern.
@lru_cache(maxsize=4096)
def _parse_header(header: bytes) -> tuple[int, bool] | None:
    match = _HEADER.fullmatch(header)
    return (int(match[2]), bool(match[1])) if match else None


def _header(length: int) -> bytes:
    return b"%-10d" % length


def _event_header(length: int) -> bytes:
    return b"+%-9d" % length


# To write a header takes several times longer than to find it, and most messages are short.
_SHORT_BYTES: Final = 512
_HEADERS: Final = [_header(length) for length in range(_SHORT_BYTES)]
_EVENT_HEADERS: Final = [_event_header(length) for length in range(_SHORT_BYTES)]


def encode_frame(payload: bytes) -> bytes:
    """Return `payload` behind the header that every tutorial peer reads."""
    length = len(payload)
    return (_HEADERS[length] if length < _SHORT_BYTES else _header(length)) + payload


def encode_event_frame(payload: bytes) -> bytes:
    """Return `payload` behind a header that begins with `+`: this side speaks events."""
    length = len(payload)
    return (_EVENT_HEADERS[length] if length < _SHORT_BYTES else _event_header(length)) + payload
