"""The write-ahead log: that it belongs to its hubbub.db, and that it stays short.

SQLite plays hubbub.db-wal back into whatever hubbub.db stands beside it. If that is a copy of
another time, the result is neither the one log nor the other; and if it is empty, SQLite deletes
what is beside it. Nothing in the two files says whether they belong together, so the writer sees
to it that something does. The first page of a database holds a version that is for its users to
choose: its low bits are the format of our tables (schema.py), the others a number. The writer
raises the number whenever it has opened the file, and whenever the write-ahead log was emptied. So
each fill of a write-ahead log has a number, and stands beside a file that has the number before, or
one of its own.

That is why the writer alone empties it (see checkpoints.py).
"""

import sqlite3
import struct
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO, NamedTuple

from hubbub.chat.errors import LogError
from hubbub.log.sqlite.schema import APPLICATION_ID, FORMAT_BITS

NOTE = "hubbub.open"
"""A file with the newest number, for as long as the folder is in use, and after a kill."""

LOST_WAL = "it was not closed, and its hubbub.db-wal is gone, with what it held"
UNREAD_WAL = "it was not closed, and not all in its hubbub.db-wal can be read"

_HEADER = struct.Struct(">8I")  # magic, version, page size, count, two salts, two checksums
_FRAME = struct.Struct(">6I")  # page, pages after a commit, two salts, two checksums
_MAGIC = (0x377F0682, 0x377F0683)
VERSION_AT = 60
VERSION_BYTES = 4
_NUMBER_BITS = 31 - FORMAT_BITS
NUMBER_MAX = 2**_NUMBER_BITS


class _Mark(NamedTuple):
    """What the first page says: the number of the fill, and the format of the tables."""

    number: int
    format: int


def check_belongs(folder: Path) -> None:
    """Raise LogError if hubbub.db-wal does not belong to the hubbub.db beside it.

    Only for a file of which this process has no connection: to close a file lets go of all locks
    that the process has on it, those of SQLite's connections as well.
    """
    path, beside = folder / "hubbub.db", folder / "hubbub.db-wal"
    marks = _marks_in(beside)
    if marks is None:
        return
    if not _size(path):
        raise LogError(
            f"The hubbub.db in {folder} is empty or gone, but hubbub.db-wal beside it holds what "
            "was said last. Put the hubbub.db back that belongs to it, or move hubbub.db-wal away "
            "to begin anew."
        )
    with path.open("rb") as file:
        own = _mark_in(file.read(VERSION_AT + VERSION_BYTES))
    # A file that was just made, or was being upgraded, is of another format than what comes next.
    if not marks or own is None or own.format != marks[0].format:
        return
    if not marks[0].number - 1 <= own.number <= marks[-1].number:
        raise LogError(
            f"The hubbub.db in {folder} is of another time than the hubbub.db-wal beside it, as if "
            "a copy had been put back. Move hubbub.db-wal and hubbub.db-shm away to go on with "
            "this hubbub.db, without what they hold; or put the one back that belongs to them."
        )


def has_lost_wal(folder: Path) -> bool:
    """Return whether a killed server left a write-ahead log that is gone, with what it held.

    Whoever opened the file since then, and closed it, brought everything into it. To be asked under
    the same condition as `check_belongs`.
    """
    note, path = folder / NOTE, folder / "hubbub.db"
    if not (note.exists() and path.exists()) or (folder / "hubbub.db-wal").exists():
        return False
    with path.open("rb") as file:
        own = _mark_in(file.read(VERSION_AT + VERSION_BYTES))
    noted = note.read_text("ascii", "replace")
    return own is not None and noted.isdigit() and own.number < int(noted)


def number_in(version: bytes) -> int | None:
    """Return the number in the bytes of a file's version; None if the file ends before them."""
    if len(version) < VERSION_BYTES:
        return None
    return int.from_bytes(version, "big") >> FORMAT_BITS


def was_emptied(folder: Path) -> bool:
    """Return whether there was something in hubbub.db, and is nothing any more, nor beside it.

    A server that is killed while it makes the file leaves an empty one, and an empty note.
    """
    path, beside, note = (folder / name for name in ("hubbub.db", "hubbub.db-wal", NOTE))
    was_being_made = note.exists() and not _size(note)
    return path.exists() and not (_size(path) or _size(beside) or was_being_made)


def _size(path: Path) -> int:
    return path.stat().st_size if path.exists() else 0


def _mark_in(page: bytes) -> _Mark | None:
    if len(page) < VERSION_AT + VERSION_BYTES:
        return None
    (version,) = struct.unpack_from(">I", page, VERSION_AT)
    return _Mark(*divmod(version, 2**FORMAT_BITS))


def _marks_in(path: Path) -> list[_Mark] | None:
    """Return the marks of a write-ahead log in order; None if it holds nothing."""
    try:
        with path.open("rb") as file:
            header = file.read(_HEADER.size)
            if len(header) < _HEADER.size:
                return None
            magic, _, size, _, *salts, _, _ = _HEADER.unpack(header)
            if magic not in _MAGIC:
                return None
            return list(_first_pages(file, size, salts))
    except FileNotFoundError:
        return None


def _first_pages(file: BinaryIO, size: int, salts: list[int]) -> Iterator[_Mark]:
    while len(frame := file.read(_FRAME.size)) == _FRAME.size:
        page, _, *its, _, _ = _FRAME.unpack(frame)
        if its != salts:
            return  # what is left of an earlier fill
        if page != 1:
            file.seek(size, 1)
        elif (mark := _mark_in(file.read(size))) is not None:
            yield mark


def is_played_back(connection: sqlite3.Connection, folder: Path) -> bool:
    """Return whether SQLite has found all commits that hubbub.db-wal holds.

    To be asked before anything is written. SQLite stops without a word at the first that is
    damaged. A commit that failed, and was taken back just before the server was killed, looks the
    same.
    """
    (_, found, _) = connection.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchone()
    return bool(_commits_end(folder / "hubbub.db-wal") <= max(found, 0))


def _commits_end(path: Path) -> int:
    """Return the place of the last commit in a write-ahead log, in frames; 0 if there is none."""
    end = place = 0
    with suppress(FileNotFoundError), path.open("rb") as file:
        header = file.read(_HEADER.size)
        if len(header) < _HEADER.size:
            return 0
        _, _, size, _, *salts, _, _ = _HEADER.unpack(header)
        while len(frame := file.read(_FRAME.size)) == _FRAME.size:
            place += 1
            _, pages, *its, _, _ = _FRAME.unpack(frame)
            if its == salts and pages and len(file.read(size)) == size:
                end = place
            else:
                file.seek(_HEADER.size + place * (_FRAME.size + size))
    return end


def begin_fill(connection: sqlite3.Connection) -> None:
    """Number what is written to the write-ahead log from now on."""
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    number, format_ = divmod(version, 2**FORMAT_BITS)
    number = (number + 1) % 2**_NUMBER_BITS
    connection.execute(f"PRAGMA user_version = {number * 2**FORMAT_BITS + format_}")
    (_, _, path) = connection.execute("PRAGMA database_list").fetchone()
    with suppress(OSError):  # it says more about what may happen later, and is not needed now
        Path(path).with_name(NOTE).write_text(str(number), "ascii")


def write_first_page(connection: sqlite3.Connection) -> None:
    """Write the first page once more, as it is: in one step, for commits wait."""
    connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")


def copy_wal(connection: sqlite3.Connection, schema: str) -> int:
    """Bring into hubbub.db what no reader needs from hubbub.db-wal; return how much is there now.

    It is counted in bytes of hubbub.db-wal.
    """
    (_, _, copied) = connection.execute(f"PRAGMA {schema}.wal_checkpoint(PASSIVE)").fetchone()
    (page_bytes,) = connection.execute(f"PRAGMA {schema}.page_size").fetchone()
    return int(max(copied, 0) * (_FRAME.size + page_bytes))


def empty_wal(connection: sqlite3.Connection) -> bool:
    """Bring everything into hubbub.db and empty hubbub.db-wal; return whether that was possible.

    It is not while somebody else reads: then it has become as short as may be.
    """
    (patience,) = connection.execute("PRAGMA busy_timeout").fetchone()
    connection.execute("PRAGMA busy_timeout = 0")  # commits would wait too
    try:
        (busy, *_) = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    finally:
        connection.execute(f"PRAGMA busy_timeout = {patience}")
    begin_fill(connection)
    return not busy
