"""What a batch with edits or deletions does to former texts: they go, in the same commit.

A text stands in one row: that of its message, or that of the newest edit. The row that held it
before is written again with blanks in its place, as long as it was: a row that stays as long stays
where it is. If it grew, SQLite would move its neighbours to other pages, and leave of them what no
later deletion could find. Readers put the newest text where it belongs (newest.py).
"""

import sqlite3
from collections.abc import Iterable, Sequence
from itertools import chain
from typing import NamedTuple

import msgspec
from msgspec.structs import replace

from hubbub.chat.events import AnyLogged, Deleted, Edited, Message, Revision
from hubbub.chat.events.logged import NO_TAGS
from hubbub.chat.tags import entry_of
from hubbub.log.newest import newest_of
from hubbub.log.sqlite.seals import checksum_of, unsealed

# The row that holds a message's text is that of its newest edit, or else its own; what it tells of
# files is always in its own.
HOLDING = """
WITH asked (seq) AS MATERIALIZED (SELECT DISTINCT value FROM json_each(:seqs))
SELECT
    (SELECT seq FROM watermark),
    (SELECT json_group_array(seq) FROM asked CROSS JOIN folds USING (seq) WHERE deleted),
    (SELECT '[' || coalesce(group_concat(sealed, ','), '') || ']' FROM segments
     WHERE kind IN ('message', 'edited') AND last IN (
         SELECT coalesce(
             (SELECT newest FROM folds WHERE seq = asked.seq),
             (SELECT last FROM segments WHERE last >= asked.seq ORDER BY last LIMIT 1)
         ) FROM asked
         UNION SELECT (SELECT last FROM segments WHERE last >= asked.seq ORDER BY last LIMIT 1)
         FROM asked CROSS JOIN files ON message = asked.seq
     )),
    (SELECT '[' || coalesce(group_concat(sealed, ','), '') || ']' FROM segments WHERE last IN (
         SELECT (SELECT last FROM segments WHERE last >= seq ORDER BY last LIMIT 1)
         FROM asked CROSS JOIN folds USING (seq) WHERE newest IS NOT NULL
     ))
"""

_seqs = msgspec.json.Decoder(set[int])
_bodies = msgspec.json.Decoder(list[list[msgspec.Raw]])
_event: msgspec.json.Decoder[Message | Edited] = msgspec.json.Decoder(Message | Edited)
_targets = msgspec.json.Decoder(list[list[Message]])
_encode = msgspec.json.Encoder().encode


class Reworded(NamedTuple):
    """A message of the search index, with what that has of it before and now; None: deleted."""

    seq: int
    room: str
    before: str
    now: str | None


def _without_text(event: Message | Edited) -> Message | Edited:
    """Return what is left of an event whose text goes, and with it what programs said of that."""
    if isinstance(event, Message):
        return replace(event, text="", tags=NO_TAGS)
    return replace(event, text="")


class Changes:
    """What `changes`, the edits and deletions of a batch with seqs, write besides themselves."""

    def __init__(
        self,
        connection: sqlite3.Connection,
        changes: Sequence[Edited | Deleted],
        rooms: Iterable[Sequence[AnyLogged]],
    ) -> None:
        targets = {change.target for change in changes}
        row = connection.execute(HOLDING, {"seqs": _encode(list(targets)).decode()}).fetchone()
        self._indexed: int = row[0]
        self._deleted = _seqs.decode(row[1])
        self._newest = newest_of(changes)
        self.blanked: list[tuple[int, str, str]] = []
        """Last, body and checksum of rows that are there."""
        self.reworded: list[Reworded] = []
        self.kept: list[tuple[int, str]] = []
        """Former texts that are kept, sealed, each with the seq of its message."""
        self._holders: dict[int, Message | Edited] = {}
        """What has the texts that are replaced, by the seqs of their messages."""
        self._targets = {one.seq: one for one in chain(*_targets.decode(unsealed(row[3])))}
        bodies = _bodies.decode(unsealed(row[2]))
        edits = [_event.decode(body[0]) for body in bodies]
        self._edited = {edit.target for edit in edits if isinstance(edit, Edited)}
        self.deleted = {seq for seq, one in self._newest.items() if isinstance(one, Deleted)}
        """The messages that go."""
        self.loosen = False
        """Whether any of these may have files."""
        for body in bodies:
            self._blank(body)
        if any(isinstance(change, Edited) and change.kept for change in changes):
            self._keep(changes, chain.from_iterable(rooms))

    def _keep(self, changes: Sequence[Edited | Deleted], events: Iterable[AnyLogged]) -> None:
        """Keep the texts that kept edits replace; `events` are all of the batch."""
        holders = self._holders | {one.seq: one for one in events if isinstance(one, Message)}
        for change in changes:
            if change.target in self._deleted or isinstance(self._newest[change.target], Deleted):
                continue
            assert isinstance(change, Edited), "what is deleted in the end is passed over"
            if change.kept and (holder := holders.get(change.target)) is not None:
                self.kept.append((change.target, _sealed(holder)))
            holders[change.target] = change

    def _blank(self, body: list[msgspec.Raw]) -> None:
        events = [_event.decode(raw) for raw in body]
        encoded: list[bytes] = []
        for event, raw in zip(events, body, strict=True):
            seq = self._holds_former_text_of(event)
            bare = self._without_files(event)
            if seq is not None:
                self._holders[seq] = event
                bare = _without_text(bare)
                self._reword(seq, event)
            encoded.append(raw if bare is event else as_long(bare, len(raw)))
        blanked = b"[%b]" % b",".join(encoded)
        self.blanked.append((events[-1].seq, blanked.decode(), checksum_of(blanked)))

    def _holds_former_text_of(self, event: Message | Edited) -> int | None:
        """Return the seq of the message whose text `event` has and must lose."""
        match event:
            case Edited(target=seq):
                pass
            case Message(seq=seq) if seq not in self._edited:
                pass
            case _:
                return None
        return seq if seq in self._newest and seq not in self._deleted else None

    def _without_files(self, event: Message | Edited) -> Message | Edited:
        """Return what is left of an event if its message goes, and has files."""
        if not (isinstance(event, Message) and event.files and event.seq in self.deleted):
            return event
        self.loosen = True
        return replace(event, files=())

    def _reword(self, seq: int, holder: Message | Edited) -> None:
        if seq > self._indexed:
            return  # it will be indexed as it reads then
        newest = self._newest[seq]
        # The holder of the text may be an edit; who said it, the message tells.
        said = holder if isinstance(holder, Message) else self._targets[seq]
        has_file = bool(said.files)
        before = entry_of(holder.text, said.sender, said.person, has_file=has_file)
        now = None
        if isinstance(newest, Edited):
            now = entry_of(newest.text, said.sender, said.person, has_file=has_file)
        self.reworded.append(Reworded(seq, holder.room, before, now))

    @property
    def overtake(self) -> bool:
        """Whether they change messages that are not indexed yet."""
        return any(seq > self._indexed for seq in self._newest)

    @property
    def folds(self) -> list[tuple[int, int, bool, int]]:
        """What becomes of the messages: see the table `folds`, without reactions."""
        return [
            (seq, change.seq, True, 0)
            if isinstance(change, Deleted)
            else (seq, change.seq, False, len(_encode(change)))
            for seq, change in self._newest.items()
            if seq not in self._deleted
        ]

    def stored(self, event: AnyLogged) -> AnyLogged:
        """Return `event`, of the batch, as its row has it: the text only if it is the newest."""
        match event:
            case Message() if event.seq in self._newest:
                self.loosen |= bool(event.files)
                return replace(
                    event,
                    text="",
                    tags=NO_TAGS,
                    files=() if event.seq in self.deleted else event.files,
                )
            case Edited() if (
                event.target in self._deleted or event is not self._newest[event.target]
            ):
                return replace(event, text="")
            case _:
                return event


def _sealed(holder: Message | Edited) -> str:
    body = _encode([Revision(holder.at, holder.text)])
    return f'"{checksum_of(body)}",{body.decode()}'


def as_long(event: AnyLogged, length: int) -> bytes:
    """Return the JSON of `event`, of which something was taken, as long as it was with it."""
    encoded = _encode(event)
    assert len(encoded) <= length
    return encoded[:-1] + b" " * (length - len(encoded)) + encoded[-1:]
