"""The log that lives in one SQLite file on this machine, and a copy there of another log."""

from collections.abc import Iterator, Sequence
from functools import partial
from typing import cast

from hubbub.chat.errors import LogError
from hubbub.chat.events import AnyLogged, Entry, Fact, Pinned
from hubbub.chat.queries import Epoch, Over
from hubbub.chat.removal import removed_by
from hubbub.log.batch import in_log_order
from hubbub.log.sqlite.connection import Durability
from hubbub.log.sqlite.files import read_all, read_newest
from hubbub.log.sqlite.following import (
    Changed,
    Follower,
    read_changes,
    read_newest_edits,
    read_standing,
    read_stored,
)
from hubbub.log.sqlite.kept import KeptLog

__all__ = ["Durability", "Projection", "SqliteLog"]


class SqliteLog(KeptLog):
    """The log in a folder, numbered here."""

    @property
    def last(self) -> int:
        """The newest seq that was given."""
        return self._writer.last

    async def append(self, drafts: Sequence[Entry]) -> list[int]:
        """Commit `drafts` and number them (see log/port.py)."""
        try:
            seqs = await self._commit(drafts)
        except LogError:
            for draft in drafts:  # if it was committed after all, it is nowhere
                draft.seq = draft.prev = 0
            raise
        self._hand_out(in_log_order(drafts))
        return seqs


class Projection(KeptLog):
    """What another log says, kept in a folder: its events under their seqs, applied in its order.

    It holds and answers what a log does that numbered them itself. What is applied and how far that
    is are one commit, so whatever kills the process, it goes on behind `last`. It believes its file
    to be a copy: what it finds missing at the end, it is told again. To append is what those do
    that are made of it: they know the other log.
    """

    writer_class = Follower

    @property
    def last(self) -> int:
        """The newest seq of the other log that was applied: what follows it is to be applied next.

        Events of the other log that are not committed here, as repeats are not, do not move it on.
        """
        return self._writer.last

    async def keep_epochs(self, epochs: Sequence[Epoch]) -> bool:
        """Take in the epochs of the other log; return whether what is kept here is part of it.

        If it is not, nothing may be applied: it was of another log, or that was restored from a
        copy which ends before `last`.
        """
        writer = cast("Follower", self._writer)
        return await self._writing.run(partial(writer.keep_epochs, epochs=epochs))

    async def newest_edits(self, targets: Sequence[int]) -> dict[int, int]:
        """Return, by the seqs of messages that were edited or deleted, the seq of the last edit."""
        return await self._reading.run(lambda file: read_newest_edits(file, targets))

    async def changes(self, after: int) -> list[Changed]:
        """Return the edits and deletions behind a seq; to read many takes long."""
        return await self._indexing.run(lambda file: read_changes(file, after))

    async def stored_between(self, room: str, first: int, last: int) -> list[AnyLogged] | None:
        """Return what a room has between two seqs, as it stands: a text is only where it is read.

        So an edited message has none, and its newest edit has it. None if any of it may have been
        dropped with the room's beginning.
        """
        return await self._reading.run(lambda file: read_stored(file, room, first, last))

    async def standing(self, keys: Sequence[str]) -> dict[str, int]:
        """Return under which of some keys facts stand, and their seqs."""
        return await self._indexing.run(lambda file: read_standing(file, keys))

    async def begin_late(self, room: str, lost: int) -> None:
        """Drop all of a room: the next of its events to be applied follows the seq `lost`.

        The other log has lost what came before, some of which may not have been applied.
        """
        over = {room: Over(upto=self._writer.tail(room))}
        while (await KeptLog.drop(self, over)).left:
            pass
        cast("Follower", self._writer).lost[room] = lost

    async def files(self) -> list[str]:
        """Return the hashes of all files that messages hold."""
        rows = await self._indexing.run(read_all)
        return list({hash_ for _, _, hash_, _ in rows})

    async def newest_files(self, bytes_max: int) -> dict[str, int]:
        """Return the hashes and sizes of the newest files that have no more bytes together."""
        return await self._indexing.run(lambda file: read_newest(file, bytes_max))

    async def apply(self, entries: Sequence[Entry]) -> list[int]:
        """Commit the next entries of the other log, in its order; return where each stands.

        Each has its seq, and either its prev, or 0 where that is the room's newest. What is not
        newer than `last` was applied before, and is passed over. A message whose nonce was posted
        before is not committed: it stands under the seq of the first. Entries of several commits
        may be applied at once. One call ends before the next begins.

        Raises LogError if it cannot be written; the rest is to be applied again then.
        """
        seqs = [entry.seq for entry in entries if entry.seq <= self.last]
        for part in _parts(entries[len(seqs) :]):
            standing = await self._commit(part)
            seqs += standing
            fresh = [one for one, seq in zip(part, standing, strict=True) if one.seq == seq]
            self._hand_out(fresh)
        return seqs


def _parts(entries: Sequence[Entry]) -> Iterator[Sequence[Entry]]:
    """Yield the entries in parts.

    What removes a room does so before all else of its part. What is pinned comes in a later part
    than what was said before it in its room, which may begin with that.
    """
    start = 0
    rooms = set[str]()
    for place, entry in enumerate(entries):
        is_pin = isinstance(entry, Pinned) and entry.room in rooms
        if (is_pin or removed_by(entry)) and place > start:
            yield entries[start:place]
            start = place
            rooms.clear()
        if not isinstance(entry, Fact):
            rooms.add(entry.room)
    if start < len(entries):
        yield entries[start:]
