"""How what is appended at once becomes messages of the stream, and how these are numbered.

A message of the stream is a piece: consecutive events of one room, or facts, as a JSON array. Its
subject tells the room, so all of a room can be found, or purged, without reading the rest. The
stream's own number of a message, times SEQS_PER_PIECE, and the place of an event in it make the
event's seq: every reader comes to the same, and nobody hands out numbers. As in any log, facts come
first, then room by room (log/batch.py).

A message of which something was deleted is erased, and what remains of it is a message of its own,
a rest: its events have their seqs and prevs already, and its subject says whose rest it is.
"""

from collections.abc import Iterator, Sequence
from hashlib import blake2b
from itertools import pairwise
from typing import NamedTuple

import msgspec
from msgspec.structs import replace

from hubbub.chat.events import Entry
from hubbub.chat.names import SYSTEM_ROOM

SEQS_PER_PIECE = 1024
PIECE_BYTES_MAX = 262_144
"""Servers take a megabyte at most, if nobody has changed that. A longer event is a piece alone."""

BEGINNING = "begin"
"""The subject of the stream's first message, in which there is nothing."""

_MARK = "mark"
_RUN = "run"
_FACTS = "facts"
_ROOM = "room"
_REST = "rest"
_LOST = "lost"
_DIGEST_BYTES = 12

_encode = msgspec.json.Encoder().encode
_entries = msgspec.json.Decoder(list[Entry])


class Piece(NamedTuple):
    """A message to be published."""

    subject: str
    """Behind that of the stream."""
    places: list[int]
    """Where its events stand among the drafts."""
    payload: bytes


def cut(drafts: Sequence[Entry]) -> list[Piece]:
    """Return the messages of the stream that hold `drafts`, in order."""
    rooms: dict[str, list[int]] = {SYSTEM_ROOM: []}
    for place, draft in enumerate(drafts):
        rooms.setdefault(draft.room, []).append(place)
    return [piece for room, places in rooms.items() for piece in _pieces(room, places, drafts)]


def mark() -> Piece:
    """Return a message in which there is nothing: whoever has read it has all that came before."""
    return Piece(_MARK, [], _array([]))


def registration(run: str) -> Piece:
    """Return a message in which there is nothing but that a run of a node is registered."""
    return Piece(subject_of_run(run), [], _array([]))


def subject_of_run(run: str) -> str:
    """Return the subject under which a run of a node is registered."""
    return f"{_RUN}.{_digest(run)}"


def _pieces(room: str, places: Sequence[int], drafts: Sequence[Entry]) -> Iterator[Piece]:
    subject = subject_of(room)
    start = size = 0
    encoded: list[bytes] = []
    for count, place in enumerate(places):
        event = _encode(drafts[place])
        if encoded and (len(encoded) == SEQS_PER_PIECE or size + len(event) + 1 > PIECE_BYTES_MAX):
            yield Piece(subject, [*places[start:count]], _array(encoded))
            start, size, encoded = count, 0, []
        encoded.append(event)
        size += len(event) + 1
    if encoded:
        yield Piece(subject, [*places[start:]], _array(encoded))


def _array(encoded: Sequence[bytes]) -> bytes:
    return b"[%b]" % b",".join(encoded)


def subject_of(room: str) -> str:
    """Return the subject of a room, behind that of the stream; no name need be hidden in it."""
    if room == SYSTEM_ROOM:
        return _FACTS
    return f"{_ROOM}.{_digest(room)}"


def subject_of_rest(room: str, number: int) -> str:
    """Return the subject of what remains of the room's message with this number."""
    return f"{_REST}.{_digest(room)}.{number}"


def subjects_of_rests(number: int | None = None, room: str | None = None) -> str:
    """Return the pattern of the subjects of rests: of all, of one message, or of one room."""
    digest = "*" if room is None else _digest(room)
    return f"{_REST}.{digest}.{'*' if number is None else number}"


def subject_of_lost(room: str | None = None) -> str:
    """Return the subject that says up to where a room is lost, or the pattern of all of them."""
    return f"{_LOST}.{'*' if room is None else _digest(room)}"


def is_of_lost(subject: str) -> bool:
    """Return whether a message with this subject says up to where a room is lost."""
    return subject.split(".")[-2:-1] == [_LOST]


def whose_rest(subject: str) -> int | None:
    """Return the number of the message whose rest has this subject, None if it is no rest."""
    kind, _, number = subject.split(".")[-3:] if subject.count(".") >= 2 else ("", "", "")
    return int(number) if kind == _REST and number.isdecimal() else None


def _digest(room: str) -> str:
    return blake2b(room.encode(), digest_size=_DIGEST_BYTES).hexdigest()


def numbered(number: int, payload: bytes) -> list[Entry]:
    """Return the events of the stream's message with this number, with their seqs.

    Raises msgspec.DecodeError if it is none that hubbub wrote.
    """
    entries = _entries.decode(payload)
    if len(entries) > SEQS_PER_PIECE:
        raise msgspec.DecodeError("too many events")
    for place, entry in enumerate(entries):
        entry.seq, entry.prev = number * SEQS_PER_PIECE + place, 0
    return entries


def rest_of(entries: Sequence[Entry]) -> bytes:
    """Return the message that holds what remains of another."""
    return _array([_encode(entry) for entry in entries])


def as_published(entries: Sequence[Entry]) -> bytes:
    """Return the message that had these events before they were numbered."""
    return rest_of([replace(entry, seq=0, prev=0) for entry in entries])


def kept(number: int, payload: bytes) -> list[Entry]:
    """Return the events of the rest of the message with this number, in order.

    Raises msgspec.DecodeError if it is none that hubbub wrote.
    """
    entries = _entries.decode(payload)
    seqs = [number_of(entry.seq) for entry in entries]
    if any(one != number for one in seqs) or any(
        later.seq <= earlier.seq for earlier, later in pairwise(entries)
    ):
        raise msgspec.DecodeError("not the rest that it should be")
    return entries


def number_of(seq: int) -> int:
    """Return the stream's number of the message that has the event with this seq."""
    return seq // SEQS_PER_PIECE
