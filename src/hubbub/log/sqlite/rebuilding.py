"""Makes a log anew from what can be read of a damaged one: every table and index, in a new file.

What is missing stays missing, and readers are told as before: seqs and `prev` are what they were.
Private rooms stay private, even if their rules are among what is missing.
"""

import os
import shutil
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

import msgspec

from hubbub.chat.events import AnyLogged, Deleted, Missing, Pinned, Reaction, Topic
from hubbub.chat.fold import target_of
from hubbub.chat.names import is_public, name_key
from hubbub.chat.rules import ROOM, may_be_private
from hubbub.log.epochs import begun_at
from hubbub.log.newest import newest_of
from hubbub.log.nonces import nonce_key
from hubbub.log.sqlite.acknowledged import NAME, Acknowledged
from hubbub.log.sqlite.around import attempt
from hubbub.log.sqlite.connection import connect
from hubbub.log.sqlite.facts import (
    closed,
    end_of_facts,
    end_row,
    read_private,
    read_seqs,
    row_of,
)
from hubbub.log.sqlite.files import DROP_DELETED, PUT, rows_of
from hubbub.log.sqlite.folder import give_to_owner
from hubbub.log.sqlite.holes import read_holes, write_holes
from hubbub.log.sqlite.schema import FORMAT_OF_PRIVATE, bring_up_to_date, format_of
from hubbub.log.sqlite.segments import Cutting
from hubbub.log.sqlite.sound import newest_given
from hubbub.log.sqlite.survey import read_dropped, segments, standing_facts
from hubbub.log.sqlite.threads import COUNT_ANSWERS, DROP_DELETED_ANSWERS

_ROOM = """
INSERT INTO rooms (name, direct, first, topic) VALUES (:name, :direct, :first, :topic)
ON CONFLICT (name) DO UPDATE SET topic = iif(:topic = '', topic, :topic)
"""
_SEGMENT = """
INSERT INTO segments (last, first, room_id, said, kind, target, size, body, checksum)
VALUES (:last, :first, (SELECT id FROM rooms WHERE name = :room), :kind = 'message', :kind, :target,
        :size, CAST(:body AS TEXT), :checksum)
"""
# A segment without events counts as one that is damaged.
_PLACE = """
INSERT INTO segments (last, first, room_id, said, kind, size, body)
    SELECT :last, :last, rooms.id, 0, 'missing', 0, '[]' FROM rooms JOIN heads USING (name)
    WHERE name = :room AND coalesce(heads.last, 0) < :last
"""
_NONCE = "INSERT OR IGNORE INTO nonces (key, seq) VALUES (?, ?)"
_FOLD = "INSERT INTO folds (seq, newest, deleted, text_bytes) VALUES (?, ?, ?, ?)"
_TOGGLE = """
INSERT INTO reactions (target, emoji, key, name, seq, since) VALUES (?, ?, ?, ?, ?, ?)
"""
_WEIGH = """
INSERT INTO folds (seq, reaction_bytes)
    SELECT target, sum(length(CAST(name AS BLOB))) FROM reactions WHERE true GROUP BY target
    ON CONFLICT (seq) DO UPDATE SET reaction_bytes = excluded.reaction_bytes
"""
_ANSWER = "INSERT OR IGNORE INTO answers (target, seq) VALUES (?, ?)"
_PIN = "INSERT INTO pinnings (target, room, stands) VALUES (?, ?, ?)"
_KEPT = "SELECT target, sealed FROM revisions ORDER BY number"
_KEEP = """
INSERT INTO revisions (target, sealed) SELECT :target, :sealed
WHERE NOT EXISTS (SELECT 1 FROM folds WHERE seq = :target AND deleted)
"""
_DROP = """
INSERT INTO dropped (room_id, last) SELECT id, ? FROM rooms WHERE name = ?
"""
_ROOMS = "SELECT name FROM rooms WHERE NOT direct"
_FACT = """
INSERT INTO facts (key, seq, body, checksum, private, leads, guest) VALUES (?, ?, ?, ?, ?, ?, ?)
"""
_EPOCHS = "SELECT id, start FROM epochs ORDER BY number"
_BEGIN_EPOCH = "INSERT INTO epochs (id, start) VALUES (?, ?)"
_REMOVED = "SELECT name, last FROM removed"
_REMOVE = "INSERT INTO removed (name, last) VALUES (?, ?)"

_encode = msgspec.json.Encoder().encode


def rebuilt(damaged: sqlite3.Connection, missing: Sequence[Missing], folder: Path) -> Path:
    """Make the log in `folder` anew; return where the damaged file is kept now.

    `damaged` is a connection to it, which is closed. A power cut leaves the one or the other.
    """
    making = folder / "hubbub.making"
    shutil.rmtree(making, ignore_errors=True)
    making.mkdir(mode=0o700)
    with closing(connect(making, "power")) as made:
        bring_up_to_date(made, making)
        made.execute("BEGIN")
        _copy(damaged, made)
        _keep_ends(made, missing)
        holes = attempt(lambda: read_holes(damaged)) or []
        write_holes(made, [*missing, *(one for one in holes if not one.room)])
        end = newest_given(made)
        newest = attempt(lambda: Acknowledged(folder).read(damaged)) or 0
        if newest > end:
            write_holes(made, [Missing(room="", after=end, upto=newest)])
        _keep_private(damaged, made, max(end, newest))
        made.execute("COMMIT")
        made.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    damaged.close()
    kept = _put_in_place(making / "hubbub.db", folder)
    (folder / NAME).unlink(missing_ok=True)  # what it says is in the new file
    shutil.rmtree(making)
    return kept


def _put_in_place(made: Path, folder: Path) -> Path:
    path = folder / "hubbub.db"
    number = 1
    while (kept := folder / f"hubbub.db.damaged-{number}").exists():
        number += 1
    for suffix in ("-wal", "-shm"):  # they belong to the damaged file
        if (beside := path.with_name(path.name + suffix)).exists():
            beside.rename(kept.with_name(kept.name + suffix))
    path.rename(kept)
    give_to_owner(folder, made)
    made.rename(path)
    if os.name == "posix":
        descriptor = os.open(folder, os.O_RDONLY)
        os.fsync(descriptor)
        os.close(descriptor)
    return kept


def _copy(damaged: sqlite3.Connection, made: sqlite3.Connection) -> None:
    changes: list[AnyLogged] = []
    last = 0
    for events in segments(damaged):
        newest = events[-1]
        for event in events:
            topic = event.text if isinstance(event, Topic) else ""
            room = {"name": event.room, "direct": not is_public(event.room), "first": event.seq}
            made.execute(_ROOM, {**room, "topic": topic})
            if (key := nonce_key(event)) is not None:
                made.execute(_NONCE, (key, event.seq))
        changes += [one for one in events if target_of(one) is not None]
        _put(made, events)
        made.executemany(PUT, rows_of(events))
        last = newest.seq
    last = max(last, _copy_dropped(damaged, made))
    _fold(made, changes)
    made.execute(DROP_DELETED)
    for target, sealed in attempt(lambda: damaged.execute(_KEPT).fetchall()) or []:
        if isinstance(target, int) and isinstance(sealed, bytes):
            made.execute(_KEEP, {"target": target, "sealed": sealed.decode(errors="replace")})
    last = max(last, _copy_facts(damaged, made))
    for name, end in attempt(lambda: damaged.execute(_REMOVED).fetchall()) or []:
        if isinstance(name, bytes) and isinstance(end, int):
            made.execute(_REMOVE, (name.decode(errors="replace"), end))
            last = max(last, end)
    epochs = attempt(lambda: damaged.execute(_EPOCHS).fetchall()) or []
    for epoch, start in epochs:
        if isinstance(epoch, bytes) and isinstance(start, int) and start <= last:
            made.execute(_BEGIN_EPOCH, (epoch.decode(errors="replace"), start))
    begun = begun_at(last)
    made.execute(_BEGIN_EPOCH, (begun.id, begun.start))


def _copy_dropped(damaged: sqlite3.Connection, made: sqlite3.Connection) -> int:
    """Copy which rooms have lost their beginnings; return the newest seq of these."""
    dropped = read_dropped(damaged)
    for name, last in dropped.items():
        room = {"name": name, "direct": not is_public(name), "first": 0, "topic": ""}
        made.execute(_ROOM, room)
        made.execute(_DROP, (last, name))
    return max(dropped.values(), default=0)


def _copy_facts(damaged: sqlite3.Connection, made: sqlite3.Connection) -> int:
    """Copy what stands; return where the system room ends."""
    standing = {fact.key: fact for fact in standing_facts(damaged)}
    made.executemany(_FACT, map(row_of, standing.values()))
    newest = max((fact.seq for fact in standing.values()), default=0)
    end = attempt(lambda: end_of_facts(damaged)) or 0
    if end > newest:
        made.execute(_FACT, end_row(end))
    return max(end, newest)


def _keep_private(damaged: sqlite3.Connection, made: sqlite3.Connection, end: int) -> None:
    """Close the private rooms of which the rules are missing, by facts with seqs after `end`.

    If nothing says which they are, all rooms without rules are closed.
    """
    if format_of(damaged) < FORMAT_OF_PRIVATE:
        return
    private = attempt(lambda: {*read_private(damaged)})
    if private is None:
        private = attempt(lambda: {*read_seqs(damaged, ROOM)})
    if private is None:
        private = {ROOM + name for (name,) in made.execute(_ROOMS)}
    private.difference_update(read_seqs(made, ROOM))
    lost = sorted(filter(may_be_private, private))
    made.executemany(_FACT, [row_of(closed(key, seq)) for seq, key in enumerate(lost, end + 1)])


def _keep_ends(made: sqlite3.Connection, missing: Sequence[Missing]) -> None:
    """Have rooms end where they ended, even if their ends are missing: no seq is given twice."""
    for part in missing:
        room = {
            "name": part.room,
            "direct": not is_public(part.room),
            "first": part.upto,
            "topic": "",
        }
        made.execute(_ROOM, room)
        made.execute(_PLACE, {"room": part.room, "last": part.upto})


def _put(made: sqlite3.Connection, events: list[AnyLogged]) -> None:
    cutting = Cutting([events])
    made.executemany(_ANSWER, cutting.answers)
    for row in cutting.rows:
        last, first, room, kind, target, size, start, checksum = row
        assert isinstance(start, int)
        assert isinstance(size, int)
        assert isinstance(last, int)
        assert isinstance(first, int)
        body = cutting.bodies[start - 1 : start + size + last - first + 1]
        made.execute(
            _SEGMENT,
            {
                "last": last,
                "first": first,
                "room": room,
                "kind": kind,
                "target": target,
                "size": size,
                "body": body,
                "checksum": checksum,
            },
        )


def _fold(made: sqlite3.Connection, changes: list[AnyLogged]) -> None:
    """Fill the tables of what later events made of messages."""
    newest = newest_of(changes)
    for seq, counts in newest.items():
        is_deleted = isinstance(counts, Deleted)
        size = 0 if is_deleted else len(_encode(counts))
        made.execute(_FOLD, (seq, counts.seq, is_deleted, size))
    standing: dict[tuple[int, str], dict[str, Reaction]] = {}
    for change in changes:
        if isinstance(change, Reaction) and not isinstance(newest.get(change.target), Deleted):
            given = standing.setdefault((change.target, change.emoji), {})
            if change.on:
                given.setdefault(name_key(change.sender), change)
            else:
                given.pop(name_key(change.sender), None)
    for (target, emoji), given in standing.items():
        since = min((one.seq for one in given.values()), default=0)
        for key, one in given.items():
            made.execute(_TOGGLE, (target, emoji, key, one.sender, one.seq, since))
    made.execute(_WEIGH)
    made.execute(DROP_DELETED_ANSWERS)
    made.execute(COUNT_ANSWERS)
    for change in changes:
        if isinstance(change, Pinned):
            made.execute(_PIN, (change.target, change.room, change.on))
