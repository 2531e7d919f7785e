"""Brings what an export says into a chatroom: as the names, rooms and texts are that it may have.

A message is named by where it comes from, not by who said it: so an import that was broken off, or
is done again with a newer export, adds what is missing, and doubles nothing.
"""

import hashlib
from collections import Counter
from collections.abc import Awaitable, Callable, Iterable, Sequence
from typing import Final, NamedTuple

from hubbub.chat.commands import Brought, Given
from hubbub.chat.commands.importing import (
    BROUGHT_BYTES_MAX,
    BROUGHT_MAX,
    EMOJI_CHARS_MAX,
    EMOJI_MAX,
    REACTIONS_MAX,
)
from hubbub.chat.errors import Refused
from hubbub.chat.events import Imported
from hubbub.chat.names import allowed_name, allowed_room, is_public
from hubbub.chat.retention import DAY_MILLISECONDS
from hubbub.chat.text import inert, inert_line
from hubbub.chat.times import MILLISECONDS_MAX
from hubbub.cli.importing.said import SOMEBODY, Said, Source
from hubbub.desk.pieces import pieces_of
from hubbub.wire.codec import encode

BATCH_BYTES: Final = 262_144
"""Of a batch, in JSON, before its last message: that is less than one command may have."""

LATEST: Final = MILLISECONDS_MAX - DAY_MILLISECONDS
"""It has a day on every clock."""

Bring = Callable[[str, Sequence[Brought]], Awaitable[Imported]]
"""Writes messages of a source, none of which answers another one of them."""


class Written(NamedTuple):
    """What an import came to."""

    new: Counter[str]
    """Messages, by room."""
    known: int
    """Those that were there already."""
    left_out: int
    """Those without a text, or said in private, by people who are not known here."""


class Writing:
    """Brings what was said in `source`; into the room `room`, if one is given."""

    def __init__(self, bring: Bring, source: Source, room: str = "") -> None:
        self._bring = bring
        self._source = source
        self._room = room
        self._seqs: dict[tuple[str, str], int] = {}
        """Where messages are in the log, by room and id: what answers them comes later."""
        self._batch: list[tuple[Said, Brought]] = []
        self._batch_bytes = 0
        self._waiting: set[tuple[str, str]] = set()
        self._new: Counter[str] = Counter()
        self._known = self._left_out = 0

    async def write(self, messages: Iterable[Said]) -> Written:
        """Write messages, those of a room in their order. Raises LogError or Refused."""
        for said in messages:
            room = self._room or ("" if said.private else _room_of(said.room))
            for piece in _pieces(said, room):
                if self._is_full() or (room, piece.answers) in self._waiting:
                    await self._flush()
                brought = self._brought(piece, room)
                self._batch.append((piece, brought))
                self._batch_bytes += len(encode(brought))
                self._waiting.add((room, piece.id))
            if not room or not (said.text or said.deleted):
                self._left_out += 1
        await self._flush()
        return Written(self._new, self._known, self._left_out)

    def _is_full(self) -> bool:
        return len(self._batch) >= BROUGHT_MAX or self._batch_bytes >= BATCH_BYTES

    def _brought(self, said: Said, room: str) -> Brought:
        what = "\n".join((said.place or said.room, said.id, str(said.at)))
        return Brought(
            room=room,
            sender=_name_of(said.name),
            at=_within_time(said.at),
            key=f"{self._source}-{hashlib.sha256(what.encode()).hexdigest()[:32]}",
            text=said.text,
            me=said.me,
            answers=self._seqs.get((room, said.answers)) if said.answers else None,
            edited=None if said.edited is None else _within_time(said.edited),
            deleted=said.deleted,
            pinned=said.pinned,
            reactions=_reactions(said),
        )

    async def _flush(self) -> None:
        if not self._batch:
            return
        batch, self._batch, self._batch_bytes, self._waiting = self._batch, [], 0, set()
        answer = await self._bring(self._source, [brought for _, brought in batch])
        for (said, brought), seq, is_new in zip(batch, answer.seqs, answer.new, strict=True):
            self._seqs[brought.room, said.id] = seq
            if is_new:
                self._new[brought.room] += 1
            else:
                self._known += 1


def _reactions(said: Said) -> tuple[Given, ...]:
    """Return the reactions that a message may have here; of more, the first."""
    found: list[Given] = []
    left = REACTIONS_MAX
    for raw, names in said.reactions:
        emoji = inert_line(raw)
        if 0 < len(emoji) <= EMOJI_CHARS_MAX and not any(map(str.isspace, emoji)):
            given = tuple(dict.fromkeys(map(_name_of, names)))[:left]
            left -= len(given)
            found.append(Given(emoji, given))
    return tuple(found[:EMOJI_MAX])


def _within_time(at: int) -> int:
    """Return a time that a message may have here, whatever a clock elsewhere said."""
    return min(max(at, 0), LATEST)


def _room_of(raw: str) -> str:
    """Return what a room is called here; empty if it is a private conversation."""
    if raw and not is_public(raw):
        return ""
    for name in (raw, "-".join(raw.split()), "".join(filter(str.isalnum, raw))):
        try:
            return allowed_room(name)
        except Refused:
            continue
    return "imported"


def _name_of(raw: str) -> str:
    for name in (raw, " ".join(inert_line(raw).split()), "".join(filter(str.isalnum, raw))):
        try:
            return allowed_name(name)
        except Refused:
            continue
    return SOMEBODY


def _pieces(said: Said, room: str) -> Sequence[Said]:
    """Return a message as one, or as several if its text is too long; none if it has none."""
    text = inert(said.text).strip("\n")
    if not room or not (text or said.deleted):
        return []
    if len(text.encode()) <= BROUGHT_BYTES_MAX:
        return [said._replace(text=text)]
    return [
        said._replace(text=part, id=said.id if not number else f"{said.id}/{number}")
        for number, part in enumerate(pieces_of(text, BROUGHT_BYTES_MAX))
    ]
