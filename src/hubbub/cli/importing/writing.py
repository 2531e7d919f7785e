"""Writes what was said elsewhere into a log: under the names and at the times that it had there.

A message is nobody's here, whatever its sender is called, and is marked as imported. Its nonce is
made from what it was there. So the log passes over what it has already, and an import that was
broken off, or is done again with a newer export, adds what is missing.
"""

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import Final, NamedTuple

from hubbub.chat.errors import Refused
from hubbub.chat.events import AnyLogged, Deleted, Message, Pinned, Reaction
from hubbub.chat.names import allowed_name, allowed_room, is_public
from hubbub.chat.retention import DAY_MILLISECONDS
from hubbub.chat.text import inert, inert_line
from hubbub.chat.times import MILLISECONDS_MAX
from hubbub.cli.importing.said import SOMEBODY, Said, Source
from hubbub.log.port import Log

BATCH: Final = 200
TEXT_BYTES_MAX: Final = 65_536
EMOJI_CHARS_MAX: Final = 32
LATEST: Final = MILLISECONDS_MAX - DAY_MILLISECONDS
"""It has a day on every clock."""

DELETED: Final = "(deleted)"
"""Stands until its deletion is committed: a message that says nothing is taken for damage."""


class Written(NamedTuple):
    """What an import came to."""

    new: Counter[str]
    """Messages, by room."""
    known: int
    """Those that were there already."""
    left_out: int
    """Those without a text, or said in private, by people who are not known here."""


class Writing:
    """Writes into `log` what was said in `source`; into the room `room`, if one is given."""

    def __init__(self, log: Log, source: Source, room: str = "") -> None:
        self._log = log
        self._source = source
        self._room = room
        self._seqs: dict[tuple[str, str], int] = {}
        """Where messages are in the log, by room and id: what answers them comes later."""
        self._batch: list[tuple[Said, Message]] = []
        self._waiting: set[tuple[str, str]] = set()
        self._new: Counter[str] = Counter()
        self._known = self._left_out = 0

    async def write(self, messages: Iterable[Said]) -> Written:
        """Write messages, those of a room in their order. Raises LogError."""
        for said in messages:
            room = self._room or ("" if said.private else _room_of(said.room))
            for piece in _pieces(said, room):
                if len(self._batch) >= BATCH or (room, piece.answers) in self._waiting:
                    await self._commit()
                self._batch.append((piece, self._draft(piece, room)))
                self._waiting.add((room, piece.id))
            if not room or not (said.text or said.deleted):
                self._left_out += 1
        await self._commit()
        return Written(self._new, self._known, self._left_out)

    def _draft(self, said: Said, room: str) -> Message:
        name = _name_of(said.name)
        what = "\n".join((room, said.id, str(said.at), name))
        return Message(
            room=room,
            seq=0,
            prev=0,
            sender=name,
            at=_within_time(said.at),
            text=DELETED if said.deleted else said.text,
            nonce=f"{self._source}-{hashlib.sha256(what.encode()).hexdigest()[:32]}",
            reply_to=self._seqs.get((room, said.answers)) if said.answers else None,
            me=said.me,
            edited=None if said.edited is None else _within_time(said.edited),
            imported=self._source,
        )

    async def _commit(self) -> None:
        if not self._batch:
            return
        batch, self._batch, self._waiting = self._batch, [], set()
        seqs = await self._log.append([draft for _, draft in batch])
        changes: list[AnyLogged] = []
        for (said, draft), seq in zip(batch, seqs, strict=True):
            self._seqs[draft.room, said.id] = seq
            if draft.seq:
                self._new[draft.room] += 1
                changes += _changes(said, draft)
            else:
                self._known += 1
        if changes:
            await self._log.append(changes)


def _changes(said: Said, message: Message) -> Iterator[AnyLogged]:
    """Yield what became of a message that is new here."""
    place = {"room": message.room, "seq": 0, "prev": 0, "at": message.at, "target": message.seq}
    if said.deleted:
        yield Deleted(sender=message.sender, **place)  # type: ignore[arg-type]
        return
    if said.pinned:
        yield Pinned(sender=message.sender, on=True, **place)  # type: ignore[arg-type]
    for emoji, names in said.reactions:
        emoji = inert_line(emoji)  # noqa: PLW2901
        if 0 < len(emoji) <= EMOJI_CHARS_MAX and not any(map(str.isspace, emoji)):
            for name in dict.fromkeys(map(_name_of, names)):
                yield Reaction(sender=name, emoji=emoji, on=True, **place)  # type: ignore[arg-type]


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
    encoded = text.encode()
    if len(encoded) <= TEXT_BYTES_MAX:
        return [said._replace(text=text)]
    texts = [
        encoded[start : start + TEXT_BYTES_MAX].decode(errors="ignore")
        for start in range(0, len(encoded), TEXT_BYTES_MAX)
    ]
    return [
        said._replace(text=part, id=said.id if not number else f"{said.id}/{number}")
        for number, part in enumerate(texts)
    ]
