"""Which other programs read hubbub.db right now, and so keep hubbub.db-wal from being emptied.

A reader holds a lock on one of five bytes of hubbub.db-shm (SQLite's documentation of its WAL
mode has the places), and Linux lists all locks with the processes that hold them.
"""

import os
from pathlib import Path
from typing import Final

LOCKS: Final = Path("/proc/locks")

_READING: Final = range(123, 128)
_FIELDS: Final = 8
"""Number, kind, advisory or not, shared or not, process, place of the file, first and last byte."""


def other_readers(folder: Path) -> list[str] | None:
    """Return what reads the file in `folder` besides this process; None if that cannot be known."""
    try:
        inode = (folder / "hubbub.db-shm").stat().st_ino
        lines = LOCKS.read_text("ascii", "replace").splitlines()
    except OSError:
        return None
    locks = [fields for line in lines if len(fields := line.split()) == _FIELDS]
    pids = {int(fields[4]) for fields in locks if _is_of_reader(fields, inode)}
    return [_called(pid) for pid in sorted(pids - {os.getpid()})]


def _is_of_reader(fields: list[str], inode: int) -> bool:
    _, kind, _, _, _, place, first, last = fields
    return (
        kind == "POSIX"
        and place.rpartition(":")[2] == str(inode)
        and int(first) < _READING.stop
        and (last == "EOF" or int(last) >= _READING.start)
    )


def _called(pid: int) -> str:
    """Return what people call a process; one in another container has no number here."""
    try:
        name = Path(f"/proc/{pid}/comm").read_text("utf-8", "replace").strip()
    except OSError:
        name = "a program"
    return f"{name} (process {pid})" if pid > 0 else "a program in another container"
