"""Commits batches: gives seq and prev, and keeps out repeats. Runs in the writer thread alone."""

import sqlite3
from collections.abc import Sequence
from pathlib import Path

import msgspec

from hubbub.chat.events import AnyLogged, Topic
from hubbub.chat.names import is_direct
from hubbub.log.nonces import NonceKey, Posted, is_repeat, nonce_key
from hubbub.log.sqlite.connection import Durability, connect
from hubbub.log.sqlite.schema import bring_up_to_date

_TAILS = "SELECT json_group_object(name, last) FROM rooms"
_POSTED = """
SELECT json_group_array(json_array(n.sender, n.nonce, n.seq, n.at))
FROM json_each(?) AS asked CROSS JOIN nonces AS n
ON n.sender = json_extract(asked.value, '$[0]') AND n.nonce = json_extract(asked.value, '$[1]')
"""
_COMMIT = "INSERT INTO batches (events, rooms, nonces, expired) VALUES (?, ?, ?, ?)"

_tails = msgspec.json.Decoder(dict[str, int])
_posted = msgspec.json.Decoder(list[tuple[str, str, int, int]])
_encoder = msgspec.json.Encoder()


class _Batch:
    """What one commit holds, in the form that the view `batches` takes (see schema.py)."""

    def __init__(self, last: int) -> None:
        self.last = last
        self.events: list[AnyLogged] = []
        self.rooms: dict[str, _Room] = {}
        self.nonces: list[tuple[int, str, str, int]] = []

    def add(self, draft: AnyLogged, prev: int, key: NonceKey | None) -> None:
        """Take `draft` in; `prev` is the newest seq of its room before this batch."""
        self.last = seq = self.last + 1
        room = self.rooms.get(draft.room)
        if room is None:
            room = self.rooms[draft.room] = _Room(draft.room, is_direct(draft.room), seq, prev)
        draft.seq, draft.prev = seq, room.last
        room.last = seq
        if isinstance(draft, Topic):
            room.topic = draft.text
        self.events.append(draft)
        if key is not None:
            self.nonces.append((seq, *key, draft.at))

    def undo(self) -> None:
        """Make the events drafts again."""
        for event in self.events:
            event.seq = event.prev = 0


class _Room(msgspec.Struct, array_like=True):
    """A row for `rooms`; `first` counts only if the room is new."""

    name: str
    direct: bool
    first: int
    last: int
    topic: str | None = None


class Writer:
    """Where the log stands, and the only one who moves it on."""

    def __init__(self, folder: Path, durability: Durability, duplicate_window_seconds: int) -> None:
        self._folder = folder
        self._durability = durability
        self._duplicate_window_seconds = duplicate_window_seconds
        self._tails: dict[str, int] = {}
        self.last = 0
        self.last_committed = 0  # events in the newest commit

    def open(self) -> sqlite3.Connection:
        """Return the connection that commits, and learn from the file where the log stands."""
        connection = connect(self._folder, self._durability)
        try:
            bring_up_to_date(connection, self._folder)
            self._tails = _tails.decode(connection.execute(_TAILS).fetchone()[0])
        except BaseException:
            connection.close()
            raise
        self.last = max(self._tails.values(), default=0)
        return connection

    def commit(self, connection: sqlite3.Connection, drafts: Sequence[AnyLogged]) -> list[int]:
        """See `Log.append`."""
        keys = [nonce_key(draft) for draft in drafts]
        posted = _look_up(connection, [key for key in keys if key is not None])
        batch = _Batch(self.last)
        seqs = []
        try:
            for draft, key in zip(drafts, keys, strict=True):
                first = None if key is None else posted.get(key)
                if first is not None and is_repeat(first, draft, self._duplicate_window_seconds):
                    seqs.append(first.seq)
                    continue
                batch.add(draft, self._tails.get(draft.room, 0), key)
                seqs.append(batch.last)
                if key is not None:
                    posted[key] = Posted(batch.last, draft.at)
            if batch.events:
                self._commit(connection, batch)
        except BaseException:
            batch.undo()
            raise
        return seqs

    def _commit(self, connection: sqlite3.Connection, batch: _Batch) -> None:
        newest = max((at for *_, at in batch.nonces), default=0)
        connection.execute(
            _COMMIT,
            (
                _json(batch.events),
                _json(list(batch.rooms.values())),
                _json(batch.nonces),
                newest - self._duplicate_window_seconds * 1000,
            ),
        )
        self._tails.update({room.name: room.last for room in batch.rooms.values()})
        self.last = batch.last
        self.last_committed = len(batch.events)


def _look_up(connection: sqlite3.Connection, keys: list[NonceKey]) -> dict[NonceKey, Posted]:
    """Return what is known of those of `keys` that were posted before."""
    if not keys:
        return {}
    (found,) = connection.execute(_POSTED, (_json(keys),)).fetchone()
    return {
        NonceKey(sender, nonce): Posted(seq, at) for sender, nonce, seq, at in _posted.decode(found)
    }


def _json(rows: object) -> str:
    return _encoder.encode(rows).decode()
