"""What a server and its relays say to each other, as bytes: the connections of many, on one link.

A message is a header of 9 bytes (its kind, the number of a connection, the size of what follows)
and a payload. What many connections are to be sent alike is on the link once, behind their numbers.
The numbers are the relay's, and none is used twice on a link.
"""

from __future__ import annotations

import struct
from enum import IntEnum, unique
from typing import TYPE_CHECKING, Final

import msgspec

from hubbub.chat.errors import ProtocolError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

VERSION: Final = 1
"""Of these messages: what speaks another one cannot be linked."""

PAYLOAD_BYTES_MAX: Final = 4_194_304
TOLD_BYTES_MAX: Final = 1_048_576
"""What one message brings to connections, or to a copy; what is longer is told in pieces."""

NUMBERS_MAX: Final = 65_536
"""Connections that one message brings something to."""

PIECE_BYTES: Final = 65_536
"""Of a file, at once: what members are told waits for no more than that."""

SILENT_SECONDS: Final = 10.0
"""After so long without a word, the other side of a link between machines counts as gone."""

_HEADER: Final = struct.Struct("<BII")
_PAIR: Final = struct.Struct("<II")
_NUMBER: Final = struct.Struct("<I")


@unique
class Kind(IntEnum):
    """What a message is about. The relay says the first ones, the server the others."""

    READY = 1
    """The relay accepts connections from now on; it says the version of its hubbub."""

    ARRIVED = 2
    """It has accepted one: `Arrived`, as JSON."""

    SAID = 3
    """A peer has sent this."""

    ENDED = 4
    """A peer has closed its half."""

    GONE = 5
    """A connection is gone; with a payload if it was lost against the peer's will."""

    TAKEN = 6
    """Of connections, how many more of the bytes for them their systems have taken."""

    WRITTEN = 7
    """All that came before the `ASK` with this number is written."""

    FOLLOW = 8
    """What the relay's copy of the log has, as JSON: the rest is to be told."""

    APPLIED = 9
    """It has applied the entries of a `COMMITTED`, or a `DROPPED`."""

    ALIVE = 10
    """Either side is there. Between machines, silence ends a link. Each says how it does, as JSON:
    the relay its `RelaySummary`, the server a `Lag`."""

    LEAVING = 11
    """It stops, and its peers are to be told so."""

    WANT = 12
    """It wants a piece of a file to keep: `Wanted`, as JSON. It asks for one after the other."""

    TELL = 20
    """Send this to these connections; the number says how many they are."""

    END = 21
    """Send what is there, and close our half."""

    CLOSE = 22
    """Send what is there, and close."""

    CUT = 23
    """Close at once."""

    MORE = 24
    """So many bytes more may be read of a peer."""

    ASK = 25
    """Say `WRITTEN` when all that came before is written."""

    STOP = 26
    """Accept no more connections."""

    HISTORY = 27
    """What follows for the relay's copy, as JSON."""

    COMMITTED = 28
    """A piece of the next entries of the log, which are JSON; the number says how many follow."""

    WHOLE = 29
    """A log that is told wholly has come so far that what follows has just been committed."""

    DROPPED = 30
    """Up to which seq the log keeps rooms no longer, as JSON."""

    LEFT = 31
    """All who converse there have heard that the relay stops."""

    PIECE = 32
    """The piece that is wanted; nothing at the end, and if there is no such file. With the number
    1: it cannot be read for now."""


class Arrived(msgspec.Struct, frozen=True):
    """Where a connection comes from, and at which address it reached the relay."""

    host: str
    at: tuple[str, int]


class Wanted(msgspec.Struct, frozen=True):
    """Which file, by its hash, with `.preview` behind it if it is that, and from where on."""

    name: str
    at: int


class Lag(msgspec.Struct, frozen=True):
    """The server's version, and how far behind the relay's copy is, as a `RelaySummary` has it."""

    version: str
    behind: int | None = None


class Message(msgspec.Struct, frozen=True, gc=False):
    """One message."""

    kind: Kind
    number: int
    payload: bytes


def encode(kind: Kind, number: int = 0, payload: bytes = b"") -> bytes:
    """Return a message."""
    return _HEADER.pack(kind, number, len(payload)) + payload


def encode_count(kind: Kind, number: int, count: int) -> bytes:
    """Return a message whose payload is a number of bytes."""
    return encode(kind, number, _NUMBER.pack(count))


def count_of(message: Message) -> int:
    """Return the number that is a message's payload; raises ProtocolError."""
    if len(message.payload) != _NUMBER.size:
        raise _broken("a number of another length")
    count: int = _NUMBER.unpack(message.payload)[0]
    return count


def encode_told(numbers: Sequence[int], told: bytes) -> Iterator[bytes]:
    """Yield pieces of the messages that bring `told` to the connections with these numbers."""
    for first in range(0, len(numbers), NUMBERS_MAX):
        some = numbers[first : first + NUMBERS_MAX]
        packed = struct.pack(f"<{len(some)}I", *some)
        for start in range(0, len(told), TOLD_BYTES_MAX):
            piece = told[start : start + TOLD_BYTES_MAX]
            yield _HEADER.pack(Kind.TELL, len(some), len(packed) + len(piece))
            yield packed
            yield piece


def encode_committed(entries: bytes) -> bytes:
    """Return the messages that bring these entries to a copy."""
    starts = range(0, len(entries), TOLD_BYTES_MAX)
    return b"".join(
        encode(Kind.COMMITTED, len(starts) - number, entries[start : start + TOLD_BYTES_MAX])
        for number, start in enumerate(starts, 1)
    )


def told_of(message: Message) -> tuple[tuple[int, ...], bytes]:
    """Return to which connections a `TELL` brings what; raises ProtocolError."""
    size = message.number * _NUMBER.size
    if size > len(message.payload):
        raise _broken("fewer numbers than were announced")
    return struct.unpack_from(f"<{message.number}I", message.payload), message.payload[size:]


def encode_taken(pairs: Iterable[tuple[int, int]]) -> bytes:
    """Return a message that says of connections how many bytes were taken."""
    return encode(Kind.TAKEN, 0, b"".join([_PAIR.pack(*pair) for pair in pairs]))


def taken_of(message: Message) -> Iterator[tuple[int, int]]:
    """Return the pairs of a `TAKEN`; raises ProtocolError."""
    if len(message.payload) % _PAIR.size:
        raise _broken("half a pair")
    return _PAIR.iter_unpack(message.payload)


class Decoder:
    """Turns the stream of a link into messages. Holds at most one unfinished message."""

    def __init__(self) -> None:
        self._unread = bytearray()

    def receive(self, chunk: bytes) -> Iterator[Message]:
        """Yield the messages that `chunk` completes; raises ProtocolError."""
        unread = self._unread
        unread += chunk
        at = 0
        try:
            while len(unread) - at >= _HEADER.size:
                kind, number, size = _HEADER.unpack_from(unread, at)
                if size > PAYLOAD_BYTES_MAX:
                    raise _broken("a message that is too long")
                end = at + _HEADER.size + size
                if len(unread) < end:
                    break
                payload = bytes(unread[at + _HEADER.size : end])
                at = end
                yield Message(_kind(kind), number, payload)
        finally:
            del unread[:at]


def _kind(number: int) -> Kind:
    try:
        return Kind(number)
    except ValueError:
        raise _broken("a message of an unknown kind") from None


def _broken(what: str) -> ProtocolError:
    return ProtocolError(f"What came over the link of a relay is none of its messages: {what}.")
